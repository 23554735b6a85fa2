"""SAML messages: who asked whom and how it ended stay readable; names, attributes, signatures and keys do not."""

import base64
import binascii
import re
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from supportctl.evidence.redact.scrubber import Scrubber

_MOST = 2_000_000
"""Characters of a message at most; one that unpacks to more is no message."""
_HIDDEN = re.compile(
    r"(?P<b><(?:\w{1,20}:)?(?P<e>NameID|AttributeValue|SignatureValue|DigestValue|X509Certificate|CipherValue|SessionIndex)"
    r"(?:\s[^<>]{0,2000})?>)(?P<v>[^<>]{1,200000})(?=</)"
)
_INDEX = re.compile(r"(?P<b>\b(?:SessionIndex|NameQualifier|SPNameQualifier)=\")(?P<v>[^\"]{1,500})")
_KEYS = frozenset({"SignatureValue", "DigestValue", "X509Certificate", "CipherValue"})


def redacted(value: str, scrubber: "Scrubber") -> str | None:
    """The message in the form it came in; None where it is none."""
    escaped = "%" in value
    plain = unquote(value) if escaped else value
    opened = _opened(plain)
    if opened is None:
        return None
    document, packed = opened

    def hide(match: re.Match[str]) -> str:
        text = match["v"].strip()
        if not text or text.startswith("[") or text == "redacted":
            return match[0]
        if match["e"] in _KEYS:
            scrubber.tokens.token("SECRET", text, secret=True)
            return f"{match['b']}redacted"
        kind = "EMAIL" if "@" in text else "PERSON" if match["e"] != "SessionIndex" else "SECRET"
        return match["b"] + scrubber.value(kind, text, secret=kind == "SECRET")

    told = _HIDDEN.sub(hide, document)
    told = _INDEX.sub(lambda match: match["b"] + scrubber.value("SECRET", match["v"], secret=True), told)
    told = scrubber.text(told, "json")
    if told == document:
        return value
    data = told.encode("utf-8", "surrogatepass")
    if packed:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = squeeze.compress(data) + squeeze.flush()
    scrubber.counts["SAML"] += 1
    text = base64.b64encode(data).decode()
    return quote(text, safe="") if escaped else text


def _opened(value: str) -> tuple[str, bool] | None:
    """The XML, and whether it was deflated."""
    try:
        data = base64.b64decode("".join(value.split()), validate=True)
    except (ValueError, binascii.Error):
        return None
    for packed in (False, True):
        try:
            if packed:
                squeezed = zlib.decompressobj(-15)
                data = squeezed.decompress(data, _MOST)
            text = data.decode("utf-8")
        except (ValueError, zlib.error):
            continue
        if text.lstrip("\ufeff \t\r\n").startswith("<"):
            return text, packed
    return None
