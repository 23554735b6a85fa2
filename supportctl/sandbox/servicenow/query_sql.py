"""Encoded queries to SQL over ``sn_record`` and ``sn_trail``.

An empty field is NULL. As on the platform, ``!=``, ``NOT IN`` and ``NOT LIKE`` hold for empty fields. ``=`` and ``IN``
look at case; ``LIKE`` and its kin do not (for ASCII).
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from supportctl.sandbox.servicenow import dictionary, scripts
from supportctl.sandbox.servicenow.dictionary import Field
from supportctl.sandbox.servicenow.encoded import Condition, Encoded, parse
from supportctl.sandbox.servicenow.schema import COLUMNS, OWNER, TRAIL

_DYNAMIC_ME = "90d1921e5f510100a9ad2572f2b477fe"
_DATES = {"glide_date_time", "glide_date", "due_date"}
_NUMBERS = {"integer", "decimal", "currency"}


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, and when."""

    db: sqlite3.Connection
    now: datetime
    zone: tzinfo
    user: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of a table: ``source`` is the FROM clause with alias ``r``; ``order`` may be empty."""

    source: str
    where: str
    values: list[Any]
    order: str
    dropped: int


def column(table: str, field: str, alias: str) -> str:
    """SQL for the stored value of a field; NULL when empty."""
    if field == "sys_id":
        return f"{alias}.sys_id"
    if table in TRAIL:
        if field == TRAIL[table]:
            return f"{alias}.owner"
        if field == "sys_created_on":
            return f"{alias}.sys_created_on"
    else:
        if field == "sys_class_name":
            return f"{alias}.cls"
        if field in COLUMNS:
            return f"{alias}.{field}"
        if OWNER.get(table) == field:
            return f"{alias}.owner"
        if field == dictionary.display_field(table):
            return f"{alias}.name"
    return f"json_extract({alias}.doc, '$.{field}')"


def resolve(table: str, path: str, alias: str = "r") -> tuple[str, Field] | None:
    """SQL and type of a (dot-walked) field; None when there is no such field."""
    first, _, rest = path.partition(".")
    known = dictionary.fields(table).get(first)
    if known is None:
        return None
    sql = column(table, first, alias)
    if not rest:
        return (f"COALESCE({sql}, 'false')" if known.kind == "boolean" and first != "active" else sql), known
    if not known.reference or not dictionary.exists(known.reference):
        return None
    below = resolve(known.reference, rest, f"{alias}x")
    if below is None:
        return None
    return f"(SELECT {below[0]} FROM sn_record {alias}x WHERE {alias}x.sys_id = {sql})", below[1]  # noqa: S608


def select(table: str, text: str, context: Context) -> Selection:
    """The rows of ``table`` (and the tables that extend it) an encoded query selects."""
    encoded = parse(text)
    dropped = encoded.dropped
    physical = "sn_trail" if table in TRAIL else "sn_record"
    classes = dictionary.classes(table)
    # "+" keeps the planner from preferring the class over a better index when there are many classes
    scope = f"r.cls = '{classes[0]}'" if len(classes) == 1 else "+r.cls IN ('" + "', '".join(classes) + "')"
    groups, values = [], []
    for group in encoded.groups:
        parts = []
        for alternatives in group:
            found = [one(table, condition, context) for condition in alternatives]
            dropped += sum(item is None for item in found)
            kept = [item for item in found if item is not None]
            if kept:
                parts.append("(" + " OR ".join(sql for sql, _ in kept) + ")")
                values += [value for _, given in kept for value in given]
        groups.append(" AND ".join(parts) or "1")
    where = groups[0] if len(groups) == 1 else "(" + " OR ".join(f"({group})" for group in groups) + ")"
    if dropped and _strict(context.db):
        where, values = "0", []
    return Selection(f"{physical} r", f"{scope} AND {where}", values, _order(table, encoded), dropped)


def _strict(db: sqlite3.Connection) -> bool:
    row = db.execute(
        "SELECT json_extract(doc, '$.value') FROM sn_record WHERE cls = 'sys_properties' "
        "AND name = 'glide.invalid_query.returns_no_rows'"
    ).fetchone()
    return row is not None and row[0] == "true"


def _order(table: str, encoded: Encoded) -> str:
    terms = []
    for path, descending in encoded.order:
        found = resolve(table, path)
        if found is None:
            continue
        sql, field = found
        if field.kind in _NUMBERS:
            sql = f"CAST({sql} AS REAL)"
        elif field.reference:
            sql = f"COALESCE((SELECT COALESCE(o.name, o.number) FROM sn_record o WHERE o.sys_id = {sql}), '')"  # noqa: S608
        terms.append(f"{sql} {'DESC' if descending else 'ASC'}")
    return ", ".join(terms)


def one(table: str, condition: Condition, context: Context) -> tuple[str, list[Any]] | None:
    """SQL of one condition; None when the platform would ignore it."""
    if condition.field.startswith("sys_tags.") and condition.operator in {"=", "!="}:
        exists = "EXISTS (SELECT 1 FROM sn_record t WHERE t.owner = r.sys_id AND t.cls = 'label_entry' AND t.label = ?)"
        return ("NOT " if condition.operator == "!=" else "") + exists, [condition.field.partition(".")[2]]
    found = resolve(table, condition.field)
    if found is None:
        return None
    sql, field = found
    return _OPERATORS[condition.operator](sql, field, condition, context, table)


def _value(text: str, field: Field, context: Context) -> str | None:
    """The database value a query value stands for; None when it cannot be read."""
    if text.startswith("javascript:"):
        return scripts.evaluate(text, context.now, context.zone, context.user)
    if field.kind in _DATES:
        return scripts.literal(text, context.zone)
    return text


Result = tuple[str, list[Any]] | None
_Translator = Callable[[str, Field, Condition, Context, str], Result]


def _equal(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    negative = condition.operator == "!="
    if condition.value == "" or (condition.value == "NULL" and field.reference):
        return f"{sql} IS {'NOT ' if negative else ''}NULL", []
    value = _value(condition.value, field, context)
    if value is None:
        return None
    if field.name == "sys_class_name" and value in {"", "task"}:
        return ("0" if negative else "1"), []
    return (f"({sql} IS NULL OR {sql} <> ?)" if negative else f"{sql} = ?"), [value]


def _member(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    values = [_value(part, field, context) for part in condition.value.split(",")]
    kept = [value for value in values if value is not None]
    if not kept:
        return None
    marks = ", ".join("?" * len(kept))
    if condition.operator == "IN":
        return f"{sql} IN ({marks})", kept
    return f"({sql} IS NULL OR {sql} NOT IN ({marks}))", kept


def _like(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    text = condition.value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = {"STARTSWITH": f"{text}%", "ENDSWITH": f"%{text}"}.get(condition.operator, f"%{text}%")
    if field.reference:
        sql = f"(SELECT COALESCE(o.name, o.number) FROM sn_record o WHERE o.sys_id = {sql})"  # noqa: S608
    if condition.operator in {"NOT LIKE", "NOTLIKE"}:
        return f"({sql} IS NULL OR {sql} NOT LIKE ? ESCAPE '\\')", [pattern]
    return f"{sql} LIKE ? ESCAPE '\\'", [pattern]


def _less(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    value = _value(condition.value, field, context)
    if value is None or value == "":
        return None
    if field.kind in _NUMBERS:
        try:
            return f"CAST({sql} AS REAL) {condition.operator} ?", [float(value)]
        except ValueError:
            return None
    return f"{sql} {condition.operator} ?", [value]


def _empty(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    return f"{sql} IS {'NOT ' if condition.operator == 'ISNOTEMPTY' else ''}NULL", []


def _anything(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    return "1", []


def _between(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    low, at, high = condition.value.partition("@")
    if not at:
        return None
    first, last = _value(low, field, context), _value(high, field, context)
    if first is None or last is None:
        return None
    if field.kind in _NUMBERS:
        try:
            return f"CAST({sql} AS REAL) BETWEEN ? AND ?", [float(first), float(last)]
        except ValueError:
            return None
    return f"{sql} BETWEEN ? AND ?", [first, last]


def _on(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    """``opened_atONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()``: the name means nothing."""
    parts = condition.value.split("@")
    if len(parts) != 3 or field.kind not in _DATES:
        return None
    first, last = _value(parts[1], field, context), _value(parts[2], field, context)
    if first is None or last is None:
        return None
    if condition.operator == "NOTON":
        return f"({sql} IS NULL OR {sql} NOT BETWEEN ? AND ?)", [first, last]
    return f"{sql} BETWEEN ? AND ?", [first, last]


def _relative(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    moment = scripts.relative(condition.value, context.now)
    if moment is None or field.kind not in _DATES:
        return None
    sign = {"GT": ">", "LT": "<", "GE": ">=", "LE": "<="}[condition.operator[-2:]]
    return f"{sql} {sign} ?", [moment]


def _same(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    other = resolve(table, condition.value)
    if other is None:
        return None
    return f"{sql} IS {'NOT ' if condition.operator == 'NSAMEAS' else ''}{other[0]}", []


def _dynamic(sql: str, field: Field, condition: Condition, context: Context, table: str) -> Result:
    return (f"{sql} = ?", [context.user]) if condition.value == _DYNAMIC_ME else None


_OPERATORS: dict[str, _Translator] = {
    "=": _equal,
    "!=": _equal,
    "IN": _member,
    "NOT IN": _member,
    "LIKE": _like,
    "NOT LIKE": _like,
    "NOTLIKE": _like,
    "STARTSWITH": _like,
    "ENDSWITH": _like,
    "<": _less,
    "<=": _less,
    ">": _less,
    ">=": _less,
    "ISEMPTY": _empty,
    "EMPTYSTRING": _empty,
    "ISNOTEMPTY": _empty,
    "ANYTHING": _anything,
    "BETWEEN": _between,
    "ON": _on,
    "NOTON": _on,
    "RELATIVEGT": _relative,
    "RELATIVELT": _relative,
    "RELATIVEGE": _relative,
    "RELATIVELE": _relative,
    "SAMEAS": _same,
    "NSAMEAS": _same,
    "DYNAMIC": _dynamic,
}
