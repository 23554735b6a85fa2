"""A help desk in memory that command lines change: knows closure codes, people, fields, and what it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from supportctl.adapters.base import FieldInfo, Needs, Vocabulary
from supportctl.adapters.writing import AssignWish, CommentWish, FieldWish, Prepared, StatusWish, Wish
from supportctl.errors import UsageError
from supportctl.model import Change, LinkType, NewComment, Risk, Status, Ticket
from tests.changes.memory import MemoryAdapter

CODES = ("Solved", "Duplicate")


class Desk(MemoryAdapter):
    """Comments are sent apart from the rest, as where every comment is a request of its own."""

    def __init__(self, tickets: Sequence[Ticket], **capabilities: Any) -> None:
        super().__init__(tickets, split=True)
        given: dict[str, Any] = {
            "closure_code": "resolution",
            "links": frozenset({LinkType.DUPLICATE_OF, LinkType.RELATES}),
            **capabilities,
        }
        self.capabilities = msgspec.structs.replace(self.capabilities, **given)
        self.wishes: list[Wish] = []
        self.reads: list[int] = []
        """Keys asked for at once, per read."""
        self.wanted: list[Needs] = []

    def get(self, keys: Sequence[str], needs: Needs) -> Any:
        self.reads.append(len(keys))
        self.wanted.append(needs)
        return super().get(keys, needs)

    def search(self, selection: Any, needs: Needs, cursor: str | None = None) -> Any:
        self.wanted.append(needs)
        return super().search(selection, needs, cursor)

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(fields=[FieldInfo(id="900", name="Root cause", custom=True)])

    def prepare(self, tickets: Sequence[Ticket], wish: Wish) -> Mapping[str, Prepared]:
        self.wishes.append(wish)
        match wish:
            case StatusWish(closure_code=str(code)) if code not in CODES:
                raise UsageError(f"there is no resolution {code!r}", hint=f"resolutions: {', '.join(CODES)}")
            case FieldWish(field=field) if field not in self.capabilities.settable:
                raise UsageError(f"there is no field {field!r}", hint="fields: Root cause")
            case AssignWish(assignee="nobody@acme.example"):
                raise UsageError("there is nobody 'nobody@acme.example'")
            case CommentWish():
                shut = [Risk(code="closed", message="closed tickets take no comments")]
                return {each.id: Prepared(obstacles=shut if each.status is Status.CLOSED else []) for each in tickets}
            case StatusWish():
                found = super().prepare(tickets, wish)
                code = Risk(code="open-children", message="a child is open, says the platform")
                return {
                    key: msgspec.structs.replace(each, obstacles=[code]) if "parent" in self.tickets[key].tags else each
                    for key, each in found.items()
                }
            case _:
                return super().prepare(tickets, wish)


class Crowded(Desk):
    """Sends everything of a ticket in one request, which carries one comment."""

    def divide(self, change: Change) -> Any:
        return [tuple(change.actions)]


def comments(desk: Desk, number: str) -> list[tuple[str, bool]]:
    """``(body, public)`` of what was written to a ticket."""
    return [(body, public) for _op, body, public in desk.comments[number]]


__all__ = ["Crowded", "Desk", "NewComment", "comments"]
