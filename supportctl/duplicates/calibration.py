"""From scores to how often they are right: a logistic over the best candidate of each ticket, and what it is worth."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from supportctl.duplicates import features
from supportctl.duplicates.learning import Block
from supportctl.duplicates.rank import told
from supportctl.duplicates.rows import Array
from supportctl.duplicates.trees import Trees

Columns = Callable[[dict[str, Array], Array], Array]
"""From the features and scores of a ticket's candidates to a table, one row per candidate."""

CONFIDENCE = ("told", "score", "lead", "main", "cov_t_any", "cov_tt", "letters", "pairs", "lines_q", "q_title")
"""Columns the confidence looks at."""
EDGES = (0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01)


def logistic(values: Array, right: Array, strength: float = 1.0) -> Array:
    """Weights and constant of a ridge logistic regression, by Newton's steps."""
    mean, spread = values.mean(0), values.std(0) + 1e-9
    x = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    w = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], strength)
    penalty[-1] = 0
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - right) + penalty * w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty + 1e-9)
        w -= np.linalg.solve(hessian, gradient)
    plain = w[:-1] / spread
    return np.append(plain, w[-1] - float(plain @ mean))


def sure_of(columns: Array, fitted: Array) -> Array:
    sure: Array = 1 / (1 + np.exp(-(columns @ fitted[:-1] + fitted[-1])))
    return sure


def leading(blocks: Iterable[Block], ranking: Callable[[int], Trees], columns: Columns) -> tuple[Array, Array, Array]:
    """Of each ticket the best candidate: the ticket, the candidate, and its columns (see `confidence_columns`).

    `ranking` gives the trees for one ticket: those that were not learned from it.
    """
    tickets, best, rows = [], [], []
    for ticket, found, values in blocks:
        trees = ranking(ticket)
        scores = trees.scores(features.table(values, trees.names))
        at = int(np.argmax(scores))
        tickets.append(ticket)
        best.append(int(found[at]))
        rows.append(columns(values, scores)[at])
    return np.array(tickets, np.int64), np.array(best, np.int64), np.array(rows, np.float32).reshape(len(best), -1)


def confidence_columns(telling: Trees) -> Columns:
    return lambda values, scores: features.table(told(telling, values, scores), CONFIDENCE)


def bins(sure: Array, right: Array) -> list[dict[str, float]]:
    """Predicted against found, by predicted confidence."""
    out = []
    for low, high in pairwise(EDGES):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            predicted, found = round(float(sure[inside].mean()), 3), round(float(right[inside].mean()), 3)
            out.append({"from": low, "pairs": int(inside.sum()), "predicted": predicted, "found": found})
    return out
