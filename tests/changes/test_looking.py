"""A plan at a glance, two plans beside each other, and a plan beside the tickets."""

from __future__ import annotations

import msgspec

from supportctl.adapters.writing import CommentWish, FieldWish, StatusWish, TagWish, Wish
from supportctl.changes import plan as plans
from supportctl.changes.comparing import beside, between
from supportctl.changes.making import make_changes
from supportctl.changes.summary import summarize
from supportctl.config import Auth, Profile
from supportctl.model import Change, NewComment, Priority, Status

from .memory import EPOCH, MemoryAdapter, ticket

PROFILE = Profile(name="demo", platform="zendesk", url="https://acme.zendesk.com", auth=Auth(kind="oauth"))


def changes(adapter: MemoryAdapter, *wishes: Wish) -> list[Change]:
    tickets = list(adapter.tickets.values())
    texts = {each.id: [NewComment(body="Hello.", public=True)] for each in tickets}
    return make_changes(adapter, tickets, wishes, texts=texts).changes


def plan(adapter: MemoryAdapter, *wishes: Wish) -> plans.Plan:
    made = changes(adapter, *wishes)
    return plans.make(PROFILE, "x", made, selected=len(made), query=None, now=EPOCH)


def test_a_plan_is_grouped_by_field_and_value() -> None:
    adapter = MemoryAdapter(
        [ticket(n, priority=Priority.P3) for n in (1, 2)]
        + [ticket(3, ["vpn"], priority=Priority.P1), ticket(4, status=Status.CLOSED, native_status="closed")]
    )
    wishes = (TagWish(add=["vpn"]), FieldWish(field="priority", value="p2"), CommentWish(public=True))
    summary = summarize(changes(adapter, *wishes, StatusWish(goal=Status.CLOSED)))
    told = {(group.field, group.before, group.after): (group.tickets, group.examples) for group in summary.groups}
    assert told == {
        ("tags", "", "+vpn"): (3, ["#1", "#2", "#4"]),
        ("priority", "p3", "p2"): (2, ["#1", "#2"]),
        ("priority", "p1", "p2"): (1, ["#3"]),
        ("priority", "(empty)", "p2"): (1, ["#4"]),
        ("comment", "", "public"): (4, ["#1", "#2", "#3"]),
        ("status", "open", "closed"): (3, ["#1", "#2", "#3"]),
    }
    assert summary.final == {"a public comment": 4, "closing for good": 3}
    assert summary.stays == {"comment: a comment stays": 4}
    assert summary.risks == {"somebody may get mail": 4}


def test_two_plans_differ_by_what_they_do_not_by_when_they_were_made() -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2), ticket(3)])
    old = plan(adapter, TagWish(add=["vpn"]))
    del adapter.tickets["1"]
    adapter.touch("2", tags=["vpn"])
    adapter.touch("3")
    adapter.tickets["4"] = ticket(4)
    new = plan(adapter, TagWish(add=["vpn", "net"]))
    assert [(each.sign, each.key) for each in between(old, new)] == [("~", "#2"), ("~", "#3"), ("+", "#4"), ("-", "#1")]
    assert between(old, old) == []
    again = msgspec.structs.replace(old, header=msgspec.structs.replace(old.header, id="another"))
    assert between(old, again) == []


def test_a_plan_is_held_beside_the_tickets_as_they_are() -> None:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 5)])
    made = changes(adapter, TagWish(add=["vpn"]))
    adapter.touch("2", tags=["vpn"])
    adapter.touch("3", tags=["other"])
    del adapter.tickets["4"]
    found = beside(made, adapter.tickets, fold=False)
    assert [(each.sign, each.key) for each in found] == [("=", "#1"), ("+", "#2"), ("!", "#3"), ("?", "#4")]
