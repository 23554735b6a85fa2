"""What hangs on a ticket: comments, audits, metrics, SLA, tags, attachments."""

import sqlite3
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from supportctl.sandbox import odd_files
from supportctl.sandbox.odd_files import Fate
from supportctl.sandbox.store import Store
from supportctl.sandbox.zendesk import names, sideloads
from supportctl.sandbox.zendesk.http import Call, Router, not_found_error
from supportctl.sandbox.zendesk.names import load
from supportctl.sandbox.zendesk.paging import Listing, page
from supportctl.sandbox.zendesk.tickets import ticket_row, unarchived

_HOST = "\ue000"
"""Stands for the caller's host in stored attachment addresses (a character for private use)."""

_BY_TIME = (("created_at", "created"), ("id", "id"))


def located(call: Call, doc: str) -> msgspec.Raw:
    """A stored comment or audit with attachment addresses on the caller's host."""
    return msgspec.Raw(doc.replace(f"{_HOST}/", f"{call.base}/").encode())


def attachment_doc(key: int, token: str, name: str, content_type: str, size: int, fate: str = "") -> dict[str, Any]:
    """The attachment object, with a placeholder for the host (see `located`)."""
    address = f"{_HOST}/attachments/token/{token}/?name={quote(name, safe='')}"
    return {
        "url": f"{_HOST}/api/v2/attachments/{key}.json",
        "id": key,
        "file_name": name,
        "content_url": address,
        "mapped_content_url": address,
        "content_type": content_type,
        "size": size,
        "width": None,
        "height": None,
        "inline": False,
        "deleted": fate == Fate.DELETED,
        "malware_access_override": False,
        "malware_scan_result": "malware_found" if fate == Fate.MALWARE else "malware_not_found",
        "thumbnails": [],
    }


def comments(call: Call, ticket_id: int) -> dict[str, Any]:
    ticket_row(call, ticket_id)
    seen: list[sqlite3.Row] = []

    def render(rows: list[sqlite3.Row]) -> list[Any]:
        seen.extend(rows)
        return [located(call, row["doc"]) for row in rows]

    default = "-created_at" if (call.param("sort_order") or "").lower() == "desc" else "created_at"
    what = Listing("zd_comments", "ticket = ?", (ticket_id,), _BY_TIME, _BY_TIME, default, "id, doc, author")
    found = page(call, what, "comments", render)
    if "users" in call.includes():
        found["users"] = sideloads.objects(call, "zd_users", "user", {row["author"] for row in seen})
    return found


def count_comments(call: Call, ticket_id: int) -> dict[str, Any]:
    ticket_row(call, ticket_id)
    value = call.store.value("SELECT count(*) FROM zd_comments WHERE ticket = ?", (ticket_id,))
    return {"count": {"value": value, "refreshed_at": None}}


def audits(call: Call, ticket_id: int) -> dict[str, Any]:
    """By page; an archived ticket's come in one piece."""
    ticket = load(ticket_row(call, ticket_id)["doc"])
    seen: list[sqlite3.Row] = []

    def render(rows: list[sqlite3.Row]) -> list[Any]:
        seen.extend(rows)
        return [located(call, row["doc"]) for row in rows]

    if names.archived(ticket, call.store.now()):
        sql = "SELECT doc FROM zd_audits WHERE ticket = ? ORDER BY created, id"
        whole = render(call.store.rows(sql, (ticket_id,)))
        found = {"audits": whole, "next_page": None, "previous_page": None, "count": len(whole)}
    else:
        what = Listing("zd_audits", "ticket = ?", (ticket_id,), _BY_TIME, _BY_TIME, "created_at")
        found = page(call, what, "audits", render)
    if "users" in call.includes():
        found["users"] = sideloads.objects(call, "zd_users", "user", {load(row["doc"])["author_id"] for row in seen})
    return found


def show_audit(call: Call, ticket_id: int, audit_id: int) -> dict[str, Any]:
    ticket_row(call, ticket_id)
    row = call.store.row("SELECT doc FROM zd_audits WHERE ticket = ? AND id = ?", (ticket_id, audit_id))
    if row is None:
        raise not_found_error()
    return {"audit": located(call, row["doc"])}


def count_audits(call: Call, ticket_id: int) -> dict[str, Any]:
    ticket_row(call, ticket_id)
    value = call.store.value("SELECT count(*) FROM zd_audits WHERE ticket = ?", (ticket_id,))
    return {"count": {"value": value, "refreshed_at": None}}


def metrics(call: Call, ticket_id: int) -> dict[str, Any]:
    ticket_row(call, ticket_id)
    row = call.store.row("SELECT doc FROM zd_metrics WHERE ticket = ?", (ticket_id,))
    if row is None:
        raise not_found_error()
    return {"ticket_metric": msgspec.Raw(row["doc"].encode())}


def list_metrics(call: Call) -> dict[str, Any]:
    def render(rows: list[sqlite3.Row]) -> list[Any]:
        return [msgspec.Raw(row["doc"].encode()) for row in rows]

    shown, params = unarchived(call)
    where = f"id IN (SELECT id FROM zd_tickets WHERE {shown})"  # noqa: S608 (our own condition)
    what = Listing("(SELECT ticket AS id, doc FROM zd_metrics)", where, params, default="-id")
    return page(call, what, "ticket_metrics", render)


def sla_metrics(call: Call, ticket_id: int) -> dict[str, Any]:
    ticket_row(call, ticket_id)
    row = call.store.row("SELECT doc FROM zd_slas WHERE ticket = ?", (ticket_id,))
    found: dict[str, Any] = load(row["doc"]) if row is not None else {"policy_metrics": []}
    return found


def tags(call: Call, ticket_id: int) -> dict[str, Any]:
    return {"tags": load(ticket_row(call, ticket_id)["doc"])["tags"]}


def people(key: str) -> Any:
    def handler(call: Call, ticket_id: int) -> dict[str, Any]:
        doc = load(ticket_row(call, ticket_id)["doc"])
        found = sideloads.objects(call, "zd_users", "user", doc[key])
        return {"users": found, "next_page": None, "previous_page": None, "count": len(found)}

    return handler


def show_attachment(call: Call, attachment_id: int) -> dict[str, Any]:
    row = call.store.row(
        "SELECT at.id, token, name, type, length(content) AS size, ticket FROM zd_attachments AS at "
        "LEFT JOIN zd_comments AS holder ON holder.id = at.comment WHERE at.id = ?",
        (attachment_id,),
    )
    if row is None:
        raise not_found_error()
    if row["ticket"] is not None:
        ticket_row(call, row["ticket"])
    fate = odd_files.fate_of(call.store, "zendesk", row["id"])
    size = odd_files.HUGE if fate == Fate.HUGE else row["size"]
    doc = attachment_doc(row["id"], row["token"], row["name"], row["type"], size, fate)
    return {"attachment": located(call, msgspec.json.encode(doc).decode())}


def content_routes(store: Store) -> list[BaseRoute]:
    """Attachment content: the account's address answers with a redirect to a content host of another name."""

    def redirect(request: Request) -> Response:
        token = request.path_params["token"]
        row = store.row("SELECT id, type FROM zd_attachments WHERE token = ?", (token,))
        fate = "" if row is None else odd_files.fate_of(store, "zendesk", row["id"])
        if row is None or fate == Fate.DELETED:
            return Response("Not found", status_code=404, media_type="text/plain")
        if fate == Fate.MALWARE:
            return Response("Malware was found in this file.", status_code=403, media_type="text/plain")
        if (instead := odd_files.answer(fate, str(request.url), row["type"])) is not None:
            return instead
        host = request.url.hostname
        other = "127.0.0.1" if host == "localhost" else "localhost"
        port = f":{request.url.port}" if request.url.port else ""
        return RedirectResponse(f"{request.url.scheme}://{other}{port}/attachment/{row['id']}/{token}", status_code=302)

    def content(request: Request) -> Response:
        if "authorization" in request.headers:
            request.app.state.stats.note("credentials sent to the content host")
        row = store.row(
            "SELECT name, type, content FROM zd_attachments WHERE id = ? AND token = ?",
            (request.path_params["key"], request.path_params["token"]),
        )
        if row is None:
            return Response("Not found", status_code=404, media_type="text/plain")
        name = row["name"].encode("ascii", "replace").decode().replace('"', "_")
        return Response(
            row["content"], media_type=row["type"], headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    return [
        Route("/attachments/token/{token}", redirect, methods=["GET"]),
        Route("/attachments/token/{token}/", redirect, methods=["GET"]),
        Route("/attachment/{key:int}/{token}", content, methods=["GET"]),
    ]


def register(router: Router) -> None:
    router.add("GET", "/tickets/{ticket_id}/comments", comments)
    router.add("GET", "/tickets/{ticket_id}/comments/count", count_comments)
    router.add("GET", "/tickets/{ticket_id}/audits", audits)
    router.add("GET", "/tickets/{ticket_id}/audits/count", count_audits)
    router.add("GET", "/tickets/{ticket_id}/audits/{audit_id}", show_audit)
    router.add("GET", "/tickets/{ticket_id}/metrics", metrics)
    router.add("GET", "/ticket_metrics", list_metrics)
    router.add("GET", "/tickets/{ticket_id}/slas/policy_metrics", sla_metrics)
    router.add("GET", "/tickets/{ticket_id}/tags", tags)
    router.add("GET", "/tickets/{ticket_id}/collaborators", people("collaborator_ids"))
    router.add("GET", "/tickets/{ticket_id}/followers", people("follower_ids"))
    router.add("GET", "/tickets/{ticket_id}/email_ccs", people("email_cc_ids"))
    router.add("GET", "/attachments/{attachment_id}", show_attachment)
