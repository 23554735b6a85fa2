"""What may hold a run back or end it: leave, locks, paces, limits, people, full disks."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from supportctl.adapters.writing import StatusWish
from supportctl.changes.apply import apply
from supportctl.changes.gates import Settings
from supportctl.changes.journal import Journal
from supportctl.changes.means import Means
from supportctl.config import Profile
from supportctl.errors import (
    AuthError,
    RefusedError,
    StateError,
    TemporaryError,
)
from supportctl.model import (
    Status,
)

from .memory import MemoryAdapter, StillClock, ticket
from .runs import MIXED, PROFILE, is_mixed, plan_of, run


@pytest.mark.parametrize("error", [TemporaryError("503"), AuthError("401")])
def test_trouble_half_way_keeps_what_was_done_and_names_the_rest(journal: Journal, error: Exception) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 301)], size=100)

    def fail_on_the_third(event: str) -> None:
        if event == "submit" and len(adapter.sent) >= 200:
            raise error

    adapter.hook = fail_on_the_third
    plan = plan_of(adapter)
    report = run(plan, adapter, journal)
    assert report.stopped_by is error
    assert report.counts == {"applied": 200, "not sent": 100}
    assert journal.runs()[0].result == "stopped"
    adapter.hook = lambda event: None
    again = run(plan, adapter, journal)
    assert again.resumed
    assert again.run == report.run
    assert again.counts == {"applied": 300}
    assert Counter(adapter.sent).most_common(1)[0][1] == 1


def test_ctrl_c_ends_the_run_with_every_ticket_told(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 5)], size=1)

    def interrupt(event: str) -> None:
        if event == "submit" and len(adapter.sent) == 2:
            raise KeyboardInterrupt

    adapter.hook = interrupt
    report = run(plan_of(adapter), adapter, journal)
    assert report.interrupted
    assert report.counts == {"unverified": 3, "not sent": 1}
    assert journal.runs()[0].result == "interrupted"


def test_asked_to_stop_it_finishes_what_is_under_way(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 301)], size=100)
    stop = Event()
    adapter.hook = lambda event: stop.set() if event == "done" and len(adapter.sent) == 150 else None
    plan = plan_of(adapter)
    report = run(plan, adapter, journal, stop=stop)
    assert report.interrupted
    assert report.counts == {"applied": 200, "not sent": 100}
    assert run(plan, adapter, journal).counts == {"applied": 300}


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [False, True])
def test_asked_to_stop_it_leaves_nothing_half_done(journal: Journal, jobs: bool) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 401)], jobs=jobs, split=True, size=10, flights=5)
    stop = Event()
    adapter.hook = lambda event: stop.set() if event == "done" and len(adapter.sent) >= 130 else None
    plan = plan_of(adapter, *MIXED)
    report = run(plan, adapter, journal, stop=stop)
    assert report.interrupted
    assert report.counts.keys() == {"applied", "not sent"}
    assert len({op for comments in adapter.comments.values() for op, *_ in comments}) == report.counts["applied"]
    assert run(plan, adapter, journal).complete
    assert is_mixed(adapter)


def test_with_many_jobs_a_failure_limit_holds_from_the_start(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 1001)], jobs=True, size=100, flights=30)
    adapter.failing = set(adapter.tickets)
    report = run(plan_of(adapter), adapter, journal, max_error_rate=0.05)
    assert isinstance(report.stopped_by, RefusedError)
    assert len(adapter.sent) == 20


def test_two_journals_keep_to_one_lock(tmp_path: Path) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)], size=1)
    plan = plan_of(adapter)
    first, second = Journal(tmp_path / "a" / "j.db"), Journal(tmp_path / "b" / "j.db")
    refused: list[str] = []

    def other(event: str) -> None:
        if event == "submit" and not refused:
            with pytest.raises(RefusedError) as caught:
                apply(plan, PROFILE, Means(adapter, second, StillClock(), locks=tmp_path))  # type: ignore[arg-type]
            refused.append(caught.value.message)

    adapter.hook = other
    assert apply(plan, PROFILE, Means(adapter, first, StillClock(), locks=tmp_path)).complete  # type: ignore[arg-type]
    assert refused == ["another run is changing this instance; nothing was changed"]
    first.close()
    second.close()


def test_too_many_failures_stop_the_run(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 301)], size=100)
    adapter.failing = {str(n) for n in range(1, 301, 2)}
    report = run(plan_of(adapter), adapter, journal, max_error_rate=0.2)
    assert isinstance(report.stopped_by, RefusedError)
    assert "10 of 20 tickets failed, more than --max-error-rate 0.2" in report.stopped_by.message
    assert len(adapter.sent) == 20


def test_a_pace_is_kept(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 61)], size=100)
    clock = StillClock()
    report = apply(plan_of(adapter), PROFILE, Means(adapter, journal, clock, settings=Settings(rate=60.0)))  # type: ignore[arg-type]
    assert report.complete
    assert 54.0 <= clock.now <= 60.0
    assert max(adapter.batch_sizes) == 5


def test_a_pause_file_holds_the_run_back(journal: Journal, tmp_path: Path) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 4)])
    pause = tmp_path / "pause"
    pause.touch()
    clock, said = StillClock(), []

    def patient(seconds: float) -> None:
        clock.now += seconds
        if clock.now >= 5:
            pause.unlink(missing_ok=True)

    clock.sleep = patient  # type: ignore[method-assign]
    how = Settings(pause_file=pause)
    report = apply(plan_of(adapter), PROFILE, Means(adapter, journal, clock, settings=how, say=said.append))  # type: ignore[arg-type]
    assert report.complete
    assert clock.now == 5
    assert said == [f"paused while {pause} exists", "going on"]


def test_what_cannot_be_undone_needs_leave(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter, StatusWish(goal=Status.CLOSED))
    assert plan.header.irreversible == 2
    with pytest.raises(RefusedError, match=r"2 of the planned changes cannot be undone: closing for good \(2\)"):
        run(plan, adapter, journal)
    assert adapter.sent == []
    assert apply(plan, PROFILE, Means(adapter, journal, StillClock()), allow_irreversible=True).complete  # type: ignore[arg-type]


def test_two_runs_do_not_change_one_instance_at_once(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)], size=1)
    plan = plan_of(adapter)
    refused: list[RefusedError] = []

    def second_run() -> None:
        if not refused:
            with pytest.raises(RefusedError, match="another run") as caught:
                run(plan, adapter, journal)
            refused.append(caught.value)

    adapter.hook = lambda event: second_run() if event == "submit" else None
    assert run(plan, adapter, journal).complete
    assert refused
    assert adapter.sent == ["1", "2"]


def test_a_read_only_profile_refuses(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    careful = Profile(name="demo", platform="zendesk", url=PROFILE.url, auth=PROFILE.auth)
    with pytest.raises(RefusedError, match="read-only"):
        apply(plan_of(adapter), careful, Means(adapter, journal, StillClock()))  # type: ignore[arg-type]
    assert adapter.sent == []


def test_a_plan_of_another_instance_is_refused(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    elsewhere = Profile(
        name="demo", platform="zendesk", url="https://other.zendesk.com", auth=PROFILE.auth, writes=True
    )
    with pytest.raises(RefusedError, match="another instance"):
        apply(plan_of(adapter), elsewhere, Means(adapter, journal, StillClock()))  # type: ignore[arg-type]
    assert adapter.sent == []


@pytest.mark.slow
def test_a_full_disk_under_the_journal_stops_before_sending_more(tmp_path: Path) -> None:
    """Whatever step the disk fills up at: every request sent had its intent on disk."""
    stopped = 0
    for pages in range(12, 60):
        journal = Journal(tmp_path / f"journal{pages}.db")
        journal._db.execute(f"pragma max_page_count = {pages}")
        adapter = MemoryAdapter([ticket(n, ["x" * 200]) for n in range(1, 121)], size=10)
        try:
            run(plan_of(adapter), adapter, journal)
        except StateError as error:
            stopped += 1
            assert "nothing was sent after that" in error.message
            with closing(sqlite3.connect(journal.path)) as db:
                kept = {row[0] for row in db.execute("select ticket from change where state != 'planned'")}
            assert set(adapter.sent) <= kept
        journal.close()
    assert stopped > 5
