"""What an answer says of its own failure, in a line."""

import base64
import binascii
import html
import json
import re
from typing import Any

from supportctl.evidence.har.exchange import Exchange
from supportctl.evidence.redact import bodies
from supportctl.evidence.redact.scrubber import Scrubber

LONGEST = 240
_READ = 200_000
_TITLE = re.compile(r"<title[^>]{0,200}>(.{1,400}?)</title>", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r"<(script|style|svg|noscript|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SAYING = (
    "message", "error_description", "errorMessage", "errorMessages", "error_message", "detail", "details",
    "description", "title", "reason", "error", "errors", "msg", "fault", "faultstring", "code", "errorCode", "status",
    "type",
)  # fmt: skip


def plain_body(one: Exchange) -> str | None:
    """The body as text; None where there is none, or it is no text."""
    if one.body is None:
        return None
    if not one.packed:
        return one.body[:_READ]
    try:
        return base64.b64decode("".join(one.body[: _READ * 2].split()), validate=False).decode("utf-8")[:_READ]
    except (ValueError, binascii.Error):
        return None


def saying(one: Exchange, scrubber: Scrubber) -> str:
    """The message of an error's body, redacted before it is cut; empty where it says nothing."""
    text = plain_body(one)
    if text is None or not text.strip():
        return ""
    told = bodies.body(text, one.mime, scrubber)
    if told.startswith(bodies.DROPPED):
        return ""
    stripped = told.lstrip("\ufeff \t\r\n")
    if stripped.startswith(("{", "[")):
        try:
            return _line("; ".join(dict.fromkeys(_messages(json.loads(stripped)))) or stripped)
        except (ValueError, RecursionError):
            return _line(stripped)
    if "<" in told[:2000]:
        return _line(_page(told))
    return _line(told)


def _messages(node: Any, depth: int = 0) -> list[str]:
    """What stands under names that say something, the clearest first."""
    if isinstance(node, str):
        return [node] if node.strip() else []
    if isinstance(node, bool) or node is None or depth > 4:
        return []
    if isinstance(node, int | float):
        return [str(node)]
    if isinstance(node, list):
        return [told for each in node[:5] for told in _messages(each, depth + 1)]
    if not isinstance(node, dict):
        return []
    found: list[str] = []
    for name in _SAYING:
        if name in node:
            found += _messages(node[name], depth + 1)
        if len(found) >= 4:
            break
    return found[:4]


def _page(text: str) -> str:
    title = _TITLE.search(text[:20_000])
    words = _TAG.sub(" ", _HIDDEN.sub(" ", text[:50_000]))
    said = html.unescape(title[1]) if title else ""
    rest = html.unescape(words)
    return f"{said}: {rest}" if said and not rest.strip().startswith(said.strip()) else said or rest


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
