"""``--sort``: by a field, empty and unknown last either way round."""

import heapq
import re
from collections.abc import Callable, Iterable
from typing import Any

from supportctl.errors import UsageError
from supportctl.model import Ticket
from supportctl.reports.tickets import named, person

STATUS_ORDER = ("new", "open", "pending", "on_hold", "resolved", "closed", "cancelled", "deleted")

SORTS: dict[str, Callable[[Ticket], Any]] = {
    "created": lambda t: t.created_at,
    "updated": lambda t: t.updated_at,
    "resolved": lambda t: t.resolved_at,
    "closed": lambda t: t.closed_at,
    "due": lambda t: t.due_at,
    "priority": lambda t: t.priority,
    "status": lambda t: None if t.status is None else STATUS_ORDER.index(t.status),
    "key": lambda t: natural(t.key),
    "title": lambda t: None if t.title is None else t.title.casefold(),
    "kind": lambda t: t.kind,
    "assignee": lambda t: _folded(person(t.assignee)),
    "requester": lambda t: _folded(person(t.requester)),
    "group": lambda t: _folded(named(t.group)),
    "reopens": lambda t: t.reopens,
}


STORED = {"created": "created_at", "updated": "updated_at", "resolved": "resolved_at", "closed": "closed_at",
          "due": "due_at"}  # fmt: skip
"""Orders whose field is named otherwise in the ticket."""


def unknown_for(order: str, ticket: Ticket) -> bool:
    """Whether the ticket's place in the order cannot be told, because the field is unknown."""
    name = order.removeprefix("-")
    return STORED.get(name, name) in ticket.unknown


def natural(key: str) -> list[tuple[int, int, str]]:
    """``SUP-2`` before ``SUP-10``."""
    parts = re.split(r"([0-9]+)", key)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part.casefold()) for part in parts if part]


def _folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def check_sort(order: str) -> tuple[str, bool]:
    """The field and whether it is descending. Raises `UsageError` with the list of fields."""
    name, descending = order.removeprefix("-").strip(), order.startswith("-")
    if name not in SORTS:
        from difflib import get_close_matches

        close = get_close_matches(name, SORTS, n=1)
        guess = f": did you mean {close[0]!r}?" if close else ""
        raise UsageError(f"cannot sort by {name!r}{guess}", hint=f"fields: {', '.join(SORTS)}; -FIELD is descending")
    return name, descending


def ordered(tickets: Iterable[Ticket], order: str, limit: int | None = None) -> list[Ticket]:
    """All tickets, or the first ``limit`` of them, in order; equals keep the order they came in.

    Holds ``limit`` tickets in memory, not all.
    """
    name, descending = check_sort(order)
    value = SORTS[name]

    def rank(ticket: Ticket) -> tuple[bool, Any]:
        it = value(ticket)
        return (it is None, 0 if it is None else _Backwards(it) if descending else it)

    return sorted(tickets, key=rank) if limit is None else heapq.nsmallest(limit, tickets, key=rank)


class _Backwards:
    """Turns an order round, also of things that cannot be negated."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: "_Backwards") -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and bool(other.value == self.value)

    __hash__ = None  # type: ignore[assignment]
