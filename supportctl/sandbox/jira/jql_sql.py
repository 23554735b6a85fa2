"""JQL to SQL, with Jira's view of empty fields: ``labels != x`` leaves out issues that have no label at all."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from supportctl.sandbox.jira import entities, sight
from supportctl.sandbox.jira.jql import Changed, Clause, Function, Group, JqlError, Node, Not, Operand, Query, Value
from supportctl.sandbox.jira.jql_dates import duration, function, milliseconds, moment_of
from supportctl.sandbox.jira.jql_fields import Field, field_named
from supportctl.sandbox.jira.jql_history import changed
from supportctl.sandbox.jira.words import patterns

Sql = tuple[str, list[Any]]
_OPPOSITE = {
    "=": "!=",
    "!=": "=",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
    "~": "!~",
    "!~": "~",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]*)-(\d+)$")


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, and when. ``user`` is an account id."""

    db: sqlite3.Connection
    now: datetime
    zone: tzinfo
    user: str
    users: entities.Users = entities.users


@dataclass(frozen=True, slots=True)
class Term:
    """One ORDER BY term; never null."""

    sql: str
    descending: bool


def where(query: Query, context: Context) -> Sql:
    """A condition on ``i`` (jira_issue). Raises `JqlError` for unknown fields and values."""
    return ("1", []) if query.where is None else _node(query.where, context, negate=False)


def order(query: Query, context: Context) -> list[Term]:
    """Terms of the order; the last one is the id, so that the order is total."""
    found: list[Term] = []
    for item in query.order:
        field = field_named(item.field, context.db)
        if not field.sort:
            raise JqlError(f"Field '{item.field}' does not support sorting.")
        descending = field.descending if item.descending is None else item.descending
        found += [Term(sql, descending) for sql in field.sort]
    if not any(term.sql == "i.id" for term in found):
        found.append(Term("i.id", found[-1].descending if found else True))
    return found


def _node(node: Node, context: Context, *, negate: bool) -> Sql:
    if isinstance(node, Not):
        return _node(node.part, context, negate=not negate)
    if isinstance(node, Group):
        parts = [_node(part, context, negate=negate) for part in node.parts]
        word = node.word if not negate else ("OR" if node.word == "AND" else "AND")
        return "(" + f" {word} ".join(sql for sql, _ in parts) + ")", [value for _, values in parts for value in values]
    if isinstance(node, Changed):
        sql, values = changed(node, context.db, context.now, context.zone, context.users)
        return (f"NOT {sql}" if negate else sql), values
    if negate:
        node = Clause(node.field, _OPPOSITE[node.operator], node.operands)
    field = field_named(node.field, context.db)
    if node.operator not in field.operators:
        raise JqlError(f"The operator '{node.operator}' is not supported by the '{node.field}' field.")
    return _TRANSLATORS[field.kind](field, node, context)


def _texts(clause: Clause, context: Context) -> list[str]:
    """Operands as text, ``currentUser()`` resolved."""
    found = []
    for operand in clause.operands:
        if isinstance(operand, Value):
            found.append(operand.text)
        elif operand.name.lower() == "currentuser":
            found.append(context.user)
        else:
            raise JqlError(f"Unable to find JQL function '{operand.name}({', '.join(operand.args)})'.")
    return found


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))


def _membership(column: str, operator: str, values: list[Any]) -> Sql:
    if operator in {"=", "in"}:
        return f"{column} IN ({_marks(values)})", values
    return f"({column} IS NOT NULL AND {column} NOT IN ({_marks(values)}))", values


def _entity(field: Field, clause: Clause, context: Context) -> Sql:
    if not clause.operands:
        return f"{field.column} IS {'NOT ' if clause.operator == 'is not' else ''}NULL", []
    if field.name == "resolution" and clause.operator in {"=", "!="}:
        only = clause.operands[0]
        if isinstance(only, Value) and only.text.casefold() == "unresolved":
            return f"{field.column} IS {'' if clause.operator == '=' else 'NOT '}NULL", []
    values: list[Any] = []
    for text in _texts(clause, context):
        if field.entity == "user":
            ids = context.users(context.db, text)
        else:
            ids = entities.ids(context.db, field.entity, text)
        if field.entity == "project":
            ids = [id_ for id_ in ids if sight.current().browses(id_)]
        if not ids:
            raise JqlError(f"The value '{text}' does not exist for the field '{clause.field}'.")
        values += ids
    if field.name == "priority" and clause.operator in {"<", "<=", ">", ">="}:
        rank = context.db.execute(
            "SELECT rank FROM jira_entity WHERE kind = 'priority' AND id = ?", (values[0],)
        ).fetchone()[0]
        # the first priority of the scheme is the highest, and "higher" sorts above
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[clause.operator]
        return f"(i.priority IS NOT NULL AND i.rank {turned} ?)", [rank]
    return _membership(field.column, clause.operator, values)


def _category(field: Field, clause: Clause, context: Context) -> Sql:
    names = {"to do": "new", "in progress": "indeterminate", "done": "done", "no category": "undefined"}
    numbers = {"1": "undefined", "2": "new", "3": "done", "4": "indeterminate"}
    keys = []
    for text in _texts(clause, context):
        lowered = text.casefold()
        key = names.get(lowered) or numbers.get(lowered) or (lowered if lowered in names.values() else None)
        if key is None:
            raise JqlError(f"The value '{text}' does not exist for the field '{clause.field}'.")
        keys.append(key)
    return _membership(field.column, clause.operator, keys)


def _key(field: Field, clause: Clause, context: Context) -> Sql:
    found: list[Any] = []
    for text in _texts(clause, context):
        row = context.db.execute(
            "SELECT id, project, number FROM jira_issue WHERE key = ?1 OR id = "
            "COALESCE((SELECT issue FROM jira_alias WHERE key = ?1), CAST(?2 AS INTEGER))",
            (text.upper(), text if text.isdigit() else "-1"),
        ).fetchone()
        if row is None or not sight.issue_is_seen(context.db, row["id"]):
            if clause.operator in {"<", "<=", ">", ">="} and (match := _KEY.match(text)):
                found.append((None, match.group(1).upper(), int(match.group(2))))
                continue
            raise JqlError(f"An issue with key '{text}' does not exist for field '{clause.field}'.")
        found.append(tuple(row))
    if clause.operator in {"<", "<=", ">", ">="}:
        _, project, number = found[0]
        return f"(i.project = ? AND i.number {clause.operator} ?)", [project, number]
    return _membership("i.id", clause.operator, [row[0] for row in found])


def _date(field: Field, clause: Clause, context: Context) -> Sql:
    if not clause.operands:
        return f"{field.column} IS {'NOT ' if clause.operator == 'is not' else ''}NULL", []
    values: list[Any] = []
    for operand in clause.operands:
        moment = _moment(operand, context)
        if moment is None:
            text = operand.text if isinstance(operand, Value) else f"{operand.name}()"
            raise JqlError(
                f"Date value '{text}' for field '{clause.field}' is invalid. Valid formats include: "
                "'yyyy/MM/dd HH:mm', "
                "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
            )
        values.append(
            moment.astimezone(context.zone).date().isoformat() if field.name == "due" else milliseconds(moment)
        )
    if clause.operator in {"=", "!=", "in", "not in"}:
        return _membership(field.column, clause.operator, values)
    return f"{field.column} {clause.operator} ?", values


def _moment(operand: Operand, context: Context) -> datetime | None:
    if isinstance(operand, Function):
        return function(operand.name, operand.args, context.now, context.zone)
    return moment_of(operand.text, context.now, context.zone)


def _text(field: Field, clause: Clause, context: Context) -> Sql:
    if not clause.operands:
        return f"{field.column} {'<>' if clause.operator == 'is not' else '='} ''", []
    likes = patterns(_texts(clause, context)[0])
    if not likes:
        raise JqlError(f"The text search for field '{clause.field}' is empty after reading it as words.")
    found, values = [], []
    for like in likes:
        one = f"{field.column} LIKE ? ESCAPE '\\'"
        values.append(like)
        if field.name in {"text", "comment"}:
            comments = "EXISTS (SELECT 1 FROM jira_comment c WHERE c.issue = i.id AND c.words LIKE ? ESCAPE '\\')"
            one = comments if field.name == "comment" else f"({one} OR {comments})"
            if field.name == "text":
                values.append(like)
        found.append(one)
    sql = " AND ".join(found)
    if clause.operator == "!~":
        empty = "" if field.name in {"text", "comment"} else f"{field.column} <> '' AND "
        return f"({empty}NOT ({sql}))", values
    return f"({sql})", values


def _multi(field: Field, clause: Clause, context: Context) -> Sql:
    some = "EXISTS (SELECT 1 FROM jira_value v WHERE v.issue = i.id AND v.field = ?)"
    if not clause.operands:
        return ("" if clause.operator == "is not" else "NOT ") + some, [field.column]
    values: list[Any] = []
    for text in _texts(clause, context):
        if field.entity and not entities.ids(context.db, field.entity, text):
            raise JqlError(f"The value '{text}' does not exist for the field '{clause.field}'.")
        values.append(text if field.name == "labels" else text.casefold())
    if clause.operator in {"~", "!~"}:
        likes = patterns(str(values[0]))
        tests = " AND ".join(["v.value LIKE ? ESCAPE '\\'"] * len(likes)) or "0"
        sql = f"EXISTS (SELECT 1 FROM jira_value v WHERE v.issue = i.id AND v.field = ? AND {tests})"  # noqa: S608
        likes = [like.replace("% ", "%").replace(" %", "%") for like in likes]
        if clause.operator == "!~":
            return f"({some} AND NOT {sql})", [field.column, field.column, *likes]
        return sql, [field.column, *likes]
    matching = f"i.id IN (SELECT v.issue FROM jira_value v WHERE v.field = ? AND v.value IN ({_marks(values)}))"  # noqa: S608
    if clause.operator in {"=", "in"}:
        return matching, [field.column, *values]
    return f"({some} AND NOT {matching})", [field.column, field.column, *values]


def _sla(field: Field, clause: Clause, context: Context) -> Sql:
    row = "SELECT 1 FROM jira_sla s WHERE s.issue = i.id AND s.field = ?"
    if not clause.operands:
        return ("" if clause.operator == "is not" else "NOT ") + f"EXISTS ({row})", [field.column]
    operand = clause.operands[0]
    name = operand.name.lower() if isinstance(operand, Function) else ""
    tests = {
        "breached": "s.breached",
        "everbreached": "s.ever",
        "running": "s.running",
        "paused": "s.paused",
        "completed": "s.completed",
    }
    if name in tests and clause.operator in {"=", "!="}:
        wanted = 1 if clause.operator == "=" else 0
        return f"EXISTS ({row} AND {tests[name]} = ?)", [field.column, wanted]
    if name == "remaining" and clause.operator in {"<", "<=", ">", ">="}:
        args = operand.args if isinstance(operand, Function) else ()
        span = duration(args[0]) if args else duration("0m")
        if span is not None:
            limit = round(span.total_seconds() * 1000)
            return f"EXISTS ({row} AND s.remaining {clause.operator} ?)", [field.column, limit]
    raise JqlError(
        f"The field '{clause.field}' supports the functions breached(), everBreached(), running(), paused(), "
        "completed() and remaining()."
    )


_TRANSLATORS = {
    "entity": _entity,
    "category": _category,
    "key": _key,
    "date": _date,
    "text": _text,
    "multi": _multi,
    "sla": _sla,
}
