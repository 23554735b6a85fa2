# ruff: noqa: S608 (SQL fragments are our own; values are always bound)
"""Zendesk search terms as SQL over the ticket table.

Values of one property are alternatives, different properties all have to hold, ranges narrow, a minus excludes
(support article "Zendesk Support search reference").
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from supportctl.sandbox.store import Store
from supportctl.sandbox.zendesk import names
from supportctl.sandbox.zendesk.search_query import Term

_RELATIVE = re.compile(r"(\d+)\s*(minute|hour|day|week|month|year)s?$", re.IGNORECASE)
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_592_000, "year": 31_536_000}

Condition = tuple[str, list[Any]]
FALSE: Condition = ("0", [])


@dataclass
class Search:
    """A query made ready: conditions over ``zd_tickets``, free words for the text index, sorting words."""

    where: list[Condition] = field(default_factory=list)
    match: str | None = None
    types: list[str] = field(default_factory=list)
    order: str | None = None
    direction: str | None = None
    ticket_only: bool = False
    words: list[str] = field(default_factory=list)

    def sql(self) -> Condition:
        parts = ["deleted IS NULL", *(condition for condition, _ in self.where)]
        params = [value for _, values in self.where for value in values]
        return " AND ".join(f"({part})" for part in parts), params


def compile_terms(store: Store, terms: Iterable[Term], me: int | None) -> Search:
    """Translate; a property Zendesk does not have is searched as text."""
    search = Search()
    grouped: dict[tuple[str, bool], list[Term]] = {}
    texts: list[Term] = []
    for term in terms:
        if term.key is None:
            texts.append(term)
        elif term.key == "type":
            search.types.append(term.value.lower())
        elif term.key in {"order_by", "sort_by"}:
            search.order = term.value
        elif term.key in {"sort", "sort_order"}:
            search.direction = term.value
        elif _property(term.key) is None:
            texts.append(Term(None, ":", f"{term.key} {term.value}", term.negated, True))
        elif term.op == ":":
            grouped.setdefault((term.key, term.negated), []).append(term)
            search.ticket_only = True
        else:
            search.where.append(_negate(_one(store, term, me), term.negated))
            search.ticket_only = True
    for (_, negated), alternatives in grouped.items():
        joined = _any(_one(store, term, me) for term in alternatives)
        search.where.append(_negate(joined, negated))
    _add_text(search, texts)
    return search


def _any(conditions: Iterable[Condition]) -> Condition:
    found = list(conditions)
    return " OR ".join(f"({sql})" for sql, _ in found), [value for _, values in found for value in values]


def _negate(condition: Condition, negated: bool) -> Condition:
    return (f"NOT coalesce(({condition[0]}), 0)", condition[1]) if negated else condition


def _fts(value: str, *, quoted: bool) -> str | None:
    """A value as an expression of the text index: a phrase, or a prefix when it ends in ``*``."""
    prefix = value.endswith("*") and not quoted
    words = re.findall(r"\w+", value)
    if not words:
        return None
    return '"' + " ".join(words) + '"' + (" *" if prefix else "")


def _add_text(search: Search, texts: list[Term]) -> None:
    wanted: list[str] = []
    unwanted: list[str] = []
    for term in texts:
        if term.value == "*":
            continue
        expression = _fts(term.value, quoted=term.quoted)
        if expression is None:
            continue
        if not term.negated:
            search.words.append(term.value)
        (unwanted if term.negated else wanted).append(expression)
        if not term.negated and term.value.lstrip("#").isdigit() and not term.quoted:
            wanted.pop()
            search.where.append(
                (
                    "id = ? OR zd_tickets.rowid IN (SELECT rowid FROM zd_text WHERE zd_text MATCH ?)",
                    [int(term.value.lstrip("#")), expression],
                )
            )
    if wanted:
        search.where.append(
            ("zd_tickets.rowid IN (SELECT rowid FROM zd_text WHERE zd_text MATCH ?)", [" AND ".join(wanted)])
        )
    if unwanted:
        search.where.append(
            ("zd_tickets.rowid NOT IN (SELECT rowid FROM zd_text WHERE zd_text MATCH ?)", [" OR ".join(unwanted)])
        )


Maker = Callable[[Store, Term, int | None], Condition]


def _property(key: str) -> Maker | None:
    if key.startswith("custom_field_") and key[13:].isdigit():
        return _custom
    return _PROPERTIES.get(key)


def _one(store: Store, term: Term, me: int | None) -> Condition:
    maker = _property(term.key or "")
    return FALSE if maker is None else maker(store, term, me)


def _ranked(column: str, ranks: dict[str, int]) -> Maker:
    def make(_store: Store, term: Term, _me: int | None) -> Condition:
        value = term.value.lower()
        if value == "none":
            return f"{column} IS NULL", []
        if value == "*":
            return f"{column} IS NOT NULL", []
        rank = ranks.get(value)
        if rank is None:
            return FALSE
        return f"{column} {'=' if term.op == ':' else term.op} ?", [rank]

    return make


def _words(column: str) -> Maker:
    def make(_store: Store, term: Term, _me: int | None) -> Condition:
        value = term.value.lower()
        if value == "none":
            return f"{column} IS NULL", []
        if value == "*":
            return f"{column} IS NOT NULL", []
        return f"lower({column}) = ?", [value]

    return make


def _channel(store: Store, term: Term, me: int | None) -> Condition:
    alias = {"mail": "email", "web": "web", "phone": "voice", "get_satisfaction": "get_satisfaction"}
    value = alias.get(term.value.lower(), term.value.lower())
    return _words("channel")(store, Term(term.key, term.op, value), me)


def _number(column: str) -> Maker:
    def make(_store: Store, term: Term, _me: int | None) -> Condition:
        if term.value.lower() == "none":
            return f"{column} IS NULL", []
        if term.value == "*":
            return f"{column} IS NOT NULL", []
        if not term.value.lstrip("#").isdigit():
            return FALSE
        return f"{column} {'=' if term.op == ':' else term.op} ?", [int(term.value.lstrip("#"))]

    return make


def _reference(column: str, table: str, *, person: bool) -> Maker:
    def make(_store: Store, term: Term, me: int | None) -> Condition:
        value = term.value
        lowered = value.lower()
        if lowered == "none":
            return f"{column} IS NULL", []
        if value == "*":
            return f"{column} IS NOT NULL", []
        if lowered == "me" and person:
            return f"{column} = ?", [me]
        if value.isdigit():
            return f"{column} = ?", [int(value)]
        if person and "@" in value:
            return f"{column} IN (SELECT id FROM {table} WHERE email = ? COLLATE NOCASE)", [value]
        pattern = lowered.replace("*", "%") if value.endswith("*") else f"%{lowered}%" if not term.quoted else lowered
        return f"{column} IN (SELECT id FROM {table} WHERE lower(name) LIKE ?)", [pattern]

    return make


_HAS_TAG = "EXISTS (SELECT 1 FROM zd_ticket_tags AS held WHERE held.tag = ? AND held.ticket = zd_tickets.id)"


def _tags(_store: Store, term: Term, _me: int | None) -> Condition:
    value = term.value.lower()
    if value == "none":
        return "id NOT IN (SELECT ticket FROM zd_ticket_tags)", []
    if value == "*":
        return "id IN (SELECT ticket FROM zd_ticket_tags)", []
    if value.endswith("*"):
        return "id IN (SELECT ticket FROM zd_ticket_tags WHERE substr(tag, 1, ?) = ?)", [len(value) - 1, value[:-1]]
    tags = value.split()
    found = " AND ".join([_HAS_TAG] * len(tags))
    return (found, list(tags)) if tags else FALSE


def _custom(_store: Store, term: Term, _me: int | None) -> Condition:
    column = int((term.key or "")[13:])
    inside = "id IN (SELECT ticket FROM zd_ticket_values WHERE field = ?"
    if term.value == "*":
        return f"{inside})", [column]
    if term.value.lower() == "none":
        return f"id NOT {inside[3:]})", [column]
    if term.op != ":":
        return f"{inside} AND CAST(value AS REAL) {term.op} CAST(? AS REAL))", [column, term.value]
    if term.value.endswith("*"):
        return f"{inside} AND substr(value, 1, ?) = ?)", [column, len(term.value) - 1, term.value[:-1].lower()]
    return f"{inside} AND value = ?)", [column, term.value.lower()]


def _any_value(_store: Store, term: Term, _me: int | None) -> Condition:
    return "id IN (SELECT ticket FROM zd_ticket_values WHERE value = ?)", [term.value.lower()]


def _text(column: str) -> Maker:
    def make(_store: Store, term: Term, _me: int | None) -> Condition:
        expression = _fts(term.value, quoted=term.quoted)
        if expression is None:
            return FALSE
        return "zd_tickets.rowid IN (SELECT rowid FROM zd_text WHERE zd_text MATCH ?)", [f"{{{column}}} : {expression}"]

    return make


def _date(column: str) -> Maker:
    def make(store: Store, term: Term, _me: int | None) -> Condition:
        value = term.value.strip()
        if value.lower() == "none":
            return f"{column} IS NULL", []
        if value == "*":
            return f"{column} IS NOT NULL", []
        span = _span(value, store.now())
        if span is None:
            return FALSE
        start, end = span
        if term.op == ":":
            return f"{column} >= ? AND {column} < ?", [start, end]
        if term.op in {">", ">="}:
            return f"{column} {term.op} ?", [start]
        return (f"{column} < ?", [start]) if term.op == "<" else (f"{column} < ?", [end])

    return make


def _span(value: str, now: datetime) -> tuple[int, int] | None:
    """First second and the one after the last that a date value names; a day is a day, a moment one second."""
    relative = _RELATIVE.match(value)
    if relative:
        at = names.epoch(now) - int(relative[1]) * _SECONDS[relative[2].lower()]
        return at, at + 1
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    named = {"today": 0, "yesterday": 1}.get(value.lower())
    if named is not None:
        start = names.epoch(today - timedelta(days=named))
        return start, start + 86_400
    try:
        moment = names.parse_stamp(value)
    except ValueError:
        return _partial(value)
    start = names.epoch(moment)
    return (start, start + 1) if "T" in value or ":" in value else (start, start + 86_400)


def _partial(value: str) -> tuple[int, int] | None:
    """A month (``2026-01``) or a year."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", value)
    if match is None or (match[2] and not 1 <= int(match[2]) <= 12):
        return None
    year, month = int(match[1]), int(match[2] or 1)
    start = datetime(year, month, 1, tzinfo=UTC)
    end = (
        datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        if match[2]
        else datetime(year + 1, 1, 1, tzinfo=UTC)
    )
    return names.epoch(start), names.epoch(end)


_PROPERTIES: dict[str, Maker] = {
    "status": _ranked("status_rank", names.STATUS_RANK),
    "priority": _ranked("priority_rank", names.PRIORITY_RANK),
    "ticket_type": _words("type"),
    "created": _date("created"),
    "created_at": _date("created"),
    "updated": _date("updated"),
    "updated_at": _date("updated"),
    "solved": _date("solved"),
    "solved_at": _date("solved"),
    "due_date": _date("due"),
    "tags": _tags,
    "requester": _reference("requester", "zd_users", person=True),
    "submitter": _reference("submitter", "zd_users", person=True),
    "assignee": _reference("assignee", "zd_users", person=True),
    "group": _reference("group_id", "zd_groups", person=False),
    "organization": _reference("organization", "zd_organizations", person=False),
    "subject": _text("subject"),
    "description": _text("description"),
    "comment": _text("comments"),
    "via": _channel,
    "form": _number("form"),
    "brand": _number("brand"),
    "brand_id": _number("brand"),
    "custom_status_id": _number("custom_status"),
    "external_id": _words("external_id"),
    "problem_id": _number("problem"),
    "id": _number("id"),
    "ticket_id": _number("id"),
    "fieldvalue": _any_value,
}
