"""What a ranking is learned from: the candidates of tickets whose older duplicates are known."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from supportctl.duplicates import boosting, features, query
from supportctl.duplicates.asof import AsOf, following
from supportctl.duplicates.candidates import candidates
from supportctl.duplicates.index import Index
from supportctl.duplicates.rank import CLOSE, DAY
from supportctl.duplicates.rows import Array
from supportctl.duplicates.trees import Trees

WINDOW = 365 * DAY

Block = tuple[int, Array, dict[str, Array]]
"""A ticket, its candidates, and their features by name."""


class Pairs(NamedTuple):
    """One row per ticket and candidate; the rows of a ticket stand together."""

    names: list[str]
    values: Array
    query: Array
    candidate: Array

    def groups(self) -> Array:
        """How many candidates each ticket has."""
        return np.diff(np.append(np.nonzero(np.diff(self.query, prepend=-1))[0], len(self.query)))

    def of(self, keep: Array) -> "Pairs":
        return Pairs(self.names, self.values[keep], self.query[keep], self.candidate[keep])


def later_members(cluster: Array) -> Array:
    """Tickets that have an older one in their cluster; `cluster` is -1 where none is known."""
    seen: set[int] = set()
    found = []
    for ticket, each in enumerate(cluster.tolist()):
        if each >= 0:
            if each in seen:
                found.append(ticket)
            seen.add(each)
    return np.array(found, np.int64)


def pairs(index: Index, tickets: Array, choosing: Trees | None, window: float = WINDOW) -> Pairs:
    """Features of the candidates of these tickets: the cheap ones, or with `choosing` all of those it keeps.

    `window` in seconds. Raises `ValueError` when no ticket has two candidates.
    """
    found_blocks = list(blocks(index, tickets.tolist(), choosing, window))
    if not found_blocks:
        raise ValueError("no ticket has two candidates")
    names = list(found_blocks[0][2])
    return Pairs(
        names,
        np.concatenate([features.table(found, names) for _, _, found in found_blocks]),
        np.concatenate([np.full(len(who), ticket) for ticket, who, _ in found_blocks]),
        np.concatenate([who for _, who, _ in found_blocks]),
    )


def blocks(index: Index, tickets: Iterable[int], choosing: Trees | None, window: float = WINDOW) -> Iterator[Block]:
    """One ticket after the other, each compared with statistics of older tickets only; ascending numbers are cheap."""
    now: AsOf | None = None
    upto = -1
    for ticket in tickets:
        asked = query.known(index, ticket, window)
        if now is None or ticket >= upto:
            upto = following(ticket)
            now = AsOf(index, ticket, asked.low, min(len(index), upto), now)
        found = candidates(now, asked)
        if len(found) < 2:
            continue
        values = features.first(now, asked, found)
        if choosing is not None:
            chosen = choosing.scores(features.table(values, choosing.names))
            kept = np.sort(np.argsort(-chosen, kind="stable")[:CLOSE])
            values = {name: each[kept] for name, each in values.items()} | {"first": chosen[kept]}
            found = found[kept]
            values = features.second(now, asked, found, values)
        yield ticket, found, values


def without_fields(known: Pairs, share: float) -> Pairs:
    """Some tickets as if their fields were unknown: other sites have other fields, or none."""
    random = np.random.default_rng(3)
    chosen = np.isin(known.query, [t for t in np.unique(known.query) if random.random() < share])
    values = known.values.copy()
    for at, name in enumerate(known.names):
        if name.startswith("same_") or name == "agreed_share":
            values[chosen, at] = -1
        elif name in ("agreed", "differ"):
            values[chosen, at] = 0
    return known._replace(values=values)


def same(known: Pairs, cluster: Array) -> Array:
    """Of each row whether the two are of one cluster."""
    right: Array = (cluster[known.candidate] >= 0) & (cluster[known.candidate] == cluster[known.query])
    return right


def learn(known: Pairs, cluster: Array, names: list[str], params: dict[str, Any], rounds: int, seeds: int) -> list[Any]:
    """Boosted trees that put the ticket's own cluster first; tickets without a candidate of it teach nothing."""
    right = same(known, cluster)
    useful = np.isin(known.query, known.query[right])
    used = known.of(useful)
    values = used.values[:, [known.names.index(name) for name in names]]
    return boosting.lambdarank(values, right[useful], used.groups(), params, rounds, seeds)
