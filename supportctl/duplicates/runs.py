"""Where runs of signs stand in texts: found in all of them at once, as numbers.

A text has many runs; looking each up as a word of its own is what reading a text would cost most.
"""

from dataclasses import dataclass

import numpy as np

from supportctl.duplicates.long import Array

_BLANK, _BREAK = 1, 2
_LAST_BLANK = 0x3000
_PRIME = 0x9E3779B97F4A7C15
_INVERSE = pow(_PRIME, -1, 1 << 64)


@dataclass(frozen=True)
class Runs:
    whole: str
    start: Array
    end: Array
    """Each run, text after text and line after line, is `whole[start:end]`."""
    hash: Array
    """64 bits that tell it from others; never 0."""
    sizes: Array
    """Runs per line. The first line of a text always counts, others where they have any."""
    lines: Array
    """Lines per text."""

    def strings(self, which: Array) -> list[str]:
        whole = self.whole
        return [whole[a:b] for a, b in zip(self.start[which].tolist(), self.end[which].tolist(), strict=True)]


def find(texts: list[str]) -> Runs:
    """Blanks and line breaks are those of `str.split` and `str.splitlines`."""
    whole = "".join(f"{text}\n" for text in texts)
    points = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32)
    kind = _KINDS[np.minimum(points, len(_KINDS) - 1)]
    breaks = np.nonzero(kind == _BREAK)[0]
    edge = np.diff((kind == 0).astype(np.int8), prepend=np.int8(0), append=np.int8(0))
    start, end = np.nonzero(edge == 1)[0], np.nonzero(edge == -1)[0]
    opening = np.searchsorted(breaks, np.cumsum([0, *(len(each) + 1 for each in texts[:-1])])[: len(texts)])
    """The number of each text's first line."""
    sizes = np.bincount(np.searchsorted(breaks, start), minlength=len(breaks))
    counts = sizes > 0
    counts[opening] = True
    upto = np.append(0, np.cumsum(counts))
    lines = np.diff(np.append(upto[opening], upto[-1]))
    return Runs(whole, start, end, np.maximum(_hashes(points, start, end), np.uint64(1)), sizes[counts], lines)


def _hashes(points: Array, start: Array, end: Array) -> Array:
    """Of each range a polynomial: by sums of the powers from the first sign on, turned back to those of its own."""
    up, down = _powers(len(points))
    upto = np.zeros(len(points) + 1, np.uint64)
    np.cumsum((points + np.uint64(1)) * up, out=upto[1:])
    found: Array = (upto[end] - upto[start]) * down[start]
    return found


def _powers(many: int) -> tuple[Array, Array]:
    """Of a number and of its inverse modulo 2^64; kept for the next texts."""
    global _kept
    if len(_kept[0]) < many:
        _kept = _accumulated(_PRIME, many), _accumulated(_INVERSE, many)
    return _kept[0][:many], _kept[1][:many]


def _accumulated(base: int, many: int) -> Array:
    found: Array = np.multiply.accumulate(np.append(np.uint64(1), np.full(many, base, np.uint64)))
    return found


def _table() -> Array:
    table = np.zeros(_LAST_BLANK + 2, np.uint8)
    for point in range(_LAST_BLANK + 1):
        if chr(point).isspace():
            table[point] = _BREAK if len(f"a{chr(point)}a".splitlines()) > 1 else _BLANK
    return table


_KINDS = _table()
_kept = _accumulated(_PRIME, 0), _accumulated(_INVERSE, 0)
