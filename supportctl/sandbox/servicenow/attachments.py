"""The Attachment API: listing, metadata, content, upload as a raw body or a form."""

import json
import sqlite3
from email.parser import BytesParser
from email.policy import HTTP
from uuid import uuid4

from supportctl.sandbox import odd_files
from supportctl.sandbox.servicenow import acl, dictionary, records, table, writes
from supportctl.sandbox.servicenow.call import NO_RECORD, Answer, ApiError, Call
from supportctl.sandbox.servicenow.records import Doc

CLASS = "sys_attachment"


def listing(call: Call) -> Answer:
    call.path["table"] = CLASS
    found = table.listing(call)
    for result in found.body["result"] if isinstance(found.body, dict) else ():
        _link(call, result)
    return found


def one(call: Call) -> Answer:
    call.path["table"] = CLASS
    found = table.one(call)
    _link(call, found.body["result"])
    return found


def content(call: Call) -> Answer:
    row = call.store.row(
        "SELECT r.doc, c.content FROM sn_record r JOIN sn_content c USING (sys_id) WHERE r.sys_id = ? AND r.cls = ?",
        (call.path["sys_id"], CLASS),
    )
    if row is None:
        raise ApiError(404, *NO_RECORD)
    doc: Doc = json.loads(row["doc"])
    if not acl.may_read(call.account, CLASS, doc):
        raise ApiError(404, *NO_RECORD)
    fate = odd_files.fate_of(call.store, "servicenow", doc["sys_id"])
    if fate == odd_files.Fate.DELETED:
        raise ApiError(404, *NO_RECORD)
    kind = doc.get("content_type", "")
    if (instead := odd_files.answer(fate, f"{call.base}{call.url}", kind)) is not None:
        return Answer(raw=instead)
    shown = {name: doc.get(name, "") for name in ("file_name", "content_type", "size_bytes", "table_sys_id")}
    return Answer(bytes(row["content"]), headers={"X-Attachment-Metadata": json.dumps(shown)}, media=kind)


def upload(call: Call) -> Answer:
    """A file as the raw body; where it belongs stands in the query."""
    name, owner, file_name = (call.params.get(key, "") for key in ("table_name", "table_sys_id", "file_name"))
    return _keep(call, name, owner, file_name, call.headers.get("content-type", ""), call.content)


def upload_form(call: Call) -> Answer:
    """A file as the last part of a form, after the fields that say where it belongs."""
    head = f"Content-Type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + call.content)
    values: dict[str, str] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        if file_name := part.get_filename():
            name, owner = values.get("table_name", ""), values.get("table_sys_id", "")
            return _keep(call, name, owner, file_name, part.get_content_type(), content)
        field = part.get_param("name", header="content-disposition")
        values[str(field)] = content.decode(errors="replace").strip()
    raise ApiError(400, "Missing required parameter", "the request holds no file")


def delete(call: Call) -> Answer:
    call.path["table"] = CLASS
    found = writes.delete(call)
    with call.store.write() as db:
        db.execute("DELETE FROM sn_content WHERE sys_id = ?", (call.path["sys_id"],))
    return found


def _keep(call: Call, name: str, owner: str, file_name: str, kind: str, content: bytes) -> Answer:
    if not file_name:
        raise ApiError(400, "Missing required parameter", "file_name")
    acl.must_write(call.account, "Insert")
    with call.store.write() as db:
        found = records.get(db, name, owner) if dictionary.exists(name) else None
        if found is None or not acl.may_read(call.account, *found):
            raise ApiError(404, *NO_RECORD)
        doc = put(db, name, owner, file_name, kind, content, call.stamp, call.account.user)
        result = table.shown(call, db, CLASS, CLASS, doc)
    _link(call, result)
    return Answer({"result": result}, 201, {"Location": f"{call.base}/api/now/attachment/{doc['sys_id']}"})


def put(
    db: sqlite3.Connection, name: str, owner: str, file_name: str, kind: str, content: bytes, at: str, by: str,
    *, size: int | None = None,
) -> Doc:  # fmt: skip
    """Keep a file beside a record; returns its document. ``size``: as it is told, where it is another."""
    doc = records.stamped(
        {
            "sys_id": uuid4().hex,
            "table_name": name,
            "table_sys_id": owner,
            "file_name": file_name,
            "content_type": kind,
            "size_bytes": str(len(content) if size is None else size),
            "state": "available",
        },
        at,
        by,
    )
    records.put(db, CLASS, doc)
    db.execute("INSERT INTO sn_content VALUES (?, ?)", (doc["sys_id"], content))
    return doc


def _link(call: Call, result: Doc) -> None:
    sys_id = result.get("sys_id")
    key = sys_id["value"] if isinstance(sys_id, dict) else sys_id
    result["download_link"] = f"{call.base}/api/now/attachment/{key}/file"
