"""How alike two short texts are, in any language, from small sketches that can be kept for many tickets.

A text becomes the set of its words, of its pairs of neighbouring words and, where a script has no spaces, of its
pairs of characters. The likeness of two texts is the share of these they have in common (Jaccard). Of a long text only
the `SIZE` pieces with the smallest hashes are kept, from which the likeness is estimated (A. Broder, 1997).
"""

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from zlib import crc32

from supportctl.text.fold import fold

T = TypeVar("T")

SIZE = 96
"""Pieces kept of a text: 4 bytes each."""
MARKS = 24
"""Pieces with a digit kept apart: codes, numbers, versions, dates."""
_LONGEST = 4000
"""Characters read of a text."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORDS = re.compile(rf"[{_UNSPACED}]+|[^\W{_UNSPACED}]+(?:[.:_'-][^\W{_UNSPACED}]+)*")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_DIGIT = re.compile(r"\d")
_ANSWER = re.compile(
    r"^(?:\s*(?:re|aw|fw|fwd|wg|wtr|tr|rv|sv|vs|vb|odp|antw|res|enc|ref|rif|回复|答复|转发|返信|転送)\s?(?:\[\d+\])?\s?[:：])+",
    re.IGNORECASE,
)


class Sketch:
    """What is kept of a text: hashes of its pieces, ascending, and of those with a digit."""

    __slots__ = ("marks", "pieces", "whole")

    def __init__(self, pieces: "array[int]", marks: "array[int]", whole: bool) -> None:
        self.pieces = pieces
        self.marks = marks
        self.whole = whole
        """Whether all pieces of the text were kept."""

    def __reduce__(self) -> "tuple[type[Sketch], tuple[array[int], array[int], bool]]":
        return Sketch, (self.pieces, self.marks, self.whole)


def sketch(*texts: str, pairs: bool = True, digits: bool = True) -> Sketch:
    """Of several texts (title, description) as one.

    ``digits=False`` leaves words with digits out: the same text with other numbers has the same sketch.
    """
    found: set[int] = set()
    marks: set[int] = set()
    for text in texts:
        every = words(text)
        with_digit = {word for word in every if _DIGIT.search(word)} if _DIGIT.search(text) else set()
        marks.update(map(_hash, with_digit))
        if with_digit and not digits:
            every = [word for word in every if word not in with_digit]
        if not text.isascii() and _IS_UNSPACED.search(text):
            found.update(_unspaced(every, pairs))
            continue
        hashes = [crc32(word.encode("utf-8", "surrogatepass")) for word in every]
        found.update(hashes)
        if pairs:
            found.update(map(_pair, hashes, hashes[1:]))
    kept = sorted(found)
    return Sketch(array("I", kept[:SIZE]), array("I", sorted(marks)[:MARKS]), len(kept) <= SIZE)


def _unspaced(every: list[str], pairs: bool) -> Iterator[int]:
    """Of a text in which some words stand without spaces: their pairs of characters in place of themselves."""
    before: int | None = None
    for word in every:
        if _IS_UNSPACED.match(word):
            yield from (_hash(word[n : n + 2]) for n in range(max(1, len(word) - 1)))
            before = None
            continue
        hashed = _hash(word)
        yield hashed
        if before is not None and pairs:
            yield _pair(before, hashed)
        before = hashed


def _hash(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def _pair(one: int, other: int) -> int:
    """Of two words in this order: the same from run to run, unlike Python's own hashes of texts."""
    return (one * 31 + other) & 0xFFFFFFFF


def words(text: str) -> list[str]:
    """Folded, without the marks of an answer before a subject."""
    return _WORDS.findall(fold(_ANSWER.sub("", text[:_LONGEST])))


def likeness(one: Sketch, other: Sketch) -> float:
    """0 to 1: the share of pieces both have."""
    if not one.pieces or not other.pieces:
        return 0.0
    mine, theirs = set(one.pieces), set(other.pieces)
    if one.whole and other.whole:
        return len(mine & theirs) / len(mine | theirs)
    size = min(len(mine) if not one.whole else SIZE, len(theirs) if not other.whole else SIZE)
    smallest = sorted(mine | theirs)[:size]
    return sum(piece in mine and piece in theirs for piece in smallest) / len(smallest)


def differing_marks(one: Sketch, other: Sketch) -> bool:
    """Whether each names a number, code or date that the other does not: then they are about different things."""
    return _differ(one.marks, other.marks)


def foreign_marks(one: Sketch, other: Sketch) -> bool:
    """Whether both name numbers or codes, and none in common: other devices with other errors."""
    return bool(one.marks) and bool(other.marks) and set(one.marks).isdisjoint(other.marks)


def differing_words(one: Sketch, other: Sketch) -> bool:
    """Whether each says something that the other does not: of titles that are one template filled in twice."""
    return _differ(one.pieces, other.pieces)


def _differ(one: "array[int]", other: "array[int]") -> bool:
    mine, theirs = set(one), set(other)
    return bool(mine - theirs) and bool(theirs - mine)


def alike(
    items: Sequence[T],
    sketch_of: Callable[[T], Sketch],
    share: float,
    near: Callable[[list[T], T], bool],
    apart: Callable[[Sketch, Sketch], bool] | None = None,
) -> list[list[T]]:
    """Sets of items, each like the first of its set by at least ``share`` and not ``apart``; every item is in one.

    An item joins the earliest set it is like and to which it is ``near``; a set that is no longer near to one item is
    taken to be near to none that follows. Two texts that are alike enough have one of their rarest pieces in common,
    so that only sets with such a piece are compared.
    """
    frequency = Counter(piece for item in items for piece in sketch_of(item).pieces)
    by_piece: dict[int, list[tuple[int, list[T]]]] = {}
    sets: list[list[T]] = []
    for item in items:
        pieces = sketch_of(item).pieces
        rare = sorted(pieces, key=lambda piece: (frequency[piece], piece))[: len(pieces) - int(share * len(pieces)) + 1]
        best: tuple[int, list[T]] | None = None
        tried: set[int] = set()
        for piece in rare:
            if (known := by_piece.get(piece)) is None:
                continue
            known[:] = [each for each in known if near(each[1], item)]
            for number, found in known:
                if number in tried or (best is not None and number > best[0]):
                    continue
                tried.add(number)
                first, mine = sketch_of(found[0]), sketch_of(item)
                if likeness(first, mine) >= share and not (apart is not None and apart(first, mine)):
                    best = (number, found)
        if best is not None:
            best[1].append(item)
            continue
        sets.append([item])
        for piece in rare:
            by_piece.setdefault(piece, []).append((len(sets), sets[-1]))
    return sets
