"""Records of task tables to tickets, at the speed of the page.

``value`` decides (UTC times, codes, sys_ids), ``display_value`` only names. A key that is missing is a field hidden
from us; an empty text is a field that is empty. Display times are in the reader's own zone and format and are never
parsed. Fields without a portable name go to ``native``; where what people see differs from the value, the text
people see is in ``native["display_values"]``.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec
from msgspec import UNSET

from supportctl.adapters.servicenow.layout import Layout, Plan, Reading
from supportctl.adapters.servicenow.tables import CHANNELS, HOLD_FOR_CALLER, PRIORITIES, table_of_number
from supportctl.adapters.servicenow.types import Cell, Row
from supportctl.model import CustomField, Link, NamedRef, Person, Platform, Priority, Status, Ticket, Unknown

DISPLAY = "display_values"


class TicketDecoder:
    """Turns records into tickets. ``table`` is the one the request named."""

    def __init__(self, reading: Reading | None = None, table: str | None = None) -> None:
        self.reading = reading or Reading()
        self._table = table
        self._layouts: dict[str, Layout] = {}
        words = set(Priority)
        self.priorities = PRIORITIES | {
            code: Priority(word) for code, word in self.reading.priorities.items() if word in words
        }

    def tickets(self, rows: Iterable[Row]) -> list[Ticket]:
        return [self.ticket(row) for row in rows]

    def layout(self, name: str) -> Layout:
        """How records of table ``name`` are read."""
        known = self._layouts.get(name)
        if known is None:
            known = self._layouts[name] = Layout(name, self.reading)
        return known

    def _class_of(self, row: Row) -> str:
        """The concrete table: by class, else by the request, else by the number's letters."""
        cell = row.get("sys_class_name")
        if cell is not None and cell.value:
            return str(cell.value)
        if self._table is not None and self._table != "task":
            return self._table
        number = row.get("number")
        text = (number.value or number.display_value) if number is not None else None
        return (table_of_number(text) if isinstance(text, str) else None) or "task"

    def ticket(self, row: Row) -> Ticket:
        layout = self.layout(self._class_of(row))
        plan = layout.plan(tuple(row))
        unknown = plan.unknown.copy()
        native: dict[str, Any] = {}
        shown: dict[str, Any] = {}
        out: dict[str, Any] = {}
        for name in plan.rest:
            cell = row[name]
            value = native[name] = cell.value
            label = cell.display_value
            if label != value:
                _differing(name, value, label, native, shown)
            elif value is UNSET:
                native[name] = None
        for name in plan.native_dates:
            value = row[name].value
            native[name] = _said(row[name]) if value is UNSET else value
        for name, portable in plan.dates:
            value = row[name].value
            if value:
                try:
                    out[portable] = datetime.fromisoformat(value + "+00:00")
                except ValueError:
                    day = out[portable] = _day(value)
                    native[name] = value
                    if day is None:
                        unknown[portable] = Unknown.ABSENT
            elif value is UNSET:
                native[name] = _said(row[name])
                unknown[portable] = Unknown.ABSENT
        for name, portable in plan.texts:
            cell = row[name]
            value, label = cell.value, cell.display_value
            out[portable] = (_said(cell) if value is UNSET else value) or None
            if label != value and value is not UNSET:
                _differing(name, value, label, native, shown)
        for name, portable in plan.codes:
            cell = row[name]
            value, label = cell.value, cell.display_value
            if value is UNSET:
                native[name] = _said(cell)
                unknown[portable] = Unknown.ABSENT
                continue
            out[portable] = value or None
            if label != value:
                _differing(name, value, label, native, shown)
        for name, portable in plan.people:
            cell = row[name]
            if cell.value:
                label = cell.display_value
                out[portable] = Person(id=cell.value, name=None if label is UNSET else label)
            elif cell.display_value:
                out[portable] = Person(id=str(cell.display_value), name=cell.display_value or None)
        for name, portable in plan.named:
            cell = row[name]
            if cell.value:
                label = cell.display_value
                out[portable] = NamedRef(id=cell.value, name=None if label is UNSET else label)
            elif cell.display_value:
                out[portable] = NamedRef(id=str(cell.display_value), name=cell.display_value or None)
        for name, portable in plan.counts:
            self._count(name, portable, row[name], out, native, unknown)
        for name, portable in plan.emails:
            _email(name, portable, row[name], out, native, shown)
        for name, portable in plan.actives:
            _active(name, portable, row[name], out, native)
        self._codes(plan, layout, row, out, native, shown, unknown)
        identity = _plain(row, "sys_id", shown)
        key = _plain(row, "number", shown) or identity
        if "created_at" not in out and "created_at" not in unknown and (made := native.get("sys_created_on")):
            out["created_at"] = _when(made)
            if layout.fields["created_at"] in row:
                native[layout.fields["created_at"]] = ""
        if shown:
            native[DISPLAY] = shown
        return Ticket(
            platform=Platform.SERVICENOW,
            profile=self.reading.profile,
            id=identity,
            key=key,
            url=f"{self.reading.url}/nav_to.do?uri={layout.table.name}.do?sys_id={identity}",
            kind=layout.table.kind,
            native_kind=layout.table.name,
            links=_links(plan, row, shown),
            custom=[_custom(name, row[name], self.reading) for name in plan.custom],
            unknown=unknown,
            native=native,
            **out,
        )

    def _codes(
        self,
        plan: Plan,
        layout: Layout,
        row: Row,
        out: dict[str, Any],
        native: dict[str, Any],
        shown: dict[str, Any],
        unknown: dict[str, Unknown],
    ) -> None:
        """State, priority and channel: the code decides, the label is what people see.

        A state nobody described is open while the task is active and closed when it is not.
        """
        if plan.channel is not None:
            code = row[plan.channel].value
            if code is UNSET:
                unknown["channel"] = Unknown.ABSENT
            elif code:
                out["channel"] = CHANNELS.get(str(code), code)
        if plan.priority is not None:
            cell = row[plan.priority]
            if cell.value:
                out["priority"] = self.priorities.get(cell.value)
            if (cell.value or cell.value is UNSET) and out.get("priority") is None:
                unknown["priority"] = Unknown.ABSENT
            out["native_priority"] = shown.pop(plan.priority, None) or cell.display_value or cell.value or None
            if out["native_priority"] is UNSET:
                out["native_priority"] = cell.value
        if plan.state is None:
            return
        cell = row[plan.state]
        if cell.value is UNSET:
            unknown["status"] = Unknown.ABSENT
            out["native_status"] = _said(cell)
            return
        if not cell.value:
            out["native_status"] = shown.pop(plan.state, None)
            return
        code = str(cell.value)
        status = layout.states.get(code)
        if status is None:
            status = _BY_ACTIVITY.get(str(native.get("active")).lower())
        elif status is Status.ON_HOLD and native.get("hold_reason") == HOLD_FOR_CALLER:
            status = Status.ON_HOLD if code in layout.spoken_for else Status.PENDING
        if status is None:
            unknown["status"] = Unknown.ABSENT
        out["status"] = status
        out["native_status"] = shown.pop(plan.state, None) or layout.labels.get(code) or code

    def _count(
        self,
        name: str,
        portable: str,
        cell: Cell,
        out: dict[str, Any],
        native: dict[str, Any],
        unknown: dict[str, Unknown],
    ) -> None:
        value, label = cell.value, cell.display_value
        text = _said(cell) if value is UNSET else value
        if text:
            try:
                out[portable] = int(str(text))
            except ValueError:
                native[name] = text
                unknown[portable] = Unknown.ABSENT
        if label != value and label is not UNSET and value is not UNSET and (label or value):
            native[name] = {"value": value, "display_value": label}


_BY_ACTIVITY = {"true": Status.OPEN, "1": Status.OPEN, "false": Status.CLOSED, "0": Status.CLOSED}


def _said(cell: Cell) -> str | None:
    """What people see, where that is all there is."""
    return None if cell.display_value is UNSET else cell.display_value


def _differing(name: str, value: Any, label: Any, native: dict[str, Any], shown: dict[str, Any]) -> None:
    """People see something else than the value; an empty choice shows null, which says nothing."""
    if value is UNSET:
        native[name] = None if label is UNSET else label
    elif label is not UNSET and (label or value):
        shown[name] = label


def _day(text: str) -> datetime | None:
    """Fields of type date hold no time: the day begins at midnight UTC."""
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return None


def _when(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text + "+00:00")
    except (ValueError, TypeError):
        return None


def _plain(row: Row, name: str, shown: dict[str, Any]) -> str:
    """The record's own number or sys_id."""
    cell = row.get(name)
    if cell is None:
        return ""
    if cell.value is UNSET:
        return str(_said(cell) or "")
    if cell.display_value != cell.value and cell.display_value is not UNSET:
        shown[name] = cell.display_value
    return str(cell.value or "")


def _email(
    name: str, portable: str, cell: Cell, out: dict[str, Any], native: dict[str, Any], shown: dict[str, Any]
) -> None:
    """The address beside a person; an empty one is known to be empty."""
    person: Person | None = out.get(portable)
    email = str((_said(cell) if cell.value is UNSET else cell.value) or "")
    if person is not None:
        out[portable] = Person(id=person.id, name=person.name, email=email)
    elif email:
        native[name] = email
    if cell.value is not UNSET and cell.display_value != cell.value:
        _differing(name, cell.value, cell.display_value, native, shown)


def _active(name: str, portable: str, cell: Cell, out: dict[str, Any], native: dict[str, Any]) -> None:
    """Whether a person's account is in use. Nothing is said of somebody whose record may not be read."""
    person: Person | None = out.get(portable)
    word = str((_said(cell) if cell.value is UNSET else cell.value) or "").lower()
    if person is not None and word in ("true", "false"):
        out[portable] = msgspec.structs.replace(person, active=word == "true")
    elif word:
        native[name] = word


def _links(plan: Plan, row: Row, shown: dict[str, Any]) -> list[Link]:
    links = []
    for name, kind in plan.links:
        cell = row[name]
        if cell.value:
            key = cell.display_value
            links.append(Link(type=kind, key=str(key) if key else cell.value, id=cell.value, native_type=name))
        elif cell.display_value:
            links.append(Link(type=kind, key=str(cell.display_value), native_type=name))
    return links


def _custom(name: str, cell: Cell, reading: Reading) -> CustomField:
    """A field of the instance's own: its value, with the text people see where that differs."""
    value, label = cell.value, cell.display_value
    held: Any = value or None
    if value is UNSET:
        held = _said(cell) or None
    elif label is not UNSET and label != value and (label or value):
        held = {"value": value, "display_value": label}
    return CustomField(id=name, name=reading.names.get(name), value=held)
