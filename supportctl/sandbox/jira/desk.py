"""``/rest/servicedeskapi``: service desks, queues, request types, and a request with its SLAs and comments.

(developer.atlassian.com, Jira Service Management Cloud REST API)
"""

import json
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import documents, entities
from supportctl.sandbox.jira.call import Call, DeskError, route
from supportctl.sandbox.jira.reads import must
from supportctl.sandbox.jira.search import row_of
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
MOST = 100
_MISSING = ("The service desk with the id does not exist", "sd.error.servicedesk.not.found")
_NO_REQUEST = ("The Issue does not have a request type", "sd.customerview.error.vpOriginMissing")


def _page(call: Call, values: list[Any]) -> Response:
    start, limit = call.number("start", 0), call.number("limit", 50, MOST)
    part = values[start : start + limit]
    last = start + len(part) >= len(values)
    links = {"self": f"{call.base}{call.request.url.path}", "base": call.base, "context": ""}
    return call.answer(
        {"_expands": [], "size": len(part), "start": start, "limit": limit, "isLastPage": last, "_links": links,
         "values": part}
    )  # fmt: skip


def desks(call: Call) -> Response:
    with call.reading() as db:
        return _page(call, entities.every(db, "servicedesk"))


def _desk(call: Call) -> Doc:
    with call.reading() as db:
        found = entities.get(db, "servicedesk", str(call.path["desk"]))
    if found is None:
        raise DeskError(404, *_MISSING)
    return found


def desk(call: Call) -> Response:
    return call.answer(_desk(call))


def _of_desk(kind: str) -> Any:
    def handler(call: Call) -> Response:
        number = str(_desk(call)["id"])
        with call.reading() as db:
            every = entities.every(db, kind)
        marker = f"/servicedesk/{number}/"
        return _page(call, [doc for doc in every if marker in str((doc.get("_links") or {}).get("self", ""))])

    return handler


def request(call: Call) -> Response:
    """A request as its customer sees it."""
    with call.reading() as db:
        row = row_of(db, str(call.path["key"]))
        field = _request_type_field(db)
        doc: Doc = json.loads(row["doc"]) if row is not None else {}
        origin = (doc.get("fields") or {}).get(field)
        if row is None or not isinstance(origin, dict):
            raise DeskError(404, *_NO_REQUEST)
    fields = doc["fields"]
    kind = origin.get("requestType") or {}
    return call.answer(
        {
            "_expands": ["participant", "status", "sla", "requestType", "serviceDesk", "attachment", "comment"],
            "issueId": str(row["id"]),
            "issueKey": row["key"],
            "requestTypeId": str(kind.get("id", "")),
            "serviceDeskId": str(kind.get("serviceDeskId", "")),
            "reporter": fields.get("reporter"),
            "requestFieldValues": [
                {"fieldId": name, "label": name.title(), "value": documents.body(fields.get(name), 2)}
                for name in ("summary", "description")
            ],
            "currentStatus": origin.get("currentStatus"),
            "_links": origin.get("_links") or {},
        }
    )


def _request_type_field(db: Any) -> str:
    for field in entities.every(db, "field"):
        if (field.get("schema") or {}).get("custom") == "com.atlassian.servicedesk:vp-origin":
            return str(field["id"])
    return ""


def slas(call: Call) -> Response:
    with call.reading() as db:
        doc = json.loads(must(db, str(call.path["key"]))["doc"])
    found = [value for value in doc["fields"].values() if isinstance(value, dict) and "completedCycles" in value]
    return _page(call, found)


def comments(call: Call) -> Response:
    with call.reading() as db:
        number = must(db, str(call.path["key"]))["id"]
        rows = db.execute("SELECT doc FROM jira_comment WHERE issue = ? ORDER BY created, id", (number,)).fetchall()
    found = []
    for row in rows:
        doc = json.loads(row["doc"])
        text = documents.body(doc.get("body"), 2)
        found.append({"id": doc["id"], "body": text, "public": doc.get("jsdPublic", True), "author": doc.get("author")})
    return _page(call, found)


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/servicedeskapi"
    return [
        route(store, f"{api}/servicedesk", desks),
        route(store, f"{api}/servicedesk/{{desk:int}}", desk),
        route(store, f"{api}/servicedesk/{{desk:int}}/queue", _of_desk("queue")),
        route(store, f"{api}/servicedesk/{{desk:int}}/requesttype", _of_desk("requesttype")),
        route(store, f"{api}/request/{{key}}/sla", slas),
        route(store, f"{api}/request/{{key}}/comment", comments),
        route(store, f"{api}/request/{{key}}", request),
    ]
