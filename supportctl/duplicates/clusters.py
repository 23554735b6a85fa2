"""Sets of tickets about one fault, without chains: every member is held against the master, not only its neighbour.

Tickets that are one by rule (resends, alerts) are one unit. Oldest first, each unit joins at most one older set, and
only when it is like the oldest of that set itself. Then a master is chosen by rule, and whoever is not like the master
leaves. What the platform has linked stays together.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush

import msgspec
import numpy as np

from supportctl.duplicates.finder import EXACT, Finder
from supportctl.duplicates.leading import MAJOR_INCIDENT, PROBLEM, lead
from supportctl.duplicates.linked import OUTSIDE, Sets
from supportctl.duplicates.rows import Array
from supportctl.duplicates.suggestion import Brief, Kind, Reason
from supportctl.duplicates.told import brief
from supportctl.model import DONE, Link, LinkType, Ticket

_LATE = datetime.max.replace(tzinfo=UTC)
LINKED = "linked"
"""Calibration of a member the platform has linked itself."""
CANDIDATES = 90
PASSES = 12
"""How often those who left a set are looked at again."""


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One ticket of a cluster, and why it is like the master."""

    ticket: Brief
    kind: Kind | None = None
    """None: linked on the platform."""
    confidence: float
    calibration: str
    reasons: list[Reason] = []
    differs: list[Reason] = []


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """So many tickets of one cluster in a short time: perhaps an incident."""

    since: datetime
    until: datetime
    tickets: int


class Cluster(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    master: Brief
    rule: str
    """Why this one: ``problem``, ``major incident``, ``oldest open`` or ``oldest``."""
    members: list[Member]
    """Without the master, oldest first."""
    bursts: list[Burst] = []


@dataclass(frozen=True, kw_only=True)
class Rules:
    least: float = 0.5
    """Confidence a member has against its master."""
    burst: int = 5
    hours: float = 24.0


@dataclass
class _Unit:
    """Tickets that are one by rule."""

    first: int
    numbers: list[int] = field(default_factory=list)
    sure: dict[int, float] = field(default_factory=dict)
    """Confidence against older units of its set."""
    joined: bool = False


class Clusters:
    """Of the selected tickets of a finder, and of older ones they are like."""

    def __init__(self, finder: Finder, rules: Rules | None = None) -> None:
        self.finder = finder
        self.rules = rules or Rules()
        self._sets = Sets()
        self._units: dict[int, _Unit] = {}
        self._of = np.zeros(0, np.int64)

    def all(
        self, selected: Callable[[Ticket], bool], track: Callable[[Iterable[int]], Iterable[int]] | None = None
    ) -> list[Cluster]:
        """Largest first. ``track`` may show how far it has come."""
        finder = self.finder
        count = len(finder)
        self._of = np.array([finder.unit(number) for number in range(count)], np.int64)
        for number in range(count):
            if (linked := finder.linked_set(number)) != number:
                self._sets.join(int(self._of[number]), linked if linked >= OUTSIDE else int(self._of[linked]))
        numbers: Iterable[int] = range(count)
        for number in numbers if track is None else track(numbers):
            if selected(finder.ticket(number)):
                self._take(number)
        return self._finished()

    def _take(self, number: int) -> None:
        unit = self._unit(int(self._of[number]))
        if number != unit.first:
            unit.numbers.append(number)
        if not unit.joined:
            unit.joined = True
            self._join(unit)

    def _unit(self, first: int) -> _Unit:
        if first not in self._units:
            self._units[first] = _Unit(first, [first])
        return self._units[first]

    def _groups(self, numbers: Array) -> Array:
        return np.array([self._sets.of(int(self._of[number])) for number in numbers.tolist()], np.int64)

    def _join(self, unit: _Unit) -> None:
        """To the older set whose oldest it is most like; its confidence against the others there is kept."""
        own = self._sets.of(unit.first)
        by_unit: dict[int, float] = {}
        for each in self.finder.candidates(unit.first, self._groups, CANDIDATES):
            other = int(self._of[each.ticket])
            by_unit[other] = max(by_unit.get(other, 0.0), each.confidence)
        if own == unit.first:
            tried: set[int] = set()
            for other, _ in sorted(by_unit.items(), key=lambda each: (-each[1], each[0])):
                group = self._sets.of(other)
                if group in tried or group == own:
                    continue
                tried.add(group)
                oldest = group if group < OUTSIDE else other
                if by_unit.get(oldest, 0.0) >= self.rules.least:
                    self._unit(oldest)
                    self._sets.join(unit.first, group)
                    break
        group = self._sets.of(unit.first)
        if group < OUTSIDE:
            self._unit(group)
        unit.sure = {
            other: sure
            for other, sure in by_unit.items()
            if sure >= self.rules.least and self._sets.of(other) == group and other != unit.first
        }

    def _finished(self) -> list[Cluster]:
        groups: dict[int, list[_Unit]] = {}
        for first in sorted(self._units):
            groups.setdefault(self._sets.of(first), []).append(self._units[first])
        found = [cluster for units in groups.values() for cluster in self._split(units)]
        return sorted(found, key=lambda each: (-len(each.members), each.master.created_at or _LATE, each.master.key))

    def _split(self, units: list[_Unit]) -> Iterator[Cluster]:
        """One cluster around each master; units that are not like the first master look for another."""
        for _ in range(PASSES):
            if not units or sum(len(each.numbers) for each in units) < 2:
                return
            master, rule, brief_ = self._master(units)
            home = next(each for each in units if master in each.numbers)
            inside = [each for each in units if self._like(each, home)]
            members = [member for each in inside for member in self._members(each, home, master, outside=brief_)]
            if members:
                born = [self._born(number) for each in inside for number in each.numbers]
                yield Cluster(
                    master=brief_ or brief(self.finder.ticket(master)),
                    rule=rule,
                    members=sorted(members, key=lambda each: (each.ticket.created_at or _LATE, each.ticket.key)),
                    bursts=bursts(sorted(born), self.rules.burst, self.rules.hours),
                )
            placed = {each.first for each in inside}
            units = [each for each in units if each.first not in placed]

    def _born(self, number: int) -> datetime:
        born = self.finder.ticket(number).created_at
        assert born is not None
        return born

    def _like(self, unit: _Unit, home: _Unit) -> bool:
        if unit is home or self.finder.linked(unit.first, home.first):
            return True
        return self._sure(unit, home) is not None

    def _sure(self, unit: _Unit, home: _Unit) -> float | None:
        """As measured when the later of the two came in."""
        older, newer = sorted((unit, home), key=lambda each: each.first)
        return newer.sure.get(older.first)

    def _master(self, units: Sequence[_Unit]) -> tuple[int, str, Brief | None]:
        """Its number (of the oldest ticket linked to it, where it was not read), the rule, and itself if not read."""
        tickets = [(number, self.finder.ticket(number)) for each in units for number in _few(each.numbers)]
        tickets.sort(key=lambda each: each[0])
        for number, ticket in tickets:
            if lead(ticket) == PROBLEM:
                return number, "problem", None
        for number, ticket in tickets:
            if lead(ticket) == MAJOR_INCIDENT:
                return number, "major incident", None
        for number, ticket in tickets:
            for link in ticket.links:
                if link.type is LinkType.PROBLEM and self.finder.outside(ticket, link):
                    return number, "problem", _linked(ticket, link)
        for number, ticket in tickets:
            if ticket.status is not None and ticket.status not in DONE:
                return number, "oldest open", None
        return tickets[0][0], "oldest", None

    def _members(self, unit: _Unit, home: _Unit, master: int, *, outside: Brief | None) -> Iterator[Member]:
        of = self.finder.ticket(master)
        for number in unit.numbers:
            if number == master and outside is None:
                continue
            ticket = self.finder.ticket(number)
            match = self.finder.repeats(number)
            if number == master or self.finder.linked(number, master):
                yield Member(ticket=brief(ticket), confidence=1.0, calibration=LINKED)
            elif unit is home:
                copy = match or self.finder.repeats(master)
                assert copy is not None
                yield Member(ticket=brief(ticket), kind=copy.kind, confidence=copy.confidence, calibration=EXACT)
            else:
                sure = self._sure(unit, home) or 0.0
                newer, older = (ticket, of) if number > master else (of, ticket)
                told = self.finder.suggestion(newer, older, Kind.TEXT, sure, 0.0, linked=False)
                yield Member(
                    ticket=brief(ticket),
                    kind=Kind.TEXT if match is None or number == unit.first else match.kind,
                    confidence=told.confidence,
                    calibration=told.calibration,
                    reasons=told.reasons,
                    differs=told.differs,
                )


def bursts(born: Sequence[datetime], least: int, hours: float) -> list[Burst]:
    """Spans of at most ``hours`` with ``least`` tickets or more, the fullest first taken, none overlapping.

    ``born`` is ascending, and so are the spans. Of two equally full ones the earlier is taken.
    """
    span = timedelta(hours=hours)
    waiting: list[tuple[int, int]] = []
    high = 0
    for low, first in enumerate(born):
        while high < len(born) and born[high] - first <= span:
            high += 1
        waiting.append((low - high, low))
    heapify(waiting)
    starts: list[int] = []
    ends: list[int] = []
    while waiting and -waiting[0][0] >= least:
        size, low = heappop(waiting)
        at = bisect_right(starts, low)
        if at and ends[at - 1] > low:
            continue
        end = low - size
        if at < len(starts) and starts[at] < end:
            heappush(waiting, (low - starts[at], low))
            continue
        starts.insert(at, low)
        ends.insert(at, end)
    return [
        Burst(since=born[low], until=born[end - 1], tickets=end - low) for low, end in zip(starts, ends, strict=True)
    ]


def _few(numbers: list[int]) -> list[int]:
    """Of copies the first and the last hundred tell enough."""
    return numbers if len(numbers) <= 200 else [*numbers[:100], *numbers[-100:]]


def _linked(ticket: Ticket, link: Link) -> Brief:
    return Brief(
        platform=link.platform or ticket.platform,
        profile=ticket.profile,
        id=link.id or link.key,
        key=link.key,
        url=link.url,
        title=link.title,
        status=link.status,
    )
