"""The changelog: one `Event` per changed field.

Comes newest first with ``expand=changelog``, oldest first from ``GET /issue/{key}/changelog`` and, with ``created``
as a number, from ``POST /changelog/bulkfetch``. ``fieldId`` is missing for pseudo fields such as ``Link``, and on Data
Center for all: custom fields are then known by the name people see.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from supportctl.adapters.jsm.platform import EVENT_FIELDS
from supportctl.adapters.jsm.statuses import PriorityTable, StatusTable
from supportctl.adapters.jsm.values import clean, loads, moment, person
from supportctl.model import DONE, Event

_START = datetime.min.replace(tzinfo=UTC)


class EventReader:
    """``homes``: native field id -> the portable field a profile maps it to; ``custom``: its name -> a field's id."""

    def __init__(
        self,
        statuses: StatusTable,
        priorities: PriorityTable,
        homes: Mapping[str, str] | None = None,
        custom: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._statuses = statuses
        self._priorities = priorities
        self._custom = custom
        self._names = {**EVENT_FIELDS, **(homes or {})}

    def events(self, histories: Any) -> list[Event]:
        """Events of a list of histories, oldest first."""
        found = [
            event
            for history in (histories if isinstance(histories, list) else [])
            if isinstance(history, dict)
            for event in self._history(history)
        ]
        return sorted(found, key=lambda event: event.at or _START)

    def _history(self, history: dict[str, Any]) -> Iterable[Event]:
        rest = clean(history)
        id_, items = rest.pop("id", None), rest.pop("items", None)
        at, actor = moment(rest.get("created")), person(history.get("author"))
        if at is not None:
            del rest["created"]
        if actor is not None:
            del rest["author"]
        for number, item in enumerate(items if isinstance(items, list) and items else [{}]):
            if isinstance(item, dict):
                yield self._item(f"{id_}.{number}" if id_ is not None else str(number), at, actor, item, rest)

    def _item(self, id_: str, at: Any, actor: Any, item: dict[str, Any], shared: dict[str, Any]) -> Event:
        native = {**shared, **item}
        shown = native.get("field")
        native_field = native.pop("fieldId", None)
        if native_field is None and native.get("fieldtype") == "custom" and isinstance(shown, str):
            native_field = self._custom(shown)
        native_field = native_field or shown
        native_field = native_field if isinstance(native_field, str) else ""
        if shown == native_field:
            del native["field"]
        named = shown if native_field.startswith("customfield_") and isinstance(shown, str) else native_field
        field = self._names.get(native_field, named)
        before, after = native.get("from"), native.get("to")
        before_label, after_label = native.pop("fromString", None), native.pop("toString", None)
        values = self._values(field, before, after, before_label, after_label)
        for name, value, kept in (("from", before, values[0]), ("to", after, values[1])):
            if value is None or value == kept:
                native.pop(name, None)
        return Event(
            id=id_,
            at=at,
            actor=actor,
            field=field,
            before=values[0],
            after=values[1],
            before_label=_text(before_label),
            after_label=_text(after_label),
            native_field=native_field,
            native=native,
        )

    def _values(self, field: str, before: Any, after: Any, was: Any, now: Any) -> tuple[Any, Any]:
        """Portable values where there are such, else ids, else what people see."""
        match field:
            case "status":
                return self._statuses.by_id(before, was), self._statuses.by_id(after, now)
            case "priority":
                return self._priorities.of(before, was), self._priorities.of(after, now)
            case "tags":
                return _words(was), _words(now)
            case "closure_code" | "title" | "description" | "kind":
                return was, now
            case _:
                return (was if before is None else before), (now if after is None else after)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None if value is None else str(value)


def _words(value: Any) -> list[str]:
    return value.split() if isinstance(value, str) else []


def decode_changelog(content: bytes, reader: EventReader) -> tuple[list[Event], int | None]:
    """``GET /issue/{key}/changelog``: the events of one page, and how many histories there are in all."""
    value = loads(content)
    if not isinstance(value, dict):
        raise msgspec.ValidationError("Expected `object`")
    histories = value.get("values", value.get("histories"))
    total = value.get("total")
    return reader.events(histories), total if isinstance(total, int) else None


def decode_bulk_changelog(content: bytes, reader: EventReader) -> tuple[dict[str, list[Event]], str | None]:
    """``POST /changelog/bulkfetch``: events by issue id, and the token of the next page."""
    value = loads(content)
    if not isinstance(value, dict):
        raise msgspec.ValidationError("Expected `object`")
    found: dict[str, list[Event]] = {}
    logs = value.get("issueChangeLogs")
    for log in logs if isinstance(logs, list) else []:
        if isinstance(log, dict):
            found.setdefault(str(log.get("issueId")), []).extend(reader.events(log.get("changeHistories")))
    token = value.get("nextPageToken")
    return found, token if isinstance(token, str) else None


class Counts(msgspec.Struct, frozen=True):
    reopens: int
    reassignments: int


def counts(events: Iterable[Event]) -> Counts:
    """Reopens and reassignments of a whole history.

    A reopen leaves a done status for one that is not. Where a status is not known any more, a resolution that is
    cleared in the same history counts instead. Taking a ticket nobody had is no reassignment.
    """
    reopened: set[str] = set()
    moved: dict[str, bool | None] = {}
    cleared: set[str] = set()
    reassignments = 0
    for event in events:
        history = event.id.partition(".")[0]
        if event.field == "status":
            if event.before is None or event.after is None:
                moved[history] = None
            elif event.before in DONE and event.after not in DONE:
                reopened.add(history)
        elif event.field == "closure_code" and event.before and not event.after:
            cleared.add(history)
        elif event.field == "assignee" and event.before and event.before != event.after:
            reassignments += 1
    reopened |= cleared & moved.keys()
    return Counts(len(reopened), reassignments)
