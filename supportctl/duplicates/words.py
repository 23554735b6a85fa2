"""The words of a ticket's text, as they are compared."""

import re

from supportctl.text.cleaning import own_words, tokens
from supportctl.text.tokens import pieces, words_of

__all__ = ["chunks", "is_identifier", "masked", "of_chunk", "own_words", "tokens"]

_DIGITS = re.compile(r"\d+")
_HEX = re.compile(r"\b0x[0-9a-f]+\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)


def of_chunk(chunk: str) -> tuple[str, ...]:
    """The words of one run of letters and figures."""
    return words_of(chunk)


def chunks(text: str) -> list[str]:
    """Runs of letters and figures in order; none goes over the end of a line."""
    return pieces(text)


def is_identifier(token: str) -> bool:
    """Whether a token looks like a name or a code rather than like a word."""
    if len(token) < 4:
        return False
    if "." in token or "_" in token or len(token) > 14:
        return True
    return not token.isdigit() and _DIGITS.search(token) is not None


def masked(line: str) -> str:
    """A line as it is counted: without its numbers."""
    line = " ".join(line.casefold().split())
    if "x" in line or "-" in line:
        line = _HEX.sub("0", line)
    return _DIGITS.sub("0", line)


LONG = 15
"""Characters from which a line is worth comparing as a whole."""
