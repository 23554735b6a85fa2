"""Making issues: what a project's create screens ask for, and one issue by ``POST /issue``.

Cloud and Data Center (since 8.4) tell the screens under the same paths, in pages of different shape.
(developer.atlassian.com, Jira Cloud platform v3, "Get create metadata issue types for a project", "Get create field
metadata for a project and issue type id", "Create issue"; Jira Data Center REST API, the same resources)
"""

import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import behind, comments, documents, edits, entities, mail, screens, sight, workflow
from supportctl.sandbox.jira.call import ApiError, Call, Handler, route, stamp
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
MAX_PAGE = 200
_ASKED = frozenset({"summary", "issuetype", "project"})
_OFFERED = ("project", "issuetype", "reporter")
_NO_PROJECT = "valid project is required"
_SCREEN_ONLY = ("comment",)
"""On the edit screen and on no create screen."""


def _project(db: sqlite3.Connection, named: Any) -> Doc | None:
    """The project a request names by id or key, when it is there for who asks."""
    given = named if isinstance(named, dict) else {}
    text = str(given.get("id") or given.get("key") or "")
    found = entities.ids(db, "project", text) if text else []
    doc = entities.get(db, "project", found[0]) if found else None
    return doc if doc is not None and sight.current().browses(str(doc["key"])) else None


def _may_create(call: Call) -> bool:
    return call.role in {"admin", "agent"}


def _types(db: sqlite3.Connection, project: Doc) -> list[Doc]:
    """Issue types of a project; all there are where the site does not say."""
    named = entities.get(db, "creating", str(project["key"]))
    every = entities.every(db, "issuetype")
    return every if named is None else [each for each in every if each["id"] in named["issueTypes"]]


def _asked_project(call: Call, db: sqlite3.Connection) -> Doc:
    text = str(call.path["project"])
    found = _project(db, {"id": text} if text.isdigit() else {"key": text})
    if found is None or not _may_create(call):
        raise ApiError(404, f"No project could be found with key '{text}'.")
    return found


def _page(call: Call, name: str, values: list[Doc]) -> Response:
    """Cloud names the list after what it holds; Data Center says ``values`` and ``isLast``."""
    start, size = call.number("startAt", 0), call.number("maxResults", 50)
    if size > MAX_PAGE:
        raise ApiError(400, f"Parameter 'maxResults' must not exceed the limit '{MAX_PAGE}'")
    page: Doc = {"maxResults": size, "startAt": start, "total": len(values)}
    shown = values[start : start + size]
    if call.deployment.context:
        return call.answer({**page, "isLast": start + len(shown) >= len(values), "values": shown})
    return call.answer({**page, name: shown})


def issue_types(call: Call) -> Response:
    with call.reading() as db:
        return _page(call, "issueTypes", _types(db, _asked_project(call, db)))


def create_fields(db: sqlite3.Connection, project: Doc, kind: Doc) -> dict[str, Doc]:
    """The create screen of an issue type. The entity ``createscreen`` (``KEY:type``) asks for more, or takes away."""
    blank: Doc = {"fields": {"project": project, "issuetype": kind}}
    found = {name: entry for name, entry in screens.edit_fields(db, blank).items() if name not in _SCREEN_ONLY}
    for name in _OFFERED:
        doc = entities.get(db, "field", name) or {"id": name, "name": name.title()}
        found[name] = {"schema": doc.get("schema") or {}, "name": doc["name"], "key": name, "operations": ["set"]}
    found["project"]["allowedValues"] = [project]
    found["issuetype"]["allowedValues"] = [kind]
    own = entities.get(db, "createscreen", f"{project['key']}:{kind['id']}") or {}
    for name in own.get("without") or ():
        found.pop(name, None)
    required = {*_ASKED, *(own.get("required") or ())}
    defaults = {"priority", "reporter"} - set(own.get("required") or ())
    return {
        name: {**entry, "fieldId": name, "required": name in required, "hasDefaultValue": name in defaults}
        for name, entry in found.items()
    }


def screen(call: Call) -> Response:
    with call.reading() as db:
        project = _asked_project(call, db)
        kind = next((each for each in _types(db, project) if each["id"] == str(call.path["type"])), None)
        if kind is None:
            raise ApiError(404, f"The issue type with id '{call.path['type']}' does not exist.")
        return _page(call, "fields", list(create_fields(db, project, kind).values()))


def create(call: Call) -> Response:
    """201 with id and key. All faults of the fields are told at once, and nothing is made."""
    given = call.json()
    fields: Doc = given.get("fields") or {}
    updates: Doc = given.get("update") or {}
    if given.get("properties") or given.get("transition"):
        raise ApiError(400, "The sandbox makes issues without properties and transitions.")
    with call.store.write() as db:
        project = _project(db, fields.get("project"))
        if project is None or not _may_create(call):
            raise ApiError(400, errors={"project": _NO_PROJECT})
        named = entities.find(db, "issuetype", fields.get("issuetype"))
        kind = next((each for each in _types(db, project) if named is not None and each["id"] == named["id"]), None)
        if kind is None:
            raise ApiError(400, errors={"issuetype": "Specify a valid issue type"})
        offered = create_fields(db, project, kind)
        issue = _blank(call, db, project, kind)
        errors = {name: edits.NOT_ON_SCREEN.format(name) for name in {*fields, *updates} - offered.keys()}
        sets = {name: each for name, each in fields.items() if name in offered and name not in ("project", "issuetype")}
        kept = {"fields": sets, "update": {name: each for name, each in updates.items() if name in offered}}
        try:
            edits.edit(db, issue, kept, call.version)
        except ApiError as error:
            errors |= error.body["errors"]
        held = {**issue["fields"], **sets}
        for name, entry in offered.items():
            if entry["required"] and name not in errors and held.get(name) in (None, "", []):
                errors[name] = (
                    "You must specify a summary of the issue." if name == "summary" else f"{entry['name']} is required."
                )
        if errors:
            raise ApiError(400, errors=errors)
        behind.keep(call, db, int(issue["id"]))
        documents.index(db, issue)
        mail.send(call, db, int(issue["id"]), "created")
    here = f"{SITE}/rest/api/{call.version}/issue/{issue['id']}"
    return call.answer({"id": issue["id"], "key": issue["key"], "self": here}, 201)


def _blank(call: Call, db: sqlite3.Connection, project: Doc, kind: Doc) -> Doc:
    """A new issue in the first status of its project's workflow, with the next number of the project."""
    key, me, now = str(project["key"]), comments.me(call, db), stamp(call.now_ms)
    number = db.execute("SELECT COALESCE(max(number), 0) FROM jira_issue WHERE project = ?", (key,)).fetchone()[0]
    gone = entities.get(db, "counter", key) or {"last": 0}
    number = max(number, gone["last"]) + 1
    entities.put(db, "counter", {"name": key, "last": number}, id=key)
    id_ = db.execute("SELECT COALESCE(max(id), 9999) + 1 FROM jira_issue").fetchone()[0]
    priorities = entities.every(db, "priority")
    default = next((each for each in priorities if each.get("isDefault")), None)
    fields: Doc = {
        "project": {name: each for name, each in project.items() if name not in {"style", "isPrivate"}},
        "issuetype": kind,
        "status": None,
        "resolution": None,
        "resolutiondate": None,
        "created": now,
        "updated": now,
        "statuscategorychangedate": now,
        "priority": default and {name: each for name, each in default.items() if name != "isDefault"},
        "labels": [],
        "components": [],
        "assignee": None,
        "reporter": me,
        "creator": me,
        "summary": None,
        "description": None,
        "duedate": None,
        "issuelinks": [],
        "subtasks": [],
        "attachment": [],
        "comment": documents.COMMENT_ROWS,
        "worklog": {"startAt": 0, "maxResults": 20, "total": 0, "worklogs": []},
    }
    issue: Doc = {"id": str(id_), "key": f"{key}-{number}", "fields": fields}
    fields["status"] = next(iter(workflow.statuses(db, issue)), None)
    return issue


METADATA: tuple[tuple[str, Handler], ...] = (
    ("/rest/api/{v}/issue/createmeta/{project}/issuetypes", issue_types),
    ("/rest/api/{v}/issue/createmeta/{project}/issuetypes/{type}", screen),
)


def routes(store: Store) -> list[BaseRoute]:
    return [
        *(route(store, path, handler) for path, handler in METADATA),
        route(store, "/rest/api/{v}/issue", create, "POST"),
    ]
