"""Whether one short name is another one misspelt: two tags, say. Made for precision, not for search."""

import re

from supportctl.text.fold import fold

SHORT = 5
"""Words with fewer letters are never taken for slips of each other: ``sso`` and ``sdo`` are two things. In words of
five another letter makes another word: ``modal`` and ``model``."""
LONG = 10
"""From here on two slips are allowed, unless both add letters: ``scrollToView`` is no slip of ``scrollView``."""

_BETWEEN = re.compile(r"[-_\s./:,;]+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[-_\s./:,;]+(?=\d)")
_DIGITS = re.compile(r"\d+")
_NO_LETTERS = re.compile(r"[\u2e80-\uffdc]")
"""Scripts in which a single sign is a word or a syllable."""
_PLURALS = (("ies", "y"), ("es", ""), ("s", ""))


def skeleton(name: str) -> str:
    """Without case and separators. Between digits one stays: ``v1-2`` is not ``v12``."""
    return _BETWEEN.sub(_kept, fold(name))


def _kept(match: re.Match[str]) -> str:
    return "-" if _BETWEEN_DIGITS.match(match.string, match.start()) else ""


def digits(name: str) -> str:
    """All numbers in it: names with different numbers are different names."""
    return " ".join(_DIGITS.findall(name))


def distance(one: str, other: str) -> int | None:
    """Edits between two folded names, letters changing places being one; None: no likely slip of each other.

    Word by word, and one word may differ: ``region_east`` and ``region_west`` are near as strings only.
    """
    if digits(one) != digits(other) or _NO_LETTERS.search(one):
        return None
    words, others = _words(one), _words(other)
    if len(words) != len(others):
        return _word_distance("".join(words), "".join(others))
    different = [(mine, theirs) for mine, theirs in zip(words, others, strict=True) if mine != theirs]
    return _word_distance(*different[0]) if len(different) == 1 else None


def _words(name: str) -> list[str]:
    return [word for word in _BETWEEN.split(name) if word]


def _word_distance(one: str, other: str) -> int | None:
    shorter = min(len(one), len(other))
    if shorter >= SHORT - 1 and (_is_plural(one, other) or _is_plural(other, one)):
        return 1
    if shorter < SHORT or not _begin_alike(one, other):
        return None
    limit = 1 if shorter < LONG else 2
    if abs(len(one) - len(other)) > 1:
        return None
    from rapidfuzz.distance import OSA

    found = OSA.distance(one, other, score_cutoff=limit)
    if found > limit or (len(one) == len(other) == SHORT and sorted(one) != sorted(other)):
        return None
    return found


def _begin_alike(one: str, other: str) -> bool:
    """Hardly anybody mistypes a first letter: ``internal`` and ``external`` are two words."""
    return one[0] == other[0] or (one[0] == other[1] and one[1] == other[0])


def _is_plural(many: str, single: str) -> bool:
    return any(single.endswith(stem) and many == single.removesuffix(stem) + ending for ending, stem in _PLURALS)
