"""What the task tables hold, as data: kinds, number prefixes, states, and which field carries what.

Sources: ServiceNow product documentation (incident, problem, request and change management; priority lookup
rules; hold reasons). Instances change these lists: `choices` reads their own, profiles override both.
"""

import msgspec

from supportctl.model import Kind, LinkType, Priority, Status


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table that extends ``task``."""

    name: str
    kind: Kind
    prefix: str | None = None
    """How its numbers begin."""
    states: dict[str, Status] = {}
    """``state`` value -> portable status, as delivered."""
    fields: dict[str, str] = {}
    """Portable field -> native field, beyond those every task has."""
    links: dict[str, LinkType] = {}
    """Reference field -> link type, beyond ``parent``."""
    parents: tuple[str, ...] = ("task",)


TASK_FIELDS: dict[str, str] = {
    "title": "short_description",
    "description": "description",
    "status": "state",
    "priority": "priority",
    "impact": "impact",
    "urgency": "urgency",
    "component": "cmdb_ci",
    "service": "business_service",
    "assignee": "assigned_to",
    "group": "assignment_group",
    "organization": "company",
    "channel": "contact_type",
    "created_at": "opened_at",
    "updated_at": "sys_updated_on",
    "closed_at": "closed_at",
    "due_at": "due_date",
    "reassignments": "reassignment_count",
    "resolution_notes": "close_notes",
    "version": "sys_mod_count",
}
"""Portable field -> field of ``task``."""

PERSON_FIELDS = frozenset({"requester", "assignee"})
NAMED_FIELDS = frozenset({"component", "service", "group", "organization"})
DATE_FIELDS = frozenset({"created_at", "updated_at", "resolved_at", "closed_at", "due_at"})
COUNT_FIELDS = frozenset({"reopens", "reassignments"})

TASK_STATES = {
    "-5": Status.ON_HOLD,
    "1": Status.OPEN,
    "2": Status.OPEN,
    "3": Status.CLOSED,
    "4": Status.CLOSED,
    "7": Status.CANCELLED,
}
"""Pending, Open, Work in Progress, Closed Complete, Closed Incomplete, Closed Skipped."""

HOLD_FOR_CALLER = "1"
"""``hold_reason`` Awaiting Caller: the customer's turn. Others wait for a problem, a vendor or a change."""

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            name="incident",
            kind=Kind.INCIDENT,
            prefix="INC",
            states={
                "1": Status.NEW,
                "2": Status.OPEN,
                "3": Status.ON_HOLD,
                "4": Status.PENDING,
                "5": Status.ON_HOLD,
                "6": Status.RESOLVED,
                "7": Status.CLOSED,
                "8": Status.CANCELLED,
            },
            fields={
                "requester": "caller_id",
                "category": "category",
                "subcategory": "subcategory",
                "resolved_at": "resolved_at",
                "reopens": "reopen_count",
                "closure_code": "close_code",
            },
            links={
                "parent_incident": LinkType.PARENT,
                "problem_id": LinkType.PROBLEM,
                "caused_by": LinkType.CAUSED_BY,
                "rfc": LinkType.RELATES,
            },
        ),
        Table(
            name="problem",
            kind=Kind.PROBLEM,
            prefix="PRB",
            states={
                "101": Status.NEW,
                "102": Status.OPEN,
                "103": Status.OPEN,
                "104": Status.OPEN,
                "106": Status.RESOLVED,
                "107": Status.CLOSED,
                "1": Status.OPEN,
                "2": Status.OPEN,
                "3": Status.ON_HOLD,
                "4": Status.CLOSED,
            },
            fields={
                "category": "category",
                "subcategory": "subcategory",
                "resolved_at": "resolved_at",
                "reopens": "reopen_count",
                "closure_code": "resolution_code",
            },
            links={
                "duplicate_of": LinkType.DUPLICATE_OF,
                "first_reported_by_task": LinkType.RELATES,
                "rfc": LinkType.RELATES,
            },
        ),
        Table(
            name="sc_request",
            kind=Kind.REQUEST,
            prefix="REQ",
            states=TASK_STATES,
            fields={"requester": "requested_for"},
        ),
        Table(
            name="sc_req_item",
            kind=Kind.REQUEST,
            prefix="RITM",
            states=TASK_STATES,
            fields={"requester": "requested_for"},
            links={"request": LinkType.PARENT},
        ),
        Table(
            name="sc_task",
            kind=Kind.TASK,
            prefix="SCTASK",
            states=TASK_STATES,
            links={"request_item": LinkType.PARENT, "request": LinkType.RELATES},
        ),
        Table(
            name="change_request",
            kind=Kind.CHANGE,
            prefix="CHG",
            states={
                "-5": Status.NEW,
                "-4": Status.OPEN,
                "-3": Status.OPEN,
                "-2": Status.OPEN,
                "-1": Status.OPEN,
                "0": Status.OPEN,
                "3": Status.CLOSED,
                "4": Status.CANCELLED,
            },
            fields={"requester": "requested_by", "category": "category", "closure_code": "close_code"},
        ),
        Table(name="task", kind=Kind.OTHER, prefix=None, states=TASK_STATES, parents=()),
    )
}

DEFAULT_TABLES = ("incident", "problem", "sc_request", "sc_req_item", "sc_task")

OTHER_PREFIXES = {"TASK": "sc_task", "CTASK": "change_task", "PTASK": "problem_task"}
"""Number prefixes of tables not described above; ``TASK`` is sc_task on old demo data."""

PRIORITIES = {
    "1": Priority.P1,
    "2": Priority.P2,
    "3": Priority.P3,
    "4": Priority.P4,
    "5": Priority.P5,
}

CHANNELS = {
    "email": "email",
    "phone": "phone",
    "chat": "chat",
    "virtual_agent": "chat",
    "self-service": "portal",
    "service_catalog": "portal",
    "walk-in": "walk-in",
    "event_management": "monitoring",
    "monitoring": "monitoring",
}
"""``contact_type`` -> channel; others pass as they are."""

NATIVE_FIELDS = (
    "active",
    "close_code",
    "child_incidents",
    "closed_by",
    "correlation_id",
    "escalation",
    "hold_reason",
    "known_error",
    "location",
    "made_sla",
    "number",
    "opened_by",
    "related_incidents",
    "reopened_time",
    "resolved_by",
    "severity",
    "sla_due",
    "sys_class_name",
    "sys_created_by",
    "sys_created_on",
    "sys_id",
    "sys_updated_by",
    "work_notes_list",
    "watch_list",
)
"""Fields read beside the mapped ones: identity, and what auditors ask for under ServiceNow's own names."""

DATE_NAMES = frozenset(
    {
        "activity_due",
        "approval_set",
        "closed_at",
        "confirmed_at",
        "due_date",
        "expected_start",
        "fix_at",
        "fix_communicated_at",
        "follow_up",
        "opened_at",
        "reopened_at",
        "reopened_time",
        "resolved_at",
        "sla_due",
        "sys_created_on",
        "sys_updated_on",
        "work_end",
        "work_start",
        "workaround_communicated_at",
        "start_time",
        "end_time",
        "pause_time",
        "planned_end_time",
        "original_breach_time",
        "start",
        "end",
    }
)
"""Fields of type date or date-time: their display text is the same moment in the reader's zone and format."""

JOURNALS = ("comments", "work_notes", "comments_and_work_notes", "approval_history")


def table_of(name: str) -> Table:
    """What is known about a table; one we have not heard of is taken for a plain extension of ``task``."""
    return TABLES.get(name) or Table(name=name, kind=Kind.OTHER, states=TASK_STATES)


def table_of_number(number: str, prefixes: dict[str, str] | None = None) -> str | None:
    """The table a number like ``INC0010001`` belongs to, by the letters it begins with."""
    letters = number[: next((at for at, sign in enumerate(number) if sign.isdigit()), len(number))].upper()
    known = prefixes or {}
    return known.get(letters) or PREFIXES.get(letters)


PREFIXES = {table.prefix: table.name for table in TABLES.values() if table.prefix} | OTHER_PREFIXES
