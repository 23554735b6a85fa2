"""Stable tokens in place of values: ``[EMAIL_1]``, the same for the same thing wherever and however it is written."""

import ipaddress
import re
from collections.abc import Iterator, Mapping

TOKEN = re.compile(r"\[([A-Z][A-Z0-9_]{1,39})_([0-9]{1,7})\]")
HOST_TOKEN = re.compile(r"\b([a-z][a-z0-9-]{1,39})-([0-9]{1,7})\.invalid\b")
"""How a token is written where a parser needs a host name (RFC 2606 keeps ``.invalid`` free)."""
_ENCODED = (
    re.compile(r"%(?:25)?5[Bb]([A-Z][A-Z0-9_]{1,39})_([0-9]{1,7})%(?:25)?5[Dd]"),
    re.compile(r"&#91;([A-Z][A-Z0-9_]{1,39})_([0-9]{1,7})&#93;"),
    re.compile(r"\\u005[Bb]([A-Z][A-Z0-9_]{1,39})_([0-9]{1,7})\\u005[Dd]"),
)

NEVER_KEPT = ("CARD", "COOKIE", "SECRET", "PASSWORD", "PRIVATE_KEY")
"""Kinds that no map file holds, and all secrets by vendor (`Tokens.secret_kinds`)."""
_DIGITS = ("PHONE", "CARD", "IBAN", "NATIONAL_ID")
_FOLDED = ("EMAIL", "HOST", "PERSON", "ORGANIZATION")


class Tokens:
    """Numbers by first sight. One of these serves all files of a packet."""

    def __init__(self, kept: Mapping[str, Mapping[str, int]] | None = None) -> None:
        self._next: dict[str, int] = {}
        self._by_value: dict[str, tuple[str, int]] = {}
        self._raw: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self.secret_kinds: set[str] = set(NEVER_KEPT)
        for kind, values in (kept or {}).items():
            for value, number in values.items():
                if value:
                    self._by_value[value] = (kind, number)
                self._next[kind] = max(self._next.get(kind, 1), number + 1)

    def reserve(self, text: str) -> None:
        """Numbers that tokens in the input have already are given to nothing else."""
        looked_for = (TOKEN, *_ENCODED, HOST_TOKEN) if ".invalid" in text else (TOKEN, *_ENCODED)
        for form in looked_for:
            for match in form.finditer(text):
                kind = match[1].upper().replace("-", "_")
                self._next[kind] = max(self._next.get(kind, 1), int(match[2]) + 1)

    def token(self, kind: str, value: str, *, secret: bool = False) -> str:
        """``[KIND_N]``; the kind a value was first seen as stays."""
        told, number = self._number(kind, value, secret=secret)
        token = f"[{told}_{number}]"
        self._raw.setdefault(value, token)
        self._kinds.setdefault(value, told)
        return token

    def host(self, kind: str, value: str) -> str:
        """The same token as a host name: ``host-1.invalid``."""
        told, number = self._number(kind, value, secret=False)
        self._raw.setdefault(value, f"[{told}_{number}]")
        self._kinds.setdefault(value, told)
        return host_form(told, number)

    def also(self, kind: str, value: str, written: str, *, secret: bool) -> None:
        """Another spelling of a value, so that it is found again."""
        told, number = self._number(kind, value, secret=secret)
        self._by_value.setdefault(written, (told, number))
        self._raw.setdefault(written, f"[{told}_{number}]")
        self._kinds.setdefault(written, told)

    def originals(self) -> Iterator[tuple[str, str, str]]:
        """Every value seen so far as it was written, with its token and kind."""
        for value, token in self._raw.items():
            yield value, token, self._kinds[value]

    def values(self, kind: str, number: int) -> list[str]:
        """What a token stands for, in all spellings known; empty where there is no such token."""
        return [value for value, told in self._by_value.items() if told == (kind, number)]

    def __len__(self) -> int:
        return len(self._raw)

    def _number(self, kind: str, value: str, *, secret: bool) -> tuple[str, int]:
        if secret:
            self.secret_kinds.add(kind)
        plain = normal(kind, value)
        found = self._by_value.get(plain) or self._by_value.get(value)
        if found is None:
            found = (kind, self._next.get(kind, 1))
            self._next[kind] = found[1] + 1
            self._by_value[plain] = found
        self._by_value.setdefault(value, found)
        return found

    def kept(self) -> dict[str, dict[str, int]]:
        """What a map file holds: no secret, no card; of those only which numbers are taken."""
        out: dict[str, dict[str, int]] = {}
        for value, (kind, number) in self._by_value.items():
            if kind not in self.secret_kinds:
                out.setdefault(kind, {})[value] = number
        for kind, following in self._next.items():
            if kind in self.secret_kinds:
                out[kind] = {"": following - 1}
        return out


def host_form(kind: str, number: int) -> str:
    return f"{kind.lower().replace('_', '-')}-{number}.invalid"


def normal(kind: str, value: str) -> str:
    """One spelling for one thing: addresses in lower case, numbers without their punctuation."""
    if kind in _FOLDED:
        return value.casefold()
    if kind == "IP":
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            return value
    if kind in _DIGITS or kind.endswith("_ID"):
        bare = re.sub(r"[^0-9A-Za-z]", "", value).upper()
        return bare.removeprefix("00") if kind == "PHONE" else bare
    return value


def parsed(written: str) -> tuple[str, int] | None:
    """Kind and number of ``[EMAIL_1]``, ``EMAIL_1`` or ``host-1.invalid``; None of anything else."""
    match = TOKEN.fullmatch(f"[{written.strip().strip('[]')}]") or HOST_TOKEN.fullmatch(written.strip())
    return None if match is None else (match[1].upper().replace("-", "_"), int(match[2]))


def is_token(value: str) -> bool:
    """Whether a value is nothing but a token of ours, in any of its forms."""
    return TOKEN.fullmatch(value) is not None or HOST_TOKEN.fullmatch(value) is not None or value == REDACTED


REDACTED = "redacted"
"""What stands where a value is not worth a number, e.g. the signature of a web token."""
