"""``duplicates evaluate`` and ``duplicates learn``: figures on past links, and what is used from then on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from supportctl.duplicates import teaching
from supportctl.exits import Exit
from supportctl.model import Comment, Link, LinkType
from tests.commands.fakes import FakeReader, Result
from tests.duplicates.queue import background, made
from tests.duplicates.test_teaching import QUICK, files

Cli = Callable[..., Result]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same procedure on fewer tickets."""
    monkeypatch.setattr(teaching, "Settings", lambda **given: replace(QUICK, **given))


def rows(result: Result) -> dict[str, dict[str, Any]]:
    return {row["ranking"]: row for row in json.loads(result.out)["figures"]}


@pytest.mark.slow
def test_figures_on_a_file_of_known_ones(cli: Cli, tmp_path: Path) -> None:
    tickets, gold = files(tmp_path, 120)
    words = ("duplicates", "evaluate", "--file", tickets, "--gold", str(gold), "--since", "2026-01-02")
    result = cli(*words, "--format", "json")
    assert result.code == 0, result.err
    (row,) = rows(result).values()
    assert (row["ranking"], row["used"], row["tickets"]) == ("shipped", True, 120)
    assert row["queries"] >= 30
    assert 0 <= row["rr1"] <= row["rr5"] <= row["rr10"] <= row["rr20"] <= 1
    assert row["low"] <= (row["precision"] or 0) <= row["high"]
    assert [cut["minimum"] for cut in row["cuts"]] == [0.3, 0.5, 0.7, 0.8, 0.9, 0.95]
    assert "lower bound" in result.err
    assert "figures are flattered" in result.err
    table = cli(*words, "--format", "table")
    assert "RR10" in table.out


def test_too_few_known_ones_are_said_with_how_many_are_needed(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "tickets.ndjson"
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in background(20)))
    for verb in (("evaluate",), ("learn", "--calibrate-only")):
        result = cli("duplicates", *verb, "--file", str(path))
        assert result.code == Exit.USAGE, result.err
        assert "are needed" in result.err
        assert "supportctl duplicates review" in result.err


def test_merges_are_read_from_the_comment_that_tells_of_them(
    cli: Cli, connected: Callable[[FakeReader], FakeReader]
) -> None:
    one, two = made(1, "VPN down", "a"), made(2, "VPN down again", "b", tags=["closed_by_merge"])
    linked = made(3, "Printer", "c", links=[Link(type=LinkType.PROBLEM, key="#9")])

    class Reader(FakeReader):
        def comments(self, tickets: Any) -> Any:
            assert [each.id for each in tickets] == ["2"]
            said = 'This request was closed and merged into request #1 "VPN down".'
            return {"2": [Comment(id="c", author=None, created_at=None, body=said, public=False)]}

    connected(Reader([one, two, linked]))
    result = cli("duplicates", "evaluate", "-p", "prod")
    assert "3 tickets with a date; 2 linked with another" in result.err
    assert result.code == Exit.USAGE


def test_learning_without_the_extra_names_the_line_that_installs_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    tickets, gold = files(tmp_path, 40)
    result = cli("duplicates", "learn", "--file", tickets, "--gold", str(gold))
    assert result.code == Exit.USAGE
    assert "pip install 'supportctl[learn]'" in result.err
    assert "--calibrate-only" in result.err


@pytest.mark.slow
def test_what_is_learned_is_measured_used_and_forgotten(cli: Cli, tmp_path: Path, home: Path, quick: None) -> None:
    tickets, gold = files(tmp_path, 240)
    given = ("--file", tickets, "--gold", str(gold))
    result = cli("duplicates", "learn", *given, "--format", "json")
    assert result.code == 0, result.err
    found = rows(result)
    assert found["learned"]["used"] is (found["learned"]["map"] > found["shipped"]["map"])
    assert found["learned"]["used"]  # On this corpus the shipped ranking has much to learn.
    assert "learned here are used from now on with --file" in result.err
    (path,) = home.glob("state/duplicates/files/learned.npz")
    after = cli("duplicates", "evaluate", *given, "--since", "2026-01-04", "--format", "json")
    assert rows(after)["site"]["used"]
    assert not rows(after)["shipped"]["used"]
    assert "it has seen tickets created before 2026-01-09" in after.err
    assert cli("duplicates", "learn", "--forget", "--file", tickets).code == 0
    assert not path.exists()


def test_gold_goes_with_a_file(cli: Cli, connected: Callable[[FakeReader], FakeReader]) -> None:
    connected(FakeReader([]))
    result = cli("duplicates", "evaluate", "-p", "prod", "--gold", "x")
    assert result.code == Exit.USAGE
    assert "--file" in result.err
    assert cli("duplicates", "evaluate", "-p", "prod", "--since", "soon").code == Exit.USAGE


def test_a_file_leaves_what_was_learned_of_a_profile_alone(
    cli: Cli, connected: Callable[[FakeReader], FakeReader], tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(FakeReader([]))
    monkeypatch.setenv("SUPPORTCTL_PROFILE", "prod")
    weights = object()

    def teach(*_: Any) -> teaching.Lesson:
        figures = SimpleNamespace(at_default=SimpleNamespace(links=0, minimum=0.5))
        return teaching.Lesson({"fitted": figures}, weights, "fitted", [], {"tested from": "2026-01-01"})  # type: ignore[dict-item,arg-type]

    saved: list[str] = []
    monkeypatch.setattr(teaching, "teach", teach)
    monkeypatch.setattr("supportctl.commands._duplicates_learn.show", lambda *_: None)
    monkeypatch.setattr("supportctl.duplicates.learned.save", lambda path, _: saved.append(path.parent.name))
    tickets, gold = files(tmp_path, 3)
    given = ("duplicates", "learn", "--calibrate-only", "--file", tickets, "--gold", str(gold))
    told = cli(*given)
    assert told.code == 0, told.err
    assert saved == ["files"]
    assert "The confidence learned here is used from now on with --file" in told.err
    assert "figures are flattered" in told.err
    assert cli(*given, "-p", "prod").code == 0
    assert saved[1].startswith("prod-")


def test_decisions_about_tickets_are_not_joined_to_plain_objects_by_a_bare_id(
    cli: Cli, tmp_path: Path, home: Path
) -> None:
    decided = tmp_path / "decided.csv"
    path = tmp_path / "mine.ndjson"
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in background(4)))
    decided.write_text("ticket,of,verdict\n#1,#2,same\n")
    said = cli("duplicates", "review", "--decide", str(decided), "--file", str(path))
    assert said.code == 0, said.err
    assert "1 decision that two are the same" in cli("duplicates", "evaluate", "--file", str(path)).err
    path.write_text(
        "".join(json.dumps({"id": str(n), "created_at": "2026-01-01", "title": "x"}) + "\n" for n in (1, 2))
    )
    gold = tmp_path / "gold.ndjson"
    gold.write_text("")
    told = cli("duplicates", "evaluate", "--file", str(path), "--gold", str(gold)).err
    assert "2 tickets with a date; 0 linked with another, 0 decisions" in told
