"""Term -> tickets, in segments that each cover a range of tickets.

Tickets are numbered in the order of their creation, so "older than q and within the window" is one slice of every
term's list. New tickets make a segment of their own; small neighbours are merged, so there are never many.
"""

from collections.abc import Iterator
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
    term, mark = rows.between(low, high)
    owner = np.repeat(np.arange(high - low), np.diff(rows.start[low : high + 1]))
    key = np.sort((term.astype(np.int64) << 24) | (owner << 8) | mark)
    sorted_ = (key >> 24).astype(np.int32)
    first = np.nonzero(np.diff(sorted_, prepend=-1))[0]
    return Segment(
        low,
        high,
        sorted_[first],
        np.append(first, len(sorted_)).astype(np.int32),
        ((key >> 8) & 0xFFFF).astype(np.uint16),
        (key & 0xFF).astype(np.uint8),
    )


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

    def of(self, terms: Array, low: int, high: int) -> Iterator[tuple[Array, Array, Array]]:
        """Per segment with any: for each posting which of the terms it is of (from 0), its ticket and its mark."""
        for each in self.segments:
            if each.high <= low or each.low >= high:
                continue
            begin, end = each.slices(terms, low, high)
            at = ranges(begin, end)
            if len(at):
                ticket = each.ticket[at].astype(np.int32) + np.int32(each.low)
                yield np.repeat(np.arange(len(terms)), end - begin), ticket, each.mark[at]

    def lengths(self, terms: Array, low: int, high: int) -> Array:
        """How many tickets of the range hold each term."""
        found = np.zeros(len(terms), np.int64)
        for each in self.segments:
            if each.high > low and each.low < high:
                begin, end = each.slices(terms, low, high)
                found += end - begin
        return found
