"""What a queue says about its own habits: thresholds nobody wrote down.

Learned from the queue itself in a first pass, used in a second. A setting always wins; a learned threshold is never
below the documented floor, and a finding says from how many tickets it was learned.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from supportctl.model import Status, Ticket

T = TypeVar("T")

SUPPORT = 20
"""Tickets a cell of the matrix, or a percentile, must rest on."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What tickets of one impact and urgency mostly have as priority."""

    priority: str
    support: int
    """Tickets with this impact and urgency and any priority."""
    share: float
    """How many of them have it."""


class Percentile(msgspec.Struct, frozen=True, kw_only=True):
    """Nearest-rank percentile of ``support`` tickets."""

    value: float
    support: int


class Children(msgspec.Struct, frozen=True, kw_only=True):
    """The subcategories that tickets of one category have."""

    support: int
    """Tickets of this category."""
    counts: dict[str, int]
    """Subcategory -> tickets; those without one are not in it."""


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """The category that tickets with one subcategory mostly have."""

    category: str
    support: int
    share: float


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    tickets: int = 0
    matrix: dict[str, Cell] = {}
    """``platform/profile/impact/urgency`` -> the usual priority; cells of fewer than `SUPPORT` tickets are missing."""
    reassignments: Percentile | None = None
    """95th percentile of changes of group among done tickets."""
    age: dict[str, Percentile] = {}
    """``p1`` … ``p5``, ``other`` -> 95th percentile of seconds from creation to resolution."""

    children: dict[str, Children] = {}
    """``platform/profile/category`` -> its subcategories; categories of fewer than `SUPPORT` tickets are missing."""
    parents: dict[str, Parent] = {}
    """``platform/profile/subcategory`` -> its usual category; the same."""

    def usual_priority(self, ticket: Ticket) -> Cell | None:
        if ticket.impact is None or ticket.urgency is None:
            return None
        return self.matrix.get(cell_key(ticket, ticket.impact, ticket.urgency))


NOTHING_LEARNED = Learned()


def cell_key(ticket: Ticket, impact: str, urgency: str) -> str:
    return f"{ticket.platform}/{ticket.profile}/{impact}/{urgency}"


def place_key(ticket: Ticket, name: str) -> str:
    """For a category or a subcategory."""
    return f"{ticket.platform}/{ticket.profile}/{name}"


class Learning:
    """The first pass. It can be pickled and merged; it holds counters only."""

    def __init__(self) -> None:
        self.tickets = 0
        self._cells: dict[str, Counter[str]] = {}
        self._reassignments: Counter[int] = Counter()
        self._ages: dict[str, Counter[int]] = {}
        self._children: dict[str, Counter[str]] = {}
        self._parents: dict[str, Counter[str]] = {}

    def see(self, ticket: Ticket) -> None:
        self.tickets += 1
        if ticket.impact is not None and ticket.urgency is not None and ticket.priority is not None:
            key = cell_key(ticket, ticket.impact, ticket.urgency)
            _in(self._cells, key)[ticket.priority.value] += 1
        if ticket.category and ticket.knows("subcategory"):
            below = ticket.subcategory or ""
            _in(self._children, place_key(ticket, ticket.category))[below] += 1
            if below:
                _in(self._parents, place_key(ticket, below))[ticket.category] += 1
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return
        if ticket.reassignments is not None:
            self._reassignments[ticket.reassignments] += 1
        if ticket.created_at is not None and ticket.resolved_at is not None:
            seconds = int((ticket.resolved_at - ticket.created_at).total_seconds())
            if seconds >= 0:
                name = "other" if ticket.priority is None else ticket.priority.value
                # Rounded up to five minutes: the number of counters stays small.
                _in(self._ages, name)[-(-seconds // 300) * 300] += 1

    def merge(self, other: "Learning") -> None:
        self.tickets += other.tickets
        for key, counts in other._cells.items():
            self._cells.setdefault(key, Counter()).update(counts)
        self._reassignments.update(other._reassignments)
        for key, ages in other._ages.items():
            self._ages.setdefault(key, Counter()).update(ages)
        for mine, theirs in ((self._children, other._children), (self._parents, other._parents)):
            for key, names in theirs.items():
                mine.setdefault(key, Counter()).update(names)

    def result(self) -> Learned:
        matrix = {}
        for key, counts in self._cells.items():
            support = sum(counts.values())
            # Ties go to the lesser urgency, so that the same queue always teaches the same.
            priority, most = max(counts.items(), key=lambda item: (item[1], item[0]))
            if support >= SUPPORT:
                matrix[key] = Cell(priority=priority, support=support, share=most / support)
        ages = {name: found for name, counts in self._ages.items() if (found := _percentile(counts, 0.95)) is not None}
        return Learned(
            tickets=self.tickets,
            matrix=matrix,
            reassignments=_percentile(self._reassignments, 0.95),
            age=ages,
            children={
                key: Children(support=total, counts={name: count for name, count in names.items() if name})
                for key, names in self._children.items()
                if (total := names.total()) >= SUPPORT
            },
            parents={
                key: Parent(category=category, support=total, share=most / total)
                for key, names in self._parents.items()
                if (total := names.total()) >= SUPPORT
                for category, most in [max(names.items(), key=lambda item: (item[1], item[0]))]
            },
        )


def _in(counters: dict[str, Counter[T]], key: str) -> Counter[T]:
    """`dict.setdefault` would make a counter for every ticket."""
    if (found := counters.get(key)) is None:
        found = counters[key] = Counter()
    return found


def learn(tickets: Iterable[Ticket]) -> Learned:
    """The whole first pass at once."""
    learning = Learning()
    for ticket in tickets:
        learning.see(ticket)
    return learning.result()


def _percentile(counts: Counter[int], share: float) -> Percentile | None:
    """Nearest rank; None of fewer than `SUPPORT`."""
    total = sum(counts.values())
    if total < SUPPORT:
        return None
    rank, seen = math.ceil(share * total), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            break
    return Percentile(value=value, support=total)
