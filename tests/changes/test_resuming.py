"""Lost answers, killed runs, and going on: every change happens exactly once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.adapters.writing import CommentWish, Step, TagWish, Wish
from supportctl.changes import plan as plans
from supportctl.changes.apply import resume
from supportctl.changes.journal import Journal, Sending
from supportctl.changes.means import Means
from supportctl.errors import (
    AuthError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    TemporaryError,
)
from supportctl.model import (
    Applied,
    Conflict,
    Skipped,
    Unverified,
)

from .memory import MemoryAdapter, StillClock, ticket
from .runs import MIXED, PROFILE, Killed, is_mixed, plan_of, run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("wishes", [(TagWish(add=["vpn"]),), MIXED])
def test_applying_twice_sends_nothing_twice(journal: Journal, wishes: tuple[Wish, ...]) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter, *wishes)
    run(plan, adapter, journal)
    again = run(plan, adapter, journal)
    assert again.complete
    assert again.resumed
    assert adapter.sent == ["1", "2"]


def test_applying_twice_with_a_lost_journal_sends_nothing_twice(tmp_path: Path) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)])
    plan = plan_of(adapter, *MIXED)
    for name in ("first", "second"):
        journal = Journal(tmp_path / name / "journal.db")
        report = run(plan, adapter, journal)
        journal.close()
    assert report.counts == {"conflict": 2}
    assert is_mixed(adapter)
    assert adapter.sent == ["1", "2"]


@pytest.mark.parametrize("wishes", [(TagWish(add=["vpn"]),), MIXED])
@pytest.mark.parametrize("split", [False, True])
def test_a_lost_answer_is_looked_for_and_repeated_only_if_nothing_happened(
    journal: Journal, wishes: tuple[Wish, ...], split: bool
) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 5)], size=1, split=split)
    adapter.lost_after = {"2"}
    adapter.lost_before = {"3"}
    report = run(plan_of(adapter, *wishes), adapter, journal)
    assert report.complete
    assert report.repeats == 1
    steps = 3 if split and wishes is MIXED else 1
    assert Counter(adapter.sent) == {"1": steps, "2": steps, "3": steps + 1, "4": steps}
    assert wishes is not MIXED or is_mixed(adapter)


def test_what_never_arrives_is_given_up_after_a_few_times(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)], size=1)
    adapter.lost_before, adapter.for_ever = {"1"}, True
    report = run(plan_of(adapter), adapter, journal)
    assert isinstance(report.outcomes["#1"], Unverified)
    assert Counter(adapter.sent) == {"1": 5, "2": 1}


def test_where_comments_are_hidden_a_lost_one_is_never_repeated(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    adapter.lost_before, adapter.blind = {"1"}, True
    report = run(plan_of(adapter, CommentWish(public=False)), adapter, journal)
    outcome = report.outcomes["#1"]
    assert isinstance(outcome, Unverified)
    assert "hidden" in outcome.reason
    assert adapter.sent == ["1"]


def test_a_lost_change_is_not_repeated_over_somebody_elses(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)], size=1)
    adapter.lost_before = {"1"}
    plan = plan_of(adapter, *MIXED)
    adapter.hook = lambda event: adapter.touch("1", tags=["mine"]) if event == "submit" and not adapter.sent else None
    report = run(plan, adapter, journal)
    assert isinstance(report.outcomes["#1"], Conflict)
    assert adapter.tickets["1"].tags == ["mine"]
    assert adapter.comments["1"] == []


def test_a_change_that_is_seen_late_is_waited_for(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    plan = plan_of(adapter)
    adapter.deaf = {"1"}
    reads = []

    def late(event: str) -> None:
        if event == "read":
            reads.append(event)
            if len(reads) == 3:
                adapter.touch("1", tags=["vpn"])

    adapter.hook = late
    assert isinstance(run(plan, adapter, journal).outcomes["#1"], Applied)
    assert adapter.sent == ["1"]


ENDS = [TemporaryError("503"), AuthError("401"), PermissionDeniedError("403"), InvalidRequestError("422")]


@pytest.mark.parametrize("error", ENDS, ids=lambda error: error.code)
@pytest.mark.parametrize("step", ["poll", "read"])
def test_what_was_sent_is_never_called_not_sent(journal: Journal, step: str, error: Exception) -> None:
    """The run stops after the changes left: they are in doubt, neither done nor undone; going on finishes them."""
    adapter = MemoryAdapter([ticket(n) for n in range(1, 6)], size=5, jobs=True)
    plan = plan_of(adapter)

    def fail(event: str) -> None:
        if event == step and adapter.sent:
            raise error

    adapter.hook = fail
    report = run(plan, adapter, journal)
    assert report.stopped_by is error
    assert report.counts == {"unverified": 5}
    assert report.unfinished
    assert journal.runs()[0].result == "stopped"
    assert journal.runs()[0].counts == {"unverified": 5}
    adapter.hook = lambda event: None
    assert run(plan, adapter, journal).counts == {"applied": 5}
    assert len(adapter.sent) == 5


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=4), st.booleans(), st.booleans(), st.integers(1, 7),
    st.sets(st.integers(1, 12), max_size=2), st.sets(st.integers(1, 12), max_size=2), st.integers(0, 6),
)  # fmt: skip
def test_killed_anywhere_and_resumed_every_change_happens_exactly_once(
    tmp_path_factory: pytest.TempPathFactory,
    kills: list[int],
    jobs: bool,
    split: bool,
    size: int,
    before: set[int],
    after: set[int],
    delay: int,
) -> None:
    path = tmp_path_factory.mktemp("killed") / "journal.db"
    adapter = MemoryAdapter([ticket(n) for n in range(1, 13)], jobs=jobs, split=split, size=size, flights=3)
    adapter.lost_before, adapter.lost_after = {str(n) for n in before}, {str(n) for n in after}
    adapter.delay = delay
    plan = plan_of(adapter, *MIXED)
    for kill in kills:
        events = 0

        def count(event: str, kill: int = kill) -> None:
            nonlocal events
            events += 1
            if events == kill:
                raise Killed

        adapter.hook = count
        journal = Journal(path)
        try:
            run(plan, adapter, journal)
        except Killed:
            pass
        finally:
            journal._db.close()
    adapter.hook = lambda event: None
    journal = Journal(path)
    report = run(plan, adapter, journal)
    journal.close()
    assert report.complete, report.counts
    assert is_mixed(adapter)
    assert set(adapter.took_effect.values()) == {1}


def test_a_job_that_does_not_end_is_not_repeated(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 6)], jobs=True, size=5)
    adapter.delay, adapter.guarded, adapter.polls_needed = 10_000, False, 10_000
    plan = plan_of(adapter, *MIXED)
    report = run(plan, adapter, journal)
    assert report.counts == {"unverified": 5}
    assert report.unfinished
    assert journal.unfinished() == [report.run]
    adapter._events, adapter._handles["job0"] = 20_000, (1, adapter._handles["job0"][1])
    again = run(plan, adapter, journal)
    assert again.complete, again.counts
    assert is_mixed(adapter)
    assert len(adapter.sent) == 5


def test_a_row_deleted_while_in_doubt_is_still_looked_for(journal: Journal, tmp_path: Path) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)], size=1)
    plan = plan_of(adapter)

    def kill(event: str) -> None:
        if event == "done":
            raise Killed

    adapter.hook = kill
    with pytest.raises(Killed):
        run(plan, adapter, journal)
    adapter.hook = lambda event: None
    plans.write(plan, tmp_path / "x.plan")
    lines = (tmp_path / "x.plan").read_text().splitlines()
    (tmp_path / "x.plan").write_text("\n".join([lines[0], lines[2]]))
    report = run(plans.read(tmp_path / "x.plan"), adapter, journal)
    assert report.outcomes.keys() == {"#1", "#2"}
    assert report.complete
    assert journal.unfinished() == []
    assert Counter(adapter.sent) == {"1": 1, "2": 1}


def test_a_deleted_row_that_is_put_back_is_carried_out(journal: Journal, tmp_path: Path) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)], size=1)
    plan = plan_of(adapter)

    def fail(event: str) -> None:
        if event == "submit":
            raise TemporaryError("503")

    adapter.hook = fail
    run(plan, adapter, journal)
    adapter.hook = lambda event: None
    plans.write(plan, tmp_path / "x.plan")
    whole = (tmp_path / "x.plan").read_text()
    (tmp_path / "x.plan").write_text("\n".join(whole.splitlines()[:2]))
    assert run(plans.read(tmp_path / "x.plan"), adapter, journal).complete
    assert adapter.sent == ["1"]
    (tmp_path / "x.plan").write_text(whole)
    assert run(plans.read(tmp_path / "x.plan"), adapter, journal).complete
    assert Counter(adapter.sent) == {"1": 1, "2": 1}


def test_the_journals_file_alone_holds_what_a_kill_left(tmp_path: Path) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 31)], size=5)
    plan = plan_of(adapter, *MIXED)

    def kill(event: str) -> None:
        if event == "submit" and len(adapter.sent) == 20:
            raise Killed

    adapter.hook = kill
    journal = Journal(tmp_path / "journal.db")
    with pytest.raises(Killed):
        run(plan, adapter, journal)
    kept = tmp_path / "artifact" / "journal.db"
    kept.parent.mkdir()
    kept.write_bytes(journal.path.read_bytes())
    journal._db.close()
    adapter.hook = lambda event: None
    restored = Journal(kept)
    report = run(plan, adapter, restored)
    restored.close()
    assert report.resumed
    assert set(adapter.took_effect.values()) == {1}
    assert len(report.outcomes) == 30


def test_a_run_goes_on_from_the_journal_alone(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 7)], size=2)

    def fail(event: str) -> None:
        if event == "submit" and len(adapter.sent) == 4:
            raise TemporaryError("503")

    adapter.hook = fail
    first = run(plan_of(adapter, *MIXED), adapter, journal)
    adapter.hook = lambda event: None
    assert journal.unfinished() == [first.run]
    report = resume(first.run, PROFILE, Means(adapter, journal, StillClock()))  # type: ignore[arg-type]
    assert report.complete
    assert is_mixed(adapter)
    assert journal.unfinished() == []
    with pytest.raises(NotFoundError, match="no run 'nope'"):
        resume("nope", PROFILE, Means(adapter, journal, StillClock()))  # type: ignore[arg-type]


def test_rows_deleted_between_two_applies_are_given_up(journal: Journal, tmp_path: Path) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 5)], size=1)

    def fail(event: str) -> None:
        if event == "submit" and len(adapter.sent) == 1:
            raise TemporaryError("503")

    adapter.hook = fail
    plan = plan_of(adapter)
    plans.write(plan, tmp_path / "x.plan")
    run(plan, adapter, journal)
    adapter.hook = lambda event: None
    lines = (tmp_path / "x.plan").read_text().splitlines()
    (tmp_path / "x.plan").write_text("\n".join(lines[:-1]))
    report = run(plans.read(tmp_path / "x.plan"), adapter, journal)
    assert report.complete
    assert adapter.sent == ["1", "2", "3"]
    assert journal.unfinished() == []
    assert isinstance(journal.outcomes(report.run)["#4"], Skipped)


def test_a_killed_run_says_what_is_in_doubt(journal: Journal) -> None:
    plan = plan_of(MemoryAdapter([ticket(1), ticket(2)]))
    number = journal.begin(plan)
    step = Step(change=plan.changes[0], number=0, actions=(), op="0", version="1")
    journal.intend(number, [Sending(step=step)])
    outcomes = journal.outcomes(number)
    assert isinstance(outcomes["#1"], Unverified)
    assert outcomes["#2"] is None
    assert journal.runs()[0].counts == {"unverified": 1, "not sent": 1}


@settings(deadline=None)
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
    assert set(adapter.took_effect.values()) <= {1}
    for key, outcome in report.outcomes.items():
        tagged = "vpn" in adapter.tickets[key[1:]].tags
        assert tagged == isinstance(outcome, Applied)
