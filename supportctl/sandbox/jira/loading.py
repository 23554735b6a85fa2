"""Real issues: documents in Jira's REST shape go in as they are; configuration is learned from them."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from supportctl.sandbox.dialects import LoadReport
from supportctl.sandbox.jira import documents, entities, vocabulary
from supportctl.sandbox.jira.call import read_stamp
from supportctl.sandbox.jira.jql_dates import milliseconds
from supportctl.sandbox.jira.words import plain, words

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store

_OPEN = {"id": "1", "name": "Open", "statusCategory": vocabulary.CATEGORIES["new"]}
_PRIORITY_ORDER = ("blocker", "critical", "highest", "major", "high", "medium", "minor", "low", "trivial", "lowest")


def load(store: "Store", records: Iterable[dict[str, Any]], *, as_of: datetime | None = None) -> LoadReport:
    """Add issue documents (``id``, ``key``, ``fields``; optional ``changelog``).

    With ``as_of``, issues and comments made later are left out, and later resolutions are taken back: by the change
    history where the document has one, else to an unresolved "Open".
    """
    report = LoadReport()
    limit = None if as_of is None else milliseconds(as_of)
    with store.write() as db:
        _basics(db)
        for record in records:
            reason = _refusal(record)
            if reason is None and limit is not None and read_stamp(record["fields"]["created"]) > limit:
                reason = "created later"
            if reason is not None:
                report.skipped[reason] += 1
                continue
            histories = (record.get("changelog") or {}).get("histories") or []
            if limit is not None:
                record = _as_of(db, record, histories, limit)
                histories = [entry for entry in histories if read_stamp(entry["created"]) <= limit]
            fields = record["fields"]
            _learn(db, record["key"], fields)
            documents.index(db, {name: value for name, value in record.items() if name != "changelog"})
            _comments(db, int(record["id"]), fields.get("comment"))
            for entry in histories:
                db.execute(
                    "INSERT OR REPLACE INTO jira_history VALUES (?, ?, ?, ?)",
                    (int(entry["id"]), int(record["id"]), read_stamp(entry["created"]), json.dumps(entry)),
                )
            report.events += len(histories)
            report.loaded += 1
    return report


def _refusal(record: dict[str, Any]) -> str | None:
    fields = record.get("fields")
    if not isinstance(fields, dict) or not str(record.get("id", "")).isdigit():
        return "not an issue"
    if not isinstance(record.get("key"), str) or not record["key"].rpartition("-")[2].isdigit():
        return "no key"
    try:
        read_stamp(fields["created"])
    except (KeyError, TypeError, ValueError):
        return "no creation time"
    return None


def _basics(db: sqlite3.Connection) -> None:
    for rank, field in enumerate(vocabulary.fields()):
        entities.learn(db, "field", field, id=field["id"], rank=rank)
    for rank, link in enumerate(vocabulary.LINK_TYPES):
        if not entities.ids(db, "linktype", link[1]):
            entities.learn(db, "linktype", vocabulary.link_type(*link), rank=rank)


def _learn(db: sqlite3.Connection, key: str, fields: dict[str, Any]) -> None:
    for kind, field in (("status", "status"), ("resolution", "resolution"), ("issuetype", "issuetype")):
        value = fields.get(field)
        if isinstance(value, dict) and value.get("id") is not None:
            entities.learn(db, kind, value)
    project = fields.get("project")
    if isinstance(project, dict):
        entities.learn(db, "project", {"id": "0", **project, "key": key.rpartition("-")[0]}, id=key.rpartition("-")[0])
    priority = fields.get("priority")
    if isinstance(priority, dict) and priority.get("id") is not None:
        name = str(priority.get("name", "")).casefold()
        rank = _PRIORITY_ORDER.index(name) + 1 if name in _PRIORITY_ORDER else 50
        entities.learn(db, "priority", priority, rank=rank)
    for component in fields.get("components") or ():
        entities.learn(db, "component", component)
    for link in fields.get("issuelinks") or ():
        if isinstance(link.get("type"), dict) and link["type"].get("id") is not None:
            entities.learn(db, "linktype", link["type"])
    people = [fields.get("assignee"), fields.get("reporter"), fields.get("creator")]
    people += [entry.get("author") for entry in (fields.get("comment") or {}).get("comments") or ()]
    for person in people:
        number = documents.user_id(person)
        if number is not None and isinstance(person, dict):
            entities.learn(db, "user", person, id=number)


def _comments(db: sqlite3.Connection, issue: int, page: Any) -> None:
    for entry in (page or {}).get("comments") or ():
        db.execute(
            "INSERT OR REPLACE INTO jira_comment VALUES (?, ?, ?, ?, ?)",
            (
                int(entry["id"]),
                issue,
                read_stamp(entry["created"]),
                words(plain(entry.get("body"))),
                json.dumps(entry, ensure_ascii=False),
            ),
        )


def _as_of(
    db: sqlite3.Connection, record: dict[str, Any], histories: list[dict[str, Any]], limit: int
) -> dict[str, Any]:
    fields = dict(record["fields"])
    for entry in sorted(histories, key=lambda entry: read_stamp(entry["created"]), reverse=True):
        if read_stamp(entry["created"]) > limit:
            _undo(db, fields, entry.get("items") or ())
    comments = fields.get("comment")
    if isinstance(comments, dict) and comments.get("comments"):
        kept = [entry for entry in comments["comments"] if read_stamp(entry["created"]) <= limit]
        gone = len(comments["comments"]) - len(kept)
        if gone:
            total = max((comments.get("total") or 0) - gone, len(kept))
            fields["comment"] = {**comments, "comments": kept, "total": total, "maxResults": total}
    resolved = fields.get("resolutiondate")
    if resolved and read_stamp(resolved) > limit:
        fields["resolution"] = fields["resolutiondate"] = None
        category = ((fields.get("status") or {}).get("statusCategory") or {}).get("key")
        if category == "done":
            fields["status"] = _OPEN
    updated = fields.get("updated")
    if updated and read_stamp(updated) > limit:
        last = [fields["created"], *((entry["created"]) for entry in histories)]
        last += [entry["created"] for entry in (fields.get("comment") or {}).get("comments") or ()]
        fields["updated"] = max((moment for moment in last if read_stamp(moment) <= limit), key=read_stamp)
    return {**record, "fields": fields}


def _undo(db: sqlite3.Connection, fields: dict[str, Any], items: Iterable[dict[str, Any]]) -> None:
    """Take back one history entry, for the fields whose earlier value the entry tells."""
    for item in items:
        name = item.get("fieldId") or item.get("field")
        if name in {"status", "priority", "resolution", "issuetype"}:
            old = item.get("from")
            fields[name] = None if old is None else {"id": str(old), "name": item.get("fromString")}
            if name == "status" and fields[name]:
                fields[name] = entities.get(db, "status", str(old)) or {
                    **fields[name],
                    "statusCategory": vocabulary.CATEGORIES["indeterminate"],
                }
        elif name == "labels":
            fields["labels"] = (item.get("fromString") or "").split()
        elif name in {"summary", "description"}:
            fields[name] = item.get("fromString")
