"""What is asked otherwise than of Cloud: the server, people, filters, permissions, comment properties, files."""

import json
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from supportctl.sandbox.jira import entities, sight
from supportctl.sandbox.jira.call import ApiError, Call, stamp
from supportctl.sandbox.jira.data_center import people
from supportctl.sandbox.jira.reads import attachment_row, odd_content
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.jira.site import PERMISSIONS, begins, can_be_assigned, had

VERSION = (9, 12, 15)


def server_info(call: Call) -> Response:
    return call.answer(
        {
            "baseUrl": SITE,
            "version": ".".join(map(str, VERSION)),
            "versionNumbers": list(VERSION),
            "deploymentType": "Server",
            "buildNumber": 9_120_015,
            "buildDate": "2026-01-15T00:00:00.000+0000",
            "databaseBuildNumber": 9_120_015,
            "serverTime": stamp(call.now),
            "scmInfo": "sandbox",
            "serverTitle": "Sandbox",
        }
    )


def permissions(call: Call) -> Response:
    """All there are: which is asked for cannot be said."""
    return had(call, PERMISSIONS)


def user(call: Call) -> Response:
    name, key = call.text("username"), call.text("key")
    if not name and not key:
        raise ApiError(400, "Either the 'username' or the 'key' query parameters need to be provided")
    with call.reading() as db:
        found = people.find(db, name, key)
    if found is None:
        raise ApiError(404, f"The user named '{name or key}' does not exist")
    return call.answer(found)


def user_search(call: Call) -> Response:
    """By the beginning of user name, full name or address; ``.`` finds everybody."""
    query = call.text("username")
    if not query:
        raise ApiError(400, errors={"username": "The username query parameter was not provided"})
    with call.reading() as db:
        docs = [
            doc
            for doc in entities.every(db, "user")
            if query == "." or begins(query, people.username(doc), doc.get("displayName"), doc.get("emailAddress"))
        ]
    start, size = call.number("startAt", 0), call.number("maxResults", 50, 1000)
    return call.answer(docs[start : start + size])


def assignable(call: Call) -> Response:
    """By the beginning of user name, full name or address; all of them where nothing is said."""
    query, project = call.text("username") or "", call.text("project")
    if not project:
        raise ApiError(400, "Either the 'project' or the 'issueKey' query parameter is required.")
    with call.reading() as db:
        if not entities.ids(db, "project", project):
            raise ApiError(404, f"No project could be found with key '{project}'.")
        docs = [
            doc
            for doc in entities.every(db, "user")
            if can_be_assigned(doc)
            and (not query or begins(query, people.username(doc), doc.get("displayName"), doc.get("emailAddress")))
        ]
    start, size = call.number("startAt", 0), call.number("maxResults", 50, 1000)
    return call.answer(docs[start : start + size])


def favourites(call: Call) -> Response:
    """The filters the user has starred; there is no list of all filters."""
    with call.reading() as db:
        return call.answer([doc for doc in entities.every(db, "filter") if doc.get("favourite")])


def _properties(call: Call) -> list[dict[str, Any]]:
    with call.reading() as db:
        row = db.execute("SELECT issue, doc FROM jira_comment WHERE id = ?", (call.path["id"],)).fetchone()
        hidden = row is not None and not sight.issue_is_seen(db, row["issue"])
    if row is None or hidden:
        raise ApiError(404, f"Can not find a comment for the id: {call.path['id']}.")
    return json.loads(row["doc"]).get("properties") or []


def comment_properties(call: Call) -> Response:
    base = f"{SITE}/rest/api/2/comment/{call.path['id']}/properties"
    keys = [str(each.get("key")) for each in _properties(call)]
    return call.answer({"keys": [{"self": f"{base}/{quote(key)}", "key": key} for key in keys]})


def comment_property(call: Call) -> Response:
    wanted = call.path["property"]
    for each in _properties(call):
        if each.get("key") == wanted:
            return call.answer({"key": wanted, "value": each.get("value")})
    raise ApiError(404, f"The property with key '{wanted}' does not exist.")


def attachment(call: Call) -> Response:
    """The file itself: here nothing redirects to another host, and the caller must be signed in."""
    row = attachment_row(call)
    if (instead := odd_content(call, row)) is not None:
        return instead
    return Response(row["content"], media_type=row["mime"], headers={"Content-Disposition": "attachment"})
