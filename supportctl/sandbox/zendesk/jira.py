"""Links between tickets and Jira issues: listed by cursor, a thousand at a time; made and removed one by one.

(developer.zendesk.com, "Jira Links": for administrators; ``filter[ticket_id]``; ids as text, as a recorded answer has
them)
"""

from typing import Any

from supportctl.sandbox.zendesk import names, tables
from supportctl.sandbox.zendesk.http import Call, Router, not_found_error, record_invalid
from supportctl.sandbox.zendesk.paging import decode_cursor, encode_cursor
from supportctl.sandbox.zendesk.tickets import ticket_row

MOST = 1000


def _doc(call: Call, stored: str) -> dict[str, Any]:
    doc = names.load(stored)
    return {**doc, "url": f"{call.base}/api/v2/jira/links/{doc['id']}"}


def list_links(call: Call) -> dict[str, Any]:
    size = call.number("page[size]", MOST, high=MOST)
    after = call.param("page[after]")
    start = int(decode_cursor(after)) if after else 0
    ticket, issue = call.param("filter[ticket_id]"), call.param("filter[issue_id]")
    rows = call.store.rows(
        "SELECT id, doc FROM zd_jira_links WHERE id > ?1 AND (?2 IS NULL OR ticket = ?2) "
        "AND (?3 IS NULL OR issue = ?3) ORDER BY id LIMIT ?4",
        (start, int(ticket) if ticket and ticket.isdecimal() else ticket, issue, size + 1),
    )
    more, rows = len(rows) > size, rows[:size]
    meta = {"has_more": more, "after_cursor": encode_cursor(rows[-1]["id"]) if rows else None, "before_cursor": None}
    return {"links": [_doc(call, row["doc"]) for row in rows], "meta": meta}


def create_link(call: Call) -> Any:
    given = call.json().get("link")
    values = given if isinstance(given, dict) else {}
    for name in ("ticket_id", "issue_id", "issue_key"):
        if not values.get(name):
            raise record_invalid(name, f"{name}: cannot be blank", error="BlankValue")
    number = str(values["ticket_id"])
    ticket = int(ticket_row(call, int(number))["id"]) if number.isdecimal() else None
    if ticket is None:
        raise not_found_error()
    issue = str(values["issue_id"])
    with call.store.write() as connection:
        known = connection.execute(
            "SELECT 1 FROM zd_jira_links WHERE ticket = ? AND issue = ?", (ticket, issue)
        ).fetchone()
        if known is not None:
            raise record_invalid("base", "The issue is already linked to this ticket", error="DuplicateValue")
        key = tables.next_id(connection, "jira_link")
        at = names.stamp(call.store.now())
        doc = {
            "id": key,
            "ticket_id": str(ticket),
            "issue_id": issue,
            "issue_key": str(values["issue_key"]),
            "created_at": at,
            "updated_at": at,
        }
        connection.execute("INSERT INTO zd_jira_links VALUES (?, ?, ?, ?)", (key, ticket, issue, names.dump(doc)))
    return 201, {"link": _doc(call, names.dump(doc))}


def show_link(call: Call, link_id: int) -> dict[str, Any]:
    row = call.store.row("SELECT doc FROM zd_jira_links WHERE id = ?", (link_id,))
    if row is None:
        raise not_found_error()
    return {"link": _doc(call, row["doc"])}


def delete_link(call: Call, link_id: int) -> tuple[int, None]:
    with call.store.write() as connection:
        if connection.execute("DELETE FROM zd_jira_links WHERE id = ?", (link_id,)).rowcount == 0:
            raise not_found_error()
    return 204, None


def register(router: Router) -> None:
    router.add("GET", "/jira/links", list_links, admin=True)
    router.add("POST", "/jira/links", create_link, admin=True)
    router.add("GET", "/jira/links/{link_id}", show_link, admin=True)
    router.add("DELETE", "/jira/links/{link_id}", delete_link, admin=True)
