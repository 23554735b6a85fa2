"""Lines that say the same but for numbers, names and times are one."""

import json
import re

_MASK = re.compile(
    r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}|\b0x[0-9A-Fa-f]+|[\w.+-]+@[\w-]+\.[\w.-]+|"
    r"\"[^\"]{0,200}\"|'[^']{0,200}'|(?<![A-Za-z])/[\w./~%-]{3,200}|\[[A-Z][A-Z0-9_]*_\d+\]|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|[-+]?\d+(?:[.,:]\d+)*"
)
_SPACES = re.compile(r"\s+")
_MESSAGE = (
    "message",
    "msg",
    "@message",
    "error",
    "err",
    "event",
    "text",
    "log",
    "MESSAGE",
    "Message",
    "short_message",
    "exception",
)
_LEAD = re.compile(r"^[\s\]|:,-]+")
LONGEST = 400
_COMPARED = 300


def message(line: str, end: int = 0) -> str:
    """What a line says behind its time; of JSON its message. ``end``: of the time."""
    body = line.strip()
    if body.startswith("{"):
        told = _of_json(body)
        if told:
            return _SPACES.sub(" ", told)[:LONGEST]
    return _SPACES.sub(" ", _LEAD.sub("", line[end:]))[:LONGEST].strip()


def _of_json(body: str) -> str | None:
    try:
        node = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(node, dict):
        return None
    found = []
    for name in _MESSAGE:
        value = node.get(name)
        if isinstance(value, dict):
            value = next((value[each] for each in _MESSAGE if isinstance(value.get(each), str)), None)
        if isinstance(value, str) and value.strip() and value not in found:
            found.append(value.splitlines()[0] if "\n" in value.strip() else value)
        if len(found) == 2:
            break
    return ": ".join(found) or None


def template(text: str) -> str:
    """The message without what changes from one time to the next. Cut once more: longer numbers move the end."""
    return _MASK.sub("*", text[:LONGEST])[:_COMPARED]
