"""Creating, changing and deleting records: what the platform adds, recomputes, drops silently and refuses."""

import sqlite3
from uuid import uuid4

from supportctl.sandbox.servicenow import acl, dictionary, inputs, records, rules, table
from supportctl.sandbox.servicenow.call import NO_RECORD, Answer, ApiError, Call
from supportctl.sandbox.servicenow.records import Doc
from supportctl.sandbox.servicenow.schema import TRAIL

JOURNALS = ("comments", "work_notes")
READ_ONLY = frozenset({"sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by",
                       "sys_mod_count", "sys_tags", "number", "comments_and_work_notes", "sys_class_name"})  # fmt: skip
AUDITED = frozenset(dictionary.classes("task"))
PREFIXES = {"incident": "INC", "problem": "PRB", "change_request": "CHG", "sc_request": "REQ", "sc_req_item": "RITM",
            "sc_task": "SCTASK"}  # fmt: skip


def create(call: Call) -> Answer:
    name = table.table_name(call)
    acl.must_write(call.account, "Insert")
    given = call.json()
    with call.store.write() as db:
        doc: Doc = records.stamped({"sys_id": uuid4().hex}, call.stamp, call.account.user)
        if "number" in dictionary.fields(name):
            doc["number"] = next_number(db, name)
        if name in AUDITED:
            doc |= {"opened_at": call.stamp, "opened_by": call.user["sys_id"], "active": "true"}
            doc["state"] = "101" if name == "problem" else "1"
            doc |= {"impact": "3", "urgency": "3"} if name == "incident" else {}
        _guard_label(call, db, name, given)
        journals = _set(call, db, name, doc, given)
        rules.apply(call, db, name, {}, doc)
        records.put(db, name, doc)
        rules.spread(call, db, name, {}, doc)
        _journal(call, db, name, doc["sys_id"], journals)
        result = table.shown(call, db, name, name, doc)
    return Answer(
        None if call.headers.get("x-no-response-body") == "true" else {"result": result},
        201,
        {"Location": f"{call.base}/api/now/table/{name}/{doc['sys_id']}"},
    )


def update(call: Call) -> Answer:
    name = table.table_name(call)
    given = call.json()
    with call.store.write() as db:
        found = records.get(db, name, call.path["sys_id"])
        if found is None or not acl.may_read(call.account, *found):
            raise ApiError(404, *NO_RECORD)
        acl.must_write(call.account, "Update")
        cls, before = found
        doc = dict(before)
        journals = _set(call, db, cls, doc, given)
        rules.apply(call, db, cls, before, doc)
        changed = {field for field in {*before, *doc} if before.get(field, "") != doc.get(field, "")}
        if changed or journals:
            doc["sys_updated_on"], doc["sys_updated_by"] = call.stamp, call.account.user
            doc["sys_mod_count"] = str(int(before.get("sys_mod_count") or 0) + 1)
            records.put(db, cls, doc)
            audit(call, db, cls, before, doc, changed)
            for child, was, now in rules.spread(call, db, cls, before, doc):
                audit(call, db, child, was, now, {name for name in now if was.get(name, "") != now[name]})
            _journal(call, db, cls, doc["sys_id"], journals)
        result = table.shown(call, db, name, cls, doc)
    return Answer(None if call.headers.get("x-no-response-body") == "true" else {"result": result})


def delete(call: Call) -> Answer:
    name = table.table_name(call)
    with call.store.write() as db:
        found = records.get(db, name, call.path["sys_id"])
        if found is None or not acl.may_read(call.account, *found):
            raise ApiError(404, *NO_RECORD)
        acl.must_write(call.account, "Delete")
        records.remove(db, name, call.path["sys_id"])
    return Answer(None, 204)


def next_number(db: sqlite3.Connection, name: str) -> str:
    prefix = PREFIXES.get(name, "TASK")
    last = db.execute(
        "SELECT max(number) FROM sn_record WHERE cls = ? AND number LIKE ?", (name, f"{prefix}%")
    ).fetchone()[0]
    digits = str(last).removeprefix(prefix) if last else "0010000"
    return f"{prefix}{int(digits) + 1:0{len(digits)}d}"


ENTRY_RULE = "servicenow_label_entry"
"""Meta key: how access rules treat new label entries. ``closed``: refused; ``fields``: ``table`` and ``table_key`` are
dropped, as for accounts without ``maint`` under the rules as delivered; anything else: let through."""


def _guard_label(call: Call, db: sqlite3.Connection, name: str, given: Doc) -> None:
    """A tag shared by all has one spelling; an entry points to something, if the rules let it."""
    if name == "label_entry":
        rule = call.store.get_meta(ENTRY_RULE)
        if rule == "closed":
            raise ApiError(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")
        if rule == "fields":
            given.pop("table", None)
            given.pop("table_key", None)
    if name == "label":
        wanted = str(given.get("name", ""))
        row = db.execute(
            "SELECT 1 FROM sn_record WHERE cls = 'label' AND name = ? COLLATE NOCASE", (wanted,)
        ).fetchone()
        if not wanted or row is not None:
            raise ApiError(403, "Operation Failed", "Operation against file 'label' was aborted by Business Rule "
                           "'Unique global label^5d0b1c2e'. Error: a tag of that name exists")  # fmt: skip
        given.setdefault("active", "true")
        given.setdefault("type", "standard")
        if call.account.role != "admin":
            # Tags that everyone sees are for admin and tags_admin; the wish is dropped in silence.
            given["viewable_by"] = "me"
        given.setdefault("viewable_by", "me")
        given.setdefault("owner", call.user["sys_id"])


def _set(call: Call, db: sqlite3.Connection, cls: str, doc: Doc, given: Doc) -> dict[str, str]:
    """Take over known fields; unknown and hidden ones vanish without a word. Returns journal texts."""
    known = dictionary.fields(cls)
    hidden = acl.hidden_fields(call.account)
    journals: dict[str, str] = {}
    for name, value in given.items():
        if name not in known or name in hidden:
            continue
        if name in JOURNALS:
            if (text := inputs.text_of(value)).strip():
                journals[name] = text
        elif name not in READ_ONLY or cls not in AUDITED:
            kept = inputs.stored(call, db, cls, known[name], value)
            if kept is not None:
                doc[name] = kept
    return journals


def audit(call: Call, db: sqlite3.Connection, cls: str, before: Doc, doc: Doc, changed: set[str]) -> None:
    if cls not in AUDITED:
        return
    names = sorted(changed - {"sys_updated_on", "sys_updated_by", "sys_mod_count"})
    records.put_many(
        db,
        "sys_audit",
        [
            records.stamped(
                {
                    "sys_id": uuid4().hex,
                    "documentkey": doc["sys_id"],
                    "tablename": cls,
                    "fieldname": name,
                    "oldvalue": before.get(name, ""),
                    "newvalue": doc.get(name, ""),
                    "user": call.account.user,
                },
                call.stamp,
                call.account.user,
            )
            for name in names
        ],
    )


def _journal(call: Call, db: sqlite3.Connection, cls: str, sys_id: str, journals: dict[str, str]) -> None:
    """Every text is a new entry: journals only grow."""
    assert "sys_journal_field" in TRAIL
    records.put_many(
        db,
        "sys_journal_field",
        [
            records.stamped(
                {"sys_id": uuid4().hex, "element_id": sys_id, "element": element, "name": cls, "value": text},
                call.stamp,
                call.account.user,
            )
            for element, text in journals.items()
        ],
    )
