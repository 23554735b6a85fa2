"""New comments, whichever way they come in: on the issue, within a transition or a link, or from the desk."""

import json
import sqlite3
from typing import Any

from supportctl.sandbox.jira import adf, behind, entities, mail
from supportctl.sandbox.jira.call import ApiError, Call, stamp
from supportctl.sandbox.jira.edits import CONTENT_LIMIT
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.jira.words import plain, words

Doc = dict[str, Any]
INTERNAL = "sd.public.comment"


def me(call: Call, db: sqlite3.Connection) -> Doc:
    """The signed-in person as documents show them."""
    return entities.get(db, "user", call.user) or {"accountId": call.user, "displayName": "Operator", "active": True}


def check_body(body: Any, version: int) -> None:
    """400 unless the body is a document (version 3) or a string (version 2), not empty and not too long."""
    if version == 3 and (fault := adf.problem(body)) is not None:
        raise ApiError(400, errors={"comment": fault} if body else {"comment": "Comment body can not be empty!"})
    if version == 2 and not isinstance(body, str):
        raise ApiError(400, errors={"comment": "Operation value must be a string"})
    text = plain(body)
    if not text.strip():
        raise ApiError(400, errors={"comment": "Comment body can not be empty!"})
    if len(text) > CONTENT_LIMIT:
        raise ApiError(400, "CONTENT_LIMIT_EXCEEDED")


def add(call: Call, db: sqlite3.Connection, issue: int, given: Doc) -> Doc:
    """Store a comment; public unless the property ``sd.public.comment`` says internal. Returns its document."""
    behind.keep(call, db, issue)
    body = given.get("body")
    properties = given.get("properties") or []
    internal = any(
        each.get("key") == INTERNAL and (each.get("value") or {}).get("internal") is True for each in properties
    )
    number = db.execute("SELECT COALESCE(max(id), 10000) + 1 FROM jira_comment").fetchone()[0]
    author = me(call, db)
    doc: Doc = {
        "self": f"{SITE}/rest/api/3/issue/{issue}/comment/{number}",
        "id": str(number),
        "author": author,
        "updateAuthor": author,
        "body": body,
        "created": stamp(call.now_ms),
        "updated": stamp(call.now_ms),
        "jsdPublic": not internal,
        "properties": properties,
    }
    if given.get("visibility"):
        doc["visibility"] = given["visibility"]
    db.execute(
        "INSERT INTO jira_comment VALUES (?, ?, ?, ?, ?)",
        (number, issue, call.now_ms, words(plain(body)), json.dumps(doc, ensure_ascii=False)),
    )
    mail.send(call, db, issue, "internal comment" if internal else "comment")
    return doc
