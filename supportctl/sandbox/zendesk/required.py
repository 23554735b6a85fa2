"""What a ticket must say before its status may change: required fields, and the conditions of its form.

A field that is ``required`` must have a value when the ticket is solved (the description of ``TicketFieldObject``);
so must the assignee. On a form, ``agent_conditions`` decide about the fields they name as children: such a field is
asked for only while the parent has the condition's value, and only in the statuses of ``required_on_statuses``
(the example of ``TicketFormObject``; what ``ALL_STATUSES`` does to an update by the API is nowhere said).
"""

import sqlite3
from typing import Any

from supportctl.sandbox.zendesk import names
from supportctl.sandbox.zendesk.http import Failure

_SYSTEM = {
    "assignee": "assignee_id",
    "group": "group_id",
    "priority": "priority",
    "tickettype": "type",
    "subject": "subject",
    "description": "description",
    "status": "status",
    "custom_status": "custom_status_id",
}
"""Type of a system field -> the ticket's key that holds its value."""
TYPES = {"tickettype": "FieldTicketType", "custom_status": "FieldCustomStatus", "partialcreditcard": "FieldCreditCard"}

Doc = dict[str, Any]


def require(connection: sqlite3.Connection, doc: Doc) -> None:
    """Raise 422 with every field that is missing for the status ``doc`` is about to have."""
    found = missing(connection, doc)
    if found:
        details = [
            {
                "description": f"{field['title']}: is required when {_DOING.get(doc['status'], 'updating')} a ticket",
                "error": None,
                "ticket_field_id": field["id"],
                "ticket_field_type": TYPES.get(field["type"], f"Field{field['type'].title()}"),
            }
            for field in found
        ]
        body = {"error": "RecordInvalid", "description": "Record validation errors", "details": {"base": details}}
        raise Failure(422, body)


_DOING = {"solved": "solving"}


def missing(connection: sqlite3.Connection, doc: Doc) -> list[Doc]:
    """The fields without a value that the ticket's status asks for: the assignee first, then in the form's order."""
    fields = {field["id"]: field for field in _config(connection, "ticket_field")}
    form = next((form for form in _config(connection, "ticket_form") if form["id"] == doc["ticket_form_id"]), None)
    wanted: list[int] = []
    if doc["status"] == "solved":
        wanted += [key for key, field in fields.items() if field["type"] == "assignee"]
    if form is not None:
        wanted += [key for key in form["ticket_field_ids"] if key not in wanted]
    conditions = [] if form is None else form["agent_conditions"]
    children = {child["id"] for condition in conditions for child in condition["child_fields"]}
    asked = _asked_by(conditions, children, fields, doc)
    return [
        fields[key]
        for key in wanted
        if key in fields
        and fields[key]["active"]
        and (key in asked if key in children else doc["status"] == "solved" and fields[key]["required"])
        and not _filled(fields[key], doc)
    ]


def _config(connection: sqlite3.Connection, kind: str) -> list[Doc]:
    sql = "SELECT doc FROM zd_config WHERE kind = ? ORDER BY position"
    return [names.load(row["doc"]) for row in connection.execute(sql, (kind,))]


def _asked_by(conditions: list[Doc], children: set[int], fields: dict[int, Doc], doc: Doc) -> set[int]:
    """The children that conditions in force ask for. A parent that is itself not shown puts none in force."""
    shown = set(fields) - children
    asked: set[int] = set()
    waiting = list(conditions)
    while True:
        met = [
            condition
            for condition in waiting
            if condition["parent_field_id"] in shown
            and condition["value"] in _values(fields[condition["parent_field_id"]], doc)
        ]
        if not met:
            return asked
        waiting = [condition for condition in waiting if condition not in met]
        for child in (child for condition in met for child in condition["child_fields"]):
            shown.add(child["id"])
            if _in_force(child, doc["status"]):
                asked.add(child["id"])


def _in_force(child: Doc, status: str) -> bool:
    statuses = child.get("required_on_statuses")
    if statuses is None:
        return bool(child["is_required"]) and status == "solved"
    match statuses["type"]:
        case "ALL_STATUSES":
            return True
        case "SOME_STATUSES":
            return status in statuses["statuses"]
        case _:
            return False


def _value(field: Doc, doc: Doc) -> Any:
    if field["type"] in _SYSTEM:
        return doc[_SYSTEM[field["type"]]]
    return next((entry["value"] for entry in doc["custom_fields"] if entry["id"] == field["id"]), None)


def _values(field: Doc, doc: Doc) -> list[Any]:
    value = _value(field, doc)
    return value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else value]


def _filled(field: Doc, doc: Doc) -> bool:
    """An option that does not allow solving counts as none (``allow_solving``)."""
    value = _value(field, doc)
    options = {option["value"]: option for option in field.get("custom_field_options", ())}
    if value is None or value is False or value in ("", []):
        return False
    return all(options.get(one, {}).get("allow_solving", True) for one in _values(field, doc))
