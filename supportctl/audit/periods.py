"""How long a ticket was in which status, when it came to its end and back, from its history."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import msgspec

from supportctl.calendars import ALWAYS, Calendar
from supportctl.model import DONE, Event, Person, Status, Ticket

SOLVED = frozenset({Status.RESOLVED, Status.CLOSED})
DAY = timedelta(days=1)
HOLD_REASON = "hold_reason"
FOR_CUSTOMER = "1"
"""ServiceNow: on hold, awaiting the caller."""
MOST_AT_ONCE = 50
"""More changes in one second are a machine's, and nobody's story."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """``end`` None: it still lasts. ``status`` None: a status we have no word for."""

    status: Status | None
    native: str | None
    start: datetime
    end: datetime | None
    entered_by: Person | None = None
    reason: str | None = None
    """Why it was put on hold, where the platform has a field for that (ServiceNow's codes)."""

    def length(self, now: datetime) -> timedelta:
        return (now if self.end is None else self.end) - self.start


def status_periods(ticket: Ticket, events: Sequence[Event]) -> list[Period]:
    """Oldest first and without gaps, from creation on. Empty where the ticket has no creation time.

    ``events`` in order, as `HistoryRule` hands them on. Changes without a time are passed over. Where waiting for the
    customer is a reason to be on hold and no status of its own, it is told apart here.
    """
    if ticket.created_at is None:
        return []
    changes = [event for event in _changes(events) if event.at is not None]
    periods: list[Period] = []
    start, by = ticket.created_at, ticket.requester
    status = known_status(changes[0].before) if changes else ticket.status
    native = changes[0].before_label if changes else ticket.native_status
    for event in changes:
        assert event.at is not None
        periods.append(Period(status=status, native=native, start=start, end=max(event.at, start), entered_by=by))
        start, by = max(event.at, start), event.actor
        status, native = known_status(event.after), event.after_label
    periods.append(Period(status=status, native=native, start=start, end=None, entered_by=by))
    reasons = [event for event in events if event.field == HOLD_REASON and event.at is not None]
    return [part for period in periods for part in _by_reason(period, reasons)] if reasons else periods


def _by_reason(period: Period, reasons: Sequence[Event]) -> Iterator[Period]:
    """A hold cut up where its reason changed."""
    if period.status is not Status.ON_HOLD:
        yield period
        return
    start, by, reason = period.start, period.entered_by, None
    for event in reasons:
        assert event.at is not None
        if period.end is not None and event.at >= period.end:
            break
        if event.at > start:
            yield _held(period, start, event.at, by, reason)
            start, by = event.at, event.actor
        reason = None if event.after in (None, "") else str(event.after)
    yield _held(period, start, period.end, by, reason)


def _held(period: Period, start: datetime, end: datetime | None, by: Person | None, reason: str | None) -> Period:
    status = Status.PENDING if reason == FOR_CUSTOMER else Status.ON_HOLD
    return Period(status=status, native=period.native, start=start, end=end, entered_by=by, reason=reason)


def known_status(value: object) -> Status | None:
    try:
        return Status(str(value))
    except ValueError:
        return None


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A change of status that ended the work, or took it up again."""

    at: datetime | None
    actor: Person | None
    since: datetime | None = None
    """Of a reopening: when the work had ended."""
    native: dict[str, Any] = {}
    """Of a reopening: what the platform says of the change."""


def ending(events: Sequence[Event]) -> Turn | None:
    """The last step out of the statuses of work into resolved or closed: who ended the work, and when.

    From resolved to closed is no step: machines and administrators take it for everybody. None: no such step.
    """
    found: Turn | None = None
    for before, event in _steps(events):
        if event.after in SOLVED and before not in SOLVED:
            found = Turn(at=event.at, actor=event.actor)
        elif event.after is not None and event.after not in SOLVED:
            found = None
    return found


def reopenings(events: Sequence[Event]) -> list[Turn]:
    """Every step from resolved or closed back to work, oldest first."""
    found: list[Turn] = []
    ended: datetime | None = None
    for before, event in _steps(events):
        if event.after in SOLVED and before not in SOLVED:
            ended = event.at
        elif before in SOLVED and event.after is not None and event.after not in DONE:
            found.append(Turn(at=event.at, actor=event.actor, since=ended, native=event.native))
            ended = None
    return found


def _steps(events: Sequence[Event]) -> list[tuple[Status | None, Event]]:
    """Changes of status, each with the status it really left.

    Some platforms keep the status in two fields and write both down: the second entry changes nothing.
    """
    found: list[tuple[Status | None, Event]] = []
    here: Status | None = None
    for event in _changes(events):
        before = here if here is not None else known_status(event.before)
        here = known_status(event.after)
        if here is None or here is not before:
            found.append((before, event))
    return found


def _changes(events: Sequence[Event]) -> list[Event]:
    """Changes of status. Those of one second may come in any order: each follows the one it goes on from."""
    found = [event for event in events if event.field == "status"]
    if all(one.at != next_.at for one, next_ in pairwise(found)):
        return found
    ordered: list[Event] = []
    here: object = None
    for _, group in groupby(found, key=lambda event: event.at):
        for event in _chained(list(group), here):
            ordered.append(event)
            here = event.after
    return ordered


def _chained(group: list[Event], here: object) -> list[Event]:
    if not 1 < len(group) <= MOST_AT_ONCE:
        return group
    if here is None or all(event.before != here for event in group):
        # Begins with the one that goes on from none of the others.
        ends = [event.after for event in group]
        here = next((event.before for event in group if event.before not in ends), group[0].before)
    chain: list[Event] = []
    left = list(group)
    while left:
        event = next((one for one in left if one.before == here), left[0])
        left.remove(event)
        chain.append(event)
        here = event.after
    return chain


def next_working_day(calendar: Calendar, start: datetime) -> datetime:
    """The same time on the next working day.

    Working days are those of the calendar; where none is set, Saturday and Sunday (UTC) do not count.
    """
    if calendar is ALWAYS:
        at = start
        left = DAY
        while left > timedelta(0):
            midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
            part = min(midnight - at, left)
            left -= part if at.astimezone(UTC).weekday() < 5 else timedelta(0)
            at = at + part if at.astimezone(UTC).weekday() < 5 else midnight
        return at
    longest = max(calendar.between(start + n * DAY, start + (n + 1) * DAY) for n in range(7))
    return calendar.after(start, longest) if longest else start + DAY
