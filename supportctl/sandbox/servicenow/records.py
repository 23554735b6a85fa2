"""Putting records into the tables and getting their documents back."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from supportctl.sandbox.servicenow import dictionary
from supportctl.sandbox.servicenow.schema import COLUMNS, OWNER, TRAIL

Doc = dict[str, Any]
_INSERT = f"INSERT OR REPLACE INTO sn_record VALUES ({', '.join('?' * (len(COLUMNS) + 5))})"  # noqa: S608


def sys_id_of(*parts: object) -> str:
    """A steady id: 32 hexadecimal digits made from what it identifies."""
    return hashlib.md5("\x1f".join(str(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def row(cls: str, doc: Doc) -> tuple[Any, ...]:
    """The row of a document; empty fields are left out of it."""
    kept = {name: value for name, value in doc.items() if value not in ("", None)}
    display = dictionary.display_field(cls)
    values = [kept.get(name) for name in COLUMNS]
    return (
        kept["sys_id"],
        cls,
        values[0],
        None if display == "number" else kept.get(display),
        *values[1:-1],
        kept.get(OWNER[cls]) if cls in OWNER else None,
        values[-1],
        json.dumps(kept, ensure_ascii=False),
    )


def put(db: sqlite3.Connection, cls: str, doc: Doc) -> None:
    put_many(db, cls, [doc])


def put_many(db: sqlite3.Connection, cls: str, docs: Iterable[Doc]) -> None:
    """Add or replace records of one class."""
    if cls in TRAIL:
        owner = TRAIL[cls]
        db.executemany(
            "INSERT OR REPLACE INTO sn_trail VALUES (?, ?, ?, ?, ?)",
            (
                (doc["sys_id"], cls, doc[owner], doc["sys_created_on"], json.dumps(doc, ensure_ascii=False))
                for doc in docs
            ),
        )
    else:
        db.executemany(_INSERT, (row(cls, doc) for doc in docs))


def get(db: sqlite3.Connection, table: str, sys_id: str) -> tuple[str, Doc] | None:
    """Class and document of a record of the table or of one that extends it."""
    physical = "sn_trail" if table in TRAIL else "sn_record"
    found = db.execute(f"SELECT cls, doc FROM {physical} WHERE sys_id = ?", (sys_id,)).fetchone()  # noqa: S608
    if found is None or found[0] not in dictionary.classes(table):
        return None
    return found[0], json.loads(found[1])


def remove(db: sqlite3.Connection, table: str, sys_id: str) -> None:
    physical = "sn_trail" if table in TRAIL else "sn_record"
    db.execute(f"DELETE FROM {physical} WHERE sys_id = ?", (sys_id,))  # noqa: S608


def stamped(doc: Doc, at: str, by: str) -> Doc:
    """The document with the fields every new record has."""
    return {
        "sys_created_on": at,
        "sys_created_by": by,
        "sys_updated_on": at,
        "sys_updated_by": by,
        "sys_mod_count": "0",
        **doc,
    }
