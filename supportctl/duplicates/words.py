"""The words of a ticket's text, as they are compared."""

import re
import string
from collections.abc import Sequence

from supportctl.text.cleaning import own_words, tokens
from supportctl.text.tokens import pieces, stem, words_of

__all__ = ["is_identifier", "masked", "of_run", "own_words", "tokens"]

_DIGITS = re.compile(r"\d+")
_SURELY_TELLING = 10
"""Figures below which a number is never a time since 1970."""
_CODE = re.compile(r"(?=.*[^\W\d_])(?=.*\d)(?!\d{4}-\d\d-\d\d)[^.:]+")
"""Letters and figures."""
_HEX = re.compile(r"\b0x[0-9a-f]+\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)


def of_run(run: str) -> Sequence[str]:
    """The words of one run of signs between blanks."""
    if run.isascii():
        bare = run.strip(string.punctuation)
        # Most runs are plain words or numbers, and are told as such without a closer look.
        if bare.isalpha():
            if bare.islower() or bare[1:].islower() or bare.isupper():
                return (stem(bare.lower()),)
        elif bare.isdigit() and len(bare) < _SURELY_TELLING:
            return (bare,)
    return [word for chunk in pieces(run) for word in words_of(chunk)]


def is_identifier(token: str) -> bool:
    """Whether a token looks like a name or a code rather than like a word."""
    if len(token) < 4:
        return False
    if "." in token or "_" in token or len(token) > 14:
        return True
    return not token.isdigit() and _DIGITS.search(token) is not None


def is_code(token: str) -> bool:
    """Whether it most likely names one thing (a fault, a device, an order): no version, date or time."""
    return is_identifier(token) and _CODE.fullmatch(token) is not None


def masked(line: str) -> str:
    """A line as it is counted: without its numbers."""
    if line.isalpha():
        return line.casefold()
    line = " ".join(line.casefold().split())
    if "x" in line or "-" in line:
        line = _HEX.sub("0", line)
    return _DIGITS.sub("0", line)


LONG = 15
"""Characters from which a line is worth comparing as a whole."""
