# ruff: noqa: S608 (SQL fragments are our own; values are always bound)
"""The search endpoints: ``/search``, ``/search/count`` and ``/search/export``."""

import sqlite3
from typing import Any

from supportctl.sandbox.zendesk import index, sideloads
from supportctl.sandbox.zendesk.access import sight
from supportctl.sandbox.zendesk.directory import caller_id
from supportctl.sandbox.zendesk.http import Call, Failure, Router
from supportctl.sandbox.zendesk.paging import decode_cursor, encode_cursor, link
from supportctl.sandbox.zendesk.search_query import parse
from supportctl.sandbox.zendesk.search_sql import Search, compile_terms
from supportctl.sandbox.zendesk.tables import with_url

MOST = 1000
"""Results a search can page through."""

CURSOR_LIFE = 3600
"""Seconds an export cursor lives."""

_SORTS = {
    "updated_at": "updated",
    "updated": "updated",
    "created_at": "created",
    "created": "created",
    "priority": "priority_rank",
    "status": "status_rank",
    "ticket_type": "type",
}
_OTHERS = {"user": "zd_users", "group": "zd_groups", "organization": "zd_organizations"}


def _prepare(call: Call) -> Search:
    query = call.param("query")
    if query is None or not query.strip():
        raise Failure(400, {"error": {"title": "Invalid attribute", "message": "The query parameter is required"}})
    search = compile_terms(call.store, parse(query), caller_id(call))
    if condition := sight(call):
        search.where.append((condition, []))
    return search


def _kinds(search: Search) -> list[str]:
    if search.types:
        return [kind for kind in dict.fromkeys(search.types) if kind == "ticket" or kind in _OTHERS]
    return ["ticket"] if search.ticket_only else ["ticket", *_OTHERS]


def _others(call: Call, search: Search, kind: str) -> list[sqlite3.Row]:
    """Users, groups and organizations whose name or e-mail holds every word."""
    if search.ticket_only:
        return []
    column = "name || ' ' || coalesce(email, '')" if kind == "user" else "name"
    where = " AND ".join([f"({column}) LIKE ?"] * len(search.words)) or "1"
    params = [f"%{word.rstrip('*')}%" for word in search.words]
    return call.store.rows(f"SELECT id, doc FROM {_OTHERS[kind]} WHERE {where} ORDER BY id", params)


def _total(call: Call, search: Search) -> int:
    total = 0
    for kind in _kinds(search):
        if kind == "ticket":
            where, params = search.sql()
            total += int(
                call.store.value(f"{index.behind(call.store)}SELECT count(*) FROM zd_tickets WHERE {where}", params)
            )
        else:
            total += len(_others(call, search, kind))
    return total


def count(call: Call) -> dict[str, Any]:
    return {"count": _total(call, _prepare(call))}


def _ticket_includes(call: Call) -> frozenset[str]:
    """``include=tickets(users,groups)`` as search wants it."""
    text = (call.param("include") or "").strip()
    inner = text.removeprefix("tickets(").removesuffix(")") if text.startswith("tickets(") else ""
    return frozenset(part.strip() for part in inner.split(",") if part.strip())


def _render(call: Call, rows: list[sqlite3.Row], kind: str, includes: frozenset[str]) -> list[Any]:
    tail = f',"result_type":"{kind}"'
    if kind != "ticket":
        return [with_url(call.base, kind, row["id"], row["doc"], tail) for row in rows]
    inside = includes & {"metric_sets", "slas", "comment_count", "dates", "incident_counts"}
    if inside:
        return [_tag(raw, tail) for raw in sideloads.tickets(call, rows, inside)]
    return [with_url(call.base, "ticket", row["id"], row["doc"], tail) for row in rows]


def _tag(raw: Any, tail: str) -> Any:
    return type(raw)(bytes(raw)[:-1] + tail.encode() + b"}")


def search(call: Call) -> dict[str, Any]:
    """Offset paging over at most a thousand results."""
    if any(key.startswith("page[") for key, _ in call.query):
        raise Failure(400, {"error": {"title": "Invalid attribute", "message": "page must be an integer"}})
    prepared = _prepare(call)
    number = call.number("page", 1)
    size = call.number("per_page", 100, high=100)
    if number * size > MOST and (number - 1) * size >= MOST:
        text = "Invalid search: Requested response size was greater than Search Response Limits"
        raise Failure(422, {"error": "invalid", "description": text})
    includes = _ticket_includes(call)
    start, end = (number - 1) * size, number * size
    results: list[Any] = []
    beside: dict[str, Any] = {}
    total = 0
    for kind in _kinds(prepared):
        if kind == "ticket":
            rows, found = _ticket_page(call, prepared, max(start - total, 0), max(end - total, 0))
            beside = sideloads.beside(call, rows, includes) if rows else {}
        else:
            everything = _others(call, prepared, kind)
            found = len(everything)
            rows = everything[max(start - total, 0) : max(end - total, 0)]
        results += _render(call, rows, kind, includes)
        total += found
    return {
        "results": results,
        **beside,
        "facets": None,
        "next_page": link(call, page=number + 1) if end < total else None,
        "previous_page": link(call, page=number - 1) if number > 1 else None,
        "count": total,
    }


def _ticket_page(call: Call, prepared: Search, start: int, end: int) -> tuple[list[sqlite3.Row], int]:
    where, params = prepared.sql()
    wanted = call.param("sort_by") or prepared.order or ""
    direction = (call.param("sort_order") or prepared.direction or "desc").lower()
    column = _SORTS.get(wanted, "updated")
    order = "ASC" if direction == "asc" else "DESC"
    known = index.behind(call.store)
    with call.store.reader() as connection:
        total = connection.execute(f"{known}SELECT count(*) FROM zd_tickets WHERE {where}", params).fetchone()[0]
        rows = connection.execute(
            f"{known}SELECT id, doc FROM zd_tickets WHERE {where} ORDER BY {column} {order}, id DESC "
            f"LIMIT {max(end - start, 0)} OFFSET {start}",
            params,
        ).fetchall()
    return rows, total


def export(call: Call) -> dict[str, Any]:
    """Cursor paging over everything of one type, newest first by creation; the cursor lives an hour."""
    kind = call.param("filter[type]")
    if kind is None:
        raise Failure(
            400,
            {
                "errors": [
                    {
                        "code": "MissingParameter",
                        "title": "filter[type] is required",
                        "detail": "filter[type] must be one of ticket, user, group, organization",
                    }
                ]
            },
        )
    if kind != "ticket" and kind not in _OTHERS:
        raise Failure(
            400,
            {
                "errors": [
                    {
                        "code": "InvalidParameter",
                        "title": "filter[type] is not valid",
                        "detail": "filter[type] must be one of ticket, user, group, organization",
                    }
                ]
            },
        )
    prepared = _prepare(call)
    size = call.number("page[size]", 100, high=1000)
    now = int(call.store.now().timestamp())
    position: list[int] | None = None
    started = now
    if (after := call.param("page[after]")) is not None:
        cursor = decode_cursor(after)
        if not isinstance(cursor, dict) or "sortValues" not in cursor:
            raise _stale("page[after] is not valid")
        started, position = int(cursor["sessionStart"]), cursor["sortValues"]
        if now - started > CURSOR_LIFE:
            raise _stale("page[after] has expired")
    rows = _export_rows(call, prepared, kind, size, position)
    more = len(rows) > size
    rows = rows[:size]
    last = None
    if rows:
        key = rows[-1]["created"] if kind == "ticket" else 0
        last = encode_cursor(
            {
                "field": "created_at",
                "desc": True,
                "tieBreakField": "id",
                "tieBreakDesc": False,
                "sortValues": [key, rows[-1]["id"]],
                "sessionStart": started,
            }
        )
    includes = _ticket_includes(call) or call.includes()
    return {
        "results": _render(call, rows, kind, includes),
        **(sideloads.beside(call, rows, includes) if kind == "ticket" else {}),
        "facets": None,
        "meta": {"has_more": more, "after_cursor": last, "before_cursor": None},
        "links": {"prev": None, "next": link(call, **{"page[after]": last, "page[size]": size}) if last else None},
    }


def _stale(detail: str) -> Failure:
    return Failure(400, {"errors": [{"code": "InvalidCursor", "title": "Invalid cursor", "detail": detail}]})


def _export_rows(call: Call, prepared: Search, kind: str, size: int, position: list[int] | None) -> list[sqlite3.Row]:
    if prepared.types and kind not in prepared.types:
        return []
    if kind != "ticket":
        after = position[1] if position else -1
        return [row for row in _others(call, prepared, kind) if row["id"] > after][: size + 1]
    where, params = prepared.sql()
    if position is not None:
        where += " AND created <= ? AND (created < ? OR id > ?)"
        params = [*params, position[0], position[0], position[1]]
    sql = f"SELECT id, doc, created FROM zd_tickets WHERE {where} ORDER BY created DESC, id ASC LIMIT {size + 1}"
    return call.store.rows(index.behind(call.store) + sql, params)


def register(router: Router) -> None:
    router.add("GET", "/search", search)
    router.add("GET", "/search/count", count)
    router.add("GET", "/search/export", export)
