"""Bulk work on every platform: drift, undo, limits, crashes. The sandbox is asked over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bulk import desk
from crash_bulk import crash

from supportctl.adapters import reading
from supportctl.adapters.base import Need, Selection
from supportctl.adapters.registry import open_adapter
from supportctl.adapters.writing import CommentWish, FieldWish, StatusWish, TagWish, Wish
from supportctl.changes import plan as plans
from supportctl.changes.apply import Report, apply
from supportctl.changes.fingerprint import fingerprint, moved
from supportctl.changes.gates import Settings
from supportctl.changes.journal import Journal
from supportctl.changes.making import make_changes, wishes_need
from supportctl.changes.means import Means
from supportctl.changes.undo import make_undo, undo_needs, undoable
from supportctl.errors import RateLimitedError
from supportctl.exits import Exit
from supportctl.model import Applied, Conflict, NewComment, Status, Ticket
from supportctl.model.planned import COMMENT, same, value_of
from tests.conformance.subjects import HOSTED, SharedClock, Subject
from tests.fixtures.sandbox import Sandbox

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter
    from supportctl.sandbox.store import Store

NOTE = NewComment(body="Closed in bulk after the outage.", public=False)
SIZE = 60
CODES = {"jsm": ("Done", "Resolved"), "servicenow": ("Solution provided", None), "zendesk": (None, None)}

pytestmark = pytest.mark.night


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file per platform with open tickets that nothing keeps from being solved."""
    folder = tmp_path_factory.mktemp("filled")
    for platform in ("zendesk", "jsm", "servicenow"):
        desk.fill(folder / f"{platform}.sqlite", platform, SIZE)
    return {platform: folder / f"{platform}.sqlite" for platform in ("zendesk", "jsm", "servicenow")}


class Desk:
    """A queue, an adapter on it whose waiting moves the sandbox's clock, and a journal."""

    def __init__(self, subject: Subject, sandbox: Sandbox, adapter: Adapter, clock: SharedClock, folder: Path) -> None:
        self.subject = subject
        self.sandbox = sandbox
        self.adapter = adapter
        self.clock = clock
        self.profile = subject.profile(sandbox)
        self.journal = Journal(folder / "journal.db")

    def tickets(self, needs: frozenset[Need] = frozenset()) -> list[Ticket]:
        found = list(reading.Reading(self.adapter, Selection(now=self.clock.now()), frozenset()))
        return reading.get(self.adapter, [each.key for each in found], needs).tickets

    def wishes(self) -> list[Wish]:
        code, native = CODES[self.subject.platform]
        ids = [each.id for each in self.tickets()] if self.adapter.capabilities.closure_notes else []
        status = StatusWish(
            goal=Status.RESOLVED, native=native, closure_code=code, notes=dict.fromkeys(ids, "It runs again.")
        )
        return [TagWish(add=["bulk-test"]), CommentWish(public=False), status]

    def plan(self, wishes: Sequence[Wish]) -> plans.Plan:
        tickets = self.tickets(wishes_need(self.adapter, wishes))
        made = make_changes(self.adapter, tickets, wishes, texts={each.id: [NOTE] for each in tickets})
        assert made.skipped == []
        return self.made(made.changes)

    def made(self, changes: Sequence[object], undoes: str | None = None) -> plans.Plan:
        return plans.make(
            self.profile,
            "x",
            changes,
            selected=len(changes),
            query=None,
            now=self.clock.now(),
            undoes=undoes,  # type: ignore[arg-type]
        )

    def apply(self, plan: plans.Plan, adapter: Adapter | None = None) -> Report:
        return apply(plan, self.profile, Means(adapter or self.adapter, self.journal, self.clock, Settings(settle=1.0)))


@pytest.fixture(params=HOSTED, ids=str)
def work(request: pytest.FixtureRequest, filled: dict[str, Path], tmp_path: Path) -> Iterator[Desk]:
    from supportctl.sandbox.server import serve
    from supportctl.sandbox.store import Store

    subject: Subject = request.param
    template = filled[subject.platform]
    path = tmp_path / "sandbox.sqlite"
    path.write_bytes(template.read_bytes())
    with Store(path) as store:
        store.set_clock(store.now() + timedelta(hours=1))
        with serve(store) as server, opened(subject, Sandbox(server, store, template), store) as found:
            found_desk = Desk(subject, *found, tmp_path)
            yield found_desk
            found_desk.journal.close()


@contextmanager
def opened(subject: Subject, sandbox: Sandbox, store: Store) -> Iterator[tuple[Sandbox, Adapter, SharedClock]]:
    clock = SharedClock(store)
    with subject.open(sandbox, clock) as adapter:
        yield sandbox, adapter, clock


def test_what_somebody_edits_meanwhile_is_skipped_and_named(work: Desk) -> None:
    plan = work.plan(work.wishes())
    edited = [change for place, change in enumerate(plan.changes) if place % 10 == 3]
    with work.subject.client(work.sandbox) as somebody:
        work.clock.sleep(5)
        for change in edited:
            work.subject.touch(somebody, change.id, "theirs")
    report = work.apply(plan)
    skipped = {key: outcome for key, outcome in report.outcomes.items() if not isinstance(outcome, Applied)}
    assert set(skipped) == {change.key for change in edited}
    for outcome in skipped.values():
        assert isinstance(outcome, Conflict)
        assert re.match(r"changed by \S.* at \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ, since the plan", outcome.reason or "")
    for ticket in work.tickets(frozenset({Need.TAGS})):
        assert ("bulk-test" in ticket.tags) is (ticket.key not in skipped)


def test_undo_brings_planned_fields_back_and_lists_the_rest(work: Desk) -> None:
    computed = work.subject.platform == "servicenow"
    priority = FieldWish(field="urgency", value="1") if computed else FieldWish(field="priority", value="p1")
    wishes = [priority, *work.wishes()]
    needs = wishes_need(work.adapter, wishes) | {Need.TAGS, Need.CUSTOM} | work.adapter.capabilities.free_needs
    before = {each.id: each for each in work.tickets(needs)}
    plan = work.plan(wishes)
    first = work.apply(plan)
    assert first.complete, first.counts
    changes = undoable(work.journal.entries(first.run))
    now = {each.id: each for each in work.tickets(undo_needs(work.adapter, changes))}
    made = make_undo(work.adapter, changes, now)
    assert made.skipped == []
    second = work.apply(work.made(made.changes, undoes=first.run))
    assert second.complete, second.counts
    after = {each.id: each for each in work.tickets(needs)}
    volatile = work.adapter.capabilities.volatile
    for change in plan.changes:
        was, now_ = before[change.id], after[change.id]
        for name in change.after:
            if name != COMMENT and name not in change.stays:
                assert same(name, value_of(was, name), value_of(now_, name)), (change.key, name)
        differing = moved(fingerprint(was, volatile), fingerprint(now_, volatile))
        assert set(differing) <= {*second.effects.get(change.key, ()), *change.stays}, change.key


def test_published_limits_are_kept(work: Desk) -> None:
    plan = work.plan(work.wishes())
    store = work.sandbox.store
    store.conditions = replace(store.conditions, limits=True)
    work.sandbox.server.app.state.stats.clear()
    report = work.apply(plan)
    assert report.complete, report.counts
    assert work.sandbox.stats["violations"] == {}


@pytest.mark.parametrize("platform", ["zendesk", "jsm", "servicenow"])
def test_killed_and_resumed_under_faults_everything_happens_once(platform: str) -> None:
    tally = crash(platform, tickets=25, kills=2, seed=7)
    assert tally.kills == 2
    assert (tally.repeats, tally.losses) == (0, 0)


def test_a_short_wait_allowed_ends_the_run_resumably(work: Desk) -> None:
    plan = work.plan([TagWish(add=["bulk-test"])])
    store = work.sandbox.store
    store.conditions = replace(store.conditions, faults=3, fault_rate=0.9, fault_kinds=("429",))
    hasty = open_adapter(work.profile, secret=work.subject.account[2], clock=work.clock, now=store.now, max_wait=0.01)
    try:
        report = work.apply(plan, hasty)
    finally:
        hasty.close()
    assert isinstance(report.stopped_by, RateLimitedError)
    assert report.stopped_by.exit_code is Exit.TEMPORARY
    store.conditions = replace(store.conditions, faults=None)
    again = work.apply(plan)
    assert again.resumed
    assert again.complete, again.counts
