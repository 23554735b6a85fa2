"""Adding files to an issue: multipart parts named ``file``, refused without the header against forged requests.

(developer.atlassian.com, Jira Cloud platform v3, "Add attachment", "Get Jira attachment settings"; Data Center takes
the same)
"""

import json
import re
import sqlite3
from email.message import Message
from typing import Any

from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import comments, fates, workflow
from supportctl.sandbox.jira.call import ApiError, Call, route, stamp
from supportctl.sandbox.jira.reads import must
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.jira.writes import save
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
UPLOAD_LIMIT = 20_000_000
MOST_FILES = 60
_NAME = re.compile(rb'name="([^"]*)"')
_FILENAME = re.compile(rb'filename="([^"]*)"')


def settings(call: Call) -> Response:
    return call.answer({"enabled": True, "uploadLimit": UPLOAD_LIMIT})


def upload(call: Call) -> Response:
    """The metadata of what was added. 403 without ``X-Atlassian-Token``, 413 for what is too large or too many."""
    if (call.request.headers.get("x-atlassian-token") or "").lower() not in {"no-check", "nocheck"}:
        return PlainTextResponse("XSRF check failed", status_code=403)
    if call.role not in {"admin", "agent"}:
        raise ApiError(403, "You do not have permission to create attachments for this issue.")
    files = list(_files(call.request.headers.get("content-type") or "", call.content))
    if not files:
        raise ApiError(400, "No file was uploaded: the part has to be named 'file'.")
    if len(files) > MOST_FILES:
        raise ApiError(413, f"More than {MOST_FILES} files were uploaded.")
    for name, _mime, content in files:
        if len(content) > UPLOAD_LIMIT:
            limit = f"{UPLOAD_LIMIT / 1e6:g} MB"
            raise ApiError(413, f"The file '{name}' exceeds its maximum permitted size of {limit}.")
    with call.store.write() as db:
        issue = workflow.document(must(db, call.path["key"]))
        fates.must_be_live(db, int(issue["id"]))
        added = [_add(call, db, issue, *each) for each in files]
        save(call, db, issue, [_item(each) for each in added], about="edit")
    return call.answer(added)


def _add(call: Call, db: sqlite3.Connection, issue: Doc, name: str, mime: str, content: bytes) -> Doc:
    number = db.execute("SELECT COALESCE(max(id), 29999) + 1 FROM jira_attachment").fetchone()[0]
    doc: Doc = {
        "self": f"{SITE}/rest/api/{call.version}/attachment/{number}",
        "id": str(number),
        "filename": name,
        "author": comments.me(call, db),
        "created": stamp(call.now_ms),
        "size": len(content),
        "mimeType": mime,
        "content": f"{SITE}/rest/api/3/attachment/content/{number}",
    }
    db.execute(
        "INSERT INTO jira_attachment VALUES (?, ?, ?, ?, ?)",
        (number, int(issue["id"]), mime, json.dumps(doc, ensure_ascii=False), content),
    )
    issue["fields"]["attachment"] = [*(issue["fields"].get("attachment") or []), doc]
    return doc


def _item(doc: Doc) -> Doc:
    made = {"field": "Attachment", "fieldtype": "jira", "fieldId": "attachment", "from": None, "fromString": None}
    return {**made, "to": doc["id"], "toString": doc["filename"]}


def _files(content_type: str, body: bytes) -> list[tuple[str, str, bytes]]:
    """``(name, type, content)`` of the parts named ``file``. Raises `ApiError` 400 for what is no multipart form."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise ApiError(415, "The request must be multipart/form-data.")
    mark = b"\r\n--" + boundary.encode("latin-1")
    found = []
    parts = (b"\r\n" + body).split(mark)
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise ApiError(400, "The multipart form is cut short.")
    for part in parts[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name, filename = _NAME.search(head), _FILENAME.search(head)
        if name is None or name[1] != b"file" or filename is None:
            continue
        mime = re.search(rb"(?im)^content-type:\s*([\w.+/-]+)", head)
        shown = filename[1].decode("utf-8", "replace").replace("%22", '"')
        found.append((shown, mime[1].decode() if mime else "application/octet-stream", content))
    return found


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, f"{api}/attachment/meta", settings),
        route(store, f"{api}/issue/{{key}}/attachments", upload, "POST"),
    ]
