"""Background jobs: bulk and batch updates, and what their results look like.

A job's work is done when it is asked for; its state moves on with every look: queued, working, completed. Under
``job_seconds`` it also takes that long to leave the queue, and as long again to be completed.
"""

import math
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from supportctl.sandbox.zendesk import names, tables
from supportctl.sandbox.zendesk.access import actor
from supportctl.sandbox.zendesk.http import Call, Failure, Router, invalid_attribute, not_found_error
from supportctl.sandbox.zendesk.problems import update

MOST = 100
IN_FLIGHT = 30
"""Jobs of an account that may be queued or running."""
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
    by = actor(call)
    with call.store.write() as connection:
        waiting = iter(changes)
        results = each_ticket(
            connection,
            [_number(entry) for entry in changes],
            "update",
            lambda ticket_id: update(connection, by, ticket_id, next(waiting), bulk=True),
        )
        old = bool(tables.next_id(connection, "job") // 128 % 2)
        told = [_told(result, old=old) for result in results]
        return {"job_status": start(connection, call, "Bulk Update Ticket", told)}


def start(
    connection: sqlite3.Connection, call: Call, kind: str | None, results: list[dict[str, Any]] | dict[str, Any]
) -> dict[str, Any]:
    """Keep a job's results and answer its first state. Jobs without a kind, or without a list, leave it out."""
    _require_room(connection, call)
    total = len(results) if isinstance(results, list) else None
    stored = {"id": f"V3-{uuid4().hex}", "job_type": kind, "total": total, "results": results}
    created = call.store.now().timestamp()
    connection.execute("INSERT INTO zd_jobs VALUES (?, ?, 0, ?)", (stored["id"], created, names.dump(stored)))
    return _state(call, stored, 0, created)


def _require_room(connection: sqlite3.Connection, call: Call) -> None:
    """Raise 429 when as many jobs are queued or running as an account may have."""
    wait = call.store.conditions.job_seconds
    if not call.store.conditions.limits or not wait:
        return
    since = call.store.now().timestamp() - 2 * wait
    running = connection.execute("SELECT count(*) FROM zd_jobs WHERE created > ?", (since,)).fetchone()[0]
    if running >= IN_FLIGHT:
        call.violation("zendesk jobs in flight")
        body = {
            "error": "TooManyJobs",
            "description": "Too many jobs are currently queued or running. Try again later.",
        }
        raise Failure(429, body, {"Retry-After": str(math.ceil(wait))})


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


def each_ticket(
    connection: sqlite3.Connection, ids: Sequence[int], action: str, work: Callable[[int], object]
) -> list[dict[str, Any]]:
    """``work`` for every ticket by itself; what it refuses is undone and told, and the others go on."""
    return [_one(connection, index, ticket_id, action, work) for index, ticket_id in enumerate(ids)]


def _one(
    connection: sqlite3.Connection, index: int, ticket_id: int, action: str, work: Callable[[int], object]
) -> dict[str, Any]:
    connection.execute("SAVEPOINT one")
    try:
        work(ticket_id)
    except Failure as failure:
        connection.execute("ROLLBACK TO one")
        return {
            "index": index,
            "id": ticket_id,
            "action": action,
            "success": False,
            "status": "Failed",
            "error": _ERRORS.get(failure.status, "TicketUpdateFailed"),
            "details": _details(failure),
        }
    finally:
        connection.execute("RELEASE one")
    return {"action": action, "id": ticket_id, "status": f"{action.removesuffix('e').title()}ed", "success": True}


def _number(entry: dict[str, Any]) -> int:
    text = str(entry.get("id"))
    return int(text) if text.isdecimal() else -1


_ERRORS = {403: "PermissionDenied", 404: "TicketNotFound", 409: "UpdateConflict"}
"""Status that the single update would have been refused with -> the code in a job's results."""


def _details(failure: Failure) -> str:
    if not isinstance(failure.body, dict):
        return str(failure.body)
    details = failure.body.get("details")
    if isinstance(details, dict):
        return "; ".join(entry["description"] for entries in details.values() for entry in entries)
    return str(failure.body.get("description") or failure.body.get("error") or "")


def _told(result: dict[str, Any], *, old: bool) -> dict[str, Any]:
    """The older shape tells a success by its status alone, and a failure by its place instead of its id."""
    if old and result["success"]:
        return {"id": result["id"], "status": result["status"]}
    without = "id" if old else "index"
    return {key: value for key, value in result.items() if key != without}


def _stage(call: Call, looks: int, created: float) -> int:
    """0 queued, 1 working, 2 completed."""
    wait = call.store.conditions.job_seconds
    stage = min(looks, 2)
    return min(stage, int((call.store.now().timestamp() - created) / wait)) if wait else stage


def _state(call: Call, stored: dict[str, Any], looks: int, created: float) -> dict[str, Any]:
    stage = _stage(call, looks, created)
    state = ("queued", "working", "completed")[stage]
    over = state == "completed"
    return {
        "id": stored["id"],
        **({"job_type": stored["job_type"]} if stored["job_type"] else {}),
        "url": f"{call.base}/api/v2/job_statuses/{stored['id']}.json",
        "total": stored["total"] if stage else None,
        "progress": stored["total"] if over else None,
        "status": state,
        "message": f"Completed at {names.stamp(call.store.now())}" if over else None,
        "results": stored["results"] if over else None,
    }


def _look(call: Call, job_id: str) -> dict[str, Any] | None:
    oldest = call.store.now().timestamp() - LIFE
    with call.store.write() as connection:
        row = connection.execute(
            "UPDATE zd_jobs SET polls = polls + 1 WHERE id = ? AND created > ? RETURNING doc, polls, created",
            (job_id, oldest),
        ).fetchone()
    return None if row is None else _state(call, names.load(row["doc"]), row["polls"], row["created"])


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
        "SELECT doc, polls, created FROM zd_jobs WHERE created > ? ORDER BY created DESC LIMIT 100",
        (call.store.now().timestamp() - LIFE,),
    )
    return {"job_statuses": [_state(call, names.load(row["doc"]), row["polls"], row["created"]) for row in rows]}


def register(router: Router) -> None:
    router.add("PUT", "/tickets/update_many", update_many)
    router.add("GET", "/job_statuses", list_jobs)
    router.add("GET", "/job_statuses/show_many", show_jobs)
    router.add("GET", "/job_statuses/{job_id:str}", show_job)
