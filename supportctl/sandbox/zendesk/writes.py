"""Changing tickets: one at a time, by tags, and many at once as a background job.

What is refused, and with which answer, follows the vendor's pages "Tickets", "Tags", "Job Statuses" and "Protecting
against ticket update collisions".
"""

import re
import sqlite3
from typing import Any
from uuid import uuid4

from supportctl.sandbox.zendesk import documents, names, sideloads, tables
from supportctl.sandbox.zendesk.configuration import DEFAULT_STATUS
from supportctl.sandbox.zendesk.http import Call, Failure, Router, invalid_attribute, not_found_error, record_invalid

MOST = 100
PLAIN = ("subject", "type", "priority", "status", "assignee_id", "group_id", "requester_id", "organization_id",
         "problem_id", "due_at", "external_id", "custom_status_id")  # fmt: skip
"""Fields a ticket update may set as they are."""
BESIDE = ("id", "comment", "tags", "additional_tags", "remove_tags", "custom_fields", "safe_update", "updated_stamp",
          "macro_id", "macro_ids")  # fmt: skip
_TAG_SPLIT = re.compile(r"[\s,]+")


def split_tags(value: Any) -> list[str]:
    """Tags as Zendesk keeps them: lower case, split at spaces, sorted by first use."""
    texts = value if isinstance(value, list) else [value]
    found = [part.lower() for text in texts for part in _TAG_SPLIT.split(str(text)) if part]
    return list(dict.fromkeys(found))


def update_ticket(call: Call, ticket_id: int) -> dict[str, Any]:
    values = call.json().get("ticket")
    if not isinstance(values, dict):
        raise invalid_attribute("You passed an invalid value for the ticket attribute. Invalid parameter")
    unknown = [key for key in values if key not in PLAIN and key not in BESIDE]
    with call.store.write() as connection:
        audit = change(connection, call, ticket_id, values)
    call.warn("tickets", "update", unknown)
    row = call.store.row("SELECT id, doc FROM zd_tickets WHERE id = ?", (ticket_id,))
    assert row is not None
    (ticket,) = sideloads.tickets(call, [row])
    return {"ticket": ticket, "audit": audit}


def change(connection: sqlite3.Connection, call: Call, ticket_id: int, values: dict[str, Any]) -> dict[str, Any]:
    """Apply one update and write its audit. Raises `Failure` as Zendesk refuses; then nothing has changed."""
    row = connection.execute(
        "SELECT doc, solved, status FROM zd_tickets WHERE id = ? AND deleted IS NULL", (ticket_id,)
    ).fetchone()
    if row is None:
        raise not_found_error()
    doc: dict[str, Any] = names.load(row["doc"])
    _check_stamp(doc, values)
    only_tags = {key for key in values if key not in {"id", "safe_update", "updated_stamp"}} <= {
        "additional_tags",
        "remove_tags",
    }
    if doc["status"] == "closed" and not only_tags:
        raise record_invalid("status", "Status: closed prevents ticket update")
    before = dict(doc)
    for name in PLAIN:
        if name in values:
            _set(doc, name, values[name])
    _set_custom(doc, values.get("custom_fields"))
    _set_tags(doc, values)
    if doc["assignee_id"] and before["status"] == doc["status"] == "new":
        doc["status"] = "open"
        doc["custom_status_id"] = DEFAULT_STATUS["open"]
    now = call.store.now()
    author = _author(connection, call)
    audit_id = tables.next_id(connection)
    events = [_change_event(connection, name, before.get(name), doc.get(name)) for name in _changed(before, doc)]
    comment = _comment(connection, audit_id, author, now, values.get("comment"))
    if comment is not None:
        tables.put_comment(connection, ticket_id, comment)
        events.append(documents.comment_event(comment))
    audit = documents.audit(audit_id, ticket_id, author, now, events, documents.VIA_API)
    if events:
        tables.put_audit(connection, audit)
        doc["updated_at"] = names.stamp(now)
        doc["generated_timestamp"] = names.epoch(now)
    solved = row["solved"]
    if doc["status"] == "solved" and before["status"] != "solved":
        solved = names.epoch(now)
    tables.put_ticket(connection, doc, solved=solved)
    return audit


def _check_stamp(doc: dict[str, Any], values: dict[str, Any]) -> None:
    """Any value of ``safe_update`` asks for the check; only leaving it out forces the update."""
    if "safe_update" not in values:
        return
    stamp = values.get("updated_stamp")
    if stamp is None:
        raise invalid_attribute("You passed an invalid value for the updated_stamp attribute. must be set")
    if str(stamp) != doc["updated_at"]:
        raise Failure(409, {"error": "UpdateConflict", "description": "Ticket was updated by somebody else"})


def _set(doc: dict[str, Any], name: str, value: Any) -> None:
    match name:
        case "priority":
            if value is None and doc["priority"] is not None:
                raise record_invalid("priority", "Priority: cannot be reset", error="InvalidValue")
            if value is not None and value not in names.PRIORITY_RANK:
                raise record_invalid("priority", f"Priority: {value} is not valid", error="InvalidValue")
        case "type":
            if value is not None and value not in names.TYPES:
                raise record_invalid("type", f"Type: {value} is not valid", error="InvalidValue")
        case "status":
            if value not in names.STATUSES[:-1] or (value == "new" and doc["status"] != "new"):
                raise record_invalid("status", f"Status: {value} is not valid", error="InvalidValue")
            doc["custom_status_id"] = DEFAULT_STATUS[value]
        case "subject":
            doc["raw_subject"] = value
    doc[name] = value


def _set_custom(doc: dict[str, Any], given: Any) -> None:
    """Drop-down values are tags too: the old one goes, the new one comes."""
    if not isinstance(given, list):
        return
    wanted = {entry["id"]: entry.get("value") for entry in given if isinstance(entry, dict) and "id" in entry}
    for entry in doc["custom_fields"]:
        if entry["id"] not in wanted:
            continue
        if isinstance(entry["value"], str) and entry["value"] in doc["tags"]:
            doc["tags"].remove(entry["value"])
        entry["value"] = wanted[entry["id"]]
    doc["fields"] = doc["custom_fields"]


def _set_tags(doc: dict[str, Any], values: dict[str, Any]) -> None:
    tags = split_tags(values["tags"]) if values.get("tags") is not None else list(doc["tags"])
    tags += [tag for tag in split_tags(values.get("additional_tags") or []) if tag not in tags]
    gone = set(split_tags(values.get("remove_tags") or []))
    doc["tags"] = sorted(tag for tag in tags if tag not in gone)
    for entry in doc["custom_fields"]:
        if isinstance(entry.get("value"), str) and entry["value"] in gone:
            entry["value"] = None
    doc["fields"] = doc["custom_fields"]


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in (*PLAIN, "tags") if before.get(name) != after.get(name)]


def _change_event(connection: sqlite3.Connection, name: str, before: Any, after: Any) -> dict[str, Any]:
    return {
        "id": tables.next_id(connection),
        "type": "Change",
        "field_name": name,
        "value": after if isinstance(after, list) or after is None else str(after),
        "previous_value": before if isinstance(before, list) or before is None else str(before),
    }


def _author(connection: sqlite3.Connection, call: Call) -> int:
    user = call.account.user if call.account is not None else ""
    row = connection.execute("SELECT id FROM zd_users WHERE email = ? COLLATE NOCASE", (user,)).fetchone()
    return int(row["id"]) if row is not None else -1


def _comment(connection: sqlite3.Connection, audit_id: int, author: int, now: Any, given: Any) -> dict[str, Any] | None:
    if not isinstance(given, dict):
        return None
    body = str(given.get("body") or re.sub(r"<[^>]+>", " ", str(given.get("html_body") or ""))).strip()
    if not body:
        return None
    public = bool(given.get("public", True))
    return documents.comment(
        tables.next_id(connection), audit_id, int(given.get("author_id") or author), now, body, public,
        documents.VIA_API, html_body=given.get("html_body"),
    )  # fmt: skip


def tag_handler(mode: str) -> Any:
    """POST sets (201), PUT adds, DELETE removes; closed tickets refuse all three."""

    def handler(call: Call, ticket_id: int) -> Any:
        given = call.json()
        tags = given.get("tags") if "tags" in given else call.param("tags")
        if tags is None:
            raise invalid_attribute("You passed an invalid value for the tags attribute. Invalid parameter")
        key = {"set": "tags", "add": "additional_tags", "remove": "remove_tags"}[mode]
        values: dict[str, Any] = {key: tags}
        values |= {name: given[name] for name in ("safe_update", "updated_stamp") if name in given}
        with call.store.write() as connection:
            row = connection.execute(
                "SELECT status FROM zd_tickets WHERE id = ? AND deleted IS NULL", (ticket_id,)
            ).fetchone()
            if row is None:
                raise not_found_error()
            if row["status"] == "closed":
                raise record_invalid("status", "Status: closed prevents ticket update")
            change(connection, call, ticket_id, values)
            after = connection.execute("SELECT doc FROM zd_tickets WHERE id = ?", (ticket_id,)).fetchone()
        found = {"tags": names.load(after["doc"])["tags"]}
        return (201, found) if mode == "set" else found

    return handler


def update_many(call: Call) -> dict[str, Any]:
    """Bulk (one change, many ids) or batch (a list of changes); both become a job."""
    given = call.json()
    if isinstance(given.get("tickets"), list):
        changes = [entry for entry in given["tickets"] if isinstance(entry, dict)]
        _limit(len(changes), "tickets")
    else:
        values = given.get("ticket")
        if not isinstance(values, dict):
            raise invalid_attribute("You passed an invalid value for the ticket attribute. Invalid parameter")
        changes = [{**values, "id": ticket_id} for ticket_id in _named(call)]
    if any("safe_update" in entry and "updated_stamp" not in entry for entry in changes):
        raise invalid_attribute("You passed an invalid value for the updated_stamp attribute. must be set")
    job = f"V3-{uuid4().hex}"
    results = []
    with call.store.write() as connection:
        for index, entry in enumerate(changes):
            results.append(_one_of_many(connection, call, index, entry))
        number = tables.next_id(connection, "job") // 128
        if number % 2:
            results = [_bare(result) for result in results]
        stored = {"id": job, "job_type": "Bulk Update Ticket", "total": len(changes), "results": results}
        created = call.store.now().timestamp()
        connection.execute("INSERT INTO zd_jobs VALUES (?, ?, 0, ?)", (job, created, names.dump(stored)))
    return {"job_status": _job(call, stored, 0)}


def _named(call: Call) -> list[int]:
    external = call.param("external_ids")
    if external is None:
        return call.ids()
    wanted = [part for part in external.split(",") if part]
    _limit(len(wanted), "external_ids")
    marks = ",".join("?" * len(wanted))
    rows = call.store.rows(f"SELECT id FROM zd_tickets WHERE external_id IN ({marks})", wanted)  # noqa: S608
    return [int(row["id"]) for row in rows]


def _limit(number: int, name: str) -> None:
    if number > MOST:
        description = f"Parameter {name} cannot specify more than {MOST} values"
        raise Failure(400, {"error": "TooManyValues", "description": description, "max_count": MOST})


def _one_of_many(connection: sqlite3.Connection, call: Call, index: int, entry: dict[str, Any]) -> dict[str, Any]:
    number = str(entry.get("id"))
    ticket_id = int(number) if number.isdecimal() else -1
    connection.execute("SAVEPOINT one")
    try:
        change(connection, call, ticket_id, entry)
    except Failure as failure:
        connection.execute("ROLLBACK TO one")
        error = {404: "TicketNotFound", 409: "UpdateConflict"}.get(failure.status, "TicketUpdateFailed")
        return {"index": index, "id": ticket_id, "action": "update", "success": False, "status": "Failed",
                "error": error, "details": _details(failure)}  # fmt: skip
    finally:
        connection.execute("RELEASE one")
    return {"action": "update", "id": ticket_id, "status": "Updated", "success": True}


def _details(failure: Failure) -> str:
    details = failure.body.get("details") if isinstance(failure.body, dict) else None
    if isinstance(details, dict):
        return "; ".join(entry["description"] for entries in details.values() for entry in entries)
    return str(failure.body.get("description") or failure.body) if isinstance(failure.body, dict) else ""


def _bare(result: dict[str, Any]) -> dict[str, Any]:
    """The older shape: a success is told by its status alone."""
    return result if result.get("success") is False else {"id": result["id"], "status": "Updated"}


def _job(call: Call, stored: dict[str, Any], polls: int) -> dict[str, Any]:
    state = ("queued", "working", "completed")[min(polls, 2)]
    over = state == "completed"
    return {
        "id": stored["id"],
        "job_type": stored["job_type"],
        "url": f"{call.base}/api/v2/job_statuses/{stored['id']}.json",
        "total": stored["total"] if polls else None,
        "progress": stored["total"] if over else None,
        "status": state,
        "message": f"Completed at {names.stamp(call.store.now())}" if over else None,
        "results": stored["results"] if over else None,
    }


def _polled(call: Call, job_id: str) -> dict[str, Any] | None:
    with call.store.write() as connection:
        row = connection.execute("SELECT doc, polls FROM zd_jobs WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            return None
        connection.execute("UPDATE zd_jobs SET polls = polls + 1 WHERE id = ?", (job_id,))
    return _job(call, names.load(row["doc"]), row["polls"] + 1)


def show_job(call: Call, job_id: str) -> dict[str, Any]:
    found = _polled(call, job_id)
    if found is None:
        raise not_found_error()
    return {"job_status": found}


def show_jobs(call: Call) -> dict[str, Any]:
    wanted = [part for part in (call.param("ids") or "").split(",") if part]
    _limit(len(wanted), "ids")
    return {"job_statuses": [found for job_id in wanted if (found := _polled(call, job_id)) is not None]}


def list_jobs(call: Call) -> dict[str, Any]:
    """The last hundred; listing them moves none on."""
    rows = call.store.rows("SELECT doc, polls FROM zd_jobs ORDER BY created DESC LIMIT 100")
    return {"job_statuses": [_job(call, names.load(row["doc"]), row["polls"]) for row in rows]}


def register(router: Router) -> None:
    limit = ("tickets-update", 300)
    router.add("PUT", "/tickets/update_many", update_many)
    router.add("PUT", "/tickets/{ticket_id}", update_ticket, bucket=limit)
    router.add("POST", "/tickets/{ticket_id}/tags", tag_handler("set"))
    router.add("PUT", "/tickets/{ticket_id}/tags", tag_handler("add"))
    router.add("DELETE", "/tickets/{ticket_id}/tags", tag_handler("remove"))
    router.add("GET", "/job_statuses", list_jobs)
    router.add("GET", "/job_statuses/show_many", show_jobs)
    router.add("GET", "/job_statuses/{job_id:str}", show_job)
