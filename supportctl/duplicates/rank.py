"""Older tickets that may be the same, best first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from supportctl.duplicates import features
from supportctl.duplicates.asof import AsOf, following
from supportctl.duplicates.candidates import CANDIDATES, candidates
from supportctl.duplicates.index import Index
from supportctl.duplicates.query import Query, known
from supportctl.duplicates.rows import Array
from supportctl.duplicates.trees import Trees
from supportctl.duplicates.weights import Weights, shipped

DAY = 86_400.0


class Effort(NamedTuple):
    """How many older tickets are compared at first, and how many of them closely."""

    first: int
    close: int


CLOSE = 90
THOROUGH = Effort(CANDIDATES, CLOSE)
"""What the weights were learned with."""
FAST = Effort(60, 25)


@dataclass(frozen=True, slots=True)
class Candidate:
    ticket: int
    score: float
    confidence: float


class Ranker:
    def __init__(self, index: Index, weights: Weights | None = None, effort: Effort = THOROUGH) -> None:
        self.index = index
        self.effort = effort
        self.weights = weights or shipped()

    def rank(self, now: AsOf, query: Query, most: int, sets: Callable[[Array], Array] | None = None) -> list[Candidate]:
        """At most `most` older tickets.

        `sets` tells of tickets which are known to be the same (equal numbers): they do not make each other doubtful.
        """
        found = candidates(now, query, most=self.effort.first)
        if not len(found):
            return []
        values = features.first(now, query, found)
        chosen = self.weights.choosing.scores(features.table(values, self.weights.choosing.names))
        kept = np.sort(np.argsort(-chosen, kind="stable")[: self.effort.close])
        values = {name: each[kept] for name, each in values.items()} | {"first": chosen[kept]}
        values = features.second(now, query, found[kept], values)
        scores = self.weights.ranking.scores(features.table(values, self.weights.ranking.names))
        order = np.argsort(-scores, kind="stable")[:most]
        sure = confidences(self.weights, values, scores, None if sets is None else sets(found[kept]))
        return [Candidate(int(found[kept[at]]), float(scores[at]), float(sure[at])) for at in order]

    def all(self, low: int, high: int, *, days: float, most: int) -> Iterator[tuple[int, list[Candidate]]]:
        """Each ticket `low <= t < high` against the tickets before it, as it would have been on its day."""
        now: AsOf | None = None
        upto = -1
        for ticket in range(low, high):
            query = known(self.index, ticket, days * DAY)
            if now is None or ticket >= upto:
                upto = following(ticket)
                now = AsOf(self.index, ticket, query.low, min(high, upto), now)
            yield ticket, self.rank(now, query, most)


def confidences(weights: Weights, values: dict[str, Array], scores: Array, sets: Array | None = None) -> Array:
    """How likely each is the same: a logistic over what is told of it."""
    columns = features.table(told(weights.telling, values, scores, sets), weights.confidence_names)
    sure: Array = 1 / (1 + np.exp(-(columns @ weights.confidence_weights[:-1] + weights.confidence_weights[-1])))
    return sure


def told(telling: Trees, values: dict[str, Array], scores: Array, sets: Array | None = None) -> dict[str, Array]:
    """The features, the score, its lead over the best other, and what `telling` makes of them."""
    found = values | lead(scores, sets)
    return found | {"told": telling.scores(features.table(found, telling.names))}


def lead(scores: Array, sets: Array | None = None) -> dict[str, Array]:
    """The score, and how far it is ahead of the best other one that is not of its set (negative when behind)."""
    if sets is None:
        sets = np.arange(len(scores))
    others = np.zeros(len(scores)) if not len(scores) else scores.copy()
    if len(scores):
        best = int(np.argmax(scores))
        same = sets == sets[best]
        second = float(scores[~same].max()) if not same.all() else None
        others = np.where(same, scores if second is None else second, scores[best])
    return {"score": scores, "lead": scores - others}
