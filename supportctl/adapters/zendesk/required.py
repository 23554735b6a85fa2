"""What a ticket must say before it may be solved: required fields, and the conditions of its form.

A field that is ``required`` needs a value when the ticket is solved, if it is on the ticket's form; a field that
conditions of the form name as a child is asked for only while its parent has the condition's value, and only for the
statuses of ``required_on_statuses``. (developer.zendesk.com, "Ticket Fields", "Ticket Forms": conditional fields)
"""

from collections.abc import Mapping
from typing import Any

from supportctl.adapters.zendesk.setup import Setup
from supportctl.adapters.zendesk.types import Json
from supportctl.adapters.zendesk.values import title
from supportctl.model import Risk, Ticket
from supportctl.model.planned import CUSTOM

_SYSTEM = {
    "assignee": "assignee",
    "group": "group",
    "priority": "priority",
    "basic_priority": "priority",
    "tickettype": "kind",
    "subject": "title",
    "description": "description",
}
"""Type of a system field -> our field."""
_NATIVE = {"tickettype": "native_kind", "priority": "native_priority", "basic_priority": "native_priority"}
"""Type of a system field -> where its value in Zendesk's own words is."""
_ALWAYS = frozenset({"status", "custom_status"})
_SHOWN = 15


def missing(setup: Setup, ticket: Ticket, status: str, given: Mapping[int, Any]) -> list[Risk]:
    """An obstacle per field that lacks a value for this status (Zendesk's word). ``given``: values sent along."""
    fields = {field["id"]: field for field in setup.fields()}
    form = setup.form(ticket.native.get("ticket_form_id"))
    listed = list(fields) if form is None else form.get("ticket_field_ids") or []
    conditions = [] if form is None else form.get("agent_conditions") or []
    children = {child["id"] for condition in conditions for child in condition.get("child_fields") or ()}
    values = {number: _value(field, ticket, given) for number, field in fields.items()}
    asked = _asked(conditions, children, values, status)
    found = []
    for number, field in fields.items():
        if field.get("type") in _ALWAYS or not (number in listed or field.get("type") == "assignee"):
            continue
        if number in children:
            wanted = number in asked
        else:
            wanted = status == "solved" and (bool(field.get("required")) or field.get("type") == "assignee")
        if wanted and not _filled(field, values[number]):
            found.append(_obstacle(setup, field, status))
    return found


def _value(field: Json, ticket: Ticket, given: Mapping[int, Any]) -> Any:
    kind = field.get("type")
    if kind in _SYSTEM:
        return getattr(ticket, _NATIVE.get(kind, _SYSTEM[kind]))
    number = str(field["id"])
    return given.get(field["id"], next((held.value for held in ticket.custom if held.id == number), None))


def _asked(conditions: list[Json], children: set[int], values: Mapping[int, Any], status: str) -> set[int]:
    """Children asked for. A parent that is itself a child counts only once a condition shows it."""
    shown = set(values) - children
    asked: set[int] = set()
    waiting = list(conditions)
    while True:
        met = [each for each in waiting if each.get("parent_field_id") in shown and _meets(each, values)]
        if not met:
            return asked
        waiting = [each for each in waiting if each not in met]
        for child in (child for condition in met for child in condition.get("child_fields") or ()):
            shown.add(child["id"])
            if _in_force(child, status):
                asked.add(child["id"])


def _meets(condition: Json, values: Mapping[int, Any]) -> bool:
    value = values.get(condition["parent_field_id"])
    held = value if isinstance(value, list) else [value]
    return _word(condition.get("value")) in {_word(each) for each in held}


def _word(value: Any) -> str | None:
    return None if value is None else str(value).lower()


def _in_force(child: Json, status: str) -> bool:
    statuses = child.get("required_on_statuses")
    if not statuses:
        return bool(child.get("is_required")) and status == "solved"
    match statuses.get("type"):
        case "ALL_STATUSES":
            return True
        case "SOME_STATUSES":
            return status in (statuses.get("statuses") or ())
        case _:
            return False


def _filled(field: Json, value: Any) -> bool:
    """An option may be marked as not good enough for solving (``allow_solving``)."""
    if value is None or value is False or value in ("", []):
        return False
    bad = [each.get("value") for each in field.get("custom_field_options") or () if each.get("allow_solving") is False]
    return not any(each in bad for each in (value if isinstance(value, list) else [value]))


def _obstacle(setup: Setup, field: Json, status: str) -> Risk:
    name = _SYSTEM.get(field.get("type") or "")
    if name == "assignee":
        return Risk(code="required", message="it has no assignee, without whom it cannot be solved", field=name)
    options = [str(each.get("value")) for each in field.get("custom_field_options") or ()]
    shown = f" (one of {', '.join(options[:_SHOWN])}{' …' if len(options) > _SHOWN else ''})" if options else ""
    mapped = setup.account.context.mapped.get(field["id"])
    return Risk(
        code="required",
        message=f"it cannot be {status} without a value in the field {title(field)!r}{shown}",
        field=name or mapped or f"{CUSTOM}{field['id']}",
    )
