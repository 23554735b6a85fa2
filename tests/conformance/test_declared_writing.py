"""What each adapter declares about writing, held against what the platform takes, keeps, refuses and mails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from supportctl.adapters import reading
from supportctl.adapters.base import Need
from supportctl.adapters.writing import CommentWish, FieldWish, Handle, StatusWish, Step, TagWish
from supportctl.changes.making import Made
from supportctl.changes.messages import CannotWriteError, Message
from supportctl.errors import UsageError
from supportctl.model import Applied, NewComment, Status, Ticket
from supportctl.model.planned import empty, gap, same, value_of
from tests.conformance.desk import WHOLE, Desk, Said
from tests.conformance.kinds import TAG, resolving, workable
from tests.conformance.subjects import made

REFUSED: dict[str, set[str]] = {"zendesk": set(), "jsm": set(), "servicenow": {"priority"}}
"""Declared of the platform, and not to be had on these tickets of the sample company: told in words."""
pytestmark = pytest.mark.slow

DEFAULTS = {"due_at": "2026-04-01T00:00:00+00:00"}
WORDS = "Ersetzt — 交換済み"


def donated(field: str, target: Ticket, donors: list[Ticket]) -> Any:
    """A value of the field that the instance holds already, on another ticket."""
    for donor in donors:
        value = value_of(donor, field)
        if gap(donor, field) is None and not empty(value) and not same(field, value, value_of(target, field)):
            return value
    return DEFAULTS.get(field, WORDS)


def test_a_settable_field_is_set_and_read_back_or_refused_in_words(desk: Desk) -> None:
    targets = workable(desk, 6)
    keys = [ticket.key for ticket in targets]
    donors = desk.find("kind:incident", WHOLE)
    refused: dict[str, list[str]] = {}
    # The kind goes first: on Zendesk only tasks have a due date.
    for field in sorted(desk.adapter.capabilities.settable, key=lambda each: (each != "kind", each)):
        value = "task" if field == "kind" else donated(field, desk.read(keys[:1])[0], donors)
        desk.clock.sleep(60)
        try:
            plan, value = planned(desk, keys, field, value)
        except UsageError as error:
            refused[field] = [error.message]
            continue
        if not plan.changes:
            refused[field] = [reason for _, reason in plan.skipped]
            continue
        assert desk.apply(plan.changes).complete, field
        for ticket in desk.read([change.key for change in plan.changes]):
            change = next(each for each in plan.changes if each.id == ticket.id)
            (name,) = [name for name in change.after if name == field or field in ("priority", "closure_code")]
            assert same(name, change.after[name], value_of(ticket, name)), (field, ticket.key)
            if name == field:
                held = value_of(ticket, field)
                assert same(field, value, held) or (field == "component" and held["name"] == value), (field, ticket.key)
    assert all(reasons and all(reasons) for reasons in refused.values()), refused
    assert refused.keys() == REFUSED[desk.subject.platform], refused


def planned(desk: Desk, keys: list[str], field: str, value: Any) -> tuple[Made, Any]:
    """A value that is refused because there are others is replaced by the first that the refusal names."""
    try:
        return desk.plan(keys, FieldWish(field=field, value=value)), value
    except UsageError as error:
        if not (error.hint or "").startswith("it takes: "):
            raise
        value = (error.hint or "").removeprefix("it takes: ").split(", ")[0]
        return desk.plan(keys, FieldWish(field=field, value=value)), value


def test_a_field_that_is_not_settable_is_refused_in_words(desk: Desk) -> None:
    (ticket,) = workable(desk, 1)
    before = desk.writes()
    for field in {"title", "reopens", "channel", "created_at"} - desk.adapter.capabilities.settable:
        with pytest.raises(UsageError) as told:
            desk.plan([ticket.key], FieldWish(field=field, value="x"))
        assert "nothing was changed" in told.value.message
    assert desk.writes() == before


def test_closing_fills_code_and_notes_where_they_have_fields(desk: Desk) -> None:
    tickets = workable(desk, 2)
    keys = [ticket.key for ticket in tickets]
    capabilities = desk.adapter.capabilities
    wish = resolving(desk, tickets)
    if capabilities.closure_code is None:
        with pytest.raises(UsageError):
            desk.plan(keys, replace_wish(wish, closure_code="Solved"))
    else:
        before = desk.writes()
        with pytest.raises(UsageError) as told:
            desk.plan(keys, replace_wish(wish, closure_code="No such code"))
        assert any(code in (told.value.hint or "") for code in desk.adapter.vocabulary().closure_codes)
        assert desk.writes() == before
    desk.do(keys, wish)
    for ticket in desk.read(keys):
        assert ticket.status is Status.RESOLVED
        assert (ticket.closure_code is not None) is (capabilities.closure_code is not None)
        if capabilities.closure_notes:
            assert ticket.resolution_notes == "It runs again."
        else:
            assert ticket.resolution_notes is None or "resolution_notes" in ticket.unknown


def replace_wish(wish: StatusWish, **values: Any) -> StatusWish:
    return msgspec.structs.replace(wish, **values)


def test_closed_tickets_are_opened_again_only_where_that_is_declared(desk: Desk) -> None:
    closed = desk.find("status:closed kind:incident", limit=3)
    assert closed
    wish = StatusWish(goal=Status.OPEN, native="Work in progress" if desk.subject.platform == "jsm" else None)
    plan = desk.plan([ticket.key for ticket in closed], wish)
    assert bool(plan.changes) is desk.adapter.capabilities.reopens_closed, plan.skipped
    if not plan.changes:
        assert len(plan.skipped) == len(closed)
        assert all(reason for _, reason in plan.skipped)
        return
    assert desk.apply(plan.changes).complete
    assert {ticket.status for ticket in desk.read([change.key for change in plan.changes])} == {Status.OPEN}


def many(desk: Desk, number: int) -> list[Step]:
    """Steps of as many tickets; the platform has one of them, which is all that dividing needs."""
    (ticket,) = workable(desk, 1)
    (change,) = desk.plan([ticket.key], TagWish(add=[TAG])).changes
    actions = desk.adapter.divide(change)[0]
    ids = [change.id, *(f"{10**6 + place}" for place in range(number - 1))]
    return [
        Step(change=msgspec.structs.replace(change, id=id_), number=0, actions=actions, op="0" * 16, version=None)
        for id_ in ids
    ]


def test_batches_are_as_large_as_declared_and_lose_nobody(desk: Desk) -> None:
    size = desk.adapter.capabilities.bulk_size
    steps = many(desk, 2 * size + 1)
    before = desk.writes()
    batches = list(desk.adapter.batches(steps))
    assert [len(batch) for batch in batches] == [size, size, 1]
    assert [step.id for batch in batches for step in batch] == [step.id for step in steps]
    assert desk.writes() == before


def test_as_many_jobs_as_declared_may_be_under_way(desk: Desk) -> None:
    jobs = desk.adapter.capabilities.jobs_in_flight
    found = desk.find("is:unresolved", limit=2 * jobs)
    plan = desk.plan([ticket.key for ticket in found], TagWish(add=[TAG]))
    actions = {change.id: desk.adapter.divide(change)[0] for change in plan.changes}
    steps = [
        Step(change=each, number=0, actions=actions[each.id], op="0" * 16, version=each.version)
        for each in plan.changes
    ]
    store = desk.sandbox.store
    store.conditions = replace(store.conditions, job_seconds=60.0)
    handles: list[Handle] = []
    done: set[str] = set()
    for start in range(0, 2 * jobs, 2):
        submission = desk.adapter.submit(
            steps[start : start + 2] if desk.adapter.capabilities.bulk_size > 1 else [steps[start]]
        )
        handles += [submission.handle] if submission.handle is not None else []
        done |= {id_ for id_, outcome in submission.outcomes.items() if isinstance(outcome, Applied)}
    assert len(handles) == (jobs if jobs > 1 else 0)
    for _ in range(10):
        polls = desk.adapter.poll(handles)
        if all(poll.done for poll in polls.values()):
            break
        desk.clock.sleep(60)
    done |= {id_ for poll in polls.values() for id_, each in poll.outcomes.items() if isinstance(each, Applied)}
    sent = steps[: 2 * jobs] if desk.adapter.capabilities.bulk_size > 1 else steps[:1]
    assert done == {step.id for step in sent}


def test_a_comment_may_be_as_long_as_declared_and_no_longer(desk: Desk) -> None:
    first, second = workable(desk, 2)
    limit = desk.adapter.capabilities.comment_limit
    longest = "é" * limit
    desk.comment([first.key], longest)
    assert desk.said(first)[-1] == Said(False, longest)
    message = Message("{{ var.text }}", "the text", profile="x", given={"text": longest + "é"})
    with pytest.raises(CannotWriteError, match=f"{limit:,}"):
        message.write(first, now=desk.clock.now(), limit=limit)
    # Were it sent all the same, it is refused or kept whole: never cut and called done.
    over = NewComment(body=longest + "é", public=False)
    changes = desk.plan([second.key], CommentWish(public=False), comments=[over]).changes
    outcome = made(desk.adapter, changes)[second.id]
    assert isinstance(outcome, Applied) is (Said(False, over.body) in desk.said(second))


def test_an_answer_and_a_note_go_together_or_one_after_the_other(desk: Desk) -> None:
    (ticket,) = workable(desk, 1)
    talk = [
        NewComment(body="Thank you, it runs again.", public=True),
        NewComment(body="It was the fuse.", public=False),
    ]
    wishes = [CommentWish(public=True), CommentWish(public=False)]
    plan = desk.plan([ticket.key], *wishes, comments=talk)
    groups = desk.adapter.divide(plan.changes[0])
    most = max(sum(isinstance(action, NewComment) for action in group) for group in groups)
    assert most == (2 if desk.adapter.capabilities.comments_together else 1)
    before = desk.said(ticket)
    desk.clock.sleep(60)
    assert desk.apply(plan.changes).complete
    assert sorted(desk.said(ticket)[len(before) :]) == sorted(Said(each.public, each.body) for each in talk)


def test_free_needs_cost_no_further_request(desk: Desk) -> None:
    keys = [ticket.key for ticket in desk.find("is:unresolved", limit=60)]
    costs = []
    for needs in (desk.adapter.capabilities.free_needs, frozenset[Need](), desk.adapter.capabilities.free_needs):
        before = desk.sandbox.stats["total"]
        found = reading.get(desk.adapter, keys, needs)
        costs.append(desk.sandbox.stats["total"] - before)
        assert len(found.tickets) == 60
    # The first reading may learn the instance's fields and people.
    assert costs[2] == costs[1]


def test_mail_is_what_is_declared(desk: Desk) -> None:
    """No platform promises silence, so an answer's plan warns of mail. Jira can be told, and is."""
    first, second = workable(desk, 2)
    public = desk.plan([first.key], CommentWish(public=True), comments=[NewComment(body="Done.", public=True)])
    assert "mail" in {risk.code for risk in public.changes[0].risks}
    assert public.changes[0].final
    assert desk.adapter.capabilities.quiet_updates is not True
    plan = desk.plan([first.key, second.key], FieldWish(field="title", value=WORDS))
    if desk.subject.platform == "jsm":
        assert mailed(desk, first, second) == 0
        assert desk.apply(plan.changes, notify=False).complete
        assert mailed(desk, first, second) == 0
        desk.clock.sleep(60)
        again = desk.plan([first.key, second.key], FieldWish(field="title", value="Again"))
        assert desk.apply(again.changes, notify=True).complete
        assert mailed(desk, first, second) == 2


def mailed(desk: Desk, *tickets: Ticket) -> int:
    """Mail the sandbox's Jira would have sent about these."""
    ids = ",".join(str(int(ticket.id)) for ticket in tickets)
    return int(desk.sandbox.store.value(f"SELECT count(*) FROM jira_mail WHERE issue IN ({ids})"))


def test_only_declared_native_values_move_with_every_write(desk: Desk) -> None:
    """A tag and a title are all that changed: no side effect is named besides."""
    first, second = workable(desk, 2)
    for wish in (TagWish(add=[TAG]), FieldWish(field="title", value=WORDS)):
        report = desk.do([first.key, second.key], wish)
        assert report.effects == {}
    found = desk.find("is:unresolved", WHOLE, limit=100)
    held = {name for ticket in [*found, *desk.read([first.key])] for name in ticket.native}
    assert desk.adapter.capabilities.volatile & held
