"""What is needed of a run of signs: worked out once, and found again by the run's hash."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from supportctl.duplicates import terms, words
from supportctl.duplicates.long import Array, Growing
from supportctl.duplicates.rows import ranges
from supportctl.duplicates.runs import Runs

REMEMBERED = 1 << 19
"""Runs, and of their words sixteen times as many, after which all are forgotten and learned anew."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Facts:
    """Per run."""

    mark: Array
    """Hash of its form without numbers."""
    length: Array
    """Characters of that form."""
    size: Array
    """Words."""
    words: Array
    """Their numbers, run after run; of codes with `terms.CODE`."""


class KnownRuns:
    """A table of hashes with open addresses, never more than half full."""

    def __init__(self) -> None:
        bits = (2 * REMEMBERED - 1).bit_length()
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._clear()

    def _clear(self) -> None:
        self._hash, self._place = np.zeros(self._last + 1, np.uint64), np.zeros(self._last + 1, np.int32)
        self._mark, self._length = Growing(np.uint64), Growing(np.int32)
        self._words, self._start, self._size = Growing(np.int32), Growing(np.int64), Growing(np.int32)

    def facts(self, runs: Runs) -> Facts:
        """Raises `ValueError` for more runs than are remembered."""
        slot = self._slots(runs.hash)
        fresh = self._fresh(runs, slot)
        if len(fresh):
            if len(self._start.all) + len(fresh) > REMEMBERED or len(self._words.all) > 16 * REMEMBERED:
                self._clear()
                slot = self._slots(runs.hash)
                fresh = self._fresh(runs, slot)
                if len(fresh) > REMEMBERED:
                    raise ValueError("too many runs at once")
            self._learn(runs, fresh)
            slot = self._slots(runs.hash)
        place = self._place[slot]
        start, size = self._start.all[place], self._size.all[place]
        return Facts(self._mark.all[place], self._length.all[place], size, self._words.all[ranges(start, start + size)])

    def _fresh(self, runs: Runs, slot: Array) -> Array:
        """One of each that are not known."""
        fresh = np.nonzero(self._hash[slot] == 0)[0]
        return fresh[np.unique(runs.hash[fresh], return_index=True)[1]] if len(fresh) else fresh

    def _learn(self, runs: Runs, which: Array) -> None:
        found: list[int] = []
        sizes, marks, lengths = [], [], []
        for run in runs.strings(which):
            numbers = [terms.read_number(word) for word in words.of_run(run)]
            masked = words.masked(run)
            found += numbers
            sizes.append(len(numbers))
            marks.append(crc32(masked.encode("utf-8", "surrogatepass")) + 1)
            lengths.append(len(masked))
        self._put(runs.hash[which], len(self._start.all) + np.arange(len(which)))
        self._start.add(len(self._words.all) + np.cumsum([0, *sizes[:-1]]))
        self._size.add(np.array(sizes, np.int32))
        self._mark.add(np.array(marks, np.uint64))
        self._length.add(np.array(lengths, np.int32))
        self._words.add(np.array(found, np.int32))

    def _first_slots(self, hashes: Array) -> Array:
        return ((hashes * _SPREAD) >> self._shift).astype(np.int64)

    def _slots(self, hashes: Array) -> Array:
        """Where each is, or the free slot where it would be."""
        slot = self._first_slots(hashes)
        open_ = np.arange(len(hashes))
        while len(open_):
            kept = self._hash[slot[open_]]
            open_ = open_[(kept != 0) & (kept != hashes[open_])]
            slot[open_] = (slot[open_] + 1) & self._last
        return slot

    def _put(self, hashes: Array, places: Array) -> None:
        """Different ones that are not there."""
        slot = self._first_slots(hashes)
        open_ = np.arange(len(hashes))
        while len(open_):
            free = open_[self._hash[slot[open_]] == 0]
            self._hash[slot[free]] = hashes[free]  # Of several that want one slot, one has it.
            mine = self._hash[slot[open_]] == hashes[open_]
            self._place[slot[open_[mine]]] = places[open_[mine]]
            open_ = open_[~mine]
            slot[open_] = (slot[open_] + 1) & self._last
