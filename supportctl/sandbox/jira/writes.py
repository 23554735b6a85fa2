"""Requests that change an issue: edit, transition, comment."""

import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import behind, comments, documents, edits, fates, mail, workflow
from supportctl.sandbox.jira.call import ApiError, Call, route, stamp
from supportctl.sandbox.jira.reads import issue as show_issue
from supportctl.sandbox.jira.reads import must
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
NO_CONTENT = 204


def edit(call: Call) -> Response:
    """204, or the issue with ``returnIssue=true``."""
    given = call.json()
    if not given.get("fields") and not given.get("update"):
        raise ApiError(400, "one of 'fields' or 'update' required")
    with call.store.write() as db:
        issue = workflow.document(must(db, call.path["key"]))
        added = _comments_of(call, given)
        items = edits.edit(db, issue, given, call.version)
        edits.resolve(issue, items, call.now_ms)
        save(call, db, issue, items, touched=bool(added), about="edit" if mail.asked_for(call) else None)
        for comment in added:
            comments.add(call, db, int(issue["id"]), comment)
    return show_issue(call) if (call.text("returnIssue") or "").lower() == "true" else Response(status_code=NO_CONTENT)


def assign(call: Call) -> Response:
    given = call.json()
    with call.store.write() as db:
        issue = workflow.document(must(db, call.path["key"]))
        items = edits.edit(db, issue, {"fields": {"assignee": call.person(db, given)}}, call.version)
        save(call, db, issue, items, about="edit")
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
        items = workflow.carry_out(db, issue, given, call.now_ms, call.version)
        save(call, db, issue, items, about="transition")
        for comment in added:
            comments.add(call, db, int(issue["id"]), comment)
    return Response(status_code=NO_CONTENT)


def add_comment(call: Call) -> Response:
    given = call.json()
    comments.check_body(given.get("body"), call.version)
    with call.store.write() as db:
        issue = workflow.document(must(db, call.path["key"]))
        doc = comments.add(call, db, int(issue["id"]), given)
        save(call, db, issue, [], touched=True)
    return call.answer(documents.comment(doc, call.version, properties=False), 201)


def save(
    call: Call,
    db: sqlite3.Connection,
    issue: Doc,
    items: list[Doc],
    *,
    touched: bool = False,
    about: str | None = None,
) -> None:
    """Keep a changed document, with its history; nothing when nothing changed. 400 for an archived issue.

    ``about``: what is mailed of it; None for a quiet change.
    """
    fates.must_be_live(db, int(issue["id"]))
    if not items and not touched:
        return
    behind.keep(call, db, int(issue["id"]))
    issue["fields"]["updated"] = stamp(call.now_ms)
    documents.index(db, issue)
    documents.write_history(db, int(issue["id"]), comments.me(call, db), call.now_ms, items)
    if about is not None:
        mail.send(call, db, int(issue["id"]), about)


def touch(call: Call, db: sqlite3.Connection, row: sqlite3.Row, item: Doc) -> None:
    """A change beside the document: it counts as an update, and stands in the history."""
    save(call, db, workflow.document(row), [item])


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, f"{api}/issue/{{key}}/transitions", transitions),
        route(store, f"{api}/issue/{{key}}/transitions", transition, "POST"),
        route(store, f"{api}/issue/{{key}}/comment", add_comment, "POST"),
        route(store, f"{api}/issue/{{key}}/assignee", assign, "PUT"),
        route(store, f"{api}/issue/{{key}}", edit, "PUT"),
    ]
