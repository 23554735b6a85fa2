"""Term -> tickets, in segments that each cover a range of tickets.

Tickets are numbered in the order of their creation, so "older than q and within the window" is one slice of every
term's list. New tickets make a segment of their own; small neighbours are merged, so there are never many.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from supportctl.duplicates.rows import Array, Rows, ranges

LARGEST = 1 << 16
"""Tickets of one segment: what is sorted at once, and two bytes can number."""
MANY = 6
"""Small segments that are left alone."""


@dataclass
class Segment:
    low: int
    high: int
    """Tickets `low <= t < high`."""
    terms: Array
    """Ascending."""
    start: Array
    ticket: Array
    """From `low` on."""
    mark: Array
    kept: list[Any] | None = None
    """Where it is on disk, if anywhere; see `stored`."""

    def lists(self, terms: Array) -> tuple[Array, Array]:
        """Bounds of the postings of these terms (equal when there are none)."""
        at = np.searchsorted(self.terms, terms)
        at = np.minimum(at, len(self.terms) - 1)
        there = self.terms[at] == terms
        begin = self.start[at]
        return begin, np.where(there, self.start[at + 1], begin)

    def slices(self, terms: Array, low: int, high: int) -> tuple[Array, Array]:
        """Bounds of the postings with `low <= ticket < high`."""
        begin, end = self.lists(terms)
        first = self._find(begin, end, low - self.low) if low > self.low else begin
        return first, (self._find(first, end, high - self.low) if high < self.high else end)

    def _find(self, begin: Array, end: Array, ticket: int) -> Array:
        """A binary search in all lists at once."""
        left, right = begin.copy(), end.copy()
        last = len(self.ticket) - 1
        while (open_ := left < right).any():
            middle = (left + right) >> 1
            below = (self.ticket[np.minimum(middle, last)] < ticket) & open_
            left = np.where(below, middle + 1, left)
            right = np.where(open_ & ~below, middle, right)
        return left


def segment(rows: Rows, low: int, high: int) -> Segment:
    """A quarter of the terms at a time: this is what needs the most memory when many tickets are indexed."""
    term, mark = rows.between(low, high)
    ticket = np.repeat(np.arange(high - low, dtype=np.uint16), np.diff(rows.start[low : high + 1]))
    quarter = -(-rows.size // 4)
    parts = [_sorted(term, ticket, mark, at, at + quarter) for at in range(0, rows.size, quarter)]
    del term, ticket, mark
    terms, lengths, tickets, marks = (np.concatenate(each) for each in zip(*parts, strict=True))
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return Segment(low, high, terms, start, tickets, marks)


def _sorted(term: Array, ticket: Array, mark: Array, low: int, high: int) -> tuple[Array, Array, Array, Array]:
    """Of the terms `low <= term < high`: each one, its number of postings, their tickets and marks."""
    there = np.nonzero((term >= low) & (term < high))[0]
    key = term[there].astype(np.int64) << 24
    key |= ticket[there].astype(np.int64) << 8
    key |= mark[there]
    del there
    key.sort()
    sorted_ = (key >> 24).astype(np.int32)
    first = np.nonzero(np.diff(sorted_, prepend=-1))[0]
    lengths = np.diff(np.append(first, len(sorted_)))
    return sorted_[first], lengths, ((key >> 8) & 0xFFFF).astype(np.uint16), (key & 0xFF).astype(np.uint8)


class Postings:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.segments: list[Segment] = []

    def refresh(self, *, whole: bool = False) -> None:
        """Take in the rows that were added; `whole`: only as far as they fill segments."""
        low = self.segments[-1].high if self.segments else 0
        high = len(self._rows)
        if whole:
            high = low + (high - low) // LARGEST * LARGEST
        while low < high:
            upto = min(high, low + LARGEST)
            if self._rows.start[upto] > self._rows.start[low]:
                self.segments.append(segment(self._rows, low, upto))
            low = upto
        small = 0
        while small < len(self.segments) and self.segments[small].high - self.segments[small].low >= LARGEST:
            small += 1
        if len(self.segments) - small > MANY:
            tail = self.segments[small:]
            del self.segments[small:]
            low = tail[0].low
            while low < tail[-1].high:
                upto = min(tail[-1].high, low + LARGEST)
                self.segments.append(segment(self._rows, low, upto))
                low = upto

    def slices(self, terms: Array, low: int, high: int) -> "list[Slices]":
        """Per segment where the postings of these terms with `low <= ticket < high` are."""
        return [
            Slices(each, *each.slices(terms, low, high))
            for each in self.segments
            if each.high > low and each.low < high
        ]


@dataclass(frozen=True)
class Slices:
    segment: Segment
    begin: Array
    end: Array

    @property
    def lengths(self) -> Array:
        return self.end - self.begin

    def of(self, which: Array) -> tuple[Array, Array, Array]:
        """For each posting of these of the terms which of them (from 0) it is of, its ticket and its mark."""
        begin, end = self.begin[which], self.end[which]
        at = ranges(begin, end)
        ticket = self.segment.ticket[at].astype(np.int32) + np.int32(self.segment.low)
        return np.repeat(np.arange(len(which)), end - begin), ticket, self.segment.mark[at]
