"""How long a ticket was in which status, from its history."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from supportctl.model import Event, Person, Status, Ticket


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """``end`` None: it still lasts. ``status`` None: a status we have no word for."""

    status: Status | None
    native: str | None
    start: datetime
    end: datetime | None
    entered_by: Person | None = None

    def length(self, now: datetime) -> timedelta:
        return (now if self.end is None else self.end) - self.start


def status_periods(ticket: Ticket, events: Sequence[Event]) -> list[Period]:
    """Oldest first and without gaps, from creation on. Empty where the ticket has no creation time.

    ``events`` in order, as `HistoryRule` hands them on. Changes without a time are passed over.
    """
    if ticket.created_at is None:
        return []
    changes = [event for event in events if event.field == "status" and event.at is not None]
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
    return periods


def known_status(value: object) -> Status | None:
    try:
        return Status(str(value))
    except ValueError:
        return None
