"""``/rest/servicedeskapi``: service desks, queues, request types, and a request with its SLAs and comments.

(developer.atlassian.com, Jira Service Management Cloud REST API)
"""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import behind, documents, entities, fates, sight, sla
from supportctl.sandbox.jira import comments as new_comments
from supportctl.sandbox.jira.call import Call, DeskError, Handler, read_stamp, route
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.jira.search import any_row_of, condition, find_page, row_of
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
MOST = 100
_MISSING = ("The service desk with the id does not exist", "sd.error.servicedesk.not.found")
_NO_QUEUE = ("The queue with the id does not exist", "sd.error.queue.not.found")
_NO_REQUEST = (
    "Either you don't have access to this request type, or it doesn't exist.",
    "sd.customerview.error.vpOriginMissing",
)
_AGENTS_ONLY = ("You do not have permission to view this resource.", "sd.agent.servicedesk.error.forbidden")
_EXPANDS = ["participant", "status", "sla", "requestType", "serviceDesk", "attachment", "action", "comment"]


def page(call: Call, values: list[Any]) -> Response:
    start, limit = call.number("start", 0), call.number("limit", 50, MOST)
    part = values[start : start + limit]
    base = f"{SITE}/rest/servicedeskapi"
    links = {"self": call.here, "base": base, "context": call.deployment.context}
    last = start + len(part) >= len(values)
    if not last:
        links["next"] = f"{call.here}?start={start + len(part)}&limit={limit}"
    if start:
        links["prev"] = f"{call.here}?start={max(start - limit, 0)}&limit={limit}"
    found = {"_expands": [], "size": len(part), "start": start, "limit": limit, "isLastPage": last, "_links": links}
    return call.answer({**found, "values": part})


def date(stamp: str) -> Doc:
    """A platform time as this API writes dates."""
    return sla.date(datetime.fromtimestamp(read_stamp(stamp) / 1000, UTC))


def _open(desk: Doc) -> bool:
    """Customers see every desk's portal here; others the desks of the projects they browse."""
    seen = sight.current()
    return seen.customer or seen.browses(str(desk.get("projectKey")))


def _agents_only() -> None:
    if sight.current().customer:
        raise DeskError(403, *_AGENTS_ONLY)


def desks(call: Call) -> Response:
    with call.reading() as db:
        return page(call, [desk for desk in entities.every(db, "servicedesk") if _open(desk)])


def _desk(call: Call) -> Doc:
    with call.reading() as db:
        found = entities.get(db, "servicedesk", str(call.path["desk"]))
    if found is None or not _open(found):
        raise DeskError(404, *_MISSING)
    return found


def desk(call: Call) -> Response:
    return call.answer(_desk(call))


def _of_desk(call: Call, db: sqlite3.Connection, kind: str) -> list[Doc]:
    marker = f"/servicedesk/{_desk(call)['id']}/"
    return [doc for doc in entities.every(db, kind) if marker in str((doc.get("_links") or {}).get("self", ""))]


def request_types(call: Call) -> Response:
    with call.reading() as db:
        return page(call, _of_desk(call, db, "requesttype"))


def queues(call: Call) -> Response:
    _agents_only()
    counted = (call.text("includeCount") or "").lower() == "true"
    with behind.reading(call) as db:
        found = _of_desk(call, db, "queue")
        if counted:
            for queue in found:
                sql, values = condition(call, db, queue["jql"])
                total = db.execute(f"SELECT count(*) FROM jira_issue i WHERE {sql}", values).fetchone()[0]  # noqa: S608
                queue["issueCount"] = total
    return page(call, found)


def _queue(call: Call, db: sqlite3.Connection) -> Doc:
    _agents_only()
    for queue in _of_desk(call, db, "queue"):
        if queue["id"] == str(call.path["queue"]):
            return queue
    raise DeskError(404, *_NO_QUEUE)


def queue(call: Call) -> Response:
    with call.reading() as db:
        return call.answer(_queue(call, db))


def queue_issues(call: Call) -> Response:
    """The issues of a queue, with the fields its columns show and no others."""
    with behind.reading(call) as db:
        found = _queue(call, db)
        rows, _ = find_page(call, db, found["jql"], 1_000, None)
        shape, rich = documents.Shape(found["fields"], "id"), documents.rich_fields(db)
        return page(call, [documents.served(db, call, row, shape, rich) for row in rows])


def _request(call: Call, db: sqlite3.Connection) -> tuple[sqlite3.Row, Doc, Doc]:
    """Row, fields and request type value; 404 for issues that no customer raised, and for those of others."""
    seen = sight.current()
    row = (any_row_of if seen.customer else row_of)(db, str(call.path["key"]))
    fields: Doc = json.loads(row["doc"])["fields"] if row is not None else {}
    if seen.customer and not seen.takes_part(fields):
        raise DeskError(404, *_NO_REQUEST)
    for field in entities.every(db, "field"):
        if (field.get("schema") or {}).get("custom") == "com.atlassian.servicedesk:vp-origin":
            origin = fields.get(field["id"])
            if row is not None and isinstance(origin, dict):
                return row, fields, origin
    raise DeskError(404, *_NO_REQUEST)


def _is_there(row: sqlite3.Row) -> bool:
    seen = sight.current()
    return seen.takes_part(json.loads(row["doc"])["fields"]) if seen.customer else sight.row_is_seen(row)


def request(call: Call) -> Response:
    with call.reading() as db:
        return call.answer(shown(*_request(call, db)))


def shown(row: sqlite3.Row, fields: Doc, origin: Doc) -> Doc:
    """A request as its customer sees it."""
    kind = origin.get("requestType") or {}
    return {
        "_expands": _EXPANDS,
        "issueId": str(row["id"]),
        "issueKey": row["key"],
        "summary": fields.get("summary"),
        "requestTypeId": str(kind.get("id", "")),
        "serviceDeskId": str(kind.get("serviceDeskId", "")),
        "createdDate": date(fields["created"]),
        "reporter": fields.get("reporter"),
        "requestFieldValues": [
            {"fieldId": name, "label": name.title(), "value": documents.body(fields.get(name), 2)}
            for name in ("summary", "description")
        ],
        "currentStatus": origin.get("currentStatus"),
        "_links": origin.get("_links") or {},
    }


def statuses(call: Call) -> Response:
    """The statuses a request has been in, newest first."""
    with call.reading() as db:
        row, fields, _ = _request(call, db)
        known = {doc["id"]: doc for doc in entities.every(db, "status")}
        histories = [
            json.loads(entry[0])
            for entry in db.execute("SELECT doc FROM jira_history WHERE issue = ? ORDER BY created, id", (row["id"],))
        ]
    moves = [(entry["created"], item) for entry in histories for item in entry["items"] if item["field"] == "status"]
    first = moves[0][1]["from"] if moves else fields["status"]["id"]
    found = [(fields["created"], first), *((at, item["to"]) for at, item in moves)]
    values = [
        {
            "status": known[id_]["name"],
            "statusCategory": known[id_]["statusCategory"]["key"].upper(),
            "statusDate": date(at),
        }
        for at, id_ in found
        if id_ in known
    ]
    return page(call, values[::-1])


def _slas(call: Call) -> list[Doc]:
    _agents_only()
    with call.reading() as db:
        _, fields, _ = _request(call, db)
    return [value for value in fields.values() if isinstance(value, dict) and "completedCycles" in value]


def slas(call: Call) -> Response:
    return page(call, _slas(call))


def one_sla(call: Call) -> Response:
    for found in _slas(call):
        if found["id"] == str(call.path["metric"]):
            return call.answer(found)
    raise DeskError(404, "The SLA metric does not exist.", "sd.error.sla.not.found")


def _shown(doc: Doc, number: int) -> Doc:
    return {
        "_expands": ["attachment", "renderedBody"],
        "id": doc["id"],
        "body": documents.body(doc.get("body"), 2),
        "public": doc.get("jsdPublic", True),
        "author": doc.get("author"),
        "created": date(doc["created"]),
        "_links": {"self": f"{SITE}/rest/servicedeskapi/request/{number}/comment/{doc['id']}"},
    }


def comments(call: Call) -> Response:
    """Comments oldest first; ``public`` and ``internal`` leave one kind out, and customers never see internal ones.

    Who may not see the request gets an empty list and no error.
    """
    wanted = {name: (call.text(name) or "true").lower() == "true" for name in ("public", "internal")}
    wanted["internal"] = wanted["internal"] and not sight.current().customer
    with call.reading() as db:
        hidden = any_row_of(db, str(call.path["key"]))
        if hidden is not None and not _is_there(hidden):
            return page(call, [])
        number = _request(call, db)[0]["id"]
        rows = db.execute("SELECT doc FROM jira_comment WHERE issue = ? ORDER BY created, id", (number,)).fetchall()
    docs = [json.loads(row["doc"]) for row in rows]
    return page(
        call, [_shown(doc, number) for doc in docs if wanted["public" if doc.get("jsdPublic", True) else "internal"]]
    )


def add_comment(call: Call) -> Response:
    given = call.json()
    new_comments.check_body(given.get("body"), 2)
    if not given.get("public", True):
        _agents_only()
    properties = [] if given.get("public", True) else [{"key": new_comments.INTERNAL, "value": {"internal": True}}]
    with call.store.write() as db:
        row, fields, _ = _request(call, db)
        fates.must_be_live(db, row["id"])
        doc = new_comments.add(call, db, row["id"], {"body": given["body"], "properties": properties})
        fields["updated"] = doc["created"]
        documents.index(db, {**json.loads(row["doc"]), "fields": fields})
    return call.answer(_shown(doc, row["id"]), 201)


def routes(store: Store) -> list[BaseRoute]:
    desk_, request_ = "/rest/servicedeskapi/servicedesk", "/rest/servicedeskapi/request/{key}"
    get: list[tuple[str, Handler]] = [
        (desk_, desks),
        (f"{desk_}/{{desk:int}}", desk),
        (f"{desk_}/{{desk:int}}/queue", queues),
        (f"{desk_}/{{desk:int}}/queue/{{queue:int}}", queue),
        (f"{desk_}/{{desk:int}}/queue/{{queue:int}}/issue", queue_issues),
        (f"{desk_}/{{desk:int}}/requesttype", request_types),
        (request_, request),
        (f"{request_}/status", statuses),
        (f"{request_}/sla", slas),
        (f"{request_}/sla/{{metric:int}}", one_sla),
        (f"{request_}/comment", comments),
    ]
    found: list[BaseRoute] = [route(store, path, handler) for path, handler in get]
    return [*found, route(store, f"{request_}/comment", add_comment, "POST")]
