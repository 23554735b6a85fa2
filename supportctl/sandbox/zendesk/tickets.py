# ruff: noqa: S608 (SQL fragments are our own; values are always bound)
"""Reading tickets: lists, single and many, counts, problems and incidents."""

import sqlite3
from typing import Any

from supportctl.sandbox.zendesk import names, sideloads
from supportctl.sandbox.zendesk.access import narrowed, sight
from supportctl.sandbox.zendesk.changes import require_sight
from supportctl.sandbox.zendesk.http import Call, Router, not_found_error
from supportctl.sandbox.zendesk.names import load
from supportctl.sandbox.zendesk.paging import Listing, page

_CURSOR_SORTS = (("id", "id"), ("updated_at", "updated"), ("status", "status_rank"))
_OFFSET_SORTS = (
    ("id", "id"),
    ("assignee", "assignee"),
    ("assignee.name", "assignee"),
    ("created_at", "created"),
    ("group", "group_id"),
    ("locale", "id"),
    ("requester", "requester"),
    ("requester.name", "requester"),
    ("status", "status_rank"),
    ("subject", "subject"),
    ("updated_at", "updated"),
)


def unarchived(call: Call) -> tuple[str, tuple[Any, ...]]:
    """The condition plain lists are under: neither deleted, nor archived, nor out of sight."""
    oldest = names.epoch(call.store.now()) - names.ARCHIVED_AFTER
    return narrowed(call, "deleted IS NULL AND NOT (status = 'closed' AND updated < ?)"), (oldest,)


def listing(call: Call, where: str = "1", params: tuple[Any, ...] = (), default: str = "id") -> Listing:
    shown, more = unarchived(call)
    return Listing("zd_tickets", f"({where}) AND {shown}", (*params, *more), _CURSOR_SORTS, _OFFSET_SORTS, default)


def answer(call: Call, what: Listing, key: str = "tickets") -> dict[str, Any]:
    seen: list[sqlite3.Row] = []

    def render(rows: list[sqlite3.Row]) -> list[Any]:
        seen.extend(rows)
        return sideloads.tickets(call, rows)

    found = page(call, what, key, render)
    return {**found, **sideloads.beside(call, seen)}


def ticket_row(call: Call, ticket_id: int, *, deleted: bool = False) -> sqlite3.Row:
    """Raises 404 for a ticket that is not there or was deleted, 403 for one out of sight."""
    condition = "" if deleted else " AND deleted IS NULL"
    row = call.store.row(f"SELECT id, doc, status, deleted FROM zd_tickets WHERE id = ?{condition}", (ticket_id,))
    if row is None:
        raise not_found_error()
    if condition := sight(call):
        with call.store.reader() as connection:
            require_sight(connection, ticket_id, condition)
    return row


def list_tickets(call: Call) -> dict[str, Any]:
    external = call.param("external_id")
    if external is not None:
        return answer(call, listing(call, "external_id = ?", (external,)))
    return answer(call, listing(call))


def show_ticket(call: Call, ticket_id: int) -> dict[str, Any]:
    row = ticket_row(call, ticket_id)
    (ticket,) = sideloads.tickets(call, [row])
    return {"ticket": ticket, **sideloads.beside(call, [row])}


def show_many(call: Call) -> dict[str, Any]:
    """Missing ids are simply absent from the answer, and so are tickets out of sight."""
    ids = call.ids()
    marks = ",".join("?" * len(ids))
    where = narrowed(call, f"id IN ({marks}) AND deleted IS NULL")
    sql = f"SELECT id, doc FROM zd_tickets WHERE {where} ORDER BY id"
    rows = call.store.rows(sql, ids)
    found = {"tickets": sideloads.tickets(call, rows), "next_page": None, "previous_page": None, "count": len(rows)}
    return {**found, **sideloads.beside(call, rows)}


def count(call: Call) -> dict[str, Any]:
    where, params = unarchived(call)
    value = call.store.value(f"SELECT count(*) FROM zd_tickets WHERE {where}", params)
    return {"count": {"value": value, "refreshed_at": names.stamp(call.store.now())}}


def by_user(column: str, table: str) -> Any:
    def handler(call: Call, owner: int) -> dict[str, Any]:
        if call.store.row(f"SELECT id FROM {table} WHERE id = ?", (owner,)) is None:
            raise not_found_error()
        return answer(call, listing(call, f"{column} = ?", (owner,)))

    return handler


def problems(call: Call) -> dict[str, Any]:
    return answer(call, listing(call, "type = 'problem'"))


def autocomplete_problems(call: Call) -> dict[str, Any]:
    text = str(call.json().get("text") or call.param("text") or "")
    where = narrowed(call, "type = 'problem' AND deleted IS NULL AND subject LIKE ?")
    rows = call.store.rows(f"SELECT id, doc FROM zd_tickets WHERE {where} ORDER BY id LIMIT 10", (f"%{text}%",))
    return {"tickets": sideloads.tickets(call, rows)}


def incidents(call: Call, ticket_id: int) -> dict[str, Any]:
    ticket_row(call, ticket_id)
    return answer(call, listing(call, "problem = ?", (ticket_id,)))


def related(call: Call, ticket_id: int) -> dict[str, Any]:
    row = ticket_row(call, ticket_id)
    number = call.store.value("SELECT count(*) FROM zd_tickets WHERE problem = ?", (ticket_id,))
    doc = load(row["doc"])
    source = (doc.get("via") or {}).get("source") or {}
    linked = call.store.rows("SELECT issue FROM zd_jira_links WHERE ticket = ? ORDER BY id", (ticket_id,))
    followed = [source["from"]["ticket_id"]] if source.get("rel") == "follow_up" else []
    return {
        "topic_id": None,
        "jira_issue_ids": [link["issue"] for link in linked],
        "followup_source_ids": followed,
        "from_archive": names.archived(doc, call.store.now()),
        "incidents": number,
        "url": f"{call.base}/api/v2/tickets/{ticket_id}.json",
    }


def register(router: Router) -> None:
    router.add("GET", "/tickets", list_tickets)
    router.add("GET", "/tickets/show_many", show_many)
    router.add("GET", "/tickets/count", count)
    router.add("GET", "/tickets/{ticket_id}", show_ticket)
    router.add("GET", "/tickets/{ticket_id}/incidents", incidents)
    router.add("GET", "/tickets/{ticket_id}/related", related)
    router.add("GET", "/problems", problems)
    router.add("POST", "/problems/autocomplete", autocomplete_problems)
    router.add("GET", "/users/{owner}/tickets/requested", by_user("requester", "zd_users"))
    router.add("GET", "/users/{owner}/tickets/assigned", by_user("assignee", "zd_users"))
    router.add("GET", "/organizations/{owner}/tickets", by_user("organization", "zd_organizations"))
