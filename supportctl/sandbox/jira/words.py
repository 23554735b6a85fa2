"""Text as the ``~`` operator of JQL sees it: words, without case and punctuation. No stemming is done."""

import re
from typing import Any

_WORD = re.compile(r"\w+", re.UNICODE)


def words(text: str | None) -> str:
    """``" word word word "``: each word casefolded and between single spaces, so that SQL LIKE can find whole words."""
    found = _WORD.findall((text or "").casefold())
    return f" {' '.join(found)} " if found else ""


def patterns(term: str) -> list[str]:
    """LIKE patterns (escaped with ``\\``) that all must match `words` of a text for ``~ term`` to hold.

    ``"a b"`` asks for both words anywhere, ``"\\"a b\\""`` for the phrase, ``ab*`` for a word that begins so.
    """
    phrases = re.findall(r'"([^"]*)"', term)
    rest = re.sub(r'"[^"]*"', " ", term)
    found = [f"% {_escape(' '.join(_WORD.findall(phrase.casefold())))} %" for phrase in phrases if phrase.strip()]
    for part in rest.split():
        open_end = part.endswith("*")
        pieces = _WORD.findall(part.casefold())
        if pieces:
            found.append(f"% {_escape(' '.join(pieces))}{'' if open_end else ' '}%")
    return found


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def plain(body: Any) -> str:
    """Text of a body that is a string or an Atlassian document."""
    from supportctl.sandbox.jira.adf import to_text

    return body if isinstance(body, str) else to_text(body)
