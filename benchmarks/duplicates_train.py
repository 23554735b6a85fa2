"""Learn the weights that `supportctl duplicates` ships, from a tracker with known duplicates.

    python benchmarks/duplicates_train.py TICKETS.jsonl.gz GOLD.jsonl --before 2017-01-01 \\
        --out supportctl/duplicates/data

Needs lightgbm; running the ranking does not. Nothing created on or after --before is read, and each ticket is compared
with statistics of older tickets only, as `rank` does. The confidence is fitted on the last year before --before with a
ranking learned on the years before that.
"""

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from supportctl.duplicates.boosting import CHOOSING, RANKING, flat, library, trees_of
from supportctl.duplicates.calibration import CONFIDENCE, bins, leading, logistic, sure_of
from supportctl.duplicates.index import Index
from supportctl.duplicates.learning import blocks, later_members, learn, pairs, without_fields
from supportctl.duplicates.rows import Array
from supportctl.duplicates.source import Source


def clusters(path: Path, index: Index) -> Array:
    """Number of each ticket's cluster, -1 for none known."""
    at = {key: number for number, key in enumerate(index.ids)}
    out = np.full(len(index), -1)
    names: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["id"] in at:
            out[at[row["id"]]] = names.setdefault(row["cluster"], len(names))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tickets")
    parser.add_argument("gold", type=Path)
    parser.add_argument("--before", required=True)
    parser.add_argument("--name", default="Xamarin Bugzilla")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=600)
    a = parser.parse_args()
    before = datetime.fromisoformat(a.before).replace(tzinfo=UTC)
    index = Index()
    with Source(a.tickets) as source:
        index.add(each for each in source.tickets() if each.born < before.timestamp())
    cluster = clusters(a.gold, index)
    asked = later_members(cluster)
    print(f"{len(index):,} tickets, {len(asked):,} with an older one that is the same", flush=True)
    cheap = pairs(index, asked, None)
    cheap_names = list(cheap.names)
    first = learn(without_fields(cheap, 0.3), cluster, cheap_names, CHOOSING, 80, 1)
    choosing = trees_of(first, cheap_names)
    every = pairs(index, asked, choosing)
    names = list(every.names)
    dropped = without_fields(every, 0.3)
    models = learn(dropped, cluster, names, RANKING, a.rounds, a.seeds)
    print("learned", flush=True)

    year_before = int(np.searchsorted(index.born, (before - timedelta(days=365)).timestamp()))
    early = trees_of(learn(dropped.of(every.query < year_before), cluster, names, RANKING, a.rounds, 1), names)
    held, best, columns = leading(blocks(index, range(year_before, len(index)), choosing), early)
    right = (cluster[best] >= 0) & (cluster[best] == cluster[held])
    fitted = logistic(columns, right)
    sure = sure_of(columns, fitted)
    about = {
        "data": a.name,
        "period": f"tickets created before {a.before}",
        "script": "benchmarks/duplicates_train.py",
        "made": datetime.now(UTC).date().isoformat(),
        "lightgbm": library().__version__,
        "tickets": len(index),
        "tickets_with_older_duplicate": len(asked),
        "seeds": a.seeds,
        "rounds": a.rounds,
        "calibration": f"{a.name}, the year before {a.before}; uncalibrated for any other site",
        "calibration_pairs": len(right),
        "calibration_table": bins(sure, right.astype(float)),
        "choosing": cheap_names,
        "ranking": names,
        "confidence": list(CONFIDENCE),
    }
    arrays: dict[str, Any] = {f"choosing_{key}": value for key, value in flat(first).items()}
    arrays |= {f"ranking_{key}": value for key, value in flat(models).items()}
    a.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(a.out / "weights.npz", **arrays | {"confidence": fitted.astype(np.float32)})
    (a.out / "weights.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(about["calibration_table"]))


if __name__ == "__main__":
    main()
