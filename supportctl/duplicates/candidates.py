"""Which older tickets are looked at closely: those that share the most weight of words."""

import numpy as np

from supportctl.duplicates import terms
from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.index import Index
from supportctl.duplicates.query import Query, main_weights
from supportctl.duplicates.rows import Array

CANDIDATES = 200
COMMON = 0.15
"""Words in more than this share of the tickets choose only where rarer ones do not find enough."""
BUDGET = 60_000
"""Postings read for one ticket, the rarest words first."""


def candidates(now: AsOf, query: Query, budget: int = BUDGET, most: int = CANDIDATES) -> Array:
    """Numbers of at most `most` older tickets, by cosine of their weighted words."""
    term = query.words[0]
    weight = main_weights(now, query.words)
    spans = [(low, high) for low, high in _spans(now, query) if low < high]
    slices = [each for low, high in spans for each in now.index.postings.slices(term, low, high)]
    if not len(term) or not slices:
        return np.zeros(0, np.int64)
    lengths = np.sum([each.lengths for each in slices], axis=0)
    order = np.argsort(lengths, kind="stable")
    read = np.cumsum(lengths[order])
    telling = (now.df[term[order]] < max(COMMON * now.step, 20)) & (weight[order] > 0)
    within = order[(read <= budget) & (telling | (read - lengths[order] < most))]
    if not len(within):
        within = order[:1]
    term, weight = term[within], weight[within] * now.idf[term[within]]
    tickets: list[Array] = []
    values: list[Array] = []
    for each in slices:
        which, ticket, marks = each.of(within)
        tickets.append(ticket)
        values.append(weight[which] * terms.MAIN[marks])
    found, scores = _sums(now.index, np.concatenate(tickets), np.concatenate(values), spans[0][0], spans[-1][1])
    scores = scores / now.norm[found]
    there = _older(now, query, found)
    scores, found = scores[there], found[there]
    if len(found) > most:
        best = np.sort(np.argpartition(-scores, most)[:most])
        found = found[best]
    return found.astype(np.int64)


def _spans(now: AsOf, query: Query) -> list[tuple[int, int]]:
    index = now.index
    return [(query.low, query.high), (index.ordered, min(len(index), now.high))]


def _sums(index: Index, ticket: Array, value: Array, low: int, high: int) -> tuple[Array, Array]:
    """Distinct tickets, all `low <= t < high`, ascending, and the sum of the values of each."""
    if high - low <= 4 * len(ticket):
        sums: Array = np.bincount(ticket - low, value, minlength=high - low)
        found = np.nonzero(sums)[0]
        return found + low, sums[found]
    # Few of many: where each ticket came last is written down for all of them, in an array that is not made anew.
    lent = index.lent
    lent[ticket] = np.arange(len(ticket))
    last = np.nonzero(lent[ticket] == np.arange(len(ticket)))[0]
    found = np.sort(ticket[last])
    lent[found] = np.arange(len(found))
    return found, np.bincount(lent[ticket], value, minlength=len(found))


def _older(now: AsOf, query: Query, found: Array) -> Array:
    """Which of them were there before, within the window, and still are. Of one moment the lower number is older."""
    index = now.index
    born = index.born[found]
    there = (born <= query.born) & (born >= query.oldest)
    if query.ticket is not None:
        there &= (found < query.ticket) | (born < query.born)
    if index.gone:
        there &= ~np.isin(found, list(index.gone))
    return there
