"""Carrying a plan out, on tickets in a dictionary."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from supportctl.adapters.writing import CommentWish, StatusWish
from supportctl.changes.journal import Journal
from supportctl.model import (
    Applied,
    Conflict,
    Failed,
    Skipped,
    Status,
    Transition,
    Unchanged,
)

from .memory import MemoryAdapter, ticket
from .runs import MIXED, is_mixed, plan_of, run


@pytest.mark.parametrize("jobs", [False, True])
def test_every_ticket_is_changed_and_read_back(journal: Journal, jobs: bool) -> None:
    adapter = MemoryAdapter([ticket(n, ["old"]) for n in range(1, 8)], jobs=jobs)
    report = run(plan_of(adapter), adapter, journal)
    assert report.complete
    assert all(t.tags == ["old", "vpn"] for t in adapter.tickets.values())
    assert journal.runs()[0].counts == {"applied": 7}


@pytest.mark.slow
@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("jobs", [False, True])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_mixed_plan_is_carried_out_step_by_step(journal: Journal, split: bool, jobs: bool, concurrency: int) -> None:
    adapter = MemoryAdapter(
        [ticket(n) for n in range(1, 251)], jobs=jobs, split=split, concurrency=concurrency, size=10
    )
    report = run(plan_of(adapter, *MIXED), adapter, journal)
    assert report.complete
    assert is_mixed(adapter)
    assert report.repeats == 0
    assert len(adapter.sent) == 250 * (3 if split else 1)


def test_jobs_are_kept_in_flight_up_to_the_platforms_number(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 1001)], jobs=True, size=100, flights=4)
    adapter.polls_needed = 3
    assert run(plan_of(adapter), adapter, journal).complete
    assert adapter.most_flights == 4
    assert adapter.batch_sizes == [100] * 10


def test_a_ticket_that_moved_is_left_alone_and_the_faster_one_named(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter)
    adapter.touch("1", tags=["other"])
    report = run(plan, adapter, journal)
    outcome = report.outcomes["#1"]
    assert isinstance(outcome, Conflict)
    assert outcome.reason == "changed by Ana at 2026-03-02 12:00:01Z, since the plan was made"
    assert isinstance(report.outcomes["#2"], Applied)
    assert adapter.tickets["1"].tags == ["other"]
    assert adapter.sent == ["2"]


def test_a_ticket_that_is_gone_is_skipped(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter)
    del adapter.tickets["1"]
    assert isinstance(run(plan, adapter, journal).outcomes["#1"], Skipped)


def test_a_ticket_that_is_already_so_is_not_sent(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter)
    adapter.touch("1", tags=["vpn"])
    assert isinstance(run(plan, adapter, journal).outcomes["#1"], Unchanged)
    assert adapter.sent == ["2"]


def test_one_failure_does_not_stop_the_others(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 4)])
    adapter.failing = {"2"}
    report = run(plan_of(adapter), adapter, journal)
    assert isinstance(report.outcomes["#2"], Failed)
    assert report.counts == {"applied": 2, "failed": 1}


def test_an_accepted_change_without_effect_is_a_failure(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    adapter.deaf = {"1"}
    outcome = run(plan_of(adapter), adapter, journal).outcomes["#1"]
    assert isinstance(outcome, Failed)
    assert outcome.code == "NOT_APPLIED"
    assert "tags" in outcome.error
    assert Counter(adapter.sent) == {"1": 1, "2": 1}


def test_what_somebody_changes_between_two_steps_is_not_taken_for_ours(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)], split=True)
    plan = plan_of(adapter, CommentWish(public=False), StatusWish(goal=Status.RESOLVED))

    def meddle(event: str) -> None:
        if event == "read" and adapter.comments["1"] and adapter.tickets["1"].status is Status.OPEN:
            adapter.touch("1", status=Status.PENDING, native_status="pending")

    adapter.hook = meddle
    outcome = run(plan, adapter, journal).outcomes["#1"]
    assert isinstance(outcome, Conflict)
    assert outcome.reason == "changed meanwhile: status, native_status (already done: internal comment)"
    assert adapter.tickets["1"].status is Status.PENDING
    assert adapter.tickets["2"].status is Status.RESOLVED


def test_a_failure_says_what_was_done_before_it(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)], split=True)
    adapter.unable = {Transition}
    report = run(plan_of(adapter, *MIXED), adapter, journal)
    outcome = report.outcomes["#1"]
    assert isinstance(outcome, Failed)
    assert outcome.error == "no such field (already done: tags and fields; internal comment)"


@pytest.mark.slow
def test_tickets_are_checked_shortly_before_they_are_sent_to(journal: Journal) -> None:
    """A platform that takes a thousand at once, and these one by one: somebody is faster at the last ones."""
    adapter = MemoryAdapter([ticket(n) for n in range(1, 401)], size=1000)
    adapter.batches = lambda steps: iter([step] for step in steps)  # type: ignore[method-assign,assignment]
    plan = plan_of(adapter)

    def meddle(event: str) -> None:
        if event == "submit" and len(adapter.sent) == 50:
            adapter.touch("400", tags=["theirs"])

    adapter.hook = meddle
    report = run(plan, adapter, journal)
    assert isinstance(report.outcomes["#400"], Conflict)
    assert adapter.tickets["400"].tags == ["theirs"]
    assert report.counts == {"applied": 399, "conflict": 1}


def test_what_moved_besides_is_told(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1, status=Status.RESOLVED, native_status="solved"), ticket(2)])
    report = run(plan_of(adapter, StatusWish(goal=Status.OPEN)), adapter, journal)
    assert report.effects == {"#1": ["reopens"]}


def test_the_journal_of_an_earlier_version_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("create table run (id text); create table change (run text); create table handle (run text);")
        db.execute("insert into run values ('old')")
        db.commit()
    journal = Journal(path)
    adapter = MemoryAdapter([ticket(1)])
    assert run(plan_of(adapter), adapter, journal).complete
    journal.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select id from run_v1").fetchall() == [("old",)]


def test_a_failure_that_took_effect_is_seen(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    adapter.failing = {"1"}
    adapter.hook = lambda event: adapter.touch("1", tags=["vpn"]) if event == "submit" else None
    assert isinstance(run(plan_of(adapter), adapter, journal).outcomes["#1"], Applied)
