from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.changes import plan as plans
from supportctl.changes.apply import Report, apply
from supportctl.changes.journal import Journal
from supportctl.changes.tags import plan_tags
from supportctl.config import Auth, Profile
from supportctl.errors import (
    AuthError,
    InvalidRequestError,
    PermissionDeniedError,
    RefusedError,
    StateError,
    TemporaryError,
)
from supportctl.model import Applied, Conflict, Failed, Skipped, Unchanged, Unverified

from .memory import EPOCH, MemoryAdapter, StillClock, ticket

PROFILE = Profile(name="demo", platform="zendesk", url="https://acme.zendesk.com", auth=Auth(kind="oauth"), writes=True)


def plan_of(adapter: MemoryAdapter, verb: str = "add", tags: tuple[str, ...] = ("vpn",)) -> plans.Plan:
    made = plan_tags(list(adapter.tickets.values()), verb, tags, adapter.capabilities)  # type: ignore[arg-type]
    return plans.make(PROFILE, f"tag {verb}", made.changes, selected=made.selected, query=None, now=EPOCH)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.db")
    yield journal
    journal.close()


def run(plan: plans.Plan, adapter: MemoryAdapter, journal: Journal) -> Report:
    return apply(plan, PROFILE, adapter, journal, StillClock())  # type: ignore[arg-type]


@pytest.mark.parametrize("jobs", [False, True])
def test_every_ticket_is_changed_and_read_back(journal: Journal, jobs: bool) -> None:
    adapter = MemoryAdapter([ticket(n, ["old"]) for n in range(1, 8)], jobs=jobs)
    report = run(plan_of(adapter), adapter, journal)
    assert report.complete
    assert all(t.tags == ["old", "vpn"] for t in adapter.tickets.values())
    assert journal.runs()[0].counts == {"applied": 7}


def test_a_ticket_that_moved_is_left_alone(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter)
    adapter.touch("1", tags=["other"])
    report = run(plan, adapter, journal)
    assert isinstance(report.outcomes["#1"], Conflict)
    assert isinstance(report.outcomes["#2"], Applied)
    assert adapter.tickets["1"].tags == ["other"]
    assert adapter.sent == ["2"]


def test_a_ticket_that_is_gone_is_skipped(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter)
    del adapter.tickets["1"]
    assert isinstance(run(plan, adapter, journal).outcomes["#1"], Skipped)


def test_applying_twice_sends_nothing_twice(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter)
    run(plan, adapter, journal)
    again = run(plan, adapter, journal)
    assert {type(outcome) for outcome in again.outcomes.values()} == {Unchanged}
    assert adapter.sent == ["1", "2"]


def test_a_lost_answer_is_verified_never_repeated(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 5)], size=1)
    adapter.lost_after = {"2"}
    adapter.lost_before = {"3"}
    report = run(plan_of(adapter), adapter, journal)
    assert isinstance(report.outcomes["#2"], Applied)
    assert isinstance(report.outcomes["#3"], Unverified)
    assert isinstance(report.outcomes["#4"], Applied)
    assert adapter.sent == ["1", "2", "3", "4"]


def test_one_failure_does_not_stop_the_others(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 4)])
    adapter.failing = {"2"}
    report = run(plan_of(adapter), adapter, journal)
    assert isinstance(report.outcomes["#2"], Failed)
    assert report.counts == {"applied": 2, "failed": 1}


def test_an_accepted_change_without_effect_is_not_called_done(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    adapter.deaf = {"1"}
    assert isinstance(run(plan_of(adapter), adapter, journal).outcomes["#1"], Unverified)


@pytest.mark.parametrize("error", [TemporaryError("503"), AuthError("401")])
def test_trouble_half_way_keeps_what_was_done_and_names_the_rest(journal: Journal, error: Exception) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 301)], size=100)

    def fail_on_the_third() -> None:
        if len(adapter.sent) >= 200:
            raise error

    adapter.on_submit = fail_on_the_third
    report = run(plan_of(adapter), adapter, journal)
    assert report.stopped_by is error
    assert report.counts == {"applied": 200, "not sent": 100}
    assert journal.runs()[0].result == "stopped"


ENDS = [TemporaryError("503"), AuthError("401"), PermissionDeniedError("403"), InvalidRequestError("422")]


@pytest.mark.parametrize("error", ENDS, ids=lambda error: error.code)
@pytest.mark.parametrize("step", ["on_poll", "on_verify"])
def test_what_was_sent_is_never_called_not_sent(journal: Journal, step: str, error: Exception) -> None:
    """The run stops after the changes left: they are in doubt, neither done nor undone."""
    adapter = MemoryAdapter([ticket(n) for n in range(1, 6)], size=5, jobs=True)

    def fail() -> None:
        raise error

    setattr(adapter, step, fail)
    report = run(plan_of(adapter), adapter, journal)
    assert report.stopped_by is error
    assert report.counts == {"unverified": 5}
    assert journal.runs()[0].result == "stopped"
    assert journal.runs()[0].counts == {"unverified": 5}


def test_a_lost_answer_before_the_network_goes_is_in_doubt(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 5)], size=1)
    adapter.lost_after = {"2"}

    def fail_at_the_third() -> None:
        if len(adapter.sent) == 2:
            raise TemporaryError("no route")

    adapter.on_submit = fail_at_the_third
    report = run(plan_of(adapter), adapter, journal)
    assert {key: type(outcome) for key, outcome in report.outcomes.items()} == {
        "#1": Unverified,
        "#2": Unverified,
        "#3": type(None),
        "#4": type(None),
    }


def test_ctrl_c_ends_the_run_with_every_ticket_told(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 5)], size=1)

    def interrupt() -> None:
        if len(adapter.sent) == 2:
            raise KeyboardInterrupt

    adapter.on_submit = interrupt
    report = run(plan_of(adapter), adapter, journal)
    assert report.interrupted
    assert report.counts == {"unverified": 3, "not sent": 1}
    assert journal.runs()[0].result == "interrupted"


def test_a_killed_run_says_what_is_in_doubt(journal: Journal) -> None:
    plan = plan_of(MemoryAdapter([ticket(1), ticket(2)]))
    number = journal.begin(plan)
    journal.intend(number, plan.changes[:1])
    outcomes = journal.outcomes(number)
    assert isinstance(outcomes["#1"], Unverified)
    assert outcomes["#2"] is None
    assert journal.runs()[0].counts == {"unverified": 1, "not sent": 1}


def test_two_runs_do_not_change_one_instance_at_once(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)], size=1)
    plan = plan_of(adapter)
    refused: list[RefusedError] = []

    def second_run() -> None:
        if not refused:
            with pytest.raises(RefusedError, match="another run") as caught:
                run(plan, adapter, journal)
            refused.append(caught.value)

    adapter.on_submit = second_run
    assert run(plan, adapter, journal).complete
    assert refused
    assert adapter.sent == ["1", "2"]


def test_a_failure_that_took_effect_is_seen(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    adapter.failing = {"1"}
    adapter.on_submit = lambda: adapter.touch("1", tags=["vpn"])
    assert isinstance(run(plan_of(adapter), adapter, journal).outcomes["#1"], Applied)


def test_a_read_only_profile_refuses(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    careful = Profile(name="demo", platform="zendesk", url=PROFILE.url, auth=PROFILE.auth)
    with pytest.raises(RefusedError, match="read-only"):
        apply(plan_of(adapter), careful, adapter, journal, StillClock())  # type: ignore[arg-type]
    assert adapter.sent == []


def test_a_plan_of_another_instance_is_refused(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    elsewhere = Profile(
        name="demo", platform="zendesk", url="https://other.zendesk.com", auth=PROFILE.auth, writes=True
    )
    with pytest.raises(RefusedError, match="another instance"):
        apply(plan_of(adapter), elsewhere, adapter, journal, StillClock())  # type: ignore[arg-type]
    assert adapter.sent == []


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


@given(st.integers(1, 40), st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)), st.integers(1, 7), st.booleans())
def test_no_ticket_is_forgotten(
    tmp_path_factory: pytest.TempPathFactory, count: int, failing: set[int], lost: set[int], size: int, jobs: bool
) -> None:
    journal = Journal(tmp_path_factory.mktemp("journal") / "journal.db")
    adapter = MemoryAdapter([ticket(n) for n in range(1, count + 1)], size=size, jobs=jobs)
    adapter.failing = {str(n) for n in failing}
    adapter.lost_after = {str(n) for n in lost}
    report = run(plan_of(adapter), adapter, journal)
    journal.close()
    assert len(report.outcomes) == count
    assert None not in report.outcomes.values()
    assert len(adapter.sent) == len(set(adapter.sent))
    for key, outcome in report.outcomes.items():
        tagged = "vpn" in adapter.tickets[key[1:]].tags
        assert tagged == isinstance(outcome, Applied)
