# ruff: noqa: S608 (SQL fragments are our own; values are always bound)
"""Zendesk's own JSON (tickets, and users, groups and organizations beside them) as the account's content."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from supportctl.sandbox.company.people import people
from supportctl.sandbox.dialects import LoadReport
from supportctl.sandbox.zendesk import configuration, documents, names, tables
from supportctl.sandbox.zendesk.seed import prepare

if TYPE_CHECKING:
    import sqlite3

    from supportctl.sandbox.store import Store

_BESIDE = ("user", "group", "organization")


class _SkipError(Exception):
    """A record that cannot become a ticket; the message is the reason counted."""


def load(store: "Store", records: Iterable[dict[str, Any]], *, as_of: datetime | None = None) -> LoadReport:
    """Add tickets as they are; what they leave out is filled with Zendesk's empty values.

    A record is a ticket, or ``{"ticket": ...}``, ``{"user": ...}``, ``{"group": ...}``, ``{"organization": ...}``.
    With ``as_of``, tickets created later are left out. People and groups that are named by id only get a
    placeholder. Embedded ``comments`` and ``audits`` are kept, else a creation audit is made.
    """
    report = LoadReport()
    with store.write() as connection:
        prepare(connection, names.parse_stamp("2015-01-01T00:00:00Z"))
        accounts(connection)
        for record in records:
            kind, doc = _unwrap(record)
            if kind != "ticket":
                _put_beside(connection, kind, doc)
                continue
            try:
                report.events += _put(connection, doc, as_of, names.epoch(store.now()))
            except _SkipError as reason:
                report.skipped[str(reason)] += 1
            else:
                report.loaded += 1
        _placeholders(connection)
    return report


def accounts(connection: "sqlite3.Connection") -> None:
    """The people who can sign in exist, whatever is loaded."""
    created = names.stamp(datetime(2015, 1, 1, tzinfo=UTC))
    for person in people():
        if person.role in {"admin", "agent"} and person.active:
            known = connection.execute(
                "SELECT 1 FROM zd_users WHERE email = ? COLLATE NOCASE", (person.email,)
            ).fetchone()
            if known is None:
                doc = documents.user(
                    names.USER + person.id,
                    person.name,
                    person.email,
                    person.role,
                    created,
                    **documents.restriction(person.email),
                )
                tables.put_user(connection, doc)


def _unwrap(record: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    for kind in ("ticket", *_BESIDE):
        inner = record.get(kind)
        if isinstance(inner, dict) and len(record) <= 2:
            return kind, inner
    return "ticket", record


def _put_beside(connection: "sqlite3.Connection", kind: str, doc: dict[str, Any]) -> None:
    if not isinstance(doc.get("id"), int):
        return
    created = str(doc.get("created_at") or "2015-01-01T00:00:00Z")
    name = str(doc.get("name") or f"{kind.title()} {doc['id']}")
    given = {key: value for key, value in doc.items() if key not in {"url", "name", "id"}}
    if kind == "user":
        email = given.pop("email", None)
        role = str(given.pop("role", None) or "end-user")
        tables.put_user(connection, documents.user(doc["id"], name, email, role, created, **given))
    elif kind == "group":
        full = {**documents.group(doc["id"], name, created), **given}
        connection.execute("INSERT OR REPLACE INTO zd_groups VALUES (?, ?, ?)", (doc["id"], name, names.dump(full)))
    else:
        full = {**documents.organization(doc["id"], name, created, []), **given}
        connection.execute(
            "INSERT OR REPLACE INTO zd_organizations VALUES (?, ?, ?)", (doc["id"], name, names.dump(full))
        )


def _moment(doc: dict[str, Any], key: str) -> datetime:
    try:
        return names.parse_stamp(doc[key])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _SkipError(f"{key} is missing or no date") from None


def _put(connection: "sqlite3.Connection", given: dict[str, Any], as_of: datetime | None, now: int) -> int:
    """``now``: when deleted tickets were deleted, which no file tells."""
    ticket_id = given.get("id")
    if not isinstance(ticket_id, int) or isinstance(ticket_id, bool):
        raise _SkipError("id is missing or no number")
    created = _moment(given, "created_at")
    if as_of is not None and created > as_of:
        raise _SkipError("created after the chosen day")
    status = str(given.get("status") or "new").lower()
    if status not in names.STATUS_RANK:
        raise _SkipError("unknown status")
    values = {k: v for k, v in given.items() if k not in {"url", "id", "comments", "audits", "metric_set", "slas"}}
    values["status"] = status
    values["subject"] = given.get("subject") or given.get("raw_subject") or ""
    values["custom_status_id"] = given.get("custom_status_id") or configuration.DEFAULT_STATUS[status]
    doc = documents.ticket(ticket_id, created)
    doc.update(values)
    doc["description"] = doc["description"] or ""
    doc["updated_at"] = given.get("updated_at") or doc["created_at"]
    updated = _moment(doc, "updated_at")
    doc["generated_timestamp"] = given.get("generated_timestamp") or names.epoch(updated)
    for key in ("tags", "collaborator_ids", "follower_ids", "email_cc_ids", "custom_fields", "followup_ids"):
        doc[key] = doc.get(key) or []
    doc["fields"] = given.get("fields") or doc["custom_fields"]
    solved = ((given.get("metric_set") or {}).get("solved_at")) or (
        doc["updated_at"] if status in {"solved", "closed"} else None
    )
    solved_at = names.epoch(names.parse_stamp(solved)) if solved else None
    deleted = now if status == "deleted" else None
    _forget(connection, ticket_id)
    tables.put_ticket(connection, doc, solved=solved_at, deleted=deleted)
    for table, key in (("zd_metrics", "metric_set"), ("zd_slas", "slas")):
        if isinstance(given.get(key), dict):
            connection.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", (ticket_id, names.dump(given[key])))
    audits = list(_audits(connection, doc, given))
    texts = []
    for audit in audits:
        for event in audit["events"]:
            if event.get("type") == "Comment":
                comment = {**event, "audit_id": audit["id"], "created_at": audit["created_at"]}
                comment.setdefault("via", audit.get("via") or documents.via("web"))
                comment.setdefault("metadata", {"system": {}, "custom": {}})
                comment["public"] = bool(comment.get("public", True))
                comment["author_id"] = comment.get("author_id") or audit.get("author_id")
                tables.put_comment(connection, ticket_id, comment)
                texts.append(str(comment.get("plain_body") or comment.get("body") or ""))
        tables.put_audit(connection, audit)
    tables.put_text(connection, ticket_id, doc["subject"] or "", doc["description"], "\n".join(texts))
    return len(audits)


def _forget(connection: "sqlite3.Connection", ticket_id: int) -> None:
    """A ticket that comes twice in a file counts as it came last."""
    for table in ("zd_comments", "zd_audits", "zd_metrics", "zd_slas"):
        connection.execute(f"DELETE FROM {table} WHERE ticket = ?", (ticket_id,))


def _audits(connection: "sqlite3.Connection", doc: dict[str, Any], given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if given.get("audits"):
        for audit in given["audits"]:
            yield {**audit, "ticket_id": doc["id"], "id": tables.next_id(connection)}
        return
    source = doc.get("via") or documents.via("web")
    comments = given.get("comments") or [
        {"body": doc["description"], "author_id": doc["requester_id"], "created_at": doc["created_at"], "public": True}
    ]
    for position, comment in enumerate(comments):
        at = names.parse_stamp(str(comment.get("created_at") or doc["created_at"]))
        audit_id = tables.next_id(connection)
        body = str(comment.get("plain_body") or comment.get("body") or "")
        author = comment.get("author_id") or doc["requester_id"] or -1
        made = documents.comment(
            tables.next_id(connection), audit_id, author, at, body, bool(comment.get("public", True)), source
        )
        made.update({k: v for k, v in comment.items() if k not in {"id", "audit_id", "created_at", "url"}})
        events = [documents.comment_event(made)]
        if position == 0:
            events += [
                {"id": tables.next_id(connection), "type": "Create", "field_name": name, "value": doc.get(name)}
                for name in ("subject", "priority", "type")
            ]
        yield documents.audit(audit_id, doc["id"], author, at, events, source)


def _placeholders(connection: "sqlite3.Connection") -> None:
    created = names.stamp(datetime(2015, 1, 1, tzinfo=UTC))
    for column, role in (("assignee", "agent"), ("submitter", "end-user"), ("requester", "end-user")):
        rows = connection.execute(
            f"SELECT DISTINCT {column} FROM zd_tickets WHERE {column} IS NOT NULL "
            f"AND {column} NOT IN (SELECT id FROM zd_users)"
        ).fetchall()
        for (key,) in rows:
            tables.put_user(connection, documents.user(key, f"User {key}", None, role, created))
    for column, table, kind in (
        ("group_id", "zd_groups", "Group"),
        ("organization", "zd_organizations", "Organization"),
    ):
        rows = connection.execute(
            f"SELECT DISTINCT {column} FROM zd_tickets WHERE {column} IS NOT NULL "
            f"AND {column} NOT IN (SELECT id FROM {table})"
        ).fetchall()
        for (key,) in rows:
            name = f"{kind} {key}"
            doc = (
                documents.group(key, name, created)
                if kind == "Group"
                else documents.organization(key, name, created, [])
            )
            connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (key, name, names.dump(doc)))
