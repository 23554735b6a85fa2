"""Writing documents into the tables, and turning stored documents into what is sent."""

import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from supportctl.sandbox.zendesk import names
from supportctl.sandbox.zendesk.names import dump

_FIRST_ID = 7_800_000_000_000
_STEP = 128


def next_id(connection: sqlite3.Connection, name: str = "event") -> int:
    """A fresh id; Zendesk's grow in odd steps."""
    row = connection.execute(
        "INSERT INTO zd_counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ? RETURNING value",
        (name, _FIRST_ID, _STEP),
    ).fetchone()
    return int(row[0])


def next_ticket_id(connection: sqlite3.Connection) -> int:
    """One more than any ticket has, or had before it was scrubbed."""
    last = (connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0] for table in ("zd_tickets", "zd_scrubbed"))  # noqa: S608
    return max(number or 0 for number in last) + 1


def _moment(text: str | None) -> int | None:
    return None if not text else names.epoch(names.parse_stamp(text))


def put_ticket(
    connection: sqlite3.Connection, doc: dict[str, Any], *, solved: int | None = None, deleted: int | None = None
) -> None:
    """Insert or replace a ticket with its tags and custom values. ``doc`` must hold the keys of `documents.ticket`."""
    ticket_id = doc["id"]
    connection.execute(
        "INSERT OR REPLACE INTO zd_tickets VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            ticket_id,
            doc["status"],
            names.STATUS_RANK[doc["status"]],
            names.PRIORITY_RANK.get(doc.get("priority") or ""),
            doc.get("type"),
            _moment(doc["created_at"]),
            _moment(doc["updated_at"]),
            doc["generated_timestamp"],
            solved,
            _moment(doc.get("due_at")),
            doc.get("requester_id"),
            doc.get("submitter_id"),
            doc.get("assignee_id"),
            doc.get("group_id"),
            doc.get("organization_id"),
            doc.get("problem_id"),
            doc.get("ticket_form_id"),
            doc.get("brand_id"),
            doc.get("custom_status_id"),
            doc.get("external_id"),
            (doc.get("via") or {}).get("channel"),
            doc.get("subject"),
            deleted,
            dump(doc),
        ),
    )
    connection.execute("DELETE FROM zd_ticket_tags WHERE ticket = ?", (ticket_id,))
    connection.executemany(
        "INSERT OR IGNORE INTO zd_ticket_tags VALUES (?, ?)", ((tag, ticket_id) for tag in doc.get("tags") or ())
    )
    connection.execute("DELETE FROM zd_ticket_values WHERE ticket = ?", (ticket_id,))
    connection.executemany(
        "INSERT OR IGNORE INTO zd_ticket_values VALUES (?, ?, ?)",
        (
            (entry["id"], str(one).lower(), ticket_id)
            for entry in doc.get("custom_fields") or ()
            for one in (entry["value"] if isinstance(entry.get("value"), list) else [entry.get("value")])
            if one is not None and one != ""
        ),
    )


def put_text(connection: sqlite3.Connection, ticket_id: int, subject: str, description: str, comments: str) -> None:
    """Make the ticket's words searchable (replaces what was known)."""
    connection.execute("DELETE FROM zd_text WHERE rowid = ?", (ticket_id,))
    connection.execute(
        "INSERT INTO zd_text (rowid, subject, description, comments) VALUES (?, ?, ?, ?)",
        (ticket_id, subject, description, comments),
    )


def add_text(connection: sqlite3.Connection, ticket_id: int, comment: str) -> None:
    """Make a further comment's words searchable."""
    connection.execute("UPDATE zd_text SET comments = comments || char(10) || ? WHERE rowid = ?", (comment, ticket_id))


def put_audit(connection: sqlite3.Connection, doc: dict[str, Any]) -> None:
    created = names.epoch(names.parse_stamp(doc["created_at"]))
    connection.execute("INSERT INTO zd_audits VALUES (?, ?, ?, ?)", (doc["id"], doc["ticket_id"], created, dump(doc)))


def put_comment(connection: sqlite3.Connection, ticket_id: int, doc: dict[str, Any]) -> None:
    created = names.epoch(names.parse_stamp(doc["created_at"]))
    connection.execute(
        "INSERT INTO zd_comments VALUES (?, ?, ?, ?, ?, ?, ?)",
        (doc["id"], ticket_id, doc["audit_id"], created, doc["author_id"], int(doc["public"]), dump(doc)),
    )


def put_user(connection: sqlite3.Connection, doc: dict[str, Any]) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO zd_users VALUES (?, ?, ?, ?, ?, ?)",
        (doc["id"], doc["name"], doc["email"], doc["role"], doc["organization_id"], dump(doc)),
    )


def put_config(connection: sqlite3.Connection, rows: Iterable[tuple[str, int, int, dict[str, Any]]]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO zd_config VALUES (?, ?, ?, ?)",
        ((kind, key, position, dump(doc)) for kind, key, position, doc in rows),
    )


_FOLDERS = {
    "ticket": "tickets",
    "user": "users",
    "group": "groups",
    "organization": "organizations",
    "ticket_field": "ticket_fields",
    "ticket_form": "ticket_forms",
    "custom_status": "custom_statuses",
    "view": "views",
    "brand": "brands",
    "sla_policy": "slas/policies",
    "satisfaction_rating": "satisfaction_ratings",
}


def with_url(base: str, kind: str, key: int, doc: str, extra: str = "") -> msgspec.Raw:
    """A stored document as it is sent; ``extra``: further members as JSON text, e.g. ``,"slas":{}``.

    Not decoded on the way: listings of many tickets stay cheap.
    """
    return msgspec.Raw(f'{{"url":"{base}/api/v2/{_FOLDERS[kind]}/{key}.json",{doc[1:-1]}{extra}}}'.encode())
