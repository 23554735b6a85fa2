"""Trees by table look-up against walking them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.duplicates.trees import LEAVES, NODES, Trees, tables
from supportctl.duplicates.weights import shipped


def grown(random: np.random.Generator) -> tuple[list[int], list[int], int]:
    """Children of a random tree grown leaf by leaf, as boosting grows them."""
    left, right = [-1] * NODES, [-1] * NODES
    leaves: list[tuple[list[int], int]] = []
    questions = int(random.integers(0, NODES + 1))
    if questions:
        left[0], right[0] = ~0, ~1
        leaves = [(left, 0), (right, 0)]
    for node in range(1, questions):
        at = int(random.integers(len(leaves)))
        side, parent = leaves.pop(at)
        old = side[parent]
        side[parent] = node
        left[node], right[node] = old, ~(node + 1)
        leaves += [(left, node), (right, node)]
    return left, right, questions + 1


def walked(
    left: list[int], right: list[int], column: list[int], threshold: list[float], value: list[float], row: list[float]
) -> float:
    at = 0
    while at >= 0:
        at = left[at] if row[column[at]] <= threshold[at] else right[at]
    return value[~at]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_table_says_what_the_walk_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    trees = [grown(random) for _ in range(5)]
    left, right = np.array([each[0] for each in trees]), np.array([each[1] for each in trees])
    column = np.zeros((5, 8), np.int64)
    column[:, :NODES] = random.integers(0, 4, (5, NODES))
    threshold = np.zeros((5, 8), np.float32)
    threshold[:, :NODES] = random.integers(0, 4, (5, NODES))
    value = random.integers(-50, 50, (5, LEAVES)).astype(float)
    rows = random.integers(0, 5, (9, 4)).astype(np.float32)
    made = Trees(("a", "b", "c", "d"), column, threshold, tables(left, right, value))
    expected = [
        sum(
            walked(
                left[t].tolist(), right[t].tolist(), column[t].tolist(), threshold[t].tolist(), value[t].tolist(), row
            )
            for t in range(5)
        )
        for row in rows.tolist()
    ]
    assert made.scores(rows).tolist() == expected
    assert made.scores(rows[:0]).tolist() == []


def test_the_shipped_weights_say_where_they_come_from() -> None:
    weights = shipped()
    assert "uncalibrated for any other site" in weights.about["calibration"]
    assert {"data", "period", "script", "made", "tickets"} <= set(weights.about)
    forbidden = ("status", "resolution", "link", "reporter", "requester", "priority", "duplicate")
    names = weights.choosing.names + weights.ranking.names + weights.confidence_names
    assert not [name for name in names if any(word in name for word in forbidden)]
