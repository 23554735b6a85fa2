"""``CHANGED`` and ``WAS``: questions to the change history."""

import sqlite3
from datetime import datetime, tzinfo
from typing import Any

from supportctl.sandbox.jira import entities
from supportctl.sandbox.jira.jql import Changed, Function, JqlError, Operand, Value
from supportctl.sandbox.jira.jql_dates import function, milliseconds, moment_of

_FIELDS = {
    "status": "status",
    "assignee": "user",
    "priority": "priority",
    "resolution": "resolution",
    "reporter": "user",
}


def changed(
    node: Changed, db: sqlite3.Connection, now: datetime, zone: tzinfo, users: entities.Users
) -> tuple[str, list[Any]]:
    """A condition on ``i``. Only status, assignee, priority, resolution and reporter keep a searchable history."""
    name = node.field.casefold()
    if name not in _FIELDS:
        raise JqlError(f"The field '{node.field}' does not support history searches.")
    tests = ["json_extract(x.value, '$.fieldId') = ?"]
    values: list[Any] = [name]
    for word, operands in node.predicates:
        if word in {"from", "to"}:
            ids = [found for operand in operands for found in _ids(operand, _FIELDS[name], db, node.field, users)]
            tests.append(f"json_extract(x.value, '$.{word}') IN ({', '.join('?' * len(ids))})")
            values += ids
        elif word in {"after", "before", "on"}:
            tests.append({"after": "h.created > ?", "before": "h.created < ?", "on": "h.created >= ?"}[word])
            values.append(_time(operands[0], now, zone))
        else:
            raise JqlError(f"The predicate '{word.upper()}' is not supported here.")
    if node.operator == "changed":
        return _exists(tests), values
    wanted = [found for operand in node.operands for found in _ids(operand, _FIELDS[name], db, node.field, users)]
    marks = ", ".join("?" * len(wanted))
    tests.append(f"(json_extract(x.value, '$.to') IN ({marks}) OR json_extract(x.value, '$.from') IN ({marks}))")
    column = f"i.{name}"
    sql = f"({column} IN ({marks}) OR {_exists(tests)})"
    return (f"NOT {sql}" if node.operator == "was not" else sql), [*wanted, *values, *wanted, *wanted]


def _exists(tests: list[str]) -> str:
    return (
        "EXISTS (SELECT 1 FROM jira_history h, json_each(h.doc, '$.items') x WHERE h.issue = i.id AND "  # noqa: S608
        + " AND ".join(tests)
        + ")"
    )


def _ids(operand: Operand, kind: str, db: sqlite3.Connection, field: str, users: entities.Users) -> list[str]:
    text = operand.text if isinstance(operand, Value) else operand.name
    found = users(db, text) if kind == "user" else entities.ids(db, kind, text)
    if not found:
        raise JqlError(f"The value '{text}' does not exist for the field '{field}'.")
    return found


def _time(operand: Operand, now: datetime, zone: tzinfo) -> int:
    if isinstance(operand, Function):
        moment = function(operand.name, operand.args, now, zone)
    else:
        moment = moment_of(operand.text, now, zone)
    if moment is None:
        raise JqlError("The date of a history predicate is invalid.")
    return milliseconds(moment)
