"""Learning from a site's own past: what is known, what is learned, and that it is proven before it is used."""

from __future__ import annotations

import json
import random
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supportctl.duplicates import learned
from supportctl.duplicates.decisions import Decision, End, Verdict
from supportctl.duplicates.history import History, merged_into, of_file, of_tickets
from supportctl.duplicates.teaching import Settings, TooFewError, teach
from supportctl.duplicates.weights import shipped
from supportctl.errors import DataError, StateError
from supportctl.model import Kind, Link, LinkType, Ticket
from tests.duplicates.corpus import tickets as rows_of
from tests.duplicates.queue import made

AT = datetime(2026, 3, 1, tzinfo=UTC)
QUICK = Settings(rounds=15, seeds=1, least_to_learn=40, least_to_fit=8, least_to_test=15)


def corpus(count: int, seed: int = 1) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Tickets of which every second from the 30th on tells an older one again, in other words."""
    rows, random_ = rows_of(count, seed), random.Random(seed)
    cluster: dict[str, str] = {}
    for at in range(30, count, 2):
        older = rows[at - random_.randrange(1, 25)]
        name = cluster.setdefault(older["id"], f"c{older['id']}")
        cluster[rows[at]["id"]] = name
        code = older["body"].split("Error ")[1].split(" ")[0]
        rows[at] |= {
            "title": f"{older['product']} again",
            "body": f"Good morning, {older['product']} shows Error {code} here too. Ticket {at}, please help.",
            "product": older["product"],
        }
    return rows, cluster


def files(tmp_path: Path, count: int) -> tuple[str, Path]:
    rows, cluster = corpus(count)
    tickets, gold = tmp_path / "tickets.ndjson", tmp_path / "gold.ndjson"
    tickets.write_text("".join(json.dumps(row) + "\n" for row in rows))
    gold.write_text("".join(json.dumps({"id": key, "cluster": name}) + "\n" for key, name in cluster.items()))
    return str(tickets), gold


def groups(history: History) -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for key, cluster in zip(history.index.ids, history.cluster.tolist(), strict=True):
        if cluster >= 0:
            found.setdefault(cluster, set()).add(key)
    return {frozenset(each) for each in found.values()}


def duplicate(number: int) -> Link:
    return Link(type=LinkType.DUPLICATE_OF, key=f"#{number}", id=str(number))


def decision(one: Ticket, other: Ticket, verdict: Verdict) -> Decision:
    ends = [End(platform=each.platform, profile=each.profile, id=each.id, key=each.key) for each in (one, other)]
    return Decision(at=AT, by="ada", verdict=verdict, ticket=ends[0], of=ends[1])


def test_what_the_platform_links_is_the_same() -> None:
    problem = Link(type=LinkType.PROBLEM, key="#99", id="99")
    tickets = [
        made(1, "VPN down", "a"),
        made(2, "VPN again", "b", links=[duplicate(1)]),
        made(3, "Printer", "c", links=[problem]),
        made(4, "Printer too", "d", links=[problem]),
        made(5, "Cable", "e", links=[Link(type=LinkType.RELATES, key="#1", id="1")]),
        made(6, "Epic child", "f", links=[Link(type=LinkType.PARENT, key="#98")]),
        made(7, "Epic child two", "g", links=[Link(type=LinkType.PARENT, key="#98")]),
        made(8, "Merged", "h"),
        made(9, "No date", "i", created_at=None, links=[duplicate(1)]),
        made(99, "Printers", "all", hours=0, kind=Kind.PROBLEM),
    ]
    tickets[7] = merged_into(tickets[7], "#5")
    history = of_tickets(reversed(tickets))
    assert groups(history) == {frozenset("12"), frozenset("34"), frozenset("58")}
    assert (history.linked, history.undated, len(history.index)) == (6, 1, 8)
    assert list(history.index.ids) == list("12345678")


def test_what_people_said_is_known_too() -> None:
    a, b, c = (made(number, f"Fault {number}", "text") for number in (1, 2, 3))
    said = [
        decision(b, a, Verdict.SAME),
        decision(c, a, Verdict.DIFFERENT),
        decision(made(7, "x", "y"), a, Verdict.SAME),
    ]
    history = of_tickets([a, b, c], said)
    assert groups(history) == {frozenset("12")}
    assert (history.linked, history.decided) == (0, 1)


def test_nothing_and_nothing_known() -> None:
    assert len(of_tickets([]).cluster) == 0
    assert of_tickets([made(1, None, None)]).cluster.tolist() == [-1]
    with pytest.raises(TooFewError, match="only 0 tickets"):
        teach(of_tickets([made(1, "a", "b")]), Settings(rank=False))


def test_a_file_of_known_ones(tmp_path: Path) -> None:
    tickets, gold = files(tmp_path, 60)
    history = of_file(tickets, gold)
    assert sum(map(len, groups(history))) == history.linked > 20
    gold.write_text('{"id": "1000", "cluster": 5}\n\n{"id": 1001, "cluster": "5"}\n')
    assert groups(of_file(tickets, gold)) == {frozenset({"1000", "1001"})}
    for text in ("x\n", '{"id": "1"}\n', "[1]\n"):
        gold.write_text(text)
        with pytest.raises(DataError, match="line 1"):
            of_file(tickets, gold)
    with pytest.raises(DataError, match="cannot read"):
        of_file(tickets, tmp_path / "none")


@pytest.mark.slow
def test_what_is_used_was_better_on_tickets_nothing_was_learned_of(tmp_path: Path) -> None:
    history = of_file(*files(tmp_path, 240))
    lesson = teach(history, QUICK)
    assert lesson.figures["shipped"].queries >= 15
    if lesson.chosen == "learned":
        assert lesson.figures["learned"].map > lesson.figures["shipped"].map
    elif lesson.chosen == "fitted":
        assert lesson.figures["fitted"].brier < lesson.figures["shipped"].brier
    else:
        assert lesson.weights is None
        assert lesson.reasons
    # Other labels of the newest part: what is learned may be judged otherwise, and is the same.
    asked = np.nonzero(history.cluster >= 0)[0]
    cut = int(
        np.searchsorted(history.index.born, datetime.fromisoformat(lesson.parts["tested from"] + "T00Z").timestamp())
    )
    newest = asked[asked > cut + 24]
    swapped = history.cluster.copy()
    swapped[newest] = history.cluster[asked[asked < cut]][: len(newest)]
    again = teach(History(history.index, swapped), QUICK)
    assert lesson.chosen == again.chosen == "learned"
    both = [each.weights for each in (lesson, again)]
    assert both[0] is not None
    assert both[1] is not None
    assert np.allclose(both[0].confidence_weights, both[1].confidence_weights)
    assert np.array_equal(both[0].ranking.tables, both[1].ranking.tables)


def test_what_was_learned_is_kept_for_its_owner_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "prod" / "learned.npz"
    assert learned.load(path) is None
    own = shipped()
    names = {name: list(getattr(own, name).names) for name in ("choosing", "ranking")}
    names["confidence"] = list(own.confidence_names)
    values = np.random.default_rng(1).normal(size=(5, len(own.ranking.names)))
    for ranking in ("site", "shipped"):
        about = {"ranking": ranking, "names": names, "calibration": "this site"}
        learned.save(path, replace(own, confidence_weights=own.confidence_weights + 1, about=about))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        back = learned.load(path)
        assert back is not None
        assert back.about["calibration"] == "this site"
        assert np.array_equal(back.confidence_weights, own.confidence_weights + 1)
        assert np.allclose(back.ranking.scores(values), own.ranking.scores(values))


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"not a zip at all"])
def test_what_is_damaged_or_of_another_version_is_said_and_not_used(
    tmp_path: Path, damage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "learned.npz"
    path.write_bytes(damage)
    with pytest.raises(StateError, match="cannot be read"):
        learned.load(path)
    own = shipped()
    about = {"ranking": "shipped", "names": {"choosing": [], "ranking": [], "confidence": []}}
    learned.save(path, replace(own, about=about))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StateError):
        learned.load(path)
    path.write_bytes(whole)
    monkeypatch.setattr(learned, "engine", lambda: "another")
    with pytest.raises(StateError, match="another version"):
        learned.load(path)
