"""Reading one issue and what hangs on it: comments, change history, worklog, attachments."""

import json
import sqlite3
from collections import defaultdict
from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from supportctl.sandbox import odd_files
from supportctl.sandbox.jira import documents, sight
from supportctl.sandbox.jira.call import MISSING_ISSUE, ApiError, Call, route
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.jira.search import expanded, row_of
from supportctl.sandbox.store import Store


def must(db: sqlite3.Connection, key_or_id: str) -> sqlite3.Row:
    row = row_of(db, key_or_id)
    if row is None:
        raise ApiError(404, MISSING_ISSUE)
    return row


def issue(call: Call) -> Response:
    shape = documents.Shape(call.names("fields"), "*all")
    expand = set(call.names("expand"))
    with call.reading() as db:
        row = must(db, call.path["key"])
        rich = documents.rich_fields(db)
        found = documents.served(db, call, row, shape, rich)
        beside = expanded(db, call, [found], expand, rich)
        if "transitions" in expand:
            from supportctl.sandbox.jira.workflow import available

            found["transitions"] = available(db, json.loads(row["doc"]), fields=True)
    return call.answer({**found, **beside})


def comments(call: Call) -> Response:
    start, most = call.number("startAt", 0), call.deployment.comment_page
    direction = "DESC" if (call.text("orderBy") or "").startswith("-") else "ASC"
    properties = "properties" in call.names("expand")
    with call.reading() as db:
        number = must(db, call.path["key"])["id"]
        total = db.execute("SELECT count(*) FROM jira_comment WHERE issue = ?", (number,)).fetchone()[0]
        size = call.number("maxResults", total if most is None else most, most)
        rows = db.execute(
            f"SELECT doc FROM jira_comment WHERE issue = ? ORDER BY created {direction}, id {direction} "  # noqa: S608
            "LIMIT ? OFFSET ?",
            (number, size, start),
        ).fetchall()
    found = [documents.comment(json.loads(row[0]), call.version, properties=properties) for row in rows]
    return call.answer({"startAt": start, "maxResults": size, "total": total, "comments": found})


def comment(call: Call) -> Response:
    with call.reading() as db:
        number = must(db, call.path["key"])["id"]
        row = db.execute(
            "SELECT doc FROM jira_comment WHERE issue = ? AND id = ?", (number, call.path["id"])
        ).fetchone()
    if row is None:
        raise ApiError(404, "Can not find a comment for the id: " + str(call.path["id"]) + ".")
    properties = "properties" in call.names("expand")
    return call.answer(documents.comment(json.loads(row[0]), call.version, properties=properties))


def changelog(call: Call) -> Response:
    """One page of the change history, oldest first."""
    start, size = call.number("startAt", 0), call.number("maxResults", 100, 100)
    with call.reading() as db:
        row = must(db, call.path["key"])
        total = db.execute("SELECT count(*) FROM jira_history WHERE issue = ?", (row["id"],)).fetchone()[0]
        rows = db.execute(
            "SELECT doc FROM jira_history WHERE issue = ? ORDER BY created, id LIMIT ? OFFSET ?",
            (row["id"], size, start),
        ).fetchall()
    base = f"{SITE}/rest/api/{call.version}/issue/{row['key']}/changelog?maxResults={size}&startAt="
    last = start + len(rows) >= total
    found: dict[str, Any] = {"self": f"{base}{start}", "maxResults": size, "startAt": start, "total": total}
    if not last:
        found["nextPage"] = f"{base}{start + size}"
    return call.answer({**found, "isLast": last, "values": [json.loads(item[0]) for item in rows]})


def changelogs(call: Call) -> Response:
    """Change histories of up to 1000 issues; here ``created`` is a number (milliseconds)."""
    given = call.json()
    wanted = given.get("issueIdsOrKeys")
    only = given.get("fieldIds") or []
    size = given.get("maxResults") or 1000
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= 1000:
        raise ApiError(400, "issueIdsOrKeys must hold between 1 and 1000 ids or keys.")
    if len(only) > 10:
        raise ApiError(400, "fieldIds must hold at most 10 ids.")
    if not isinstance(size, int) or not 1 <= size <= 10000:
        raise ApiError(400, "maxResults must be between 1 and 10000.")
    token = given.get("nextPageToken")
    try:
        after = json.loads(token) if token else [0, 0]
        after_issue, after_history = int(after[0]), int(after[1])
    except (ValueError, TypeError, IndexError):
        raise ApiError(400, "The provided next page token is invalid.") from None
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    last, taken, more = (after_issue, after_history), 0, False
    with call.reading() as db:
        rows = [row for row in (row_of(db, str(item)) for item in wanted) if row is not None]
        for number in sorted({row["id"] for row in rows}):
            if number < after_issue or more:
                continue
            for entry in db.execute("SELECT id, doc FROM jira_history WHERE issue = ? ORDER BY id", (number,)):
                if number == after_issue and entry["id"] <= after_history:
                    continue
                doc = json.loads(entry["doc"])
                items = [item for item in doc["items"] if not only or item.get("fieldId") in only]
                if not items:
                    continue
                if taken == size:
                    more = True
                    break
                created = round(datetime.fromisoformat(doc["created"]).timestamp() * 1000)
                found[number].append({**doc, "created": created, "items": items})
                taken += 1
                last = (number, entry["id"])
    answer: dict[str, Any] = {
        "issueChangeLogs": [
            {"issueId": str(number), "changeHistories": histories} for number, histories in found.items()
        ]
    }
    if more:
        answer["nextPageToken"] = json.dumps(last)
    return call.answer(answer)


def worklog(call: Call) -> Response:
    start, size = call.number("startAt", 0), call.number("maxResults", 5000, 5000)
    with call.reading() as db:
        number = must(db, call.path["key"])["id"]
        rows = db.execute("SELECT doc FROM jira_worklog WHERE issue = ? ORDER BY started, id", (number,)).fetchall()
    docs = [json.loads(row[0]) for row in rows]
    for doc in docs:
        doc["comment"] = documents.body(doc.get("comment"), call.version)
    return call.answer(
        {"startAt": start, "maxResults": size, "total": len(docs), "worklogs": docs[start : start + size]}
    )


def attachment_row(call: Call) -> sqlite3.Row:
    row = call.store.row("SELECT * FROM jira_attachment WHERE id = ?", (call.path["id"],))
    with call.reading() as db:
        if row is None or not sight.issue_is_seen(db, row["issue"]):
            raise ApiError(404, f"The attachment with id '{call.path['id']}' does not exist")
    return row


def attachment(call: Call) -> Response:
    """The metadata of one attachment; here its id is a number."""
    row = attachment_row(call)
    return call.answer({**json.loads(row["doc"]), "id": row["id"]})


def content_host(call: Call) -> str:
    """The sandbox under the other name of the loopback interface: another host to every client."""
    url = call.request.base_url
    other = "127.0.0.1" if url.hostname == "localhost" else "localhost"
    return str(url.replace(hostname=other)).rstrip("/")


def odd_content(call: Call, row: sqlite3.Row) -> Response | None:
    """What comes instead of an odd file's content. Raises `ApiError` for one that is gone."""
    fate = odd_files.fate_of(call.store, "jsm", row["id"])
    if fate == odd_files.Fate.DELETED:
        raise ApiError(404, f"The attachment with id '{call.path['id']}' does not exist")
    return odd_files.answer(fate, str(call.request.url), row["mime"], redirect=303)


def attachment_content(call: Call) -> Response:
    row = attachment_row(call)
    if (instead := odd_content(call, row)) is not None:
        return instead
    if (call.text("redirect") or "true").lower() == "false":
        return Response(row["content"], media_type=row["mime"])
    return RedirectResponse(f"{content_host(call)}/rest/media/file/{row['id']}/binary?token=sandbox-media", 303)


def media(call: Call) -> Response:
    """The content host: it knows the signed address only, and notes credentials that were sent to it."""
    if call.request.headers.get("authorization"):
        stats = getattr(call.request.app.state, "stats", None)
        if stats is not None:
            stats.note("credentials sent to the Jira media host")
        return Response("Credentials are not accepted here.", status_code=400, media_type="text/plain")
    if call.text("token") != "sandbox-media":
        return Response("Forbidden", status_code=403, media_type="text/plain")
    row = attachment_row(call)
    return Response(row["content"], media_type=row["mime"])


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, f"{api}/issue/{{key}}/comment", comments),
        route(store, f"{api}/issue/{{key}}/comment/{{id:int}}", comment),
        route(store, f"{api}/issue/{{key}}/changelog", changelog),
        route(store, f"{api}/issue/{{key}}/worklog", worklog),
        route(store, f"{api}/changelog/bulkfetch", changelogs, "POST"),
        route(store, f"{api}/attachment/content/{{id:int}}", attachment_content),
        route(store, f"{api}/attachment/{{id:int}}", attachment),
        route(store, "/rest/media/file/{id:int}/binary", media, open_to_all=True),
        route(store, f"{api}/issue/{{key}}", issue),
    ]
