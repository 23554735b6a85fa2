"""The requests somebody takes part in: a customer's own view, and no listing of a desk's backlog.

(developer.atlassian.com, Jira Service Management Cloud REST API, "Get customer requests")
"""

import json
import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import desk, entities, sight, vocabulary
from supportctl.sandbox.jira.call import Call, DeskError, route
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
_STATUSES = {"OPEN_REQUESTS", "CLOSED_REQUESTS", "ALL_REQUESTS"}


def listing(call: Call) -> Response:
    """What who asks has raised or shares in, newest first; issues that are hidden from them are left out."""
    wanted = call.text("requestStatus") or "ALL_REQUESTS"
    if wanted not in _STATUSES:
        raise DeskError(400, "The requestStatus is not valid.", "sd.request.status.invalid")
    search, desk_id = (call.text("searchTerm") or "").casefold(), call.text("serviceDeskId")
    found = []
    with call.reading() as db:
        origins = [
            field["id"]
            for field in entities.every(db, "field")
            if (field.get("schema") or {}).get("custom") == "com.atlassian.servicedesk:vp-origin"
        ]
        for row in _own(db, call.user):
            fields: Doc = json.loads(row["doc"])["fields"]
            origin = next((fields[name] for name in origins if isinstance(fields.get(name), dict)), None)
            if origin is None or not (sight.current().customer or sight.row_is_seen(row)):
                continue
            done = (origin.get("currentStatus") or {}).get("statusCategory") == "DONE"
            if wanted != "ALL_REQUESTS" and done is (wanted == "OPEN_REQUESTS"):
                continue
            if desk_id is not None and str((origin.get("requestType") or {}).get("serviceDeskId")) != desk_id:
                continue
            if search in str(fields.get("summary") or "").casefold():
                found.append(desk.shown(row, fields, origin))
    return desk.page(call, found)


def _own(db: sqlite3.Connection, user: str) -> list[sqlite3.Row]:
    rows = db.execute(
        "SELECT id, key, doc FROM jira_issue i WHERE (reporter = ?1 OR EXISTS (SELECT 1 FROM json_each(i.doc, "
        "'$.fields.' || ?2) p WHERE json_extract(p.value, '$.accountId') = ?1)) "
        "AND id NOT IN (SELECT issue FROM jira_archived) ORDER BY created DESC, id DESC",
        (user, vocabulary.PARTICIPANTS),
    )
    return rows.fetchall()


def routes(store: Store) -> list[BaseRoute]:
    return [route(store, "/rest/servicedeskapi/request", listing)]
