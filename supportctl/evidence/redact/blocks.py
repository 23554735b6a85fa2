"""Cutting long texts into blocks of lines, so that a block in which nothing was found is not looked at again.

Lines are counted, not characters: a token in place of a value moves no border, and the next pass meets the same blocks.
"""

import re
from collections.abc import Iterator

_LINES = 32
_LONGEST = 8192
"""Characters of a block, about; longer lines are cut where no value goes on."""
_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,60}PRIVATE KEY")
_KEY_LONGEST = 65_536
_GAP = re.compile(r"[\s,;}\])>]")


def blocks(text: str) -> Iterator[str]:
    """The text in order, without loss. Private keys, which go over many lines, stay whole."""
    if len(text) <= 512:
        yield text
        return
    keys = "PRIVATE KEY" in text
    start = at = lines = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        lines += 1
        if keys and (begin := _KEY_BEGIN.search(text, at, end)) is not None:
            stop = text.find("-----END", begin.end(), begin.end() + _KEY_LONGEST)
            if stop >= 0:
                end = text.find("\n", stop) + 1 or len(text)
        at = end
        if lines >= _LINES or at - start >= _LONGEST:
            yield from _cut(text, start, at, keys)
            start, lines = at, 0
    if start < len(text):
        yield from _cut(text, start, len(text), keys)


def _cut(text: str, start: int, end: int, keys: bool) -> Iterator[str]:
    if end - start <= 4 * _LONGEST or (keys and "PRIVATE KEY" in text[start:end]):
        yield text[start:end]
        return
    while end - start > 2 * _LONGEST:
        gap = _GAP.search(text, start + _LONGEST, end)
        if gap is None:
            break
        yield text[start : gap.end()]
        start = gap.end()
    yield text[start:end]


def held_back(text: str) -> int:
    """Where the last piece of a longer text is cut: at a line's end, and not within a private key."""
    at = text.rfind("\n") + 1
    if not at:
        gaps = [match.end() for match in _GAP.finditer(text, max(0, len(text) - _LONGEST))]
        return gaps[-1] if gaps else len(text)
    key = text.rfind("-----BEGIN ", max(0, at - _KEY_LONGEST), at)
    return key if key > 0 and text.find("-----END", key, at) < 0 and _KEY_BEGIN.match(text, key) else at
