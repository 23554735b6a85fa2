"""What the index on disk does not hold of a profile's tickets: keys, links, and hashes of what makes two one by rule.

No text: codes and numbers are hashed, too. The index decides which tickets there are; other facts are passed over.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from supportctl.atomic import PRIVATE
from supportctl.duplicates.linked import joins
from supportctl.duplicates.sameness import Marks, marks
from supportctl.errors import StateError
from supportctl.model import Link, Ticket

VERSION = 2
_FORM = """
CREATE TABLE IF NOT EXISTS fact (
  id TEXT PRIMARY KEY, key TEXT NOT NULL, born REAL NOT NULL, sent BLOB, message BLOB, machine INTEGER NOT NULL,
  names BLOB NOT NULL, fields BLOB NOT NULL,
  links BLOB NOT NULL
) WITHOUT ROWID
"""

ELSEWHERE = "make room or name another place with --state-dir; find and of do without with --no-index"


class Fact(NamedTuple):
    id: str
    key: str
    born: float
    marks: Marks
    links: list[Link]


class Facts:
    def __init__(self, path: Path) -> None:
        """Raises `StateError`. A damaged file is begun anew, and then `rebuilt`."""
        self.path = path
        self.rebuilt = False
        self._links = msgspec.json.Decoder(list[Link])
        self._names = msgspec.json.Decoder(tuple[int, ...])
        self._fields = msgspec.json.Decoder(dict[str, int])
        try:
            self._open()
        except sqlite3.DatabaseError:
            self.rebuilt = True
            with suppress(OSError):
                path.unlink()
            try:
                self._open()
            except sqlite3.Error as error:
                raise StateError(f"{path} cannot be written ({error})", hint=ELSEWHERE) from None

    def _open(self) -> None:
        self.path.touch(mode=PRIVATE, exist_ok=True)
        self._file = sqlite3.connect(self.path)
        try:
            version = int(self._file.execute("PRAGMA user_version").fetchone()[0])
            if version not in (0, VERSION):
                raise sqlite3.DatabaseError("another version")
            self._file.execute("PRAGMA secure_delete = ON")  # What is deleted is not left in free pages.
            self._file.execute(_FORM)
            self._file.execute("SELECT count(*) FROM fact WHERE born > 0").fetchone()
            self._file.execute(f"PRAGMA user_version = {VERSION}")
            self._file.commit()
        except sqlite3.Error:
            self._file.close()
            raise

    def put(self, tickets: Iterable[Ticket]) -> None:
        """Those with a date."""
        self._file.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, tickets))

    def remove(self, ids: Iterable[str]) -> None:
        self._file.executemany("DELETE FROM fact WHERE id = ?", ((each,) for each in ids))

    def prune(self, born: float) -> None:
        """What was created before then."""
        self._file.execute("DELETE FROM fact WHERE born < ?", (born,))

    def clear(self) -> None:
        self._file.execute("DELETE FROM fact")

    def commit(self) -> None:
        try:
            self._file.commit()
        except sqlite3.Error as error:
            raise StateError(f"{self.path} cannot be written ({error})", hint=ELSEWHERE) from None

    def __iter__(self) -> Iterator[Fact]:
        """In the order of creation."""
        rows = self._file.execute("SELECT * FROM fact ORDER BY born, length(id), id")
        for id_, key, born, sent, message, machine, names, fields, links in rows:
            found = Marks(sent, message, self._names.decode(names), bool(machine), fields=self._fields.decode(fields))
            yield Fact(id_, key, born, found, self._links.decode(links))

    def close(self) -> None:
        self._file.close()


def _row(ticket: Ticket) -> tuple[object, ...]:
    assert ticket.created_at is not None
    found = marks(ticket)
    links = [
        Link(type=each.type, key=each.key, id=each.id, native_type=each.native_type, platform=each.platform)
        for each in ticket.links
        if joins(each)
    ]
    return (
        ticket.id,
        ticket.key,
        ticket.created_at.timestamp(),
        found.sent,
        found.message,
        found.machine,
        msgspec.json.encode(found.names),
        msgspec.json.encode(found.fields),
        msgspec.json.encode(links),
    )
