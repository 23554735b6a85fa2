"""A queue as it stood: tickets wound back by their own history.

A field that changed later gets the value its first later change replaced. What the history does not tell (clocks of
service levels, the platform's own counters after a later change) becomes unknown, so that no rule convicts on it. A
ticket that was touched later and whose history is hidden is left out, and counted.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from supportctl.audit.rule import in_order
from supportctl.model import (
    DONE,
    Comment,
    CustomField,
    Event,
    Kind,
    NamedRef,
    Person,
    Priority,
    Status,
    Ticket,
    Unknown,
)

PLAIN = (
    "title",
    "description",
    "impact",
    "urgency",
    "category",
    "subcategory",
    "closure_code",
    "resolution_notes",
    "channel",
)
CLOSED = {"status": Status, "priority": Priority, "kind": Kind}
"""Fields with a closed set of values, and the set."""
PEOPLE = ("assignee", "requester")
PLACES = ("group", "organization", "component", "service")
LATER = ("slas", "satisfaction")
"""Not told by any history."""
LINKED = frozenset({"link", "links", "issuelinks", "parent", "parent_incident", "problem_id", "remoteissuelink"})


class AsOf:
    """Winds tickets back to ``at`` (aware), one by one, and counts what it left out."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.later = 0
        """Tickets that did not exist yet."""
        self.hidden = 0
        """Tickets touched since whose history, or creation time, is unknown."""

    def tickets(self, stream: Iterable[Ticket]) -> Iterator[Ticket]:
        for ticket in stream:
            if (wound := self.wind(ticket)) is not None:
                yield wound

    def wind(self, ticket: Ticket) -> Ticket | None:
        """The ticket as it stood; None: it was not there, or nobody can tell how it stood."""
        if ticket.created_at is None:
            self.hidden += 1
            return None
        if ticket.created_at > self.at:
            self.later += 1
            return None
        if ticket.updated_at is not None and ticket.updated_at <= self.at:
            return ticket
        if not ticket.knows("history"):
            self.hidden += 1
            return None
        return rewind(ticket, self.at)


def rewind(ticket: Ticket, at: datetime) -> Ticket:
    """``ticket`` as it stood at ``at``; its history must be known and it must have existed."""
    events = in_order(ticket.history)
    before = [event for event in events if event.at is None or event.at <= at]
    changed: dict[str, Event] = {}
    for event in events:
        if event.at is not None and event.at > at:
            changed.setdefault(event.field, event)
            if event.native_field is not None:
                changed.setdefault(event.native_field, event)
    fields: dict[str, Any] = {"history": before, "version": None, "native": {}}
    unknown = dict(ticket.unknown)
    for field, event in changed.items():
        if (value := _value(field, event)) is not None:
            fields[field] = value.value
            if value.unknown is not None:
                unknown[field] = value.unknown
    fields["comments"] = [comment for comment in ticket.comments if not _later(comment, at)]
    fields["attachments"] = [one for one in ticket.attachments if one.created_at is None or one.created_at <= at]
    fields["custom"] = [_custom(field, changed) for field in ticket.custom]
    for field in LATER:
        if getattr(ticket, field):
            fields[field] = [] if field == "slas" else None
            unknown[field] = Unknown.ABSENT
    if not LINKED.isdisjoint(word.casefold() for word in changed):
        fields["links"], unknown["links"] = [], Unknown.ABSENT
    if "status" in changed:
        fields["native_status"] = changed["status"].before_label
    if "priority" in changed:
        fields["native_priority"] = changed["priority"].before_label
    fields |= _times(ticket, before, fields.get("status", ticket.status), at)
    fields |= _counts(ticket, changed, events, at, unknown)
    return msgspec.structs.replace(ticket, unknown=unknown, **fields)


class Value(msgspec.Struct, frozen=True):
    value: Any
    unknown: Unknown | None = None


def _value(field: str, event: Event) -> Value | None:
    """What the field held before ``event``; None: not a field of the ticket."""
    raw = event.before
    if field in PLAIN:
        return Value(None if raw in (None, "") else str(raw))
    if field in CLOSED:
        found = _closed(CLOSED[field], raw)
        # A ticket always has a status: a change that does not say which leaves it unknown.
        return Value(None, Unknown.ABSENT) if field == "status" and found.value is None else found
    if field in PEOPLE:
        return Value(Person(id=str(raw), name=event.before_label) if raw not in (None, "") else None)
    if field in PLACES:
        return Value(NamedRef(id=str(raw), name=event.before_label) if raw not in (None, "") else None)
    if field == "tags":
        return _tags(raw)
    if field == "due_at":
        return _moment(raw)
    return None


def _closed(words: type[StrEnum], raw: Any) -> Value:
    if raw in (None, ""):
        return Value(None)
    try:
        return Value(words(str(raw)))
    except ValueError:
        return Value(None, Unknown.ABSENT)


def _tags(raw: Any) -> Value:
    if raw is None:
        return Value([])
    if isinstance(raw, str):
        return Value([word for word in raw.replace(",", " ").split() if word])
    if isinstance(raw, list | tuple):
        return Value([str(word) for word in raw])
    return Value([], Unknown.ABSENT)


def _moment(raw: Any) -> Value:
    if raw in (None, ""):
        return Value(None)
    try:
        read = datetime.fromisoformat(str(raw))
    except ValueError:
        return Value(None, Unknown.ABSENT)
    return Value(read if read.tzinfo is not None else read.replace(tzinfo=UTC))


def _custom(field: CustomField, changed: dict[str, Event]) -> CustomField:
    event = changed.get(field.id) or (changed.get(field.name) if field.name is not None else None)
    return field if event is None else CustomField(id=field.id, name=field.name, value=event.before)


def _later(comment: Comment, at: datetime) -> bool:
    return comment.created_at is not None and comment.created_at > at


def _times(ticket: Ticket, before: list[Event], status: Status | None, at: datetime) -> dict[str, Any]:
    """Times that lie later are taken back to what the history tells."""
    touched = [event.at for event in before if event.at is not None]
    touched += [one.created_at for one in ticket.comments if one.created_at is not None and one.created_at <= at]
    created = [ticket.created_at] if ticket.created_at is not None else []
    times: dict[str, Any] = {"updated_at": max([*touched, *created], default=None)}
    if ticket.first_response_at is not None and ticket.first_response_at > at:
        times["first_response_at"] = None
    if status is None or status not in DONE:
        return times | {"resolved_at": None, "closed_at": None}
    ended = [(event.at, event) for event in before if event.field == "status" and event.at and _done(event.after)]
    if ticket.resolved_at is None or ticket.resolved_at > at:
        times["resolved_at"] = max((when for when, event in ended if not _done(event.before)), default=None)
    if status is not Status.CLOSED:
        times["closed_at"] = None
    elif ticket.closed_at is None or ticket.closed_at > at:
        times["closed_at"] = max((when for when, event in ended if event.after == Status.CLOSED), default=None)
    return times


def _counts(
    ticket: Ticket, changed: dict[str, Event], events: list[Event], at: datetime, unknown: dict[str, Unknown]
) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    if ticket.reopens is not None:
        since = sum(
            event.field == "status" and event.at is not None and event.at > at and _reopened(event) for event in events
        )
        counts["reopens"] = max(0, ticket.reopens - since)
    if ticket.reassignments and not {"group", "assignee"}.isdisjoint(changed):
        # The platforms count different things; what they counted until then is not told.
        counts["reassignments"], unknown["reassignments"] = None, Unknown.ABSENT
    return counts


def _reopened(event: Event) -> bool:
    return _done(event.before) and event.after is not None and not _done(event.after)


def _done(value: Any) -> bool:
    return str(value) in {status.value for status in DONE}
