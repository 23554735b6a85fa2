"""Reading a HAR piece by piece: one exchange at a time, whatever is wrong around it.

The parser of the standard library works on a window of the text. It takes what people send that no strict parser
takes: a call wrapped around it, NaN, control characters in strings, lists instead of one log, an end that is missing.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from supportctl.evidence.har.window import BrokenError, EndedError, Window

_WRAP = re.compile(
    r"\s*(?:/\*.{0,400}?\*/\s*)?(?:[A-Za-z_$][\w$.]{0,100}\s{0,3}(?:=\s{0,3})?\(?|\)\]\}',?|while\(1\);|for\(;;\);)?\s*",
    re.DOTALL,
)
_NEXT_ENTRY = re.compile(
    r'\{\s*"(?:startedDateTime|pageref|_initiator|_priority|_resourceType|_fromCache|_connectionId|_requestId|'
    r'_request_id|connection|time|request|_id|_index|_webSocketMessages)"\s*:'
)
_LOGS = ("log", "entries", "version", "creator", "browser", "pages", "comment")


class Part(NamedTuple):
    """``entry`` (an exchange), ``page``, ``creator``, ``browser``, or ``fault`` (what is wrong, in words)."""

    kind: str
    value: Any


def parts(pieces: Iterator[str]) -> Iterator[Part]:
    """What a HAR holds, in its order. Ends with a ``fault`` where the end is missing; raises nothing."""
    window = Window(pieces)
    yield from _begin(window)
    try:
        mark = window.peek()
        if mark == "{":
            yield from _object(window)
        elif mark == "[":
            yield Part("fault", "a list where a HAR has one log")
            yield from _array(window)
        else:
            yield Part("fault", "not JSON" if mark else "nothing in it")
            return
    except EndedError:
        yield from _cut(window)
        return
    except (BrokenError, RecursionError):
        yield Part("fault", "broken JSON: what follows was not read")
        return
    yield from _behind(window)


def _begin(window: Window) -> Iterator[Part]:
    window.fill(2000)
    head = window.text[window.at : window.at + 2000].lstrip("\ufeff")
    match = _WRAP.match(head)
    if match is not None and match.end() and head[match.end() : match.end() + 1] in ("{", "["):
        if match[0].strip():
            yield Part("fault", "wrapped in a call or an assignment")
        window.at += len(window.text[window.at : window.at + 2000]) - len(head) + match.end()
        return
    if head.lstrip()[:1] in ("{", "["):
        return
    at = head.find("{")
    if at > 0 and head[:at].strip():
        yield Part("fault", "text stands before the JSON")
        window.at += at


def _behind(window: Window) -> Iterator[Part]:
    """Behind the end: more documents (a line each), or what a call's wrapper leaves."""
    for _ in range(1_000_000):
        window.fill(100)
        rest = window.text[window.at : window.at + 100].lstrip(" \t\r\n\x00);,")
        if not rest.startswith("{"):
            if rest.strip():
                yield Part("fault", "text stands behind the JSON")
            return
        window.at = window.text.index("{", window.at)
        try:
            yield from _object(window)
        except EndedError:
            yield from _cut(window)
            return
        except (BrokenError, RecursionError):
            yield Part("fault", "broken JSON behind the first document: not read")
            return


def _object(window: Window, depth: int = 0) -> Iterator[Part]:
    """A log, or the object around it; anything else of that shape is an exchange if it looks like one."""
    window.need("{")
    loose: dict[str, Any] = {}
    while True:
        mark = window.peek()
        if mark == "}":
            window.at += 1
            break
        if mark == ",":
            window.at += 1
            continue
        name = window.value()
        if not isinstance(name, str):
            raise BrokenError
        window.need(":")
        mark = window.peek()
        if name == "log" and mark == "{" and depth < 3:
            yield from _object(window, depth + 1)
        elif name == "entries" and mark == "[":
            yield Part("entries", None)
            yield from _array(window)
        elif name == "pages" and mark == "[":
            told = window.value()
            yield from (Part("page", each) for each in told if isinstance(each, dict))
        elif name in ("creator", "browser"):
            yield Part(name, window.value())
        else:
            loose[name] = window.value()
    if isinstance(loose.get("request"), dict):
        yield Part("entry", loose)
    elif isinstance(loose.get("log"), str) and depth < 3:
        yield from parts(iter([loose["log"]]))


def _array(window: Window) -> Iterator[Part]:
    """Exchanges; a broken one is passed over where the next can be told."""
    window.need("[")
    while True:
        mark = window.peek()
        if mark == "]":
            window.at += 1
            return
        if mark == ",":
            window.at += 1
            continue
        try:
            if mark == "{" and window.first_name() in _LOGS:
                yield from _object(window, 1)
                continue
            told = window.value()
        except (BrokenError, RecursionError):
            yield Part("fault", "an exchange is broken and was passed over")
            if not window.seek(_NEXT_ENTRY):
                raise EndedError from None
            continue
        if isinstance(told, dict):
            yield Part("entry", told)
        else:
            yield Part("fault", "something that is no exchange stands among the exchanges")


def _cut(window: Window) -> Iterator[Part]:
    """The end is missing: what of the last exchange is whole is still told."""
    from supportctl.evidence.redact import documents

    rest = window.rest(4_000_000)
    yield Part("fault", "cut off: the end is missing")
    match = _NEXT_ENTRY.match(rest.lstrip(" ,\r\n\t"))
    if match is None:
        return
    try:
        found = documents.read(rest.lstrip(" ,\r\n\t"))
    except (ValueError, RecursionError):
        return
    entry = found.data if found is not None and isinstance(found.data, dict) else {}
    if isinstance(request := entry.get("request"), dict) and request.get("url"):
        yield Part("entry", {**entry, "_cut": True})
