"""Tickets made ready for comparison: the writer's own words, words to index, identifiers."""

import re
from collections.abc import Callable

from supportctl.text.boilerplate import says_nothing
from supportctl.text.characters import seen
from supportctl.text.identifiers import identifiers, proves
from supportctl.text.markup import outside_fences, reduced
from supportctl.text.replies import without_quotes
from supportctl.text.signatures import without_signature
from supportctl.text.tokens import tokens
from supportctl.text.urls import shortened

__all__ = ["identifiers", "own_words", "tokens"]

Step = Callable[[str], str]

_WORD = re.compile(r"[^\W_]")
_MANY = re.compile(r"\n{3,}")
_PASSES = 6
"""Markup inside of markup inside of markup: nobody writes more."""


def own_words(body: str | None) -> str:
    """What the writer of one body or mail says: no quoted mail, signature, disclaimer, markup, invisible signs.

    Code and traces stay. A text that had words keeps some: where all of it looks quoted, the quotation. Applied to its
    own result it changes nothing.
    """
    text = _tidy(seen(body or ""))
    steps = _STEPS
    for _ in range(_PASSES):
        cleaned, changing = _cleaned(text, steps)
        if cleaned == text:
            break
        text = cleaned
        # Words that lost only their ending can lose nothing but another one.
        steps = _ENDINGS if changing <= set(_ENDINGS) else _STEPS
    return text


def _cleaned(text: str, steps: tuple[Step, ...]) -> tuple[str, set[Step]]:
    """And which of the steps changed something."""
    changing = set()
    for step in steps:
        changed = step(text)
        if changed != text and (_WORD.search(changed) or not _WORD.search(text)):
            text = changed
            changing.add(step)
    return text, changing


def _tidy(text: str) -> str:
    if " \n" in text or "\t\n" in text:
        text = "\n".join(map(str.rstrip, text.split("\n")))
    return (_MANY.sub("\n\n", text) if "\n\n\n" in text else text).strip()


def _unquoted(text: str) -> str:
    return without_quotes(text, proves, says_nothing)


def _unsigned(text: str) -> str:
    return without_signature(text, proves)


def _links(text: str) -> str:
    return outside_fences(text, shortened)


_ENDINGS: tuple[Step, ...] = (_unsigned, _tidy)
_STEPS: tuple[Step, ...] = (seen, reduced, _unquoted, _unsigned, _links, _tidy)
