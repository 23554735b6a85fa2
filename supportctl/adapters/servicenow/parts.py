"""Rows of the tables around a ticket: journals, audit, SLA clocks, metrics, attachments.

Fields without a portable name stay in ``native`` under ServiceNow's names.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET

from supportctl.adapters.servicenow.tables import CHANNELS, DATE_NAMES, PRIORITIES, Table, table_of
from supportctl.adapters.servicenow.types import Cell, Row
from supportctl.model import Attachment, Comment, Event, Person, Role, Sla

PORTABLE_EVENTS = {
    "state": "status",
    "incident_state": "status",
    "problem_state": "status",
    "priority": "priority",
    "assigned_to": "assignee",
    "assignment_group": "group",
    "short_description": "title",
    "description": "description",
    "caller_id": "requester",
    "impact": "impact",
    "urgency": "urgency",
    "category": "category",
    "subcategory": "subcategory",
    "cmdb_ci": "component",
    "business_service": "service",
    "company": "organization",
    "close_code": "closure_code",
    "close_notes": "resolution_notes",
    "due_date": "due_at",
    "contact_type": "channel",
    "sys_tags": "tags",
}
"""Audited field -> our field; others keep their own name."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - durations count from here, in no zone at all
_CODE = re.compile(r"\[code\](.*?)\[/code\]", re.DOTALL | re.IGNORECASE)


def _said(cell: Cell) -> Any:
    """The display value; nothing when the instance sent none."""
    return None if cell.display_value is UNSET else cell.display_value


class Taker:
    """A row being taken apart: what nobody took is left for ``native``."""

    def __init__(self, row: Row) -> None:
        self._row = dict(row)
        self.native: dict[str, Any] = {}
        self._shown: dict[str, Any] = {}

    def cell(self, name: str) -> Cell | None:
        return self._row.pop(name, None)

    def text(self, name: str) -> str:
        """The value; what people see instead is kept where it differs."""
        cell = self.cell(name)
        if cell is None:
            return ""
        if cell.value is UNSET:
            return str(_said(cell) or "")
        self._keep(name, cell)
        return str(cell.value or "")

    def label(self, name: str) -> tuple[str, str | None]:
        """Value and display value of a reference or choice."""
        cell = self.cell(name)
        if cell is None:
            return "", None
        label = _said(cell)
        value = "" if cell.value is UNSET else str(cell.value or "")
        return value or str(label or ""), label

    def when(self, name: str) -> datetime | None:
        """A UTC time; display times are never parsed and what cannot be read is kept."""
        cell = self.cell(name)
        if cell is None:
            return None
        if not cell.value:
            if cell.value is UNSET:
                self.native[name] = _said(cell)
            return None
        try:
            return datetime.fromisoformat(f"{cell.value}+00:00")
        except ValueError:
            self.native[name] = cell.value
            return None

    def seconds(self, name: str) -> int | None:
        cell = self.cell(name)
        if cell is None or not isinstance(cell.value, str):
            if cell is not None:
                self.native[name] = _said(cell)
            return None
        length = duration(cell.value)
        if length is None and cell.value:
            self.native[name] = cell.value
        self._keep(name, cell)
        return length

    def flag(self, name: str) -> bool | None:
        cell = self.cell(name)
        if cell is None:
            return None
        self._keep(name, cell)
        word = str(cell.display_value if cell.value is UNSET else cell.value).lower()
        if word not in {"true", "false"}:
            self.native[name] = cell.value if cell.value is not UNSET else _said(cell)
            return None
        return word == "true"

    def rest(self) -> dict[str, Any]:
        for name, cell in self._row.items():
            if cell.value is UNSET:
                self.native[name] = _said(cell)
                continue
            self.native[name] = cell.value
            if name not in DATE_NAMES:
                self._keep(name, cell)
        if self._shown:
            self.native["display_values"] = self._shown
        return self.native

    def _keep(self, name: str, cell: Cell) -> None:
        label = cell.display_value
        if label is not UNSET and label != cell.value and (label or cell.value) and cell.value is not UNSET:
            self._shown[name] = label


def duration(text: str) -> int | None:
    """Seconds of a duration field: the epoch plus the duration, or plain seconds. None when empty or unreadable."""
    if text.lstrip("-").isdigit():
        return int(text)
    try:
        return int((datetime.fromisoformat(text) - _EPOCH) / timedelta(seconds=1)) if text else None
    except (ValueError, TypeError):
        return None


def person(login: str, label: str | None = None) -> Person | None:
    """Somebody known by login or sys_id only."""
    return Person(id=login, name=label or None, role=_system(login)) if login else None


def _system(login: str) -> Role:
    return Role.BOT if login in {"system", "glide.maint", "guest"} else Role.UNKNOWN


def comment_of(row: Row) -> tuple[str, Comment]:
    """(ticket sys_id, comment) of a ``sys_journal_field`` row. Work notes are internal."""
    taken = Taker(row)
    ticket = taken.text("element_id")
    element = taken.text("element")
    text = taken.text("value")
    html = "\n".join(_CODE.findall(text)) or None
    native = {"element": element, "element_id": ticket} | ({"value": text} if html else {})
    comment = Comment(
        id=taken.text("sys_id"),
        author=person(taken.text("sys_created_by")),
        created_at=taken.when("sys_created_on"),
        body=plain_text(text),
        html=html,
        public={"comments": True, "work_notes": False}.get(element),
        native=native | taken.rest(),
    )
    return ticket, comment


def plain_text(text: str) -> str:
    """Journal text without the HTML that ``[code]`` wraps."""
    from supportctl.text.html import to_text

    return _CODE.sub(lambda found: to_text(found[1]), text) if "[" in text else text


_HEADER = re.compile(r"^(\d[\d./: APMapm-]{7,29}) - (.{1,200}?) \(([^()\n]{1,60})\)", re.MULTILINE)
_KINDS = {"work notes": False, "additional comments": True, "comments": True}


def comments_of_text(ticket: str, text: str) -> list[Comment]:
    """Comments out of the display text of ``comments_and_work_notes``, oldest first.

    Entries read ``TIME - NAME (Work notes)`` and come newest first. Their times are in the reader's zone and
    format, so they are kept as written (``native["shown_at"]``) and never parsed. Labels in another language
    leave ``public`` unknown.
    """
    heads = list(_HEADER.finditer(text))
    comments = []
    for position, head in enumerate(heads):
        end = heads[position + 1].start() if position + 1 < len(heads) else len(text)
        comments.append(
            Comment(
                id=f"{ticket}:{len(heads) - position}",
                author=Person(id=head[2], name=head[2]),
                created_at=None,
                body=plain_text(text[head.end() : end].strip("\n")),
                public=_KINDS.get(head[3].casefold()),
                native={"shown_at": head[1].strip(), "label": head[3]},
            )
        )
    return comments[::-1]


def event_of(row: Row, states: dict[str, str] | None = None) -> tuple[str, Event]:
    """(ticket sys_id, event) of a ``sys_audit`` row. ``states`` translates state codes of the row's table."""
    taken = Taker(row)
    ticket, table, field = taken.text("documentkey"), taken.text("tablename"), taken.text("fieldname")
    old, new = taken.text("oldvalue"), taken.text("newvalue")
    login, label = taken.label("user")
    portable = PORTABLE_EVENTS.get(field, field)
    translate = _translation(portable, states or {k: str(v) for k, v in table_of(table).states.items()})
    event = Event(
        id=taken.text("sys_id"),
        at=taken.when("sys_created_on"),
        actor=person(login, label),
        field=portable,
        before=translate.get(old, old) or None,
        after=translate.get(new, new) or None,
        before_label=None if old in translate else old or None,
        after_label=None if new in translate else new or None,
        native_field=field,
        native={"documentkey": ticket, "tablename": table, "oldvalue": old, "newvalue": new} | taken.rest(),
    )
    return ticket, event


def _translation(field: str, states: dict[str, str]) -> dict[str, str]:
    match field:
        case "status":
            return states
        case "priority":
            return {code: str(word) for code, word in PRIORITIES.items()}
        case "channel":
            return CHANNELS
        case _:
            return {}


def metric_of(row: Row) -> tuple[str, Event]:
    """(ticket sys_id, event) of a ``metric_instance`` row: the value a field took on at ``start``."""
    taken = Taker(row)
    ticket, _ = taken.label("id")
    field = taken.text("field")
    value = taken.text("value")
    event = Event(
        id=taken.text("sys_id"),
        at=taken.when("start"),
        actor=None,
        field=PORTABLE_EVENTS.get(field, field),
        after=value or None,
        after_label=value or None,
        native_field=field or None,
        native={"id": ticket} | taken.rest(),
    )
    return ticket, event


TARGETS = {"response": "first_response", "resolution": "resolution"}
"""``contract_sla.target`` -> metric."""


def sla_of(row: Row) -> tuple[str, Sla]:
    """(ticket sys_id, clock) of a ``task_sla`` row.

    Durations follow the schedule where there is one (business twins), the calendar otherwise; they are what the
    last calculation run found. ``planned_end_time`` is the breach time and means nothing while paused.
    """
    taken = Taker(row)
    ticket, number = taken.label("task")
    definition, name = taken.label("sla")
    target = taken.text("sla.target")
    stage = taken.text("stage")
    schedule, schedule_name = taken.label("schedule")
    lengths = {
        field: taken.seconds(field)
        for field in ("duration", "business_duration", "time_left", "business_time_left", "sla.duration")
    }
    business = bool(schedule) and lengths["business_duration"] is not None
    planned = taken.when("planned_end_time")
    breached = taken.flag("has_breached")
    native: dict[str, Any] = {
        "task": ticket,
        "number": number,
        "sla": definition,
        "name": name,
        "target": target,
        "stage": stage,
        "schedule": schedule,
        "schedule_name": schedule_name,
        "planned_end_time": None if planned is None else f"{planned:%Y-%m-%dT%H:%M:%SZ}",
        "seconds": {field: length for field, length in lengths.items() if length is not None},
    }
    return ticket, Sla(
        metric=TARGETS.get(target, name or definition),
        id=taken.text("sys_id"),
        target=lengths["sla.duration"],
        elapsed=lengths["business_duration" if business else "duration"],
        remaining=lengths["business_time_left" if business else "time_left"],
        started_at=taken.when("start_time"),
        stopped_at=taken.when("end_time"),
        breach_at=None if stage == "paused" else planned,
        breached=breached,
        paused=stage == "paused" if stage else None,
        native=native | taken.rest(),
    )


def attachment_of(row: Row) -> tuple[str, Attachment]:
    """(ticket sys_id, attachment) of the Attachment API's metadata."""
    taken = Taker(row)
    ticket = taken.text("table_sys_id")
    size = taken.text("size_bytes")
    native = {"table_sys_id": ticket} | ({} if size.isdigit() else {"size_bytes": size})
    return ticket, Attachment(
        id=taken.text("sys_id"),
        filename=taken.text("file_name"),
        size=int(size) if size.isdigit() else None,
        content_type=taken.text("content_type") or None,
        url=taken.text("download_link") or None,
        created_at=taken.when("sys_created_on"),
        author=person(taken.text("sys_created_by")),
        native=native | taken.rest(),
    )


def states_as_text(table: Table) -> dict[str, str]:
    return {code: str(status) for code, status in table.states.items()}
