"""What becomes of tickets in the end: the archive, soft and permanent deletion, and the way back.

A closed ticket nothing happened to for four months is archived: plain lists and views leave it out, exports, searches
and its address still have it. A deleted ticket can be restored for 30 days, and exports tell it as ``deleted`` until
then; afterwards, or when it is deleted permanently, it is scrubbed and nothing tells it any more.
(developer.zendesk.com, "Tickets": deleted tickets, archived tickets; "Incremental Exports")
"""

import sqlite3
from datetime import datetime
from typing import Any

from supportctl.sandbox.zendesk import index, names, tables
from supportctl.sandbox.zendesk.access import actor, narrowed
from supportctl.sandbox.zendesk.changes import Actor, require_sight
from supportctl.sandbox.zendesk.configuration import DEFAULT_STATUS
from supportctl.sandbox.zendesk.http import Call, Router, invalid_attribute, not_found_error
from supportctl.sandbox.zendesk.jobs import each_ticket, start
from supportctl.sandbox.zendesk.paging import Listing, page

SCRUBBED_AFTER = 30 * 86_400
"""Seconds from deletion."""

_PARTS = ("zd_ticket_tags", "zd_ticket_values", "zd_audits", "zd_comments", "zd_metrics", "zd_slas")


def restorable(now: datetime) -> str:
    """The condition of deleted tickets that are not scrubbed yet."""
    return f"deleted > {names.epoch(now) - SCRUBBED_AFTER}"


def _row(connection: sqlite3.Connection, ticket_id: int, condition: str) -> sqlite3.Row:
    sql = f"SELECT id, doc, solved FROM zd_tickets WHERE id = ? AND {condition}"  # noqa: S608 (our own conditions)
    row: sqlite3.Row | None = connection.execute(sql, (ticket_id,)).fetchone()
    if row is None:
        raise not_found_error()
    return row


def delete(connection: sqlite3.Connection, ticket_id: int, at: datetime, by: Actor | None = None) -> None:
    """Softly: it leaves the lists, and exports tell it as ``deleted``."""
    row = _row(connection, ticket_id, "deleted IS NULL")
    if by is not None:
        require_sight(connection, ticket_id, by.sight)
        index.remember(connection, ticket_id, at, by.lag)
    doc = names.load(row["doc"])
    doc.update(previous_state=doc["status"], status="deleted", generated_timestamp=names.epoch(at))
    tables.put_ticket(connection, doc, solved=row["solved"], deleted=names.epoch(at))


def restore(connection: sqlite3.Connection, ticket_id: int, by: Actor) -> None:
    row = _row(connection, ticket_id, restorable(by.now))
    require_sight(connection, ticket_id, by.sight)
    index.remember(connection, ticket_id, by.now, by.lag)
    doc = names.load(row["doc"])
    doc["status"] = doc.pop("previous_state", "open")
    doc["custom_status_id"] = doc.get("custom_status_id") or DEFAULT_STATUS[doc["status"]]
    doc["generated_timestamp"] = names.epoch(by.now)
    tables.put_ticket(connection, doc, solved=row["solved"])


def destroy(connection: sqlite3.Connection, ticket_id: int, by: Actor) -> None:
    """Nothing is left of a deleted ticket but its number, which no other gets."""
    _row(connection, ticket_id, restorable(by.now))
    require_sight(connection, ticket_id, by.sight)
    comments = "SELECT id FROM zd_comments WHERE ticket = ?"
    connection.execute(f"DELETE FROM zd_attachments WHERE comment IN ({comments})", (ticket_id,))  # noqa: S608
    for table in _PARTS:
        connection.execute(f"DELETE FROM {table} WHERE ticket = ?", (ticket_id,))  # noqa: S608
    connection.execute("DELETE FROM zd_text WHERE rowid = ?", (ticket_id,))
    connection.execute("DELETE FROM zd_tickets WHERE id = ?", (ticket_id,))
    connection.execute("INSERT INTO zd_scrubbed VALUES (?)", (ticket_id,))


def delete_ticket(call: Call, ticket_id: int) -> tuple[int, None]:
    with call.store.write() as connection:
        by = actor(call)
        delete(connection, ticket_id, by.now, by)
    return 204, None


def delete_many(call: Call) -> dict[str, Any]:
    with call.store.write() as connection:
        by = actor(call)
        results = each_ticket(connection, _some(call), "delete", lambda one: delete(connection, one, by.now, by))
        return {"job_status": start(connection, call, "Bulk Delete Ticket", results)}


def restore_ticket(call: Call, ticket_id: int) -> dict[str, Any]:
    with call.store.write() as connection:
        restore(connection, ticket_id, actor(call))
    return {}


def restore_many(call: Call) -> dict[str, Any]:
    """Those that cannot be restored are passed over: the answer is empty either way."""
    with call.store.write() as connection:
        by = actor(call)
        each_ticket(connection, _some(call), "restore", lambda one: restore(connection, one, by))
    return {}


def destroy_ticket(call: Call, ticket_id: int) -> dict[str, Any]:
    with call.store.write() as connection:
        destroy(connection, ticket_id, actor(call))
        return {"job_status": start(connection, call, None, {"success": True})}


def destroy_many(call: Call) -> dict[str, Any]:
    with call.store.write() as connection:
        by = actor(call)
        results = each_ticket(connection, _some(call), "delete", lambda one: destroy(connection, one, by))
        success = all(result["success"] for result in results)
        return {"job_status": start(connection, call, None, {"success": success})}


def _some(call: Call) -> list[int]:
    found = call.ids()
    if not found:
        raise invalid_attribute("You passed an invalid value for the ids attribute. Invalid parameter")
    return found


def deleted_tickets(call: Call) -> dict[str, Any]:
    def render(rows: list[sqlite3.Row]) -> list[Any]:
        found = []
        actor_row = call.store.row("SELECT id, name FROM zd_users WHERE role = 'admin' ORDER BY id LIMIT 1")
        for row in rows:
            doc = names.load(row["doc"])
            found.append(
                {
                    "id": row["id"],
                    "subject": doc["subject"],
                    "description": doc["description"],
                    "actor": {"id": actor_row["id"], "name": actor_row["name"]} if actor_row else None,
                    "deleted_at": names.stamp(row["deleted"]),
                    "previous_state": doc.get("previous_state") or "open",
                }
            )
        return found

    sorts = (("id", "id"), ("deleted_at", "deleted"), ("subject", "subject"))
    where = narrowed(call, restorable(call.store.now()))
    what = Listing("zd_tickets", where, (), sorts, sorts, "id", "id, doc, deleted")
    return page(call, what, "deleted_tickets", render)


def register(router: Router) -> None:
    router.add("DELETE", "/tickets/destroy_many", delete_many)
    router.add("DELETE", "/tickets/{ticket_id}", delete_ticket)
    router.add("GET", "/deleted_tickets", deleted_tickets)
    router.add("PUT", "/deleted_tickets/restore_many", restore_many)
    router.add("PUT", "/deleted_tickets/{ticket_id}/restore", restore_ticket)
    router.add("DELETE", "/deleted_tickets/destroy_many", destroy_many)
    router.add("DELETE", "/deleted_tickets/{ticket_id}", destroy_ticket)
