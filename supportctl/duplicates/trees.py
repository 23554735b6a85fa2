"""Boosted trees of at most eight leaves, evaluated for many rows at once.

A tree has up to seven questions (is a column's value at most a threshold?). The answers of one row are one byte, and a
table of 128 sums tells what each byte leads to. So an ensemble costs one comparison per question and one look-up per
tree, without walking.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from supportctl.duplicates.rows import Array

LEAVES = 8
NODES = LEAVES - 1
ANSWERS = 256
PIECE = 50_000
"""Trees times rows at once: what fits a processor's cache."""


@dataclass(frozen=True)
class Trees:
    names: tuple[str, ...]
    """Columns."""
    column: Array
    """Trees by 8: the column asked; the eighth question is never asked."""
    threshold: Array
    tables: Array
    """Trees by 256: what the answers lead to."""

    def scores(self, rows: Array) -> Array:
        """One sum per row; `rows` has the columns of `names`."""
        trees = len(self.tables)
        out = np.zeros(len(rows))
        if not len(rows):
            return out
        columns = np.ascontiguousarray(rows.T)
        piece = max(1, PIECE // len(rows))
        for low in range(0, trees, piece):
            column, threshold = self.column[low : low + piece], self.threshold[low : low + piece]
            answers = np.zeros((len(column), len(rows)), np.uint8)
            for question in range(NODES):
                yes = columns[column[:, question]] <= threshold[:, question, None]
                answers |= yes.view(np.uint8) << np.uint8(question)
            places = answers + np.arange(low, low + len(column), dtype=np.int32)[:, None] * np.int32(ANSWERS)
            out += self.tables.ravel().take(places).sum(0)
        return out


def tables(left: Array, right: Array, values: Array) -> Array:
    """For each tree (rows of `left`, `right`, `values`) the leaf's value by the 256 possible answers.

    A child is a question (0..6) or, when negative, the leaf `~child`.
    """
    trees = len(left)
    answers = np.arange(256)
    at = np.zeros((trees, 256), np.int64)
    tree = np.arange(trees)[:, None]
    for _ in range(LEAVES):
        asked = np.maximum(at, 0)
        yes = (answers >> asked) & 1
        following = np.where(yes == 1, left[tree, asked], right[tree, asked])
        at = np.where(at >= 0, following, at)
    sums: Array = values[tree, np.minimum(~np.minimum(at, -1), values.shape[1] - 1)].astype(np.float32)
    return sums


def load(stored: Any, prefix: str, names: tuple[str, ...]) -> Trees:
    """From arrays as `benchmarks/duplicates_train.py` writes them."""
    left, right = stored[f"{prefix}_left"].astype(np.int64), stored[f"{prefix}_right"].astype(np.int64)
    column = np.zeros((len(left), 8), np.int64)
    column[:, :NODES] = stored[f"{prefix}_column"]
    threshold = np.zeros((len(left), 8), np.float32)
    threshold[:, :NODES] = stored[f"{prefix}_threshold"]
    return Trees(names, column, threshold, tables(left, right, stored[f"{prefix}_value"].astype(np.float64)))
