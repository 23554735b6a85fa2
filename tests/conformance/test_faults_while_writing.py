"""A mixed plan under every kind of fault, gone on with until it ends: each comment once, all as planned, none lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bulk import desk as queues

from supportctl.adapters import reading
from supportctl.adapters.base import Selection
from supportctl.adapters.writing import AssignWish, CommentWish, FieldWish, StatusWish, TagWish, Wish
from supportctl.changes import plan as plans
from supportctl.changes.making import make_changes, wishes_need
from supportctl.model import Applied, NewComment, Status
from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store
from tests.conformance.desk import Desk
from tests.conformance.kinds import NATIVE, TAG, TITLE
from tests.conformance.subjects import EACH, SharedClock, Subject
from tests.fixtures.sandbox import Sandbox

SIZE = 30
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 2))]
"""Six; one of them in an ordinary run."""
RATE = 0.3
SMALL = (("supportctl.adapters.zendesk.writer.BULK_SIZE", 4), ("supportctl.adapters.servicenow.writer.BATCH_SIZE", 4))
"""Batches as small as this, so that thirty tickets take many requests."""
ATTEMPTS = 40
NOTE = NewComment(body="Closed in bulk after the outage — 停電のため.", public=False)
CODES = {"jsm": "Done", "servicenow": "Solution provided", "zendesk": None}


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file per platform with open tickets that nothing keeps from being solved."""
    folder = tmp_path_factory.mktemp("queues")
    for platform in CODES:
        queues.fill(folder / f"{platform}.sqlite", platform, SIZE)
    return {platform: folder / f"{platform}.sqlite" for platform in CODES}


@pytest.fixture(params=EACH, ids=str)
def queue(request: pytest.FixtureRequest, filled: dict[str, Path], tmp_path: Path) -> Iterator[Desk]:
    subject: Subject = request.param
    path = tmp_path / "sandbox.sqlite"
    path.write_bytes(filled[subject.platform].read_bytes())
    with Store(path) as store:
        store.set_clock(store.now() + timedelta(hours=1))
        with serve(store) as server:
            sandbox, clock = Sandbox(server, store, path), SharedClock(store)
            with subject.open(sandbox, clock, max_time=600) as adapter:
                found = Desk(subject, sandbox, adapter, clock, tmp_path)
                yield found
                found.close()


def mixed(queue: Desk) -> plans.Plan:
    """Tags, a title, somebody to do it, a note, and the end of it: in one change a ticket."""
    everything = Selection(now=queue.clock.now())
    found = list(reading.Reading(queue.adapter, everything, frozenset()))
    ids = [each.key for each in found]
    end = StatusWish(
        goal=Status.RESOLVED,
        native=NATIVE.get(queue.subject.platform),
        closure_code=CODES[queue.subject.platform],
        notes={each.id: "It runs again." for each in found} if queue.adapter.capabilities.closure_notes else {},
    )
    wishes: list[Wish] = [
        TagWish(add=[TAG], remove=["export"]), FieldWish(field="title", value=TITLE), *to_me(queue),
        CommentWish(public=False), end,
    ]  # fmt: skip
    tickets = reading.get(queue.adapter, ids, wishes_need(queue.adapter, wishes)).tickets
    made = make_changes(queue.adapter, tickets, wishes, texts={each.id: [NOTE] for each in tickets})
    assert made.skipped == []
    assert len(made.changes) == SIZE
    return plans.make(queue.profile, "test", made.changes, selected=SIZE, query=None, now=queue.clock.now())


def to_me(queue: Desk) -> list[Wish]:
    """The loaded queue of Zendesk has no groups, without which nobody can be assigned there."""
    return [] if queue.subject.platform == "zendesk" else [AssignWish(assignee="me")]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_everything_happens_once_whatever_goes_wrong(queue: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in SMALL:
        monkeypatch.setattr(name, size)
    plan = mixed(queue)
    store = queue.sandbox.store
    before = dict(queue.sandbox.stats["faults"])
    store.conditions = replace(store.conditions, limits=True, faults=seed, fault_rate=RATE, slow_seconds=0.02)
    for _ in range(ATTEMPTS):
        queue.clock.sleep(60)
        report = queue.carry(plan)
        if not report.unfinished:
            break
    else:
        pytest.fail(f"not done after {ATTEMPTS} runs: {report.counts}")
    met = Counter(queue.sandbox.stats["faults"])
    met.subtract(before)
    store.conditions = replace(store.conditions, faults=None)
    assert met.total() >= 1
    assert {key: each for key, each in report.outcomes.items() if not isinstance(each, Applied)} == {}, met
    assert queue.sandbox.stats["violations"] == {}
    now = queue.read([change.key for change in plan.changes])
    assert len(now) == SIZE
    for ticket in now:
        assert [each.text for each in queue.said(ticket)].count(NOTE.body) == 1, ticket.key
        assert not any(each.public for each in queue.said(ticket) if each.text == NOTE.body)
        facts = queue.facts(ticket)
        assert facts.title == TITLE
        assert TAG in facts.tags
        assert "export" not in facts.tags
        assert ticket.status is Status.RESOLVED
        assert ticket.assignee is not None
        assert queue.subject.platform == "zendesk" or ticket.assignee.name == "Operations Admin"
