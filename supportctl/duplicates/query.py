"""The ticket that is asked about, and what it shares with older ones."""

from dataclasses import dataclass

import numpy as np

from supportctl.duplicates import terms
from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.index import Index
from supportctl.duplicates.reading import read
from supportctl.duplicates.rows import FEW, Array, Rows
from supportctl.duplicates.ticket import Ticket


@dataclass(frozen=True)
class Query:
    """Terms and marks of one ticket, and where its older tickets are."""

    low: int
    high: int
    """The older tickets of its window are `low <= t < high`, and in the tail of the index."""
    born: float
    oldest: float
    """Start of its window."""
    ticket: int | None
    """Its number; None when it is not in the index."""
    title: str
    words: tuple[Array, Array]
    pairs: tuple[Array, Array]
    lines: tuple[Array, Array]
    letters: tuple[Array, Array]
    fields: dict[str, int]


def known(index: Index, ticket: int, window: float) -> Query:
    """A ticket of the index; `window` in seconds."""
    born = float(index.born[ticket])
    low, high = _window(index, born, window)
    return Query(
        min(low, ticket),
        min(high, ticket),
        born,
        born - window,
        ticket,
        index.titles[ticket],
        index.words.row(ticket),
        index.pairs.row(ticket),
        index.lines.row(ticket),
        index.letters.row(ticket),
        {kind: int(index.field(kind)[ticket]) for kind in index.kinds},
    )


def fresh(index: Index, ticket: Ticket, window: float) -> Query:
    """A ticket that is not in the index; without a date it is as new as the newest."""
    born = ticket.born if ticket.born == ticket.born else float(index.born.max(initial=0))
    low, high = _window(index, born, window)
    page = read([ticket])
    words, pairs, lines, letters = ((term, mark) for _, term, mark in index.entries(page))
    numbers = index.numbered(page)
    return Query(low, high, born, born - window, None, page.titles[0], words, pairs, lines, letters, numbers)


def _window(index: Index, born: float, window: float) -> tuple[int, int]:
    ordered = index.born[: index.ordered]
    return int(np.searchsorted(ordered, born - window)), int(np.searchsorted(ordered, born, side="right"))


@dataclass(frozen=True)
class Match:
    """Entries of the candidates; those shared with the query come a second time."""

    term: Array
    mark: Array
    row: Array
    """Which candidate (from 0) an entry is of."""
    shared: Array
    """Places in `term` that the query has too."""
    own: Array
    """For each of these its place in the query."""


def match(rows: Rows, query: tuple[Array, Array], candidates: Array) -> Match:
    term, mark, row = rows.of(candidates)
    asked = query[0]
    # Most entries are told apart by a few bits, in an array that fits the processor's cache.
    bits = rows.lent_bits
    bits[asked & FEW] = True
    near = np.nonzero(bits[term & FEW])[0]
    bits[asked & FEW] = False
    own = np.minimum(np.searchsorted(asked, term[near]), len(asked) - 1)
    same = asked[own] == term[near]
    return Match(term, mark, row, near[same], own[same])


def main_weights(now: AsOf, words: tuple[Array, Array]) -> Array:
    weights: Array = terms.MAIN[words[1]] * now.idf[words[0]]
    return weights
