"""Background jobs: bulk and batch updates, and what their results look like.

A job's work is done when it is asked for; its state moves on with every look: queued, working, completed.
"""

import sqlite3
from typing import Any
from uuid import uuid4

from supportctl.sandbox.zendesk import names, tables
from supportctl.sandbox.zendesk.changes import Actor, change
from supportctl.sandbox.zendesk.directory import caller_id
from supportctl.sandbox.zendesk.http import Call, Failure, Router, invalid_attribute, not_found_error

MOST = 100
LIFE = 3600
"""Seconds after which a job is forgotten."""


def update_many(call: Call) -> dict[str, Any]:
    """Bulk (one change, many ids) or batch (a list of changes); both become a job."""
    given = call.json()
    if isinstance(given.get("tickets"), list):
        changes = [entry for entry in given["tickets"] if isinstance(entry, dict)]
        limit(len(changes), "tickets")
    else:
        values = given.get("ticket")
        if not isinstance(values, dict):
            raise invalid_attribute("You passed an invalid value for the ticket attribute. Invalid parameter")
        changes = [{**values, "id": ticket_id} for ticket_id in _named(call)]
    if any("safe_update" in entry and not entry.get("updated_stamp") for entry in changes):
        raise invalid_attribute("You passed an invalid value for the updated_stamp attribute. must be set")
    actor = Actor(caller_id(call), call.store.now())
    with call.store.write() as connection:
        results = [_one(connection, actor, index, entry) for index, entry in enumerate(changes)]
        if tables.next_id(connection, "job") // 128 % 2:
            results = [_bare(result) for result in results]
        return {"job_status": start(connection, call, "Bulk Update Ticket", results)}


def start(connection: sqlite3.Connection, call: Call, kind: str, results: list[dict[str, Any]]) -> dict[str, Any]:
    """Keep a job's results and answer its first state."""
    stored = {"id": f"V3-{uuid4().hex}", "job_type": kind, "total": len(results), "results": results}
    created = call.store.now().timestamp()
    connection.execute("INSERT INTO zd_jobs VALUES (?, ?, 0, ?)", (stored["id"], created, names.dump(stored)))
    return _state(call, stored, 0)


def limit(number: int, name: str) -> None:
    if number > MOST:
        description = f"Parameter {name} cannot specify more than {MOST} values"
        raise Failure(400, {"error": "TooManyValues", "description": description, "max_count": MOST})


def _named(call: Call) -> list[int]:
    external = call.param("external_ids")
    if external is None:
        return call.ids()
    wanted = [part for part in external.split(",") if part]
    limit(len(wanted), "external_ids")
    marks = ",".join("?" * len(wanted))
    rows = call.store.rows(f"SELECT id FROM zd_tickets WHERE external_id IN ({marks})", wanted)  # noqa: S608
    return [int(row["id"]) for row in rows]


def _one(connection: sqlite3.Connection, actor: Actor, index: int, entry: dict[str, Any]) -> dict[str, Any]:
    number = str(entry.get("id"))
    ticket_id = int(number) if number.isdecimal() else -1
    connection.execute("SAVEPOINT one")
    try:
        change(connection, actor, ticket_id, entry, bulk=True)
    except Failure as failure:
        connection.execute("ROLLBACK TO one")
        error = {404: "TicketNotFound", 409: "UpdateConflict"}.get(failure.status, "TicketUpdateFailed")
        return {
            "index": index,
            "id": ticket_id,
            "action": "update",
            "success": False,
            "status": "Failed",
            "error": error,
            "details": _details(failure),
        }
    finally:
        connection.execute("RELEASE one")
    return {"action": "update", "id": ticket_id, "status": "Updated", "success": True}


def _details(failure: Failure) -> str:
    if not isinstance(failure.body, dict):
        return str(failure.body)
    details = failure.body.get("details")
    if isinstance(details, dict):
        return "; ".join(entry["description"] for entries in details.values() for entry in entries)
    return str(failure.body.get("description") or failure.body.get("error") or "")


def _bare(result: dict[str, Any]) -> dict[str, Any]:
    """The older shape: a success is told by its status alone."""
    return result if result.get("success") is False else {"id": result["id"], "status": "Updated"}


def _state(call: Call, stored: dict[str, Any], looks: int) -> dict[str, Any]:
    state = ("queued", "working", "completed")[min(looks, 2)]
    over = state == "completed"
    return {
        "id": stored["id"],
        "job_type": stored["job_type"],
        "url": f"{call.base}/api/v2/job_statuses/{stored['id']}.json",
        "total": stored["total"] if looks else None,
        "progress": stored["total"] if over else None,
        "status": state,
        "message": f"Completed at {names.stamp(call.store.now())}" if over else None,
        "results": stored["results"] if over else None,
    }


def _look(call: Call, job_id: str) -> dict[str, Any] | None:
    oldest = call.store.now().timestamp() - LIFE
    with call.store.write() as connection:
        row = connection.execute(
            "UPDATE zd_jobs SET polls = polls + 1 WHERE id = ? AND created > ? RETURNING doc, polls", (job_id, oldest)
        ).fetchone()
    return None if row is None else _state(call, names.load(row["doc"]), row["polls"])


def show_job(call: Call, job_id: str) -> dict[str, Any]:
    found = _look(call, job_id)
    if found is None:
        raise not_found_error()
    return {"job_status": found}


def show_jobs(call: Call) -> dict[str, Any]:
    wanted = [part for part in (call.param("ids") or "").split(",") if part]
    limit(len(wanted), "ids")
    return {"job_statuses": [found for job_id in wanted if (found := _look(call, job_id)) is not None]}


def list_jobs(call: Call) -> dict[str, Any]:
    """The last hundred; listing them moves none on."""
    rows = call.store.rows(
        "SELECT doc, polls FROM zd_jobs WHERE created > ? ORDER BY created DESC LIMIT 100",
        (call.store.now().timestamp() - LIFE,),
    )
    return {"job_statuses": [_state(call, names.load(row["doc"]), row["polls"]) for row in rows]}


def register(router: Router) -> None:
    router.add("PUT", "/tickets/update_many", update_many)
    router.add("GET", "/job_statuses", list_jobs)
    router.add("GET", "/job_statuses/show_many", show_jobs)
    router.add("GET", "/job_statuses/{job_id:str}", show_job)
