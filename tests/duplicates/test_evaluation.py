"""The protocol of published comparisons, also against the script that prints its figures."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.duplicates.calibration import logistic, sure_of
from supportctl.duplicates.evaluation import Trial, figures

DAY = 86_400
START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def trial(clusters: list[int], days: list[float], **more: Any) -> Trial:
    return Trial(START + DAY * np.array(days), np.array(clusters), test=START, **more)


def test_the_oldest_of_a_group_is_not_asked_about() -> None:
    found = trial([-1, 0, 0, 1, 0, 1], [0, 1, 2, 3, 4, 5])
    assert found.queries == {2, 4, 5}
    late = Trial(START + DAY * np.arange(6.0), np.array([-1, 0, 0, 1, 0, 1]), test=START + 4 * DAY)
    assert late.queries == {4, 5}


def test_a_group_counts_once_and_only_while_it_was_active() -> None:
    found = trial([0, 1, 0, -1, 1], [0, 1, 200, 390, 400])
    assert found.place(4, [2, 0, 1]) == inf  # Its own group was last active 399 days before.
    near = trial([0, 1, 0, -1, 1], [0, 100, 200, 390, 400])
    assert near.place(4, [2, 0, 3, 1]) == 3
    assert near.place(4, [1]) == 1
    assert near.place(4, [4, 2]) == inf  # Itself is no candidate.


@given(st.data())
def test_places_are_those_of_a_plain_count(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 12))
    clusters = data.draw(st.lists(st.integers(-1, 3), min_size=count, max_size=count))
    days = sorted(data.draw(st.lists(st.integers(0, 900), min_size=count, max_size=count)))
    found = trial(clusters, [float(each) for each in days])
    for query in range(count):
        candidates = data.draw(st.permutations(range(count)))
        groups: list[Any] = []
        for each in candidates:
            if each >= query:
                continue
            group = clusters[each] if clusters[each] >= 0 else ("alone", each)
            members = [at for at in range(query) if at == each or (clusters[at] >= 0 and clusters[at] == group)]
            if days[query] - days[max(members)] <= 365 and group not in groups:
                groups.append(group)
        own = clusters[query]
        wanted = groups.index(own) + 1 if own >= 0 and own in groups else inf
        assert found.place(query, candidates) == wanted


def test_links_and_confidences() -> None:
    found = trial([0, 0, 1, 1, -1], [0, 1, 2, 3, 4])
    made = figures(found, [1, 4], np.array([0.9, 0.6, 0.6, 0.1]), np.array([1.0, 0, 1, 0]), 0.5)
    assert (made.rr["1"], made.rr["5"], made.map) == (0.5, 1.0, 0.625)
    assert (made.at_default.links, made.at_default.right, made.at_default.recall) == (3, 2, 1.0)
    assert made.at_default.low == pytest.approx(0.2077, abs=1e-3)
    assert made.at_default.high == pytest.approx(0.9385, abs=1e-3)
    assert made.links[-1].precision is None
    assert made.brier == pytest.approx((0.01 + 0.36 + 0.16 + 0.01) / 4)


def test_nothing_known_is_no_division_by_zero() -> None:
    made = figures(trial([-1, -1], [0, 1]), [], np.zeros(0), np.zeros(0), 0.5)
    assert (made.queries, made.map, made.at_default.precision, made.at_default.recall) == (0, 0.0, None, None)


def test_a_confidence_that_is_fitted_says_how_often_it_is_right() -> None:
    random_ = np.random.default_rng(5)
    values = random_.normal(size=(4_000, 3))
    truth = 1 / (1 + np.exp(-(2 * values[:, 0] - values[:, 1] - 1)))
    right = (random_.random(4_000) < truth).astype(float)
    sure = sure_of(values, logistic(values, right))
    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1)):
        inside = (sure >= low) & (sure < high)
        assert abs(sure[inside].mean() - right[inside].mean()) < 0.05
    same = logistic(np.ones((50, 2)), np.array([1.0] * 25 + [0.0] * 25))
    assert sure_of(np.ones((1, 2)), same)[0] == pytest.approx(0.5, abs=0.01)


@pytest.mark.recordings
def test_the_same_figures_as_the_script_of_the_benchmark(recordings: Path, tmp_path: Path) -> None:
    script = next(recordings.rglob("evaluate_duplicates.py"), None) or next(
        recordings.parent.rglob("evaluate_duplicates.py")
    )
    made = random.Random(7)
    keys = [str(n) for n in made.sample(range(1, 100_000), 600)]
    born = {key: int(START) + made.randrange(0, 900) * DAY + made.randrange(0, 3) * 40_000 for key in keys}
    cluster = {key: f"c{made.randrange(60)}" for key in made.sample(keys, 250)}
    order = sorted(keys, key=lambda key: (born[key], len(key), key))
    number = {key: at for at, key in enumerate(order)}
    rankings = {key: made.sample(keys, 40) for key in keys}
    links = {key: (made.choice(keys), round(made.random(), 3)) for key in keys}
    for key, name in cluster.items():  # Some are found.
        mates = [each for each in cluster if cluster[each] == name and number[each] < number[key]]
        if mates and made.random() < 0.7:
            rankings[key].insert(made.randrange(0, 12), made.choice(mates))
            links[key] = (mates[0], links[key][1])
    with gzip.open(tmp_path / "t.gz", "wt") as file:
        for key in keys:
            file.write(json.dumps({"id": key, "created_at": datetime.fromtimestamp(born[key], UTC).isoformat()}) + "\n")
    lines = {
        "gold": [{"id": key, "cluster": name} for key, name in cluster.items()],
        "ranking": [{"id": key, "candidates": found} for key, found in rankings.items()],
        "links": [{"id": key, "duplicate_of": of, "confidence": sure} for key, (of, sure) in links.items()],
    }
    for name, rows in lines.items():
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    period = ["--start", "2026-03-01", "--test", "2027-01-01", "--end", "2028-03-01", "--window", "200"]
    words = [str(tmp_path / "t.gz"), str(tmp_path / "gold"), str(tmp_path / "ranking"), *period]
    printed = subprocess.run(
        [sys.executable, str(script), *words, "--links", str(tmp_path / "links")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    wanted, cuts = json.loads(printed[0]), [json.loads(line) for line in printed[1:]]

    names = {name: at for at, name in enumerate(sorted(set(cluster.values())))}
    stamps = [datetime.fromisoformat(f"{text}T00:00:00+00:00").timestamp() for text in period[1::2][:3]]
    found = Trial(
        np.array([born[key] for key in order], float),
        np.array([names[cluster[key]] if key in cluster else -1 for key in order]),
        start=stamps[0],
        test=stamps[1],
        end=stamps[2],
        days=200,
    )
    places = [found.place(at, [number[key] for key in rankings[order[at]]]) for at in sorted(found.queries)]
    tested = range(found.test, found.end)
    sure = np.array([links[order[at]][1] for at in tested])
    right = [
        found.first <= number[links[order[at]][0]] < found.end
        and found.name[number[links[order[at]][0]]] == found.name[at]
        for at in tested
    ]
    mine = figures(found, places, sure, np.array(right, float), 0.5)
    assert (mine.tickets, mine.queries, mine.unreachable) == (
        wanted["database"], wanted["queries"], wanted["unreachable"],
    )  # fmt: skip
    assert mine.queries > 50
    for k in (1, 5, 10, 20):
        assert mine.rr[str(k)] == pytest.approx(wanted[f"RR@{k}"], abs=6e-4)
    assert mine.map == pytest.approx(wanted["MAP"], abs=6e-4)
    assert 0.2 < wanted["RR@10"] < 0.95
    by_cut = {each["confidence>="]: each for each in cuts}
    for each in mine.links:
        assert each.links == by_cut[each.minimum]["links"]
        if each.precision is not None:
            assert each.precision == pytest.approx(by_cut[each.minimum]["precision"], abs=6e-4)
        assert each.recall == pytest.approx(by_cut[each.minimum]["recall"], abs=6e-4)
