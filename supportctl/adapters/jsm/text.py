"""Bodies in either of Jira's formats to plain text."""

from typing import Any

from supportctl.adapters.jsm import adf, wiki


def body_text(value: Any) -> tuple[str, Any]:
    """Plain text, and the value itself when the text does not hold all of it (else None)."""
    if isinstance(value, str):
        return wiki.plain(value), None
    if isinstance(value, dict):
        rendered = adf.render(value)
        return rendered.text, None if rendered.lossless else value
    return "", value
