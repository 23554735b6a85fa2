"""A real instance's incident event log: one row per change, the whole incident in every row.

The form is that of the log published at UCI (archive.ics.uci.edu, "Incident management process enriched event
log"): ``?`` is empty, dates are day-first and taken as UTC, states and people are words. An incident's last row
is the record; the differences between its rows are its audit trail.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from supportctl.sandbox.dialects import LoadReport
from supportctl.sandbox.servicenow import configuration, records
from supportctl.sandbox.servicenow.configuration import named, user
from supportctl.sandbox.servicenow.records import Doc, stamped, sys_id_of
from supportctl.sandbox.servicenow.scripts import to_value
from supportctl.sandbox.servicenow.seed import prepare

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store

STATES = {
    "new": ("1", ""),
    "active": ("2", ""),
    "in progress": ("2", ""),
    "awaiting user info": ("3", "1"),
    "awaiting caller": ("3", "1"),
    "awaiting problem": ("3", "3"),
    "awaiting vendor": ("3", "4"),
    "awaiting change": ("3", "5"),
    "awaiting evidence": ("3", "6"),
    "resolved": ("6", ""),
    "closed": ("7", ""),
    "canceled": ("8", ""),
}
"""The log's state -> state and hold reason of today's model. Others are kept as they are."""
EXTRA_REASON = ("6", "Awaiting Evidence")

DIRECT = {
    "reassignment_count": "reassignment_count",
    "reopen_count": "reopen_count",
    "made_sla": "made_sla",
    "category": "category",
    "subcategory": "subcategory",
    "u_symptom": "u_symptom",
    "u_priority_confirmation": "u_priority_confirmation",
    "knowledge": "knowledge",
    "notify": "notify",
    "vendor": "u_vendor",
    "problem_id": "problem_id",
    "rfc": "rfc",
    "caused_by": "caused_by",
    "active": "active",
}
SCALES = {"impact": "impact", "urgency": "urgency", "priority": "priority"}
PEOPLE = {"caller_id": "caller_id", "opened_by": "opened_by", "assigned_to": "assigned_to"}
NAMED = {"assignment_group": "sys_user_group", "location": "cmn_location", "cmdb_ci": "cmdb_ci"}
CHOICES = ("category", "subcategory", "close_code")
UNAUDITED = frozenset({"sys_updated_on", "sys_updated_by", "sys_mod_count", "incident_state", "active"})
COLUMNS = frozenset({"number", "incident_state", "opened_at", "sys_updated_at"})
"""What a row must have."""
BATCH = 2_000


def load(store: "Store", records_: Iterable[dict[str, Any]], *, as_of: datetime | None = None) -> LoadReport:
    """Add the incidents of an event log; rows of one incident follow each other.

    With ``as_of`` the incidents stand as after their last row at that moment or before; those without one are left out.
    """
    report = LoadReport()
    with store.write() as db:
        prepare(db)
        world = _World(db)
        for rows in _incidents(records_, report):
            upto = rows if as_of is None else [row for row in rows if row[0] <= as_of]
            if not upto:
                report.skipped["no event yet on that day"] += 1
                continue
            report.events += world.put(upto)
            report.loaded += 1
        world.finish()
    return report


Timed = tuple[datetime, dict[str, Any]]


def _incidents(rows: Iterable[dict[str, Any]], report: LoadReport) -> Iterator[list[Timed]]:
    """The rows of each incident, oldest first. Rows of one number that are torn apart count as one incident."""
    current: list[Timed] = []
    for row in rows:
        number = str(row.get("number") or "")
        at = _moment(row.get("sys_updated_at"))
        if not number or at is None or _moment(row.get("opened_at")) is None:
            report.skipped["row without number, opening or update time"] += 1
            continue
        if current and current[0][1]["number"] != number:
            yield sorted(current, key=_order)
            current = []
        current.append((at, row))
    if current:
        yield sorted(current, key=_order)


def _order(timed: Timed) -> tuple[datetime, int]:
    count = str(timed[1].get("sys_mod_count") or "0")
    return timed[0], int(count) if count.isdigit() else 0


class _World:
    """Remembers whom and what it has made already."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.made: set[tuple[str, str]] = set()
        self.choices: set[tuple[str, str]] = set()
        self.others: list[tuple[str, Doc]] = []
        self.incidents: list[Doc] = []
        self.trail: list[Doc] = []

    def put(self, rows: list[Timed]) -> int:
        events = 0
        before: Doc | None = None
        known = records.get(self.db, "incident", sys_id_of("incident", rows[0][1]["number"]))
        if known is not None:
            before = known[1]
        doc: Doc = {}
        for place, (at, row) in enumerate(rows):
            doc = self.document(row, at)
            if before is not None:
                changes = list(_changes(before, doc, at, place))
                self.trail += changes
                events += len(changes)
            before = doc
        self.incidents.append(doc)
        if len(self.incidents) >= BATCH:
            self.flush()
        return events

    def document(self, row: dict[str, Any], at: datetime) -> Doc:
        """One row as the record stood then; what lies in the row's future is left out."""
        state, hold = STATES.get(_value(row, "incident_state").lower(), (_value(row, "incident_state"), ""))
        doc: Doc = {
            "sys_id": sys_id_of("incident", row["number"]),
            "number": row["number"],
            "state": state,
            "incident_state": state,
            "hold_reason": hold,
            "short_description": f"{_value(row, 'category') or 'Incident'} / {_value(row, 'u_symptom') or 'unknown'}",
            "contact_type": _value(row, "contact_type").lower(),
            "opened_at": _stamp(row, "opened_at"),
            "sys_created_on": _stamp(row, "sys_created_at") or _stamp(row, "opened_at"),
            "sys_created_by": self.person(row, "sys_created_by", login=True),
            "sys_updated_on": to_value(at),
            "sys_updated_by": self.person(row, "sys_updated_by", login=True),
            "sys_mod_count": _value(row, "sys_mod_count") or "0",
        }
        for column, field in DIRECT.items():
            doc[field] = _value(row, column)
        for column, field in SCALES.items():
            doc[field] = _value(row, column).partition(" ")[0]
        for column, field in PEOPLE.items():
            doc[field] = self.person(row, column)
        for column, table in NAMED.items():
            doc[column] = self.thing(table, _value(row, column))
        done = state in {"6", "7"}
        for column in ("resolved_at", "closed_at"):
            moment = _moment(row.get(column))
            doc[column] = to_value(moment) if moment is not None and moment <= at else ""
        doc["close_code"] = _value(row, "closed_code") if done else ""
        doc["resolved_by"] = self.person(row, "resolved_by") if done else ""
        self.choices.update((field, doc[field]) for field in CHOICES if doc.get(field))
        return doc

    def person(self, row: dict[str, Any], column: str, *, login: bool = False) -> str:
        name = " ".join(_value(row, column).split())
        if not name:
            return "system" if login else ""
        user_name = name.lower().replace(" ", ".")
        if ("sys_user", user_name) not in self.made:
            self.made.add(("sys_user", user_name))
            self.others.append(("sys_user", user(user_name, name)))
        return user_name if login else sys_id_of("sys_user", user_name)

    def thing(self, table: str, name: str) -> str:
        if not name:
            return ""
        if (table, name) not in self.made:
            self.made.add((table, name))
            self.others.append((table, named(table, name, **({"active": "true"} if table == "sys_user_group" else {}))))
        return sys_id_of(table, name)

    def flush(self) -> None:
        records.put_many(self.db, "incident", self.incidents)
        records.put_many(self.db, "sys_audit", self.trail)
        self.incidents.clear()
        self.trail.clear()

    def finish(self) -> None:
        self.flush()
        for cls, doc in self.others:
            records.put(self.db, cls, doc)
        for place, (element, value) in enumerate(sorted(self.choices)):
            records.put(self.db, "sys_choice", configuration.choice("incident", element, value, value, 100 + place))
        records.put(self.db, "sys_choice", configuration.choice("incident", "hold_reason", *EXTRA_REASON, 9))


def _changes(before: Doc, after: Doc, at: datetime, place: int) -> Iterator[Doc]:
    for field in after:
        old, new = before.get(field, ""), after[field]
        if old == new or field in UNAUDITED:
            continue
        entry = {
            "sys_id": sys_id_of("audit", after["sys_id"], place, field),
            "documentkey": after["sys_id"],
            "tablename": "incident",
            "fieldname": field,
            "oldvalue": old,
            "newvalue": new,
            "user": after["sys_updated_by"],
        }
        yield stamped(entry, to_value(at), after["sys_updated_by"])


def _value(row: dict[str, Any], column: str) -> str:
    text = str(row.get(column) or "").strip()
    return "" if text == "?" else text


def _moment(text: Any) -> datetime | None:
    """``29/2/2016 01:16``; None for ``?`` and what is no date."""
    try:
        return datetime.strptime(str(text).strip(), "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def _stamp(row: dict[str, Any], column: str) -> str:
    moment = _moment(row.get(column))
    return to_value(moment) if moment is not None else ""
