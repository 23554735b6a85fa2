"""What was known of all older tickets at one moment: how rare each term is, and what words are used alike.

For a ranking of many tickets the moments come in steps: a ticket is compared with the statistics of the last step
before it, never with what came later.
"""

from typing import NamedTuple

import numpy as np

from supportctl.duplicates import latent, terms
from supportctl.duplicates.index import Index
from supportctl.duplicates.rows import Array

LEARNED_FROM = 10_000
"""Newest tickets that words used alike are learned from."""
LEARN_AGAIN = 1.25
KEPT = 20_000
"""Tickets whose directions are held."""
CHUNK = 20_000


class Rarity:
    """Logarithm of how many tickets there are for one that holds the term, looked up when it is asked for."""

    def __init__(self, df: Array, known: int) -> None:
        """``df`` may go on counting; from then on this is no more what was known at the moment."""
        self._df = df
        self._of = np.log((known + 1) / (np.arange(known + 1) + 0.5)).clip(0).astype(np.float32)
        self._every: Array | None = None
        self._asked = 0

    def __getitem__(self, term: Array) -> Array:
        if self._every is None:
            self._asked += len(term)
            if self._asked <= len(self._df):
                return self._looked_up(self._df[term])
            # It is asked often: worked out for all terms, one look is enough.
            self._every = self._looked_up(self._df)
        found: Array = self._every[term]
        return found

    def _looked_up(self, counts: Array) -> Array:
        found: Array = self._of.take(counts, mode="clip")
        return found


def following(ticket: int) -> int:
    """The ticket before which statistics made before `ticket` are made anew."""
    return ticket + max(10, min(250, ticket // 4), ticket // 20)


class Learned(NamedTuple):
    """What words are used alike, and how many tickets were known when it was learned."""

    latent: latent.Latent | None
    learned_at: int


class AsOf:
    def __init__(self, index: Index, step: int, low: int, high: int, before: "AsOf | Learned | None" = None) -> None:
        """Of the tickets before `step`; for tickets `low <= t < high`. `before` is the step before, if any."""
        self.index, self.step, self.low, self.high = index, step, low, high
        self.df = index.words.known_before(step)
        self.idf = Rarity(self.df, step)
        self.idf_pairs = Rarity(index.pairs.known_before(step), step)
        self.idf_lines = Rarity(index.lines.known_before(step), step)
        self.idf_letters = Rarity(index.letters.known_before(step), step)
        self.longest = float(np.log(step + 2))
        index.norms.upto(high, low, step, self.idf)
        self.norm = index.norms.all
        """Length of each ticket before `high`, as its words weigh (those before `low`: as they weighed)."""
        self.average = self._average(max(low, step - CHUNK), max(step, low + 1))
        self.shares = {kind: self._shares(index.field(kind)) for kind in index.kinds}
        self.latent: latent.Latent | None
        self.learned_at: int
        if before is not None and before.latent is not None and step < LEARN_AGAIN * before.learned_at:
            self.latent, self.learned_at = before.latent, before.learned_at
        else:
            self.latent, self.learned_at = self._learn(), step
        self._slot = np.full(high - low, -1, np.int32)
        self._points = np.empty((KEPT, latent.SIZE), np.float32)
        self._kept = 0

    def _average(self, low: int, high: int) -> float:
        """Mean length of a body, as `BODY` counts."""
        high = min(high, len(self.index))
        if high <= low:
            return 1.0
        _, mark = self.index.words.between(low, high)
        return max(1.0, float(terms.BODY[mark].sum()) / (high - low))

    def _shares(self, values: Array) -> Array:
        """Rarity of each value of a field among the newest known tickets."""
        past = values[max(0, self.step - LEARNED_FROM) : self.step]
        count = np.bincount(past[past >= 0])
        return np.log((len(past) + 1) / (count + 1)).clip(0).astype(np.float32)

    def share(self, kind: str, value: int) -> float:
        """Of one value, also of one not met before."""
        shares = self.shares[kind]
        return float(shares[value]) if value < len(shares) else float(np.log(min(self.step, LEARNED_FROM) + 1))

    def _starts(self, low: int, high: int) -> tuple[Array, Array, Array]:
        """Row, term and weight (rows of length one) of titles and heads: there the matter is told."""
        rows = self.index.words
        term, mark = rows.between(low, high)
        row = np.repeat(np.arange(high - low), np.diff(rows.start[low : high + 1]))
        return self._weighted(row, term, mark, high - low)

    def _weighted(self, row: Array, term: Array, mark: Array, rows: int) -> tuple[Array, Array, Array]:
        there = terms.STARTS[mark] > 0
        row, term = row[there], term[there]
        weight = terms.MAIN[mark[there]] * self.idf[term]
        norm = np.sqrt(np.bincount(row, weight * weight, minlength=rows)) + 1e-6
        return row, term, (weight / norm[row]).astype(np.float32)

    def _learn(self) -> latent.Latent | None:
        low = max(0, self.step - LEARNED_FROM)
        row, term, weight = self._starts(low, self.step)
        return latent.learn(row, term, weight, self.step - low, self.df, self.step)

    def directions(self, tickets: Array) -> Array:
        """Where these tickets point, one row of length one each; kept for the next time."""
        assert self.latent is not None
        slots = self._slot[tickets - self.low]
        missing = tickets[slots < 0]
        if len(missing):
            if self._kept + len(missing) > len(self._points):
                self._slot[:] = -1
                self._kept, missing = 0, tickets
            term, mark, row = self.index.words.of(missing)
            row, term, weight = self._weighted(row, term, mark, len(missing))
            start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(missing)))])
            made = latent.times(start, self.latent.number[term], weight, self.latent.vectors)
            made /= np.linalg.norm(made, axis=1, keepdims=True) + 1e-6
            new = np.arange(self._kept, self._kept + len(missing))
            self._points[new] = made
            self._slot[missing - self.low] = new
            self._kept += len(missing)
            slots = self._slot[tickets - self.low]
        points: Array = self._points[slots]
        return points
