from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.adapters.writing import CommentWish, FieldWish, StatusWish, Step, TagWish, Wish
from supportctl.changes import plan as plans
from supportctl.changes.apply import Report, apply, resume
from supportctl.changes.gates import Settings
from supportctl.changes.journal import Journal, Sending
from supportctl.changes.making import make_changes
from supportctl.config import Auth, Profile
from supportctl.errors import (
    AuthError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
    StateError,
    TemporaryError,
)
from supportctl.model import (
    Applied,
    Conflict,
    Failed,
    NewComment,
    Priority,
    Skipped,
    Status,
    Transition,
    Unchanged,
    Unverified,
)

from .memory import EPOCH, MemoryAdapter, StillClock, ticket

PROFILE = Profile(name="demo", platform="zendesk", url="https://acme.zendesk.com", auth=Auth(kind="oauth"), writes=True)
NOTE = NewComment(body="Closed after the outage.", public=False)
MIXED: tuple[Wish, ...] = (
    TagWish(add=["vpn"]), FieldWish(field="priority", value="p2"), CommentWish(public=False),
    StatusWish(goal=Status.RESOLVED),
)  # fmt: skip


def plan_of(adapter: MemoryAdapter, *wishes: Wish) -> plans.Plan:
    tickets = list(adapter.tickets.values())
    texts = {each.id: [NOTE] for each in tickets}
    made = make_changes(adapter, tickets, wishes or (TagWish(add=["vpn"]),), texts=texts)
    return plans.make(PROFILE, "test", made.changes, selected=made.selected, query=None, now=EPOCH)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.db")
    yield journal
    journal.close()


def run(plan: plans.Plan, adapter: MemoryAdapter, journal: Journal, **how: object) -> Report:
    settings = Settings(**how)  # type: ignore[arg-type]
    return apply(plan, PROFILE, adapter, journal, StillClock(), settings=settings)  # type: ignore[arg-type]


def is_mixed(adapter: MemoryAdapter) -> bool:
    """Whether every ticket is as the mixed plan wants it, with one comment each."""
    return all(
        each.tags == ["vpn"]
        and each.priority is Priority.P2
        and each.status is Status.RESOLVED
        and [body for _, body, _ in adapter.comments[each.id]] == [NOTE.body]
        for each in adapter.tickets.values()
    )


@pytest.mark.parametrize("jobs", [False, True])
def test_every_ticket_is_changed_and_read_back(journal: Journal, jobs: bool) -> None:
    adapter = MemoryAdapter([ticket(n, ["old"]) for n in range(1, 8)], jobs=jobs)
    report = run(plan_of(adapter), adapter, journal)
    assert report.complete
    assert all(t.tags == ["old", "vpn"] for t in adapter.tickets.values())
    assert journal.runs()[0].counts == {"applied": 7}


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


class Killed(BaseException):
    """The process is gone: nothing of ours runs after it."""


@settings(deadline=None, max_examples=100)
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


def test_with_many_jobs_a_failure_limit_holds_from_the_start(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 1001)], jobs=True, size=100, flights=30)
    adapter.failing = set(adapter.tickets)
    report = run(plan_of(adapter), adapter, journal, max_error_rate=0.05)
    assert isinstance(report.stopped_by, RefusedError)
    assert len(adapter.sent) == 20


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


def test_two_journals_keep_to_one_lock(tmp_path: Path) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2)], size=1)
    plan = plan_of(adapter)
    first, second = Journal(tmp_path / "a" / "j.db"), Journal(tmp_path / "b" / "j.db")
    refused: list[str] = []

    def other(event: str) -> None:
        if event == "submit" and not refused:
            with pytest.raises(RefusedError) as caught:
                apply(plan, PROFILE, adapter, second, StillClock(), locks=tmp_path)  # type: ignore[arg-type]
            refused.append(caught.value.message)

    adapter.hook = other
    assert apply(plan, PROFILE, adapter, first, StillClock(), locks=tmp_path).complete  # type: ignore[arg-type]
    assert refused == ["another run is changing this instance; nothing was changed"]
    first.close()
    second.close()


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
    report = resume(first.run, PROFILE, adapter, journal, StillClock())  # type: ignore[arg-type]
    assert report.complete
    assert is_mixed(adapter)
    assert journal.unfinished() == []
    with pytest.raises(NotFoundError, match="no run 'nope'"):
        resume("nope", PROFILE, adapter, journal, StillClock())  # type: ignore[arg-type]


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
    report = apply(plan_of(adapter), PROFILE, adapter, journal, clock, settings=Settings(rate=60.0))  # type: ignore[arg-type]
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
    report = apply(plan_of(adapter), PROFILE, adapter, journal, clock, settings=how, say=said.append)  # type: ignore[arg-type]
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
    assert apply(plan, PROFILE, adapter, journal, StillClock(), allow_irreversible=True).complete  # type: ignore[arg-type]


def test_what_moved_besides_is_told(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1, status=Status.RESOLVED, native_status="solved"), ticket(2)])
    report = run(plan_of(adapter, StatusWish(goal=Status.OPEN)), adapter, journal)
    assert report.effects == {"#1": ["reopens"]}


def test_a_killed_run_says_what_is_in_doubt(journal: Journal) -> None:
    plan = plan_of(MemoryAdapter([ticket(1), ticket(2)]))
    number = journal.begin(plan)
    step = Step(change=plan.changes[0], number=0, actions=(), op="0", version="1")
    journal.intend(number, [Sending(step=step)])
    outcomes = journal.outcomes(number)
    assert isinstance(outcomes["#1"], Unverified)
    assert outcomes["#2"] is None
    assert journal.runs()[0].counts == {"unverified": 1, "not sent": 1}


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


def test_a_failure_that_took_effect_is_seen(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1)])
    adapter.failing = {"1"}
    adapter.hook = lambda event: adapter.touch("1", tags=["vpn"]) if event == "submit" else None
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
