"""Links between issues, and from an issue to something elsewhere.

"source <type.outward> target" is how a link reads: the inward issue of a request is the source.
(developer.atlassian.com, "Issue linking model"; Jira Cloud platform v3, "Create issue link", "Delete issue link",
"Create or update remote issue link", which of the same global id there is one per issue)
"""

import json
import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import behind, comments, entities, fates, sight
from supportctl.sandbox.jira.call import MISSING_ISSUE, ApiError, Call, route
from supportctl.sandbox.jira.reads import must
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.jira.search import row_of
from supportctl.sandbox.jira.writes import touch
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
NO_LINK = "No issue link with id '{}' exists."
NO_REMOTE_LINK = "The remote link with the given global id does not exist."


def link(call: Call) -> Response:
    """The same link again is a success without effect; a comment that comes along is added again all the same."""
    given = call.json()
    with call.store.write() as db:
        kind = entities.find(db, "linktype", given.get("type"))
        if kind is None:
            raise ApiError(404, f"No issue link type with name '{(given.get('type') or {}).get('name')}' found.")
        ends = []
        for side in ("inwardIssue", "outwardIssue"):
            end = given.get(side) or {}
            row = row_of(db, str(end.get("key") or end.get("id") or ""))
            if row is None:
                raise ApiError(404, MISSING_ISSUE)
            fates.must_be_live(db, row["id"])
            ends.append(row)
        source, target = ends
        known = db.execute(
            "SELECT 1 FROM jira_link WHERE type = ? AND source = ? AND target = ?",
            (str(kind["id"]), source["id"], target["id"]),
        ).fetchone()
        for row, side in ((source, "outward"), (target, "inward")):
            behind.keep(call, db, row["id"])
            if known is None:
                other = target if row is source else source
                touch(call, db, row, _item(f"This issue {kind[side]} {other['key']}", other["key"], made=True))
        db.execute(
            "INSERT OR IGNORE INTO jira_link (type, source, target) VALUES (?, ?, ?)",
            (str(kind["id"]), source["id"], target["id"]),
        )
        if given.get("comment"):
            comments.check_body(given["comment"].get("body"), call.version)
            comments.add(call, db, source["id"], given["comment"])
    return Response(status_code=201)


def _item(text: str, other: str, *, made: bool) -> Doc:
    """Links have no field id in change histories."""
    ends: tuple[Doc, Doc] = ({"from": None, "fromString": None}, {"to": other, "toString": text})
    if not made:
        ends = ({"from": other, "fromString": text}, {"to": None, "toString": None})
    return {"field": "Link", "fieldtype": "jira", **ends[0], **ends[1]}


def _row(call: Call, db: sqlite3.Connection) -> sqlite3.Row:
    row = db.execute("SELECT * FROM jira_link WHERE id = ?", (call.path["id"],)).fetchone()
    if row is None or not all(sight.issue_is_seen(db, row[end]) for end in ("source", "target")):
        raise ApiError(404, NO_LINK.format(call.path["id"]))
    found: sqlite3.Row = row
    return found


def show(call: Call) -> Response:
    with call.reading() as db:
        row = _row(call, db)
        found: Doc = {
            "id": str(row["id"]),
            "self": f"{SITE}/rest/api/{call.version}/issueLink/{row['id']}",
            "type": entities.get(db, "linktype", row["type"]),
        }
        for side, end in (("inwardIssue", "source"), ("outwardIssue", "target")):
            key = db.execute("SELECT key FROM jira_issue WHERE id = ?", (row[end],)).fetchone()[0]
            found[side] = {"id": str(row[end]), "key": key}
    return call.answer(found)


def unlink(call: Call) -> Response:
    with call.store.write() as db:
        row = _row(call, db)
        kind = entities.get(db, "linktype", row["type"]) or {}
        for end, other, side in (("source", "target", "outward"), ("target", "source", "inward")):
            fates.must_be_live(db, row[end])
            behind.keep(call, db, row[end])
            issue = db.execute("SELECT * FROM jira_issue WHERE id = ?", (row[end],)).fetchone()
            key = db.execute("SELECT key FROM jira_issue WHERE id = ?", (row[other],)).fetchone()[0]
            touch(call, db, issue, _item(f"This issue {kind.get(side)} {key}", key, made=False))
        db.execute("DELETE FROM jira_link WHERE id = ?", (row["id"],))
    return Response(status_code=204)


def remote_links(call: Call) -> Response:
    """All of an issue, or the one with the global id that is asked for."""
    wanted = call.text("globalId")
    with call.reading() as db:
        issue = must(db, call.path["key"])
        rows = db.execute("SELECT * FROM jira_remote_link WHERE issue = ? ORDER BY id", (issue["id"],)).fetchall()
        found = [_shown(call, row) for row in rows if wanted is None or row["global_id"] == wanted]
    if wanted is None:
        return call.answer(found)
    if not found:
        raise ApiError(404, NO_REMOTE_LINK)
    return call.answer(found[0])


def _shown(call: Call, row: sqlite3.Row) -> Doc:
    here = f"{SITE}/rest/api/{call.version}/issue/{row['issue']}/remotelink/{row['id']}"
    return {"id": row["id"], "self": here, **json.loads(row["doc"])}


def put_remote_link(call: Call) -> Response:
    """201 for a new one, 200 for one that was there and is now as given."""
    given = call.json()
    target = given.get("object") or {}
    errors = {name: f"'{name}' is required." for name in ("url", "title") if not target.get(name)}
    if errors:
        raise ApiError(400, errors=errors)
    global_id = given.get("globalId")
    if global_id is not None and len(str(global_id)) > 255:
        raise ApiError(400, errors={"globalId": "The global id is too long."})
    with call.store.write() as db:
        issue = must(db, call.path["key"])
        fates.must_be_live(db, issue["id"])
        known = db.execute(
            "SELECT id FROM jira_remote_link WHERE issue = ? AND global_id = ?", (issue["id"], global_id)
        ).fetchone()
        number = (
            known[0] if known else db.execute("SELECT COALESCE(max(id), 9999) + 1 FROM jira_remote_link").fetchone()[0]
        )
        db.execute(
            "INSERT OR REPLACE INTO jira_remote_link VALUES (?, ?, ?, ?)",
            (number, issue["id"], global_id, json.dumps(given, ensure_ascii=False)),
        )
        if known is None:
            behind.keep(call, db, issue["id"])
            made = {"field": "RemoteIssueLink", "fieldtype": "jira", "from": None, "fromString": None}
            touch(call, db, issue, {**made, "to": str(number), "toString": str(target["title"])})
    here = f"{SITE}/rest/api/{call.version}/issue/{issue['key']}/remotelink/{number}"
    return call.answer({"id": number, "self": here}, 200 if known else 201)


def delete_remote_link(call: Call) -> Response:
    wanted = call.text("globalId")
    if not wanted:
        raise ApiError(400, "The globalId query parameter is required.")
    with call.store.write() as db:
        issue = must(db, call.path["key"])
        fates.must_be_live(db, issue["id"])
        gone = db.execute(
            "DELETE FROM jira_remote_link WHERE issue = ? AND global_id = ?", (issue["id"], wanted)
        ).rowcount
        if not gone:
            raise ApiError(404, NO_REMOTE_LINK)
        touch(call, db, issue, {"field": "RemoteIssueLink", "fieldtype": "jira", "from": None, "to": None})
    return Response(status_code=204)


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, f"{api}/issueLink", link, "POST"),
        route(store, f"{api}/issueLink/{{id:int}}", show),
        route(store, f"{api}/issueLink/{{id:int}}", unlink, "DELETE"),
        route(store, f"{api}/issue/{{key}}/remotelink", remote_links),
        route(store, f"{api}/issue/{{key}}/remotelink", put_remote_link, "POST"),
        route(store, f"{api}/issue/{{key}}/remotelink", delete_remote_link, "DELETE"),
    ]
