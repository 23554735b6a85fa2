"""Bodies in either of Jira's formats to plain text."""

from typing import Any

import msgspec

from supportctl.adapters.jsm import adf, wiki


def body_text(value: Any) -> tuple[str, Any]:
    """Plain text, and the value itself when the text does not hold all of it (else None)."""
    if isinstance(value, str):
        return wiki.plain(value), None
    if isinstance(value, dict):
        rendered = adf.render(value)
        return rendered.text, None if rendered.lossless else value
    return "", value


def raw_text(raw: bytes) -> tuple[str | None, Any]:
    """The same for an undecoded value; None for ``null``."""
    first = raw[:1]
    if first == b'"':
        return wiki.plain(_STRING.decode(raw)), None
    if first == b"{":
        rendered, document = adf.decode(raw)
        return rendered.text, document
    return None if raw == b"null" else "", None if raw == b"null" else msgspec.json.decode(raw)


_STRING = msgspec.json.Decoder(str)
