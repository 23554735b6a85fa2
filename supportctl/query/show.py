"""A query error as a person wants it: what, where, what instead."""

import unicodedata

from supportctl.errors import QueryError

_WINDOW = 100


def format_error(error: QueryError) -> str:
    """The message, the query with a line of carets below the place, and the hint.

    Long queries are cut around the place; control characters are shown as spaces.
    """
    lines = [error.message]
    if error.query.strip():
        start = min(max(error.start, 0), len(error.query))
        end = min(max(error.end, start + 1), len(error.query) + 1)
        first = max(0, start - _WINDOW // 2)
        last = min(len(error.query), first + _WINDOW)
        before, marked = error.query[first:start], error.query[start : min(end, last)]
        shown = ("…" if first else "") + _visible(error.query[first:last]) + ("…" if last < len(error.query) else "")
        margin = _width(_visible(before)) + (1 if first else 0)
        lines += [f"  {shown}", "  " + " " * margin + "^" * max(1, _width(_visible(marked)))]
    if error.hint:
        lines.append(error.hint)
    return "\n".join(lines)


def _visible(text: str) -> str:
    return "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in text)


def _width(text: str) -> int:
    """Columns on a terminal."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)
