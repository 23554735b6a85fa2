"""The shipped weights: what was learned, from what, and how well it did."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from supportctl.duplicates.rows import Array
from supportctl.duplicates.trees import Trees, load

PATH = Path(__file__).parent / "data" / "weights.npz"
ABOUT = Path(__file__).parent / "data" / "weights.json"


@dataclass(frozen=True)
class Weights:
    choosing: Trees
    """Over the cheap features: who is looked at closely."""
    ranking: Trees
    telling: Trees
    """Whether the first candidate is the same at all: log odds, over the features, the score and its lead."""
    confidence_names: tuple[str, ...]
    confidence_weights: Array
    """Of a logistic over `confidence_names`, and last the constant."""
    about: dict[str, Any]
    """Provenance: data, period, script, date, figures."""


@cache
def shipped() -> Weights:
    about = json.loads(ABOUT.read_text(encoding="utf-8"))
    with np.load(PATH, allow_pickle=False) as stored:
        return Weights(
            load(stored, "choosing", tuple(about["choosing"])),
            load(stored, "ranking", tuple(about["ranking"])),
            load(stored, "telling", tuple(about["telling"])),
            tuple(about["confidence"]),
            stored["confidence"].astype(np.float64),
            about,
        )
