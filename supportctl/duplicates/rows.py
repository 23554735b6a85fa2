"""Sparse rows (ticket -> terms), packed, added to at their end.

Terms are hashes cut to `size` values, so that a vocabulary needs no memory and no text is kept. Of each entry one
byte tells where in the ticket the term is.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportctl.duplicates.long import Growing, Long

Array = NDArray[Any]
BITS = 22
"""Of a term; the mark stands above them."""
FEW = 0xFFFF


def ranges(starts: Array, ends: Array) -> Array:
    """All positions of `[start, end)` of each pair, one after the other."""
    lengths = ends - starts
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, np.int64)
    offsets = np.cumsum(lengths) - lengths
    places: Array = np.arange(total, dtype=np.int64) + np.repeat(starts - offsets, lengths)
    return places


class Rows:
    """Row r has entries from `start[r]` to `start[r + 1]`: a term, and a mark, a byte whose meaning is the user's."""

    def __init__(self, size: int, packed: Long | None = None) -> None:
        if size > 1 << BITS or size & (size - 1):
            raise ValueError("not a power of two that can be packed")
        self.size = size
        self.packed = Long(np.uint32) if packed is None else packed
        self._start = Growing(np.int64)
        self._start.add(np.zeros(1, np.int64))
        self.counted = np.zeros(size, np.int32)
        self.counted_to = 0
        self._lent: Array | None = None
        self.lent_bits = np.zeros(FEW + 1, bool)
        """For the lower bits of every term False, to be given back as it was."""
        self._last: tuple[Array, Array, Array, Array] | None = None
        """Tickets, bounds, terms and marks last asked for: the next question is often about some of them."""

    @property
    def lent(self) -> Array:
        """An array of -1 for every term, to be given back as it was."""
        if self._lent is None:
            self._lent = np.full(self.size, -1, np.int32)
        return self._lent

    def add(self, row: Array, term: Array, mark: Array, rows: int) -> None:
        """Append `rows` rows; `row` (from 0) is ascending and a term comes once in a row."""
        self.packed.add(term.astype(np.uint32) | (mark.astype(np.uint32) << np.uint32(BITS)))
        self._start.add(self._start.all[-1] + np.cumsum(np.bincount(row, minlength=rows)))

    def restore(self, sizes: Array, counted: Array, counted_to: int) -> None:
        """The entries are there; these are the lengths of the rows, and in how many of them each term is."""
        self._start.add(np.cumsum(sizes))
        self.counted, self.counted_to = counted, counted_to

    @property
    def start(self) -> Array:
        return self._start.all

    def __len__(self) -> int:
        return len(self.start) - 1

    def between(self, low: int, high: int) -> tuple[Array, Array]:
        """Terms and marks of the rows `low <= r < high`."""
        return self._unpacked(self.packed.between(int(self.start[low]), int(self.start[high])))

    def row(self, ticket: int) -> tuple[Array, Array]:
        """Terms and marks of one row."""
        return self.between(ticket, ticket + 1)

    def of(self, tickets: Array) -> tuple[Array, Array, Array]:
        """Terms and marks of these rows, and for each entry which of them (from 0) it is of."""
        lengths = self.start[tickets + 1] - self.start[tickets]
        row = np.repeat(np.arange(len(tickets)), lengths)
        if self._last is not None and len(tickets):
            known, bounds, term, mark = self._last
            at = np.minimum(np.searchsorted(known, tickets), len(known) - 1)
            if (known[at] == tickets).all():
                places = ranges(bounds[at], bounds[at] + lengths)
                return term[places], mark[places], row
        starts = self.start[tickets]
        term, mark = self._unpacked(self.packed.parts(starts, starts + lengths))
        if len(tickets) > 1 and (np.diff(tickets) > 0).all():
            self._last = (tickets.copy(), np.cumsum(lengths) - lengths, term, mark)
        return term, mark, row

    def _unpacked(self, packed: Array) -> tuple[Array, Array]:
        """Whatever a damaged file holds, these are terms and marks: `size` is a power of two."""
        return (packed & np.uint32(self.size - 1)).astype(np.int32), (packed >> np.uint32(BITS)).astype(np.uint8)

    def known_before(self, ticket: int) -> Array:
        """In how many tickets before this one each term is; asked in ascending order it only counts what is new.

        The array is that of the rows: it goes on when a later ticket is asked for.
        """
        if ticket < self.counted_to:
            self.counted[:] = 0
            self.counted_to = 0
        piece = 20_000
        for low in range(self.counted_to, ticket, piece):
            term, _ = self.between(low, min(ticket, low + piece))
            self.counted += np.bincount(term, minlength=self.size).astype(np.int32)
        self.counted_to = ticket
        return self.counted


def distinct(row: Array, term: Array, field: Array, size: int) -> tuple[Array, Array, list[Array]]:
    """One entry per row and term of one line per occurrence; `counts[f]` is how often it is in field f (0 to 2)."""
    key = np.sort((row.astype(np.int64) * size + term) * 4 + field)
    field = key & 3
    key >>= 2
    first = np.nonzero(np.diff(key, prepend=-1))[0]
    whole = key[first]
    if not len(first):
        return whole, whole.astype(np.int32), [np.zeros(0, np.int64)] * 3
    bounds = np.append(first, len(key))
    counts = []
    for f in range(3):
        upto = np.concatenate([[0], np.cumsum(field == f)])
        counts.append(upto[bounds[1:]] - upto[bounds[:-1]])
    return whole // size, (whole % size).astype(np.int32), counts


class Sums:
    """Sums per row of values that stand in the order of their rows; many times quicker than counting them in."""

    def __init__(self, row: Array, rows: int) -> None:
        """``row`` is ascending; some may have no values."""
        self._first = np.nonzero(np.diff(row, prepend=-1))[0]
        self._filled = row[self._first]
        self._rows = rows

    def __call__(self, values: Array) -> Array:
        out = np.zeros(self._rows)
        if len(self._first):
            out[self._filled] = np.add.reduceat(values, self._first, dtype=np.float64)
        return out


def largest(row: Array, values: Array, rows: int) -> Array:
    """Per row the largest of its values, 0 where it has none; `row` is ascending."""
    out = np.zeros(rows)
    if len(row):
        first = np.nonzero(np.diff(row, prepend=-1))[0]
        out[row[first]] = np.maximum(np.maximum.reduceat(values, first), 0)
    return out
