"""How well a ranking finds what is known to be the same, by the protocol of published comparisons.

("Duplicate Bug Report Detection: How Far Are We?", TOSEM 2022: the own cluster is to be among the first k distinct
clusters of a ranking; a ticket whose cluster was not active within the window counts as a miss.)
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from math import inf

import msgspec
import numpy as np

from supportctl.duplicates.calibration import bins
from supportctl.duplicates.rank import DAY, Ranker
from supportctl.duplicates.rows import Array
from supportctl.model.shares import wilson

RANKS = (1, 5, 10, 20)
CUTS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
MOST = 50
"""Candidates that are looked through for the own cluster."""
LEAST = 30
"""Queries below which shares are not worth printing: their interval would be wider than a third."""


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """What one proposed link per ticket would have been worth, from a confidence on."""

    minimum: float
    links: int
    right: int
    precision: float | None
    low: float
    high: float
    """The interval of 95 in 100 (Wilson). What nobody linked counts as wrong, so that it is a lower bound."""
    recall: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    tickets: int
    """In the database."""
    tested: int
    """Created in the time tested."""
    queries: int
    """Of those, with an older one that is known to be the same."""
    unreachable: int
    """Queries whose cluster was not active within the window."""
    rr: dict[str, float]
    """Share of the queries whose cluster is among the first k; by k."""
    map: float
    at_default: Links
    links: list[Links]
    calibration: list[dict[str, float]]
    """Predicted against found, by predicted confidence."""
    brier: float
    """Mean squared error of the confidences."""


class Trial:
    """Tickets (numbered by age) of a time, their clusters, and which of them are asked about."""

    def __init__(
        self, born: Array, cluster: Array, *, test: float, start: float = -inf, end: float = inf, days: int = 365
    ) -> None:
        """`born` in seconds, ascending; `cluster` is -1 for tickets not known to be the same as another."""
        self._born = born
        self._days = days
        self.first, self.end = int(np.searchsorted(born, start)), int(np.searchsorted(born, end))
        self.test = max(self.first, int(np.searchsorted(born, test)))
        """The tickets tested are `test <= t < end`."""
        # A ticket of no cluster is one of its own, named by a number no cluster has.
        names = np.where(cluster >= 0, cluster, np.arange(len(cluster)) + int(cluster.max(initial=-1)) + 1)
        self.name: list[int] = names.tolist()
        self._members: dict[int, list[int]] = {}
        for ticket in range(self.first, self.end):
            self._members.setdefault(self.name[ticket], []).append(ticket)
        self.queries = frozenset(
            each for each in range(self.test, self.end) if self._members[self.name[each]][0] != each
        )

    def reachable(self, name: int, query: int) -> bool:
        """Whether a cluster has an older member at most the window older, in whole days."""
        members = self._members[name]
        older = bisect_left(members, query)
        return older > 0 and self._born[query] // DAY - self._born[members[older - 1]] // DAY <= self._days

    def place(self, query: int, candidates: Sequence[int]) -> float:
        """The rank of its own cluster among the distinct ones; infinite when it is not there."""
        seen: set[int] = set()
        for each in candidates:
            name = self.name[each] if self.first <= each < query else None
            if name is None or name in seen or not self.reachable(name, query):
                continue
            seen.add(name)
            if name == self.name[query]:
                return len(seen)
        return inf


def measure(
    ranker: Ranker, trial: Trial, *, minimum: float, days: float, tell: Callable[[int, int], None] | None = None
) -> Figures:
    """Rank every ticket tested as on its day. `tell` is called with how many are done of how many."""
    places: list[float] = []
    sure, right = [], []
    total = trial.end - trial.test
    for done, (ticket, found) in enumerate(ranker.all(trial.test, trial.end, days=days, most=MOST), 1):
        if ticket in trial.queries:
            places.append(trial.place(ticket, [each.ticket for each in found]))
        if found:
            sure.append(found[0].confidence)
            right.append(trial.name[found[0].ticket] == trial.name[ticket] and found[0].ticket >= trial.first)
        if tell is not None:
            tell(done, total)
    return figures(trial, places, np.array(sure), np.array(right, float), minimum)


def figures(trial: Trial, places: Sequence[float], sure: Array, right: Array, minimum: float) -> Figures:
    """From the ranks of the queries, and of each ticket's first candidate the confidence and whether it is right."""
    count = len(trial.queries)

    def links(cut: float) -> Links:
        kept = sure >= cut
        good, of = int(right[kept].sum()), int(kept.sum())
        share = wilson(good, of)
        return Links(
            minimum=cut,
            links=of,
            right=good,
            precision=None if share is None else share.value,
            low=0.0 if share is None else share.low,
            high=1.0 if share is None else share.high,
            recall=good / count if count else None,
        )

    return Figures(
        tickets=trial.end - trial.first,
        tested=trial.end - trial.test,
        queries=count,
        unreachable=sum(not trial.reachable(trial.name[each], each) for each in trial.queries),
        rr={str(k): sum(each <= k for each in places) / count if count else 0.0 for k in RANKS},
        map=sum(1 / each for each in places) / count if count else 0.0,
        at_default=links(minimum),
        links=[links(cut) for cut in CUTS],
        calibration=bins(sure, right) if len(sure) else [],
        brier=float(np.mean((sure - right) ** 2)) if len(sure) else 0.0,
    )
