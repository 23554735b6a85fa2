"""Issue documents: what is indexed of them, and how they are served."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from supportctl.sandbox.jira import adf, entities, sight
from supportctl.sandbox.jira.call import Call, read_stamp, stamp
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.jira.words import plain, words

NO_RANK = 999
COMMENT_ROWS = "@rows@"
"""Value of ``comment`` in a stored document whose comments are rows only."""
_NOT_NAVIGABLE = {"comment", "attachment", "worklog"}


def user_id(user: Any) -> str | None:
    """Account id of a Cloud user, or the name or key of an older one."""
    if not isinstance(user, dict):
        return None
    found = user.get("accountId") or user.get("name") or user.get("key")
    return None if found is None else str(found)


def _id(value: Any) -> str | None:
    return str(value["id"]) if isinstance(value, dict) and value.get("id") is not None else None


def _time(value: Any) -> int | None:
    return read_stamp(value) if isinstance(value, str) and value else None


def index(db: sqlite3.Connection, doc: dict[str, Any]) -> None:
    """Store an issue document (replacing one of the same id) with everything JQL looks at."""
    fields = doc["fields"]
    issue = int(doc["id"])
    project, _, number = doc["key"].rpartition("-")
    status = fields.get("status")
    category = status.get("statusCategory") if isinstance(status, dict) else None
    priority = _id(fields.get("priority"))
    rank = db.execute("SELECT rank FROM jira_entity WHERE kind = 'priority' AND id = ?", (priority,)).fetchone()
    created = _time(fields.get("created")) or 0
    resolution = _time(fields.get("resolutiondate"))
    db.execute(
        "INSERT OR REPLACE INTO jira_issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            issue,
            doc["key"],
            project,
            int(number),
            _id(fields.get("issuetype")),
            _id(status),
            category.get("key") if isinstance(category, dict) else None,
            _id(fields.get("resolution")),
            priority,
            rank[0] if rank else NO_RANK,
            user_id(fields.get("assignee")),
            user_id(fields.get("reporter")),
            created,
            _time(fields.get("updated")) or created,
            resolution,
            fields.get("duedate"),
            str(fields.get("summary") or ""),
            words(fields.get("summary")),
            words(plain(fields.get("description"))),
            json.dumps(doc, ensure_ascii=False),
        ),
    )
    db.execute("DELETE FROM jira_value WHERE issue = ?", (issue,))
    db.executemany(
        "INSERT OR IGNORE INTO jira_value VALUES (?, ?, ?)",
        ((issue, field, value) for field, value in _values(fields)),
    )
    for field, value in fields.items():
        if field.startswith("customfield_") and isinstance(value, dict) and "completedCycles" in value:
            _index_sla(db, issue, field, value)


def _values(fields: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for label in fields.get("labels") or ():
        yield "labels", str(label)
    for component in fields.get("components") or ():
        yield "component", str(component.get("name", "")).casefold()
    for attachment in fields.get("attachment") or ():
        yield "attachments", str(attachment.get("filename", "")).casefold()
    for link in fields.get("issuelinks") or ():
        side = "inward" if "inwardIssue" in link else "outward"
        name = (link.get("type") or {}).get(side)
        if name:
            yield "issuelinktype", str(name).casefold()
    parent = fields.get("parent")
    if isinstance(parent, dict) and parent.get("key"):
        yield "parent", str(parent["key"]).casefold()
    for field, value in fields.items():
        if field.startswith("customfield_"):
            for text in _custom(value):
                yield field, text


def _custom(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _custom(item)
    elif isinstance(value, dict):
        if isinstance(value.get("requestType"), dict):
            value = value["requestType"]
        if value.get("type") == "doc":
            yield words(adf.to_text(value))
        elif "completedCycles" not in value:
            for key in ("value", "name", "id"):
                if value.get(key) is not None:
                    yield str(value[key]).casefold()
    elif isinstance(value, str) and value:
        yield value.casefold()
        yield words(value)
    elif isinstance(value, (int, float)):
        yield f"{value:g}"


def _index_sla(db: sqlite3.Connection, issue: int, field: str, value: dict[str, Any]) -> None:
    done = value.get("completedCycles") or []
    running = value.get("ongoingCycle")
    cycles = [*done, *([running] if running else [])]
    if not cycles:
        return
    last = running or done[-1]
    left = (last.get("remainingTime") or {}).get("millis")
    breach = (last.get("breachTime") or {}).get("epochMillis")
    db.execute(
        "INSERT OR REPLACE INTO jira_sla VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            issue,
            field,
            int(bool(last.get("breached"))),
            int(any(cycle.get("breached") for cycle in cycles)),
            int(running is not None),
            int(bool(running and running.get("paused"))),
            int(running is None),
            breach,
            left if running else None,
        ),
    )


class Shape:
    """Which fields an answer brings: ids, ``*all``, ``*navigable`` and ``-field``."""

    def __init__(self, wanted: Iterable[str], default: str) -> None:
        listed = [name for name in wanted if name] or [default]
        self.without = {name[1:] for name in listed if name.startswith("-")}
        named = [name for name in listed if not name.startswith("-")] or [default if self.without else "id"]
        self.all = "*all" in named
        self.navigable = "*navigable" in named
        self.named = {name for name in named if not name.startswith("*")}
        self.only_ids = not self.all and not self.navigable and self.named <= {"id", "key", "issuekey"}
        self.bare = self.only_ids and self.named <= {"id"}

    def takes(self, field: str) -> bool:
        if field in self.without:
            return False
        return self.all or (self.navigable and field not in _NOT_NAVIGABLE) or field in self.named


def rich_fields(db: sqlite3.Connection) -> set[str]:
    """Ids of the fields whose values are documents in version 3."""
    return {"description", "environment"} | {
        doc["id"]
        for doc in entities.every(db, "field")
        if str((doc.get("schema") or {}).get("custom", "")).endswith(":textarea")
    }


def body(value: Any, version: int) -> Any:
    """A body in the form of the API version; None and absent stay what they are."""
    if version == 3 and isinstance(value, str):
        return adf.from_text(value)
    return adf.to_text(value) if version == 2 and isinstance(value, dict) else value


def served(db: sqlite3.Connection, call: Call, row: sqlite3.Row, shape: Shape, rich: set[str]) -> dict[str, Any]:
    """The issue as an answer: chosen fields, links, comments and bodies in the form of the API version."""
    if shape.bare and call.deployment.bare_ids:
        return {"id": str(row["id"])}
    found: dict[str, Any] = {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": str(row["id"]),
        "self": f"{SITE}/rest/api/{call.version}/issue/{row['id']}",
        "key": row["key"],
    }
    if shape.only_ids:
        return found
    stored = json.loads(row["doc"])["fields"]
    fields = {name: value for name, value in stored.items() if shape.takes(name)}
    for name in rich & fields.keys():
        fields[name] = body(fields[name], call.version)
    sight.hide_others(db, fields)
    if shape.takes("issuelinks"):
        added = links(db, call, row["id"])
        if added or "issuelinks" in fields:
            fields["issuelinks"] = [*(fields.get("issuelinks") or []), *added]
    if shape.takes("comment"):
        _embed_comments(db, call, row["id"], fields)
    found["fields"] = fields
    return found


def links(db: sqlite3.Connection, call: Call, issue: int) -> list[dict[str, Any]]:
    """Links made here, seen from one issue: exactly one of ``inwardIssue`` and ``outwardIssue`` each."""
    rows = db.execute(
        "SELECT l.id, l.type, l.source, o.id AS other, o.key, o.doc FROM jira_link l JOIN jira_issue o ON "
        "o.id = CASE WHEN l.source = ?1 THEN l.target ELSE l.source END WHERE l.source = ?1 OR l.target = ?1 "
        "ORDER BY l.id",
        (issue,),
    ).fetchall()
    found = []
    for row in rows:
        if not sight.row_is_seen(row):
            continue
        fields = json.loads(row["doc"])["fields"]
        side = "outwardIssue" if row["source"] == issue else "inwardIssue"
        base = f"{SITE}/rest/api/{call.version}"
        found.append(
            {
                "id": str(row["id"]),
                "self": f"{base}/issueLink/{row['id']}",
                "type": entities.get(db, "linktype", row["type"]),
                side: {
                    "id": str(row["other"]),
                    "key": row["key"],
                    "self": f"{base}/issue/{row['other']}",
                    "fields": {
                        name: fields[name] for name in ("summary", "status", "priority", "issuetype") if name in fields
                    },
                },
            }
        )
    return found


def comment(doc: dict[str, Any], version: int, *, properties: bool) -> dict[str, Any]:
    """A comment in the form of the API version; its properties only when asked for."""
    found = {name: value for name, value in doc.items() if name != "properties"}
    if "body" in found:
        found["body"] = body(found["body"], version)
    if properties:
        found["properties"] = doc.get("properties", [])
    return found


def _embed_comments(db: sqlite3.Connection, call: Call, issue: int, fields: dict[str, Any]) -> None:
    """Fill in ``comment``: what the document brought stays as it is, comments added here come after it."""
    stored = fields.get("comment")
    rows = [
        (str(row[0]), json.loads(row[1]))
        for row in db.execute("SELECT id, doc FROM jira_comment WHERE issue = ? ORDER BY created, id", (issue,))
    ]
    if isinstance(stored, dict):
        known = {str(item.get("id")) for item in stored.get("comments") or ()}
        added = [doc for number, doc in rows if number not in known]
        every = [*(stored.get("comments") or []), *added]
        found = {**stored, "comments": [comment(doc, call.version, properties=False) for doc in every]}
        if added:
            found["total"] = found["maxResults"] = (stored.get("total") or 0) + len(added)
        fields["comment"] = found
    elif rows or stored == COMMENT_ROWS:
        first = [comment(doc, call.version, properties=False) for _, doc in rows[: call.deployment.embedded_comments]]
        fields["comment"] = {
            "comments": first,
            "self": f"{SITE}/rest/api/{call.version}/issue/{issue}/comment",
            "maxResults": len(first),
            "total": len(rows),
            "startAt": 0,
        }


def names(db: sqlite3.Connection, issues: list[dict[str, Any]]) -> dict[str, str]:
    """Field id to name, for the fields that occur."""
    known = {doc["id"]: doc["name"] for doc in entities.every(db, "field")}
    used = {field for issue in issues for field in issue.get("fields", {})}
    return {field: known.get(field, field) for field in sorted(used)}


def changelog(db: sqlite3.Connection, call: Call, issue: int) -> dict[str, Any]:
    """The expanded changelog of one issue: newest first and capped, or whole and oldest first."""
    most = call.deployment.changelog
    total = db.execute("SELECT count(*) FROM jira_history WHERE issue = ?", (issue,)).fetchone()[0]
    direction = "ASC" if most is None else "DESC"
    rows = db.execute(
        f"SELECT doc FROM jira_history WHERE issue = ? ORDER BY created {direction}, id {direction} LIMIT ?",  # noqa: S608
        (issue, -1 if most is None else most),
    ).fetchall()
    return {
        "startAt": 0,
        "maxResults": len(rows),
        "total": total,
        "histories": [json.loads(row[0]) for row in rows],
    }


def rendered(fields: dict[str, Any], rich: set[str]) -> dict[str, Any]:
    """The HTML side of an issue: bodies as paragraphs, times in the form people read, the rest null."""
    from html import escape

    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name in rich:
            text = adf.to_text(value) if isinstance(value, dict) else value
            parts = [part for part in (text or "").split("\n\n") if part.strip()]
            found[name] = "".join(f"<p>{escape(part).replace(chr(10), '<br/>')}</p>" for part in parts)
        elif name in {"created", "updated", "resolutiondate"} and isinstance(value, str):
            moment = datetime.fromtimestamp(read_stamp(value) / 1000, UTC)
            found[name] = f"{moment:%d/%b/%y} {moment:%I:%M %p}".replace(" 0", " ")
        else:
            found[name] = None
    return found


def write_history(
    db: sqlite3.Connection,
    issue: int,
    author: dict[str, Any],
    at: int,
    items: list[dict[str, Any]],
    id_: int | None = None,
) -> None:
    """Add one entry to the change history; nothing when there are no items."""
    if not items:
        return
    number = id_ or (db.execute("SELECT COALESCE(max(id), 19999) FROM jira_history").fetchone()[0] + 1)
    doc = {"id": str(number), "author": author, "created": stamp(at), "items": items}
    db.execute(
        "INSERT OR REPLACE INTO jira_history VALUES (?, ?, ?, ?)",
        (number, issue, at, json.dumps(doc, ensure_ascii=False)),
    )
