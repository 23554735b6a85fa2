"""JSON web tokens: the header and the claims stay readable, whom they speak of and the signature do not."""

import base64
import binascii
import json
import re
from collections.abc import Callable

from supportctl.evidence.redact.spots import Spot
from supportctl.evidence.redact.words import words_of

FORM = re.compile(
    r"eyJ[A-Za-z0-9_-]{5,8000}\.(?:eyJ[A-Za-z0-9_-]{2,16000}|[A-Za-z0-9_-]{16,16000})(?:\.[A-Za-z0-9_-]{0,8000}){1,3}"
)
_KEPT_CLAIMS = words_of(
    """
    iss aud exp iat nbf azp scp scope scopes roles amr acr auth_time ver typ alg kid cty enc zip tid idp token_use
    client_id appid grant_type event_id
    """
)


def places(text: str) -> list[Spot]:
    if "eyJ" not in text:
        return []
    found = []
    at = text.find("eyJ")
    while at >= 0:
        glued = at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_-.")
        match = None if glued else FORM.match(text, at)
        if match is None:
            at = text.find("eyJ", at + 3)
            continue
        found.append(Spot(at, match.end(), "JWT", secret=True))
        at = text.find("eyJ", match.end())
    return found


def redacted(value: str, claim: Callable[[str, object], object]) -> str | None:
    """The token with its claims passed through ``claim(name, value)`` and without signature; None if it is none.

    An encrypted one (five parts) keeps its header only.
    """
    parts = value.split(".")
    header = _decoded(parts[0])
    if header is None:
        return None
    if len(parts) != 3:
        return f"{_encoded(header)}.redacted"
    claims = _decoded(parts[1])
    if claims is None:
        return f"{_encoded(header)}.redacted"
    told = {name: each if name in _KEPT_CLAIMS else claim(name, each) for name, each in claims.items()}
    return f"{_encoded(header)}.{_encoded(told)}.redacted"


def secrets(value: str) -> str:
    """The part that must not be found again: the signature."""
    return value.rpartition(".")[2]


def _decoded(part: str) -> dict[str, object] | None:
    try:
        told = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _encoded(told: dict[str, object]) -> str:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")
