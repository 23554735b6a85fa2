"""Bulk operations as background tasks: done at once here, and told of as slowly as the conditions say.

(developer.atlassian.com, Jira Cloud platform v3, "Get bulk issue operation progress"; live answers hold numbers)
"""

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira.call import ApiError, BulkError, Call, route
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
MOST = 1_000
"""Issues in one bulk operation."""
AT_ONCE = 5
"""Bulk operations of a site at any time."""


@dataclass
class Fates:
    """What became of the issues of a bulk operation, by id; ``missing`` are not there, or not for who asks."""

    processed: list[int] = field(default_factory=list)
    failed: dict[str, list[str]] = field(default_factory=dict)
    missing: int = 0

    def fail(self, issue: int, error: ApiError) -> None:
        self.failed[str(issue)] = list(error.body["errors"].values()) or error.body["errorMessages"]


def allowed(call: Call) -> None:
    """403 without the global permission to change in bulk, which customers do not have."""
    if call.role not in {"admin", "agent"}:
        raise BulkError(403, "You do not have the global bulk change permission.")


def admitted(call: Call) -> None:
    """429 while five bulk operations are under way, whoever started them."""
    allowed(call)
    since = call.now_ms - 2 * round(call.store.conditions.job_seconds * 1000)
    running = call.store.value("SELECT count(*) FROM jira_task WHERE json_extract(doc, '$.created') > ?", (since,))
    if int(str(running)) >= AT_ONCE:
        raise BulkError(429, f"There are {AT_ONCE} bulk operations under way already. Try again later.")


def selected(wanted: Any) -> list[str]:
    """Ids or keys; 400 when there are none or too many."""
    names = [str(each) for each in wanted or ()]
    if not names:
        raise BulkError(400, "The selectedIssueIdsOrKeys field is required.")
    if len(names) > MOST:
        raise BulkError(400, f"You can only edit up to {MOST} issues at a time.")
    return names


def submit(call: Call, db: sqlite3.Connection, fates: Fates, total: int) -> Response:
    """Keep what was done as a task; 201 with its id."""
    task = db.execute("SELECT COALESCE(max(id), 10100) + 1 FROM jira_task").fetchone()[0]
    doc = {
        "taskId": task,
        "status": "COMPLETE",
        "progressPercent": 100,
        "submittedBy": {"accountId": call.user},
        "created": call.now_ms,
        "started": call.now_ms,
        "updated": call.now_ms,
        "processedAccessibleIssues": fates.processed,
        "failedAccessibleIssues": fates.failed,
        "invalidOrInaccessibleIssueCount": fates.missing,
        "totalIssueCount": total,
    }
    db.execute("INSERT INTO jira_task VALUES (?, ?)", (task, json.dumps(doc)))
    return call.answer({"taskId": str(task)}, 201)


def show(call: Call) -> Response:
    allowed(call)
    row = call.store.row("SELECT doc FROM jira_task WHERE id = ?", (call.path["id"],))
    if row is None:
        raise BulkError(400, f"There is no task with the id {call.path['id']}.")
    return call.answer(_progress(call, json.loads(row["doc"])))


def _progress(call: Call, done: Doc) -> Doc:
    """How far a task is: under ``job_seconds`` it waits that long, and runs as long again."""
    wait = call.store.conditions.job_seconds * 1000
    age = call.now_ms - done["created"]
    if age >= 2 * wait:
        return done
    shown = {**done, "status": "RUNNING" if age >= wait else "ENQUEUED", "updated": call.now_ms}
    shown |= {
        "processedAccessibleIssues": [],
        "failedAccessibleIssues": {},
        "progressPercent": 50 if age >= wait else 0,
    }
    if age < wait:
        shown.pop("started", None)
    return shown


def routes(store: Store) -> list[BaseRoute]:
    return [route(store, "/rest/api/{v}/bulk/queue/{id:int}", show)]
