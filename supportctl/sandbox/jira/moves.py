"""Moving issues to another project: a new key, and the old one leads to the issue for good.

(developer.atlassian.com, Jira Cloud platform v3, "Bulk move issues"; "Get issue" on moved issues)
"""

import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import entities, fates, sight, tasks, workflow
from supportctl.sandbox.jira.bulk import INVALID
from supportctl.sandbox.jira.call import ApiError, BulkError, Call, route
from supportctl.sandbox.jira.search import row_of
from supportctl.sandbox.jira.writes import save
from supportctl.sandbox.store import Store

Doc = dict[str, Any]


def move(call: Call) -> Response:
    """``targetToSourcesMapping``: "PROJECT,issue type id" to the issues, and what becomes of their statuses."""
    tasks.admitted(call)
    mapping = call.json().get("targetToSourcesMapping")
    if not isinstance(mapping, dict) or not mapping:
        raise BulkError(400, "The targetToSourcesMapping field is required.")
    total = sum(len(tasks.selected(each.get("issueIdsOrKeys"))) for each in mapping.values())
    if total > tasks.MOST:
        raise BulkError(400, f"You can only move up to {tasks.MOST} issues at a time.")
    done = tasks.Fates()
    with call.store.write() as db:
        for target, sources in mapping.items():
            project, kind = _target(db, target)
            rows = [row_of(db, str(name)) for name in sources["issueIdsOrKeys"]]
            if any(row is None for row in rows):
                raise BulkError(400, INVALID)
            for row in rows:
                assert row is not None
                issue = workflow.document(row)
                try:
                    fates.must_be_live(db, row["id"])
                    items = _moved(db, issue, project, kind, sources)
                    save(call, db, issue, items)
                except ApiError as error:
                    done.fail(row["id"], error)
                else:
                    db.execute("INSERT OR REPLACE INTO jira_alias VALUES (?, ?)", (row["key"], row["id"]))
                    done.processed.append(row["id"])
        return tasks.submit(call, db, done, total)


def _target(db: sqlite3.Connection, text: str) -> tuple[Doc, Doc]:
    name, _, rest = text.partition(",")
    ids = [id_ for id_ in entities.ids(db, "project", name.strip()) if sight.current().browses(id_)]
    project = entities.get(db, "project", ids[0]) if ids else None
    kind = entities.get(db, "issuetype", rest.partition(",")[0].strip())
    if project is None:
        raise BulkError(400, "The destination project is not valid")
    if kind is None:
        raise BulkError(400, "The destination issue type is not valid")
    return project, kind


def _moved(db: sqlite3.Connection, issue: Doc, project: Doc, kind: Doc, sources: Doc) -> list[Doc]:
    """Change the document; returns history items. `ApiError` when its status has no place in the target."""
    fields = issue["fields"]
    old, was, before = issue["key"], fields["project"], fields.get("status") or {}
    items: list[Doc] = []
    if str(was.get("id")) != str(project["id"]):
        issue["key"] = f"{project['key']}-{_next_number(db, project['key'])}"
        items.append(_item("Key", None, (None, old), (None, issue["key"])))
        items.append(_item("project", "project", (was["id"], was["name"]), (project["id"], project["name"])))
        fields["project"] = {name: project.get(name) for name in was}
        for field in entities.every(db, "field"):
            if (field.get("schema") or {}).get("custom") == "com.atlassian.servicedesk:vp-origin":
                fields[field["id"]] = None  # a request type belongs to one desk
    status = _status(db, issue, sources)
    if status["id"] != before.get("id"):
        pair = (before.get("id"), before.get("name"))
        items.append(_item("status", "status", pair, (status["id"], status["name"])))
        fields["status"] = status
    if str((fields.get("issuetype") or {}).get("id")) != str(kind["id"]):
        former = fields.get("issuetype") or {}
        items.append(
            _item("issuetype", "issuetype", (former.get("id"), former.get("name")), (kind["id"], kind["name"]))
        )
        fields["issuetype"] = kind
    return items


def _status(db: sqlite3.Connection, issue: Doc, sources: Doc) -> Doc:
    there = {str(status["id"]): status for status in workflow.statuses(db, issue)}
    now = str((issue["fields"].get("status") or {}).get("id", ""))
    if now in there:
        return there[now]
    for mapping in sources.get("targetStatus") or ():
        for target, froms in (mapping.get("statuses") or {}).items():
            if now in {str(each) for each in froms} and target in there:
                return there[target]
    if sources.get("inferStatusDefaults") and there:
        return next(iter(there.values()))
    raise ApiError(400, "The status of the issue is not in the workflow of the destination project.")


def _next_number(db: sqlite3.Connection, project: str) -> int:
    """Above every number that is or was in the project: a key is never used twice."""
    used = db.execute("SELECT COALESCE(max(number), 0) FROM jira_issue WHERE project = ?", (project,)).fetchone()[0]
    former = db.execute("SELECT key FROM jira_alias WHERE key LIKE ?", (f"{project}-%",)).fetchall()
    return int(max([used, *(int(row[0].rpartition("-")[2]) for row in former)])) + 1


def _item(field: str, id_: str | None, before: tuple[Any, Any], after: tuple[Any, Any]) -> Doc:
    named = {"field": field, "fieldtype": "jira", **({"fieldId": id_} if id_ else {})}
    return {**named, "from": before[0], "fromString": before[1], "to": after[0], "toString": after[1]}


def routes(store: Store) -> list[BaseRoute]:
    return [route(store, "/rest/api/{v}/bulk/issues/move", move, "POST")]
