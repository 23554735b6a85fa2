# ruff: noqa: S608 (SQL fragments are our own; values are always bound)
"""Incremental exports: everything that changed since a moment, the last minute left out."""

import base64
import binascii
import sqlite3
from typing import TYPE_CHECKING, Any

from supportctl.sandbox.zendesk import names, sideloads
from supportctl.sandbox.zendesk.fates import restorable
from supportctl.sandbox.zendesk.http import Call, Failure, Router
from supportctl.sandbox.zendesk.names import load
from supportctl.sandbox.zendesk.paging import link
from supportctl.sandbox.zendesk.threads import located

MOST = 1000
if TYPE_CHECKING:
    import msgspec

HELD_BACK = 60
"""Seconds of the newest data an export leaves out."""


def _start(call: Call) -> int:
    text = call.param("start_time")
    try:
        start = int(text or "")
    except ValueError:
        raise Failure(
            400, {"error": {"title": "Invalid attribute", "message": "start_time is required and must be an integer"}}
        ) from None
    if start > names.epoch(call.store.now()) - HELD_BACK:
        raise Failure(
            422,
            {"error": "InvalidValue", "description": "Too recent start_time. Use a start_time older than 60 seconds"},
        )
    return start


def _cursor(text: str) -> tuple[int, int]:
    try:
        seconds, number = base64.b64decode(text, validate=True).decode().split("|||")
        return int(float(seconds)), int(number.rstrip("|"))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Failure(400, {"error": "InvalidCursor", "description": "The cursor is not valid"}) from None


def _encode(generated: int, ticket_id: int) -> str:
    return base64.b64encode(f"{generated}.0|||{ticket_id}|".encode()).decode()


def _scope(call: Call) -> str:
    exclude = (call.param("exclude_deleted") or "").lower() == "true"
    return f" AND (deleted IS NULL{'' if exclude else f' OR {restorable(call.store.now())}'})"


def tickets_by_cursor(call: Call) -> dict[str, Any]:
    """Ends with ``end_of_stream``; the last ``after_cursor`` is where the next run goes on."""
    size = call.number("per_page", MOST, high=MOST)
    text = call.param("cursor")
    generated, last_id = _cursor(text) if text is not None else (_start(call), -1)
    newest = names.epoch(call.store.now()) - HELD_BACK
    rows = call.store.rows(
        "SELECT id, doc, generated FROM zd_tickets WHERE (generated, id) > (?, ?) AND generated <= ?"
        f"{_scope(call)} ORDER BY generated, id LIMIT {size + 1}",
        (generated, last_id, newest),
    )
    more = len(rows) > size
    rows = rows[:size]
    after = _encode(rows[-1]["generated"], rows[-1]["id"]) if rows else text or _encode(generated, 0)
    return {
        "tickets": sideloads.tickets(call, rows),
        **sideloads.beside(call, rows),
        "after_url": link(call, cursor=after, start_time=None, per_page=size),
        "before_url": None,
        "after_cursor": after,
        "before_cursor": None,
        "end_of_stream": not more,
    }


def tickets_by_time(call: Call) -> dict[str, Any]:
    """A page never splits a second, so it may be longer than asked."""
    size = call.number("per_page", MOST, high=MOST)
    start = _start(call)
    newest = names.epoch(call.store.now()) - HELD_BACK
    scope = _scope(call)
    edge = call.store.value(
        f"SELECT generated FROM zd_tickets WHERE generated >= ? AND generated <= ?{scope} "
        f"ORDER BY generated, id LIMIT 1 OFFSET {size - 1}",
        (start, newest),
    )
    rows = call.store.rows(
        "SELECT id, doc, generated FROM zd_tickets WHERE generated >= ? AND generated <= ?"
        f"{scope} ORDER BY generated, id",
        (start, newest if edge is None else edge),
    )
    end = rows[-1]["generated"] + (1 if edge is not None else 0) if rows else start
    return {
        "tickets": sideloads.tickets(call, rows),
        **sideloads.beside(call, rows),
        "count": len(rows),
        "end_of_stream": edge is None,
        "end_time": end,
        "next_page": link(call, start_time=end, per_page=size),
    }


def ticket_events(call: Call) -> dict[str, Any]:
    """The change stream: one event per audit, its ``child_events`` in the old flat shape."""
    size = call.number("per_page", MOST, high=MOST)
    start = _start(call)
    newest = names.epoch(call.store.now()) - HELD_BACK
    rows = call.store.rows(
        "SELECT id, ticket, created, doc FROM zd_audits WHERE created >= ? AND created <= ? ORDER BY created, id "
        f"LIMIT {size}",
        (start, newest),
    )
    full = len(rows) == size
    if full:
        edge = rows[-1]["created"]
        more = call.store.rows(
            "SELECT id, ticket, created, doc FROM zd_audits WHERE created = ? AND id > ? ORDER BY id",
            (edge, rows[-1]["id"]),
        )
        rows += more
    end = rows[-1]["created"] + (1 if full else 0) if rows else start
    with_comments = "comment_events" in call.includes()
    return {
        "ticket_events": [_event(call, row, with_comments) for row in rows],
        "count": len(rows),
        "end_of_stream": not full,
        "end_time": end,
        "next_page": link(call, start_time=end, per_page=size),
    }


def _event(call: Call, row: sqlite3.Row, with_comments: bool) -> dict[str, Any]:
    audit = load(bytes(located(call, row["doc"])).decode())
    children = []
    for event in audit["events"]:
        if event["type"] == "Comment":
            if with_comments:
                children.append(
                    {**event, "event_type": "Comment", "comment_present": True, "comment_public": event["public"]}
                )
            continue
        if event["type"] not in {"Create", "Change"}:
            continue
        field = str(event["field_name"])
        child = {
            "id": event["id"],
            "via": audit["via"]["channel"],
            "via_reference_id": None,
            "event_type": event["type"],
        }
        child["custom_ticket_fields" if field.isdigit() else field] = (
            {field: event["value"]} if field.isdigit() else event["value"]
        )
        if event["type"] == "Change":
            child["previous_value"] = event.get("previous_value")
        children.append(child)
    return {
        "id": audit["id"],
        "ticket_id": row["ticket"],
        "timestamp": row["created"],
        "created_at": audit["created_at"],
        "updater_id": audit["author_id"],
        "via": audit["via"]["channel"],
        "system": audit["metadata"]["system"],
        "metadata": audit["metadata"],
        "event_type": "Audit",
        "child_events": children,
    }


def users_by_cursor(call: Call) -> dict[str, Any]:
    size = call.number("per_page", MOST, high=MOST)
    text = call.param("cursor")
    last_id = _cursor(text)[1] if text is not None else -1
    if text is None:
        _start(call)
    rows = call.store.rows(f"SELECT id, doc FROM zd_users WHERE id > ? ORDER BY id LIMIT {size + 1}", (last_id,))
    more = len(rows) > size
    rows = rows[:size]
    after = _encode(0, rows[-1]["id"]) if rows else text or _encode(0, 0)
    users: list[msgspec.Raw] = sideloads.objects(call, "zd_users", "user", [row["id"] for row in rows]) if rows else []
    return {
        "users": users,
        "after_url": link(call, cursor=after, start_time=None, per_page=size),
        "before_url": None,
        "after_cursor": after,
        "before_cursor": None,
        "end_of_stream": not more,
    }


def register(router: Router) -> None:
    router.add("GET", "/incremental/tickets/cursor", tickets_by_cursor, admin=True)
    router.add("GET", "/incremental/tickets", tickets_by_time, admin=True)
    router.add("GET", "/incremental/ticket_events", ticket_events, admin=True)
    router.add("GET", "/incremental/users/cursor", users_by_cursor, admin=True)
