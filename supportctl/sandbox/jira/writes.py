"""Requests that change issues: edit, transition, comment, link, and labels of many issues as a background task."""

import json
import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import comments, documents, edits, entities, workflow
from supportctl.sandbox.jira.call import ApiError, BulkError, Call, route, stamp
from supportctl.sandbox.jira.reads import issue as show_issue
from supportctl.sandbox.jira.reads import must
from supportctl.sandbox.jira.search import row_of
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
MOST_IN_BULK = 1_000
NO_CONTENT = 204
_BULK_OPTIONS = {"ADD", "REMOVE", "REPLACE", "REMOVE_ALL"}


def edit(call: Call) -> Response:
    """204, or the issue with ``returnIssue=true``."""
    given = call.json()
    if not given.get("fields") and not given.get("update"):
        raise ApiError(400, "one of 'fields' or 'update' required")
    with call.store.write() as db:
        issue = workflow.document(must(db, call.path["key"]))
        added = _comments_of(call, given)
        _save(call, db, issue, edits.edit(db, issue, given, call.version), touched=bool(added))
        for comment in added:
            comments.add(call, db, int(issue["id"]), comment)
    return show_issue(call) if (call.text("returnIssue") or "").lower() == "true" else Response(status_code=NO_CONTENT)


def assign(call: Call) -> Response:
    given = call.json()
    with call.store.write() as db:
        issue = workflow.document(must(db, call.path["key"]))
        _save(call, db, issue, edits.edit(db, issue, {"fields": {"assignee": call.person(db, given)}}, call.version))
    return Response(status_code=NO_CONTENT)


def _comments_of(call: Call, given: Doc) -> list[Doc]:
    """Comments inside ``update``; taken out of it. On a service project they are public, as any other."""
    found = [
        operation["add"]
        for operation in (given.get("update") or {}).pop("comment", ())
        if isinstance(operation.get("add"), dict)
    ]
    for comment in found:
        comments.check_body(comment.get("body"), call.version)
    return found


def transitions(call: Call) -> Response:
    with call.reading() as db:
        issue = workflow.document(must(db, call.path["key"]))
        wide = "transitions.fields" in call.names("expand")
        found = workflow.available(db, issue, fields=wide)
    return call.answer({"expand": "transitions", "transitions": found})


def transition(call: Call) -> Response:
    given = call.json()
    with call.store.write() as db:
        issue = workflow.document(must(db, call.path["key"]))
        added = _comments_of(call, given)
        _save(call, db, issue, workflow.carry_out(db, issue, given, call.now_ms))
        for comment in added:
            comments.add(call, db, int(issue["id"]), comment)
    return Response(status_code=NO_CONTENT)


def add_comment(call: Call) -> Response:
    given = call.json()
    comments.check_body(given.get("body"), call.version)
    with call.store.write() as db:
        issue = workflow.document(must(db, call.path["key"]))
        doc = comments.add(call, db, int(issue["id"]), given)
        _save(call, db, issue, [], touched=True)
    return call.answer(documents.comment(doc, call.version, properties=False), 201)


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
                raise ApiError(404, "Issue does not exist or you do not have permission to see it.")
            ends.append(row)
        source, target = ends
        db.execute(
            "INSERT OR IGNORE INTO jira_link (type, source, target) VALUES (?, ?, ?)",
            (str(kind["id"]), source["id"], target["id"]),
        )
        if given.get("comment"):
            comments.check_body(given["comment"].get("body"), call.version)
            comments.add(call, db, source["id"], given["comment"])
    return Response(status_code=201)


def bulk_fields(call: Call) -> Response:
    """Labels of up to a thousand issues; what fails for one issue is told in the task."""
    given = call.json()
    wanted = [str(each) for each in given.get("selectedIssueIdsOrKeys") or ()]
    if not wanted:
        raise BulkError(400, "The selectedIssueIdsOrKeys field is required.")
    if len(wanted) > MOST_IN_BULK:
        raise BulkError(400, f"You can only edit up to {MOST_IN_BULK} issues at a time.")
    if given.get("selectedActions") != ["labels"]:
        raise BulkError(400, 'The sandbox edits labels in bulk; selectedActions must be ["labels"].')
    changes = (given.get("editedFieldsInput") or {}).get("labelsFields") or []
    if not changes:
        raise BulkError(400, "The following selectedActions have no matching editedFieldInput values : labels")
    if any(change.get("bulkEditMultiSelectFieldOption") not in _BULK_OPTIONS for change in changes):
        raise BulkError(400, "The bulkEditMultiSelectFieldOption field is invalid.")
    processed: list[int] = []
    failed: dict[str, list[str]] = {}
    missing = 0
    with call.store.write() as db:
        for name in wanted:
            row = row_of(db, name)
            if row is None:
                missing += 1
                continue
            issue = workflow.document(row)
            try:
                _save(call, db, issue, edits.edit(db, issue, {"fields": {"labels": _bulk_labels(issue, changes)}}, 3))
            except ApiError as error:
                failed[str(row["id"])] = list(error.body["errors"].values()) or error.body["errorMessages"]
            else:
                processed.append(row["id"])
        task = db.execute("SELECT COALESCE(max(id), 10100) + 1 FROM jira_task").fetchone()[0]
        doc = {
            "taskId": task,
            "status": "COMPLETE",
            "progressPercent": 100,
            "submittedBy": {"accountId": call.user},
            "created": call.now_ms,
            "started": call.now_ms,
            "updated": call.now_ms,
            "processedAccessibleIssues": processed,
            "failedAccessibleIssues": failed,
            "invalidOrInaccessibleIssueCount": missing,
            "totalIssueCount": len(wanted),
        }
        db.execute("INSERT INTO jira_task VALUES (?, ?)", (task, json.dumps(doc)))
    return call.answer({"taskId": str(task)}, 201)


def _bulk_labels(issue: Doc, changes: list[Doc]) -> list[str]:
    labels = list(issue["fields"].get("labels") or ())
    for change in changes:
        names = [str(each.get("name", "")) for each in change.get("labels") or ()]
        match change.get("bulkEditMultiSelectFieldOption"):
            case "ADD":
                labels += [name for name in names if name not in labels]
            case "REMOVE":
                labels = [label for label in labels if label not in names]
            case "REPLACE":
                labels = names
            case _:
                labels = []
    return labels


def bulk_task(call: Call) -> Response:
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
    shown |= {"processedAccessibleIssues": [], "progressPercent": 50 if age >= wait else 0}
    if age < wait:
        shown.pop("started", None)
    return shown


def _save(call: Call, db: sqlite3.Connection, issue: Doc, items: list[Doc], *, touched: bool = False) -> None:
    if not items and not touched:
        return
    issue["fields"]["updated"] = stamp(call.now_ms)
    documents.index(db, issue)
    documents.write_history(db, int(issue["id"]), comments.me(call, db), call.now_ms, items)


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, f"{api}/issue/{{key}}/transitions", transitions),
        route(store, f"{api}/issue/{{key}}/transitions", transition, "POST"),
        route(store, f"{api}/issue/{{key}}/comment", add_comment, "POST"),
        route(store, f"{api}/issueLink", link, "POST"),
        route(store, f"{api}/bulk/issues/fields", bulk_fields, "POST"),
        route(store, f"{api}/bulk/queue/{{id:int}}", bulk_task),
        route(store, f"{api}/issue/{{key}}/assignee", assign, "PUT"),
        route(store, f"{api}/issue/{{key}}", edit, "PUT"),
    ]
