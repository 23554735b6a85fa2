"""Learning the trees that rank: with LightGBM, an optional extra; using them does without."""

from typing import Any

import numpy as np

from supportctl.duplicates.rows import Array
from supportctl.duplicates.trees import LEAVES, NODES, Trees, tables
from supportctl.errors import UsageError

CHOOSING = {"learning_rate": 0.1, "feature_fraction": 0.5, "lambdarank_truncation_level": 100}
RANKING = {"learning_rate": 0.04, "feature_fraction": 0.12, "lambdarank_truncation_level": 10}
TELLING = {"objective": "binary", "learning_rate": 0.03, "feature_fraction": 0.3, "min_data_in_leaf": 30}
BASE = {
    "objective": "lambdarank",
    "num_leaves": LEAVES,
    "min_data_in_leaf": 50,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "verbose": -1,
    "num_threads": 1,
}


def library() -> Any:
    """The module. Raises `UsageError` with the line that installs it."""
    try:
        import lightgbm
    except (ImportError, OSError):  # The latter where its OpenMP library is missing.
        raise UsageError(
            "learning a ranking needs LightGBM, which is not installed or cannot be loaded; nothing was learned",
            hint="pip install 'supportctl[learn]', or fit the confidence alone: --calibrate-only",
        ) from None
    return lightgbm


def lambdarank(
    values: Array, right: Array, groups: Array, params: dict[str, Any], rounds: int, seeds: int
) -> list[Any]:
    """One model per seed; `groups` are the sizes of the runs of rows that are ranked against each other."""
    lightgbm = library()
    made = []
    for seed in range(1, seeds + 1):
        data = lightgbm.Dataset(values, right.astype(int), group=groups)
        every = BASE | params | {"seed": seed, "bagging_seed": seed, "feature_fraction_seed": seed}
        made.append(lightgbm.train(every, data, rounds))
    return made


def binary(values: Array, right: Array, weight: Array, rounds: int, seeds: int) -> list[Any]:
    """One model per seed of whether a row is right; log odds. `weight` is how many rows each stands for."""
    lightgbm = library()
    made = []
    for seed in range(1, seeds + 1):
        data = lightgbm.Dataset(values, right.astype(int), weight=weight)
        every = BASE | TELLING | {"seed": seed, "bagging_seed": seed, "feature_fraction_seed": seed}
        made.append(lightgbm.train(every, data, rounds))
    return made


def flat(models: list[Any]) -> dict[str, Array]:
    """The trees as arrays; the mean of the models is the sum of all trees."""
    trees = [tree for model in models for tree in model.dump_model()["tree_info"]]
    out: dict[str, Any] = {
        "column": np.zeros((len(trees), NODES), np.int16),
        "threshold": np.zeros((len(trees), NODES), np.float32),
        "left": np.full((len(trees), NODES), -1, np.int8),
        "right": np.full((len(trees), NODES), -1, np.int8),
        "value": np.zeros((len(trees), LEAVES), np.float32),
    }
    for at, tree in enumerate(trees):
        stack = [tree["tree_structure"]]
        while stack:
            node = stack.pop()
            if "split_index" not in node:
                out["value"][at, node.get("leaf_index", 0)] = node["leaf_value"] / len(models)
                continue
            here = node["split_index"]
            out["column"][at, here] = node["split_feature"]
            out["threshold"][at, here] = _below(node["threshold"])
            for side in ("left", "right"):
                child = node[f"{side}_child"]
                number = child["split_index"] if "split_index" in child else ~child["leaf_index"]
                out[side][at, here] = number
                stack.append(child)
    return out


def _below(threshold: float) -> np.float32:
    """The largest single-precision number that is not above it, so that no row changes its side."""
    found = np.float32(threshold)
    return np.nextafter(found, np.float32(-np.inf)) if float(found) > threshold else found


def trees_of(models: list[Any], names: list[str]) -> Trees:
    made = flat(models)
    column = np.zeros((len(made["left"]), 8), np.int64)
    column[:, :NODES] = made["column"]
    threshold = np.zeros((len(made["left"]), 8), np.float32)
    threshold[:, :NODES] = made["threshold"]
    table = tables(made["left"].astype(np.int64), made["right"].astype(np.int64), made["value"].astype(np.float64))
    return Trees(tuple(names), column, threshold, table)
