"""Requests together: short of time, refused, without the record; and who was there last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from supportctl.adapters.writing import CommentWish, FieldWish, TagWish
from supportctl.model import Applied, Failed, NewComment
from supportctl.wire import Intent

from .desk import AGENT, Desk

if TYPE_CHECKING:
    from .desk import Desks


def test_who_was_there_last(desk: Desk, desks: Desks) -> None:
    key = desk.make()
    desks(*AGENT).raw("PATCH", f"incident/{desk.one(key).id}", impact="1")
    ticket = desk.one(key)
    touch = desk.adapter.touched([ticket])[ticket.id]
    assert (touch.who, touch.at) == ("Itil Agent", ticket.updated_at)


def test_an_agents_new_tag_must_not_end_as_a_private_one(desk: Desk, desks: Desks) -> None:
    key = desk.make()
    agent = desks(*AGENT)
    [[step]] = agent.steps(agent.plan([key], TagWish(add=["brand new"])))
    outcome = agent.send([step])[key]
    assert isinstance(outcome, Failed)
    assert "tags_admin" in outcome.error
    assert desk.adapter.client.page("label", "name=brand new", None, limit=1).rows == []


def test_a_closed_or_vanished_ticket_is_one_failure_among_others(desk: Desk) -> None:
    keys = [desk.make() for _ in range(3)]
    made = desk.plan(keys, FieldWish(field="impact", value="1"))
    [steps] = desk.steps(made)
    desk.adapter.client.write("DELETE", f"/api/now/table/incident/{steps[0].id}", None, intent=Intent.ONCE)
    outcomes = desk.send(steps)
    assert [type(outcomes[step.change.key]) for step in steps] == [Failed, Applied, Applied]
    assert outcomes[steps[0].change.key].code == "NOT_FOUND"


def test_a_batch_that_runs_out_of_time_is_finished_in_smaller_ones(desk: Desk, sandbox: Any) -> None:
    from supportctl.sandbox.conditions import Conditions

    keys = [desk.make() for _ in range(12)]
    made = desk.plan(
        keys,
        FieldWish(field="impact", value="1"),
        CommentWish(public=False),
        texts={ticket.id: [NewComment(body="once", public=False)] for ticket in desk.get(*keys)},
    )
    [steps] = desk.steps(made)
    sandbox.store.conditions = Conditions(max_rows=5)
    outcomes = desk.send(steps)
    sandbox.store.conditions = Conditions()
    assert [type(outcome) for outcome in outcomes.values()] == [Applied] * 12
    assert [len(ticket.comments) for ticket in desk.get(*keys)] == [1] * 12


@pytest.mark.parametrize("rule", ["fields", "closed"])
def test_label_entries_the_account_may_not_make(desk: Desk, sandbox: Any, rule: str) -> None:
    keys = [desk.make() for _ in range(3)]
    [steps] = desk.steps(desk.plan(keys, TagWish(add=["billing"])))
    sandbox.store.set_meta("servicenow_label_entry", rule)
    outcomes = desk.send(steps)
    assert [type(outcomes[key]) for key in keys] == [Failed] * 3
    assert all("tag_backend" in outcomes[key].error for key in keys)
    assert desk.adapter.client.page("label_entry", "table_keyISEMPTY", None, limit=1).rows == []
