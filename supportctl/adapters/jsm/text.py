"""Bodies in either of Jira's formats to plain text."""

from typing import Any

import msgspec

from supportctl.adapters.jsm import adf
from supportctl.text import wiki


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


def document(text: str) -> dict[str, Any]:
    """Plain text as a document that `render` gives back as it was: one paragraph, with breaks where lines end.

    A text node must not hold a line break itself.
    """
    nodes: list[dict[str, Any]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if number:
            nodes.append({"type": "hardBreak"})
        if line:
            nodes.append({"type": "text", "text": line})
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": nodes}]}
