"""What requests and answers carry: JSON, forms, parts, pages. Pictures, fonts and programs are left out."""

import base64
import binascii
import hashlib
import json
import re
from typing import Any

from supportctl.evidence.redact import tree
from supportctl.evidence.redact.scrubber import Scrubber

LONGEST = 262_144
"""Characters of a page that are kept; a longer one says little about a fault."""
DROPPED = "[dropped: "
_LEFT_OUT = re.compile(
    r"image/(?!svg)|font/|video/|audio/|text/css|javascript|ecmascript|wasm|octet-stream|zip|gzip|pdf|x-font|font-|msword|officedocument|protobuf|"
    r"shockwave|x-unknown",
    re.IGNORECASE,
)
_FORM = re.compile(r"[^\s=&<>{}\"]{1,200}=[^\s&<>{}\"]*(?:&[^\s=&<>{}\"]{1,200}(?:=[^\s&<>{}\"]*)?)*&?")
_PART = re.compile(
    r"(?P<h>Content-Disposition:[^\r\n]{0,500}?\bname=\"(?P<n>[^\"\r\n]{1,200})\"(?P<f>[^\r\n]{0,500})(?:\r?\n[^\r\n]{1,500}){0,6}\r?\n\r?\n)"
    r"(?P<v>.*?)(?=\r?\n--)",
    re.IGNORECASE | re.DOTALL,
)


def body(text: str, mime: str, scrubber: Scrubber) -> str:
    """The text of a body with tokens, or a note of what was left out."""
    if not text or text.startswith(DROPPED):
        return text
    return scrubber.remembered(text, mime, lambda: _body(text, mime, scrubber))


def _body(text: str, mime: str, scrubber: Scrubber) -> str:
    if _LEFT_OUT.search(mime):
        return dropped(text.encode("utf-8", "surrogatepass"), mime)
    stripped = text.lstrip("\ufeff \t\r\n)]}',")
    if "json" in mime.lower() or stripped[:1] in ("{", "["):
        told = _json(text, scrubber)
        if told is not None:
            return told
    if "multipart/" in mime.lower():
        return _parts(text, scrubber)
    if "x-www-form-urlencoded" in mime.lower() or (len(text) < 20_000 and _FORM.fullmatch(text)):
        return form(text, scrubber)
    if len(text) > LONGEST:
        return dropped(text.encode("utf-8", "surrogatepass"), mime)
    return scrubber.text(text, "json")


def packed(text: str, mime: str, scrubber: Scrubber) -> tuple[str, bool]:
    """A body in base64, and whether it still is."""
    if text.startswith(DROPPED):
        return text, False
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        return dropped(text.encode("utf-8", "surrogatepass"), mime), False
    if _LEFT_OUT.search(mime):
        return dropped(data, mime), False
    try:
        plain = data.decode("utf-8")
    except UnicodeDecodeError:
        return dropped(data, mime), False
    told = body(plain, mime, scrubber)
    if told.startswith(DROPPED):
        return told, False
    return (text, True) if told == plain else (base64.b64encode(told.encode("utf-8", "surrogatepass")).decode(), True)


def dropped(data: bytes, mime: str) -> str:
    """What was there, by type, size and hash: two answers can still be told to be the same."""
    kind = re.sub(r"[^A-Za-z0-9/+.-]", "", mime.partition(";")[0])[:60] or "unknown type"
    return f"{DROPPED}{kind}, {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}]"


def form(text: str, scrubber: Scrubber) -> str:
    """``a=1&b=2``; the names stay."""
    out = []
    for pair in text.split("&"):
        name, sign, value = pair.partition("=")
        out.append(name + sign + (scrubber.named(name, value, "json", query=True) if value else ""))
    return "&".join(out)


def _json(text: str, scrubber: Scrubber) -> str | None:
    from supportctl.evidence.redact import documents

    try:
        document = documents.read(text)
        if document is None:
            return None
        told: Any = tree.walk(document.data, scrubber)
    except RecursionError:
        return None
    if told == document.data and not document.cut:
        return text
    return document.before + json.dumps(told, ensure_ascii=False, separators=(",", ":")) + document.after


def _parts(text: str, scrubber: Scrubber) -> str:
    def told(match: re.Match[str]) -> str:
        if "filename" in match["f"].lower():
            name = re.sub(r'(filename\*?=)"?[^";\r\n]*"?', r'\1"file"', match["h"], flags=re.IGNORECASE)
            value = match["v"]
            return name + (
                value if value.startswith(DROPPED) else dropped(value.encode("utf-8", "surrogatepass"), "file")
            )
        return match["h"] + scrubber.named(match["n"], match["v"], "json", query=True)

    return scrubber.text(_PART.sub(told, text), "json")
