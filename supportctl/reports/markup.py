"""Foreign text inside Markdown that shows as it is: no markup, no mention, no cross-reference, no cell of its own."""

import re

from supportctl.console import safe_line

_ACTIVE = re.compile(r"[\\`*_\[\]|~]")
_REFERENCE = re.compile(
    r"(?<![\w;])(@|#|!|%|\$|~|\^|&amp;)(?=[\w\"'])|(?<=\w)(@|#|!)(?=\w)|(\b[gG][hH]-)(?=\d)|(:)(?=//|\w+:)"
)
_BREAK = "&#8203;"
"""A zero-width space: what follows a sign is no longer what the sign would refer to."""


def plain(text: str) -> str:
    """``text`` on one line, for a paragraph, list item or table cell of GitHub's or GitLab's Markdown."""
    return _escaped(_REFERENCE.sub(lambda match: match[0] + _BREAK, _tagless(text)))


def _tagless(text: str) -> str:
    return safe_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escaped(text: str) -> str:
    return _ACTIVE.sub(lambda match: "\\" + match[0], text)


def code(text: str) -> str:
    """A code span, also inside a table."""
    text = safe_line(text)
    if "|" in text or "`" in text or not text.strip():
        return plain(text)
    return f"`{text}`"


def linked(text: str, url: str | None) -> str:
    """``text`` as a link, in which nothing refers to anything else; plain without one.

    ``url`` is one that `audit_words.link` gives.
    """
    if url is None:
        return plain(text)
    return f"[{_escaped(_tagless(text))}](<{url}>)"


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def table(head: list[str], rows: list[list[str]], right: frozenset[int] = frozenset()) -> str:
    """A table, with columns of numbers set to the right."""
    marks = ["--:" if at in right else "---" for at in range(len(head))]
    return row(head) + row(marks) + "".join(row(cells) for cells in rows)
