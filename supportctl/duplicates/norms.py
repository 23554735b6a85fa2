"""The length of every ticket as a vector of weighted words.

The weights drift as tickets come. A length is computed once and again only when the tickets have become a
twenty-fifth more: it serves to choose candidates, and what is shown is measured anew.
"""

from typing import TYPE_CHECKING

import numpy as np

from supportctl.duplicates import terms
from supportctl.duplicates.long import Growing
from supportctl.duplicates.rows import Array, Rows

if TYPE_CHECKING:
    from supportctl.duplicates.asof import Rarity

AGAIN = 1.04
CHUNK = 20_000


class Norms:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._kept = Growing(np.float32)
        self.made_at = 0
        """Tickets known when the oldest of the lengths were computed."""
        self.made_from = 0
        """The lengths of tickets before this one are not known."""

    @property
    def all(self) -> Array:
        return self._kept.all

    def restore(self, lengths: Array, made_at: int, made_from: int) -> None:
        self._kept = Growing(np.float32)
        self._kept.add(lengths)
        self.made_at, self.made_from = made_at, made_from

    def upto(self, high: int, low: int, known: int, idf: "Rarity") -> None:
        """Make sure of the lengths of `low <= t < high`, when so many tickets are known."""
        if known > AGAIN * self.made_at or known < self.made_at or low < self.made_from:
            self.made_at, self.made_from = known, low
            self._kept = Growing(np.float32)
            self._kept.add(np.ones(min(low, high), np.float32))
        for a in range(len(self._kept.all), high, CHUNK):
            b = min(high, a + CHUNK)
            term, mark = self._rows.between(a, b)
            weight = terms.MAIN[mark] * idf[term]
            row = np.repeat(np.arange(b - a), np.diff(self._rows.start[a : b + 1]))
            found = np.sqrt(np.bincount(row, weight * weight, minlength=b - a)) + 1e-6
            self._kept.add(found.astype(np.float32))
