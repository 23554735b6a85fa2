"""The sample company as an instance holds it: tasks with journals, audit trail, SLAs, tags and attachments."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from supportctl.sandbox import odd_files
from supportctl.sandbox.records import Clock, Company, FieldChange, Named, Person, Record
from supportctl.sandbox.servicenow import attachments, configuration, records
from supportctl.sandbox.servicenow.configuration import named, user
from supportctl.sandbox.servicenow.records import Doc, stamped, sys_id_of
from supportctl.sandbox.servicenow.scripts import to_value

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store

TABLES = {"problem": "problem", "task": "sc_task", "request": "sc_request", "change": "change_request"}
"""Kind -> table; every other kind is an incident."""
PREFIXES = {"incident": "INC", "problem": "PRB", "sc_task": "SCTASK", "sc_request": "REQ", "change_request": "CHG"}
FIRST_NUMBER = 10_000

INCIDENT_STATES = {"new": ("1", ""), "open": ("2", ""), "pending": ("3", "1"), "on_hold": ("3", "4"),
                   "resolved": ("6", ""), "closed": ("7", ""), "cancelled": ("8", "")}  # fmt: skip
PROBLEM_STATES = {"new": "101", "open": "103", "pending": "102", "on_hold": "104", "resolved": "106", "closed": "107",
                  "cancelled": "107"}  # fmt: skip
TASK_STATES = {"new": "1", "open": "2", "pending": "-5", "on_hold": "-5", "resolved": "3", "closed": "3",
               "cancelled": "4"}  # fmt: skip
CHANNELS = {"email": "email", "phone": "phone", "web": "self-service", "portal": "self-service", "chat": "chat"}
DONE = frozenset({"resolved", "closed", "cancelled"})
_INACTIVE = frozenset({"closed", "cancelled"})
"""A resolved incident or problem is still active; other tasks end when they are done."""
_FIELDS = {"status": "state", "priority": "priority", "assignee": "assigned_to", "group": "assignment_group",
           "category": "category"}  # fmt: skip


def table_of(record: Record) -> str:
    return TABLES.get(record.kind, "incident")


def key(record: Record) -> str:
    """What people type: the number of the record in its table."""
    return f"{PREFIXES[table_of(record)]}{FIRST_NUMBER + record.number:07d}"


def prepare(db: sqlite3.Connection) -> None:
    """What every instance has; may be called again."""
    for cls, doc in configuration.records():
        records.put(db, cls, doc)


def seed(store: "Store", company: Company) -> None:
    with store.write() as db:
        prepare(db)
        world = _World(db, company)
        for record in company.records:
            world.put(record)


class _World:
    def __init__(self, db: sqlite3.Connection, company: Company) -> None:
        self.db = db
        self.people = {person.id: person for person in company.people}
        self.groups = {group.id: group for group in company.groups}
        self.by_number = {record.number: record for record in company.records}
        self.labels: set[str] = set()
        self.children = Counter(
            each.duplicate_of
            for each in company.records
            if each.duplicate_of is not None and table_of(each) == "incident"
        )
        companies = {each.id: each for each in company.organizations}
        for each in company.organizations:
            records.put(db, "core_company", named("core_company", each.name))
        for group in company.groups:
            records.put(db, "sys_user_group", named("sys_user_group", group.name, active="true"))
        for person in company.people:
            self._person(person, companies)

    def _person(self, person: Person, companies: dict[int, Named]) -> None:
        where = companies.get(person.organization or 0)
        records.put(
            self.db,
            "sys_user",
            user(
                person.login, person.name, email=person.email, active=_bool(person.active),
                time_zone=person.time_zone if person.role == "end_user" else configuration.TIME_ZONE,
                company=sys_id_of("core_company", where.name) if where else "",
            ),
        )  # fmt: skip
        for number in person.groups:
            records.put(
                self.db,
                "sys_user_grmember",
                stamped(
                    {
                        "sys_id": sys_id_of("sys_user_grmember", person.login, number),
                        "user": self.user(person.id),
                        "group": self.group(number),
                    },
                    configuration.BORN,
                    "system",
                ),
            )

    def user(self, number: int | None) -> str:
        return sys_id_of("sys_user", self.people[number].login) if number is not None else ""

    def login(self, number: int) -> str:
        return self.people[number].login

    def group(self, number: int | None) -> str:
        return sys_id_of("sys_user_group", self.groups[number].name) if number is not None else ""

    def id_of(self, number: int | None) -> str:
        return sys_id_of(table_of(self.by_number[number]), key(self.by_number[number])) if number is not None else ""

    def put(self, record: Record) -> None:
        table = table_of(record)
        doc = self.document(record, table)
        records.put(self.db, table, doc)
        self._journal(record, table, doc["sys_id"])
        self._trail(record, table, doc["sys_id"])
        self._tags(record, table, doc)
        for clock in record.clocks:
            records.put(self.db, "task_sla", self._sla(clock, doc["sys_id"]))

    def document(self, record: Record, table: str) -> Doc:
        state, hold = _state(table, record.status)
        done = [(each.at, each.author) for each in record.messages] + [(each.at, each.actor) for each in record.history]
        last = max(done, key=lambda step: step[0])[1] if done else record.requester
        doc: Doc = {
            "sys_id": sys_id_of(table, key(record)),
            "number": key(record),
            "short_description": record.title,
            "description": record.description,
            "state": state,
            "active": _bool(record.status not in (_INACTIVE if table in {"incident", "problem"} else DONE)),
            "priority": (record.priority or "").removeprefix("p"),
            "impact": _text(record.impact),
            "urgency": _text(record.urgency),
            "contact_type": CHANNELS.get(record.channel, record.channel),
            "opened_at": _at(record.created),
            "opened_by": self.user(record.requester),
            "assigned_to": self.user(record.assignee),
            "assignment_group": self.group(record.group),
            "company": "",
            "business_service": self._thing("cmdb_ci_service", record.service),
            "cmdb_ci": self._thing("cmdb_ci", record.ci),
            "due_date": _at(record.due),
            "closed_at": _at(record.closed),
            "closed_by": self.user(_actor(record, {"closed", "cancelled"})) if record.closed else "",
            "close_notes": record.resolution_notes or "",
            "made_sla": _bool(not any(clock.breached for clock in record.clocks)),
            "reassignment_count": str(_moves(record.history, "group")),
            "parent": self.id_of(record.parent),
            "sys_created_on": _at(record.created),
            "sys_created_by": self.login(record.requester),
            "sys_updated_on": _at(record.updated),
            "sys_updated_by": self.login(last),
            "sys_mod_count": str(len(record.history) + len(record.messages)),
        }
        if table in {"incident", "problem"}:
            doc |= {
                "category": record.category or "",
                "subcategory": record.subcategory or "",
                "resolved_at": _at(record.resolved),
                "resolved_by": self.user(_resolver(record)) if record.resolved else "",
                "reopen_count": str(_reopens(record.history)),
            }
        if table == "incident":
            doc |= {
                "caller_id": self.user(record.requester),
                "incident_state": state,
                "hold_reason": hold,
                "close_code": record.closure_code or "",
                "problem_id": self.id_of(record.problem),
                "parent_incident": self.id_of(record.duplicate_of),
                "child_incidents": str(self.children[record.number]),
            }
        elif table == "problem":
            doc |= {"duplicate_of": self.id_of(record.duplicate_of), "resolution_code": record.closure_code or ""}
        return doc

    def _thing(self, table: str, name: str | None) -> str:
        if not name:
            return ""
        doc = named(table, name)
        records.put(self.db, table, doc)
        return str(doc["sys_id"])

    def _journal(self, record: Record, table: str, sys_id: str) -> None:
        for place, message in enumerate(record.messages):
            entry = {
                "sys_id": sys_id_of("journal", sys_id, place),
                "element_id": sys_id,
                "element": "comments" if message.public else "work_notes",
                "name": table,
                "value": message.text,
            }
            author = self.login(message.author)
            records.put(self.db, "sys_journal_field", stamped(entry, _at(message.at), author))
            for file in message.files:
                doc = attachments.put(
                    self.db, table, sys_id, file.name, file.media, file.content, _at(message.at), author,
                    size=odd_files.told_size(file.content, file.fate),
                )  # fmt: skip
                odd_files.plant(self.db, "servicenow", doc["sys_id"], file.fate)

    def _trail(self, record: Record, table: str, sys_id: str) -> None:
        for place, change in enumerate(record.history):
            for part, (field, old, new) in enumerate(self._changes(change, table)):
                entry = {
                    "sys_id": sys_id_of("audit", sys_id, place, part),
                    "documentkey": sys_id,
                    "tablename": table,
                    "fieldname": field,
                    "oldvalue": old,
                    "newvalue": new,
                    "user": self.login(change.actor),
                }
                records.put(self.db, "sys_audit", stamped(entry, _at(change.at), self.login(change.actor)))

    def _changes(self, change: FieldChange, table: str) -> Iterator[tuple[str, str, str]]:
        field = _FIELDS.get(change.field)
        if field is None:
            return
        if change.field == "status":
            old, new = _state(table, change.before or ""), _state(table, change.after or "")
            if old[0] != new[0]:
                yield "state", old[0], new[0]
            if old[1] != new[1]:
                yield "hold_reason", old[1], new[1]
            return
        yield field, self._raw(change.field, change.before), self._raw(change.field, change.after)

    def _raw(self, field: str, value: str | None) -> str:
        if value is None:
            return ""
        match field:
            case "priority":
                return value.removeprefix("p")
            case "assignee":
                return self.user(int(value))
            case "group":
                return self.group(int(value))
            case _:
                return value

    def _tags(self, record: Record, table: str, doc: Doc) -> None:
        for tag in record.tags:
            label = sys_id_of("label", tag)
            if tag not in self.labels:
                self.labels.add(tag)
                shared = {"sys_id": label, "name": tag, "viewable_by": "everyone", "type": "standard", "active": "true"}
                records.put(self.db, "label", stamped(shared, configuration.BORN, "system"))
            entry = {
                "sys_id": sys_id_of("label_entry", tag, doc["sys_id"]),
                "label": label,
                "table": table,
                "table_key": doc["sys_id"],
                "title": f"{doc['number']}: {record.title}"[:255],
            }
            records.put(self.db, "label_entry", stamped(entry, _at(record.created), "system"))

    def _sla(self, clock: Clock, sys_id: str) -> Doc:
        stage = "completed" if clock.stopped else "paused" if clock.paused else "in_progress"
        share = f"{100 * clock.elapsed / clock.target:.2f}" if clock.target else "0"
        return stamped(
            {
                "sys_id": sys_id_of("task_sla", sys_id, clock.name, clock.started),
                "task": sys_id,
                "sla": sys_id_of("contract_sla", clock.name),
                "stage": stage,
                "has_breached": _bool(clock.breached),
                "active": _bool(clock.stopped is None),
                "start_time": _at(clock.started),
                "end_time": _at(clock.stopped),
                "pause_time": _at(clock.started) if clock.paused else "",
                "planned_end_time": _at(clock.breach_at),
                "original_breach_time": _at(clock.breach_at),
                "duration": _span(clock.elapsed),
                "business_duration": _span(clock.elapsed),
                "time_left": _span(max(clock.target - clock.elapsed, 0)),
                "percentage": share,
                "business_percentage": share,
            },
            _at(clock.started),
            "system",
        )


def _state(table: str, status: str) -> tuple[str, str]:
    """State and hold reason."""
    if table == "incident":
        return INCIDENT_STATES.get(status, ("", ""))
    return (PROBLEM_STATES if table == "problem" else TASK_STATES).get(status, ""), ""


def _reopens(history: tuple[FieldChange, ...]) -> int:
    return sum(1 for each in history if each.field == "status" and each.before in DONE and each.after not in DONE)


def _moves(history: tuple[FieldChange, ...], field: str) -> int:
    return sum(1 for each in history if each.field == field and each.before is not None)


def _actor(record: Record, statuses: Collection[str]) -> int | None:
    """Who last brought the ticket into one of the statuses."""
    moves = [each for each in record.history if each.field == "status" and each.after in statuses]
    return moves[-1].actor if moves else record.assignee


def _resolver(record: Record) -> int | None:
    """Who ended the work; the automatic closing later is nobody's work."""
    moves = [
        each for each in record.history if each.field == "status" and each.after in DONE and each.before not in DONE
    ]
    return moves[-1].actor if moves else record.assignee


def _at(moment: datetime | None) -> str:
    return to_value(moment) if moment is not None else ""


def _span(seconds: int) -> str:
    return to_value(datetime.fromtimestamp(seconds, UTC))


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
