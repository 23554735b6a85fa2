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

from supportctl.duplicates import features
from supportctl.duplicates.boosting import CHOOSING, RANKING, binary, flat, library, trees_of
from supportctl.duplicates.calibration import CONFIDENCE, bins, leading, logistic, sure_of
from supportctl.duplicates.index import Index
from supportctl.duplicates.learning import blocks, later_members, learn, pairs, without_fields
from supportctl.duplicates.rank import lead
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


TOLD_YEARS = 3
"""Before --before, of which the confidence is learned."""
SHARE = 0.4
"""Of the tickets without a known duplicate, before the last year, that are looked at; they count for the others."""
FOLDS = 3
"""Rankings, each learned without a third of the tickets, so that no ticket is scored by what it taught."""
TELLING_ROUNDS = 150


def some(tickets: Array, asked: Array, year_before: int) -> Array:
    """All of the last year, before it those with a known duplicate and some of the others."""
    random = np.random.default_rng(5)
    kept: Array = (tickets >= year_before) | np.isin(tickets, asked) | (random.random(len(tickets)) < SHARE)
    return tickets[kept]


def unseen(table: Array, right: Array, weight: Array, parts: int = 5) -> Array:
    """Log odds of each row by trees that did not see its part of the time."""
    part = np.arange(len(table)) * 4 * parts // max(1, len(table)) % parts
    out = np.zeros(len(table))
    for each in range(parts):
        seen = part != each
        for model in binary(table[seen], right[seen], weight[seen], TELLING_ROUNDS, 1):
            out[~seen] = model.predict(table[~seen], raw_score=True)
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
    known_from = int(np.searchsorted(index.born, (before - timedelta(days=365 * TOLD_YEARS)).timestamp()))
    tested = some(np.arange(known_from, len(index)), asked, year_before)
    folds = [
        trees_of(learn(dropped.of(every.query % FOLDS != fold), cluster, names, RANKING, a.rounds, 1), names)
        for fold in range(FOLDS)
    ]
    told_names = [*names, "score", "lead"]
    held, best, table = leading(
        blocks(index, tested.tolist(), choosing),
        lambda ticket: folds[ticket % FOLDS],
        lambda values, scores: features.table(values | lead(scores), told_names),
    )
    right = ((cluster[best] >= 0) & (cluster[best] == cluster[held])).astype(float)
    known = np.isin(held, asked) | (held >= year_before)
    weight = np.where(known, 1.0, 1 / SHARE)
    telling = binary(table, right, weight, TELLING_ROUNDS, a.seeds)
    columns = np.column_stack(
        [unseen(table, right, weight), *(table[:, told_names.index(name)] for name in CONFIDENCE[1:])]
    )
    newest = held >= year_before
    fitted = logistic(columns[newest], right[newest])
    sure = sure_of(columns[newest], fitted)
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
        "calibration_pairs": int(newest.sum()),
        "calibration_table": bins(sure, right[newest]),
        "choosing": cheap_names,
        "ranking": names,
        "telling": told_names,
        "confidence": list(CONFIDENCE),
    }
    arrays: dict[str, Any] = {f"choosing_{key}": value for key, value in flat(first).items()}
    arrays |= {f"ranking_{key}": value for key, value in flat(models).items()}
    arrays |= {f"telling_{key}": value for key, value in flat(telling).items()}
    a.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(a.out / "weights.npz", **arrays | {"confidence": fitted.astype(np.float32)})
    (a.out / "weights.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(about["calibration_table"]))


if __name__ == "__main__":
    main()
