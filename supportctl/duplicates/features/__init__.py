"""What is measured of a ticket and each older one that may be the same.

`first` is cheap and chooses whom `second` looks at; the names of both are the columns of the shipped weights.
"""

import numpy as np

from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.features.context import (
    of_crowd,
    of_fields,
    of_neighbours,
    of_places,
    of_time,
)
from supportctl.duplicates.features.phrases import of_lines, of_pairs
from supportctl.duplicates.features.titles import of_letters, of_meaning, of_spelling
from supportctl.duplicates.features.words import of_words
from supportctl.duplicates.query import Query
from supportctl.duplicates.rows import Array

FIRST_RANKED = ("main", "letters", "bm25", "cos_tt", "cos_hh", "local")


def first(now: AsOf, query: Query, candidates: Array) -> dict[str, Array]:
    found = of_words(now, query, candidates)
    found["letters"] = of_letters(now, query, candidates)
    found |= of_fields(now, query, candidates) | of_time(query, now, candidates)
    return found | of_places(found, FIRST_RANKED)


def second(now: AsOf, query: Query, candidates: Array, kept: dict[str, Array]) -> dict[str, Array]:
    """`kept` are the values of `first` for these candidates; they stay, but for their places among each other."""
    found = dict(kept)
    found |= of_pairs(now, query, candidates) | of_lines(now, query, candidates)
    found |= of_spelling(now, query, candidates) | of_meaning(now, query, candidates)
    found |= of_neighbours(now, candidates, found) | of_crowd(found, found["days"])
    return found | of_places(found)


def table(found: dict[str, Array], names: tuple[str, ...] | list[str]) -> Array:
    """Candidates by columns."""
    columns = np.empty((len(names), len(found[names[0]])), np.float32)
    for at, name in enumerate(names):
        columns[at] = found[name]
    return columns.T
