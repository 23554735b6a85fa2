"""One wish of every kind, for whichever platform: what an adapter declares it writes is asked of it by these."""

from __future__ import annotations

from supportctl.adapters.writing import (
    AssignWish,
    CommentWish,
    FieldWish,
    LinkWish,
    MergeWish,
    StatusWish,
    TagWish,
    Wish,
)
from supportctl.model import LinkType, NewComment, Status, Ticket
from tests.conformance.desk import Desk

TITLE = "Zurückgestellt — 保留中"
TAG = "conformance"
NOTE = NewComment(body="Seen by the night shift.", public=False)
NATIVE = {"jsm": "Resolved"}
"""The status meant by resolving, where there are several."""
KINDS = ("tags", "set", "assign", "comment", "link", "transition", "merge")


def code_of(desk: Desk) -> str | None:
    """A reason to close with that the platform has."""
    if desk.adapter.capabilities.closure_code is None:
        return None
    codes = desk.adapter.vocabulary().closure_codes
    wanted = {"zendesk": "Workaround", "jsm": "Done", "servicenow": "Solution provided"}[desk.subject.platform]
    return next((code for code in codes if code == wanted), wanted)


def resolving(desk: Desk, tickets: list[Ticket]) -> StatusWish:
    notes = dict.fromkeys([each.id for each in tickets], "It runs again.")
    return StatusWish(
        goal=Status.RESOLVED,
        native=NATIVE.get(desk.subject.platform),
        closure_code=code_of(desk),
        notes=notes if desk.adapter.capabilities.closure_notes else {},
    )


def wish_of(kind: str, desk: Desk, tickets: list[Ticket], other: Ticket, problem: Ticket) -> Wish:
    """``other``: an open ticket beside these; ``problem``: one of that kind."""
    match kind:
        case "tags":
            return TagWish(add=[TAG])
        case "set":
            return FieldWish(field="title", value=TITLE)
        case "assign":
            return AssignWish(assignee="me")
        case "comment":
            return CommentWish(public=False)
        case "link":
            return LinkWish(type=LinkType.PROBLEM, to=problem)
        case "transition":
            return resolving(desk, tickets)
        case _:
            return MergeWish(into=other)


def workable(desk: Desk, number: int) -> list[Ticket]:
    """Open incidents that may be resolved: nothing about them is in anybody's way."""
    found = desk.find("status:open kind:incident assignee:any", limit=12 * number)
    ready = desk.plan([each.key for each in found], resolving(desk, found))
    keys = [change.key for change in ready.changes][:number]
    assert len(keys) == number
    return desk.read(keys)


def problem_of(desk: Desk) -> Ticket:
    found = desk.find("kind:problem is:unresolved", limit=1)
    return desk.read([found[0].key])[0]
