"""What a queue says about its own habits: thresholds nobody wrote down.

Learned from the queue itself in a first pass, used in a second. A setting always wins; a learned threshold is never
below the documented floor, and a finding says from how many tickets it was learned.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from supportctl.model import Platform, Priority, Status, Ticket

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
        self._cells: dict[tuple[Platform, str, str, str, Priority], int] = {}
        """Platform, profile, impact, urgency, priority -> tickets."""
        self._places: dict[tuple[Platform, str, str, str], int] = {}
        """Platform, profile, category, subcategory (empty: none) -> tickets."""
        self._reassignments: Counter[int] = Counter()
        self._ages: dict[tuple[Priority | None, int], int] = {}
        """Priority, seconds -> tickets."""

    def see(self, ticket: Ticket) -> None:
        self.tickets += 1
        if ticket.impact is not None and ticket.urgency is not None and ticket.priority is not None:
            cell = ticket.platform, ticket.profile, ticket.impact, ticket.urgency, ticket.priority
            self._cells[cell] = self._cells.get(cell, 0) + 1
        if ticket.category and ticket.knows("subcategory"):
            place = ticket.platform, ticket.profile, ticket.category, ticket.subcategory or ""
            self._places[place] = self._places.get(place, 0) + 1
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return
        if ticket.reassignments is not None:
            self._reassignments[ticket.reassignments] += 1
        if ticket.created_at is not None and ticket.resolved_at is not None:
            seconds = int((ticket.resolved_at - ticket.created_at).total_seconds())
            if seconds >= 0:
                # Rounded up to five minutes: the number of counters stays small.
                age = ticket.priority, -(-seconds // 300) * 300
                self._ages[age] = self._ages.get(age, 0) + 1

    def merge(self, other: "Learning") -> None:
        self.tickets += other.tickets
        self._reassignments.update(other._reassignments)
        _add(self._cells, other._cells)
        _add(self._places, other._places)
        _add(self._ages, other._ages)

    def result(self) -> Learned:
        matrix = {}
        cells = _grouped(
            (f"{platform}/{profile}/{impact}/{urgency}", priority.value, number)
            for (platform, profile, impact, urgency, priority), number in self._cells.items()
        )
        for key, counts in cells.items():
            support = sum(counts.values())
            # Ties go to the lesser urgency, so that the same queue always teaches the same.
            priority, most = max(counts.items(), key=lambda item: (item[1], item[0]))
            if support >= SUPPORT:
                matrix[key] = Cell(priority=priority, support=support, share=most / support)
        places = [
            (f"{platform}/{profile}/", category, below, number)
            for (platform, profile, category, below), number in self._places.items()
        ]
        children = _grouped((queue + category, below, number) for queue, category, below, number in places)
        parents = _grouped((queue + below, category, number) for queue, category, below, number in places if below)
        ages = _grouped(
            ("other" if priority is None else priority.value, seconds, number)
            for (priority, seconds), number in self._ages.items()
        )
        return Learned(
            tickets=self.tickets,
            matrix=matrix,
            reassignments=_percentile(self._reassignments, 0.95),
            age={name: found for name, counts in ages.items() if (found := _percentile(counts, 0.95)) is not None},
            children={
                key: Children(support=total, counts={name: count for name, count in names.items() if name})
                for key, names in children.items()
                if (total := names.total()) >= SUPPORT
            },
            parents={
                key: Parent(category=category, support=total, share=most / total)
                for key, names in parents.items()
                if (total := names.total()) >= SUPPORT
                for category, most in [max(names.items(), key=lambda item: (item[1], item[0]))]
            },
        )


def _add(mine: dict[T, int], theirs: dict[T, int]) -> None:
    for key, number in theirs.items():
        mine[key] = mine.get(key, 0) + number


def _grouped(counted: Iterable[tuple[str, T, int]]) -> dict[str, Counter[T]]:
    """Key, value, tickets -> the values of each key."""
    found: dict[str, Counter[T]] = {}
    for key, value, number in counted:
        found.setdefault(key, Counter())[value] += number
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
