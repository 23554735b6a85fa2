"""Configuration and people: statuses, fields, users and so on, kept as documents by kind."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

Users = Callable[[sqlite3.Connection, str], list[str]]
"""Ids of the people that a text names."""


def put(db: sqlite3.Connection, kind: str, doc: dict[str, Any], *, id: str | None = None, rank: int = 0) -> None:  # noqa: A002
    """Add or replace one. The id and the name are the document's own unless given."""
    key = id if id is not None else str(doc["id"])
    name = str(doc.get("name") or doc.get("displayName") or "")
    db.execute(
        "INSERT OR REPLACE INTO jira_entity VALUES (?, ?, ?, ?, ?)",
        (kind, key, name.casefold(), rank, json.dumps(doc, ensure_ascii=False)),
    )


def learn(db: sqlite3.Connection, kind: str, doc: dict[str, Any], *, id: str | None = None, rank: int = 0) -> None:  # noqa: A002
    """Add one unless there is one of that id."""
    key = id if id is not None else str(doc["id"])
    name = str(doc.get("name") or doc.get("displayName") or "")
    db.execute(
        "INSERT OR IGNORE INTO jira_entity VALUES (?, ?, ?, ?, ?)",
        (kind, key, name.casefold(), rank, json.dumps(doc, ensure_ascii=False)),
    )


def every(db: sqlite3.Connection, kind: str) -> list[dict[str, Any]]:
    """All of a kind in their order."""
    rows = db.execute("SELECT doc FROM jira_entity WHERE kind = ? ORDER BY rank, length(id), id", (kind,))
    return [json.loads(row[0]) for row in rows]


def get(db: sqlite3.Connection, kind: str, id: str) -> dict[str, Any] | None:  # noqa: A002
    row = db.execute("SELECT doc FROM jira_entity WHERE kind = ? AND id = ?", (kind, id)).fetchone()
    return None if row is None else json.loads(row[0])


def ids(db: sqlite3.Connection, kind: str, text: str) -> list[str]:
    """Ids of those that have ``text`` as id or (in any case) as name."""
    rows = db.execute(
        "SELECT id FROM jira_entity WHERE kind = ?1 AND id = ?2 UNION SELECT id FROM jira_entity "
        "WHERE kind = ?1 AND name = ?3",
        (kind, text, text.casefold()),
    )
    found = [row[0] for row in rows]
    if not found and kind == "project" and text.isdigit():
        found = [doc["key"] for doc in every(db, kind) if str(doc["id"]) == text]
    return found


def find(db: sqlite3.Connection, kind: str, given: Any) -> dict[str, Any] | None:
    """The one a request names by ``{"id": ..}``, ``{"name": ..}``, ``{"value": ..}`` or ``{"key": ..}``."""
    if not isinstance(given, dict):
        return None
    for key in ("id", "accountId", "name", "value", "key"):
        text = given.get(key)
        if text is not None:
            found = ids(db, kind, str(text))
            return get(db, kind, found[0]) if found else None
    return None


def put_option(db: sqlite3.Connection, field: str, option: dict[str, Any]) -> None:
    """Add a value that a select field may hold."""
    put(db, "option", {**option, "field": field}, id=f"{field}:{option['id']}")


def options(db: sqlite3.Connection, field: str) -> list[dict[str, Any]]:
    """What a select field may hold; empty when the site does not say."""
    rows = db.execute(
        "SELECT doc FROM jira_entity WHERE kind = 'option' AND id > ?1 || ':' AND id < ?1 || ';' ORDER BY id", (field,)
    )
    return [{name: value for name, value in json.loads(row[0]).items() if name != "field"} for row in rows]


def users(db: sqlite3.Connection, text: str) -> list[str]:
    """Ids of the users that ``text`` names: account id, user name, display name or address."""
    found = ids(db, "user", text)
    if not found:
        rows = db.execute(
            "SELECT id FROM jira_entity WHERE kind = 'user' AND "
            "(lower(json_extract(doc, '$.emailAddress')) = ?1 OR lower(json_extract(doc, '$.name')) = ?1)",
            (text.lower(),),
        )
        found = [row[0] for row in rows]
    return found
