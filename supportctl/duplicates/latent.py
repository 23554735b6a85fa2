"""Directions of meaning learned from the older tickets themselves: words used alike come to lie close together."""

from dataclasses import dataclass

import numpy as np

from supportctl.duplicates.rows import Array

SIZE = 80
WORDS = 40_000
"""Words that get a vector: the commonest of those that are neither rare nor everywhere."""
PIECE = 30_000
"""Entries multiplied at once: what fits a processor's cache."""


@dataclass(frozen=True)
class Latent:
    number: Array
    """Per term the row of its vector, 0 (all zeros) when it has none."""
    vectors: Array
    units: Array
    """The same, of length one."""

    @classmethod
    def of(cls, number: Array, vectors: Array) -> "Latent":
        return cls(number, vectors, vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9))


def times(start: Array, term: Array, value: Array, right: Array) -> Array:
    """A sparse matrix (rows by `start`) times a dense one."""
    rows = len(start) - 1
    out = np.zeros((rows, right.shape[1]), np.float32)
    low = 0
    while low < rows:
        high = int(np.searchsorted(start, start[low] + PIECE, side="right")) - 1
        high = min(rows, max(high, low + 1))
        a, b = int(start[low]), int(start[high])
        filled = np.nonzero(start[low + 1 : high + 1] > start[low:high])[0]
        if len(filled):
            part = value[a:b, None] * right[term[a:b]]
            out[low + filled] = np.add.reduceat(part, start[low + filled] - a, axis=0)
        low = high
    return out


def learn(row: Array, term: Array, value: Array, rows: int, df: Array, known: int) -> Latent | None:
    """Truncated singular vectors of the terms of `rows` tickets (entries sorted by row).

    Randomised, with one power step (Halko, Martinsson, Tropp 2011). None when there is too little to learn from.
    """
    keep = np.nonzero((df >= 4) & (df < 0.2 * known))[0]
    if len(keep) > WORDS:
        keep = np.sort(keep[np.argsort(-df[keep], kind="stable")[:WORDS]])
    if rows < 500 or len(keep) < 4 * SIZE:
        return None
    number = np.zeros(len(df), np.int32)
    number[keep] = np.arange(1, len(keep) + 1)
    column = number[term] - 1
    there = column >= 0
    row, column, value = row[there], column[there], value[there].astype(np.float32)
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))])
    order = np.argsort(column, kind="stable")
    back_start = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=len(keep)))])
    back_row, back_value = row[order], value[order]
    random = np.random.default_rng(7).standard_normal((len(keep), SIZE + 8)).astype(np.float32)
    basis, _ = np.linalg.qr(times(start, column, value, random))
    turned, _ = np.linalg.qr(times(back_start, back_row, back_value, basis))
    basis, _ = np.linalg.qr(times(start, column, value, turned))
    small = times(back_start, back_row, back_value, basis)
    left, _, _ = np.linalg.svd(small, full_matrices=False)
    vectors = np.zeros((len(keep) + 1, SIZE), np.float32)
    vectors[1:] = left[:, :SIZE]
    return Latent.of(number, vectors)
