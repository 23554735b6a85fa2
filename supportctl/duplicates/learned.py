"""What was learned of one site: kept per profile in one file, and used as long as it fits this version."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from supportctl import atomic
from supportctl.duplicates.suggestion import SITE
from supportctl.duplicates.trees import Trees
from supportctl.duplicates.weights import PATH, Weights, shipped
from supportctl.errors import StateError

SCHEMA = "supportctl/duplicates-learned/v1"


def engine() -> str:
    """A fingerprint of the shipped weights: what was learned beside others may not fit what tickets look like now."""
    return hashlib.sha256(PATH.read_bytes()).hexdigest()[:16]


def save(path: Path, weights: Weights) -> None:
    """Whole or not at all, for its owner only. Raises `StateError`."""
    about = {**weights.about, "schema": SCHEMA, "engine": engine()}
    arrays: dict[str, Any] = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "confidence": weights.confidence_weights,
    }
    if about["ranking"] == SITE:
        for name, trees in (("choosing", weights.choosing), ("ranking", weights.ranking)):
            arrays |= {
                f"{name}_column": trees.column,
                f"{name}_threshold": trees.threshold,
                f"{name}_tables": trees.tables,
            }
    held = io.BytesIO()
    np.savez_compressed(held, **arrays)
    atomic.write(path, held.getvalue(), "what was learned", mode=atomic.PRIVATE)


def load(path: Path) -> Weights | None:
    """None where nothing was learned. Raises `StateError` for what is damaged or was learned by another version."""
    try:
        with path.open("rb") as held, np.load(held, allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            if about.get("schema") != SCHEMA or about.get("engine") != engine():
                raise StateError(
                    "what was learned of this site was learned by another version, and is not used",
                    hint="learn again: supportctl duplicates learn",
                )
            own = about["ranking"] == SITE
            names = {name: tuple(about["names"][name]) for name in ("choosing", "ranking", "confidence")}
            return Weights(
                _trees(stored, "choosing", names["choosing"]) if own else shipped().choosing,
                _trees(stored, "ranking", names["ranking"]) if own else shipped().ranking,
                shipped().telling,
                names["confidence"],
                stored["confidence"].astype(np.float64),
                about,
            )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError):
        raise StateError(
            f"what was learned of this site cannot be read from {path}, and is not used",
            hint="learn again: supportctl duplicates learn; or forget it: supportctl duplicates learn --forget",
        ) from None


def _trees(stored: Any, prefix: str, names: tuple[str, ...]) -> Trees:
    return Trees(names, stored[f"{prefix}_column"], stored[f"{prefix}_threshold"], stored[f"{prefix}_tables"])
