"""What the index on disk does not hold of a profile's tickets: keys, links, and hashes of what makes two one by rule.

No text: codes and numbers are hashed, too. Nothing is loaded: what is asked for is looked up, by its hash or name.

The file is written by whoever holds the lock of the index, in one transaction, and others may read meanwhile what was
there before (SQLite's write-ahead log). Who lets go of the lock calls `hold` first: it goes on to see the tickets its
index has, whatever others add, change and remove. Until it has ended, what others removed stays in the file.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from supportctl.atomic import PRIVATE
from supportctl.duplicates import naming
from supportctl.duplicates.linked import joins
from supportctl.duplicates.sameness import Marks, marks
from supportctl.errors import StateError
from supportctl.model import Link, Ticket

VERSION = 3
_FORM = """
CREATE TABLE fact (
  id TEXT PRIMARY KEY, key TEXT NOT NULL, born REAL NOT NULL, sent BLOB, message BLOB, machine INTEGER NOT NULL,
  names BLOB NOT NULL, fields BLOB NOT NULL, links BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX fact_key ON fact (key);
CREATE TABLE copy (
  kind INTEGER NOT NULL, hash BLOB NOT NULL, born REAL NOT NULL, size INTEGER NOT NULL, id TEXT NOT NULL,
  form INTEGER NOT NULL, PRIMARY KEY (kind, hash, born, size, id)
) WITHOUT ROWID;
CREATE TABLE name (
  hash INTEGER NOT NULL, born REAL NOT NULL, size INTEGER NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (hash, born, size, id)
) WITHOUT ROWID;
CREATE TABLE target (name TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (name, source)) WITHOUT ROWID;
"""
"""``copy``: by the text sent (kind 0) or message (1), with a hash of the fields; ``name``: by a rare name; both in the
order of creation, in which ``size`` is the length of the id. ``target``: who has a link that may lead to that name."""
SENT, MESSAGE = 0, 1
_PARTS = ("", "-journal", "-wal", "-shm")
MANY = 500
"""Values of one question."""
CACHE = 16
"""MiB of pages held."""

ELSEWHERE = "make room or name another place with --state-dir; find and of do without with --no-index"

AGAIN = "supportctl duplicates forget deletes it, and the next find or of makes it anew"

Place = tuple[float, int, str]
"""Where a ticket stands in the order of creation: moment, length of its id, id."""


class Fact(NamedTuple):
    id: str
    key: str
    born: float
    marks: Marks
    links: list[Link]

    @property
    def place(self) -> Place:
        return self.born, len(self.id), self.id


class Facts:
    def __init__(self, path: Path) -> None:
        """Raises `StateError`. A damaged file is begun anew, as one that is not there, and then `rebuilt`."""
        self.path = path
        self.rebuilt = False
        self.found = 0
        """How many there were when the file was opened."""
        self._links = msgspec.json.Decoder(list[Link])
        self._names = msgspec.json.Decoder(tuple[int, ...])
        self._fields = msgspec.json.Decoder(dict[str, int])
        try:
            self._open()
        except sqlite3.Error as error:
            if not _damaged(error):  # Locked, say, or the disk is full: what is there is whole.
                raise StateError(f"{path} cannot be opened ({error})", hint=ELSEWHERE) from None
            self.rebuilt = True
            for part in _PARTS:  # A log of the old file would be read into the new one.
                with suppress(OSError):
                    path.with_name(path.name + part).unlink()
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
            self._logged = self._file.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal"
            self._file.execute("PRAGMA secure_delete = ON")  # What is deleted is not left in free pages.
            self._file.execute(f"PRAGMA cache_size = {-1024 * CACHE}")
            if version == 0:
                self.rebuilt = True
                self._file.executescript(_FORM)
                self._file.execute(f"PRAGMA user_version = {VERSION}")
            # Reads every page of the table; damage in the others is told by the question that meets it.
            self.found = int(self._file.execute("SELECT count(*), total(born) FROM fact").fetchone()[0])
            self._file.commit()
        except sqlite3.Error:
            self._file.close()
            raise

    def put(self, tickets: Iterable[Ticket]) -> None:
        """Those with a date; of two with one id the last."""
        every = {each.id: each for each in tickets}
        self.remove(every)
        rows = [_row(each) for each in every.values()]
        with self._saying():
            self._insert(rows)

    def _insert(self, rows: "Sequence[_Row]") -> None:
        run = self._file.executemany
        run("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (each.fact for each in rows))
        run("INSERT INTO copy VALUES (?, ?, ?, ?, ?, ?)", (each for row in rows for each in row.copies))
        run("INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)", (each for row in rows for each in row.names))
        run("INSERT INTO target VALUES (?, ?)", (each for row in rows for each in row.targets))

    @contextmanager
    def _saying(self) -> Iterator[None]:
        """Raises `StateError` for what SQLite says."""
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(f"{self.path} cannot be written ({error})", hint=AGAIN) from None

    def remove(self, ids: Iterable[str]) -> None:
        with self._saying():
            self._delete(self.of(ids))

    def _delete(self, facts: Iterable[Fact]) -> None:
        run = self._file.executemany
        for each in facts:
            place, found = each.place, each.marks
            copies = [(SENT, found.sent, *place), (MESSAGE, found.message, *place)]
            run("DELETE FROM copy WHERE kind = ? AND hash = ? AND born = ? AND size = ? AND id = ?", copies)
            names = ((name, *place) for name in found.names)
            run("DELETE FROM name WHERE hash = ? AND born = ? AND size = ? AND id = ?", names)
            named = ((name, each.id) for name in targets(each.links))
            run("DELETE FROM target WHERE name = ? AND source = ?", named)
            self._file.execute("DELETE FROM fact WHERE id = ?", (each.id,))

    def prune(self, born: float) -> None:
        """What was created before then."""
        self.remove([id_ for (id_,) in self.ask("SELECT id FROM fact WHERE born < ?", (born,))])

    def only(self, wanted: Callable[[str], bool]) -> None:
        """Nothing but these: a run that was stopped may have left more."""
        self.remove([each for each in self.ids() if not wanted(each)])

    def clear(self) -> None:
        with self._saying():
            self._file.execute("DELETE FROM fact")
            self._file.execute("DELETE FROM copy")
            self._file.execute("DELETE FROM name")
            self._file.execute("DELETE FROM target")

    def commit(self) -> None:
        try:
            self._file.commit()
            self._file.execute("PRAGMA busy_timeout = 0")
            self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # Unless somebody reads; the last one does it.
            self._file.execute("PRAGMA busy_timeout = 5000")
        except sqlite3.Error as error:
            raise StateError(f"{self.path} cannot be written ({error})", hint=ELSEWHERE) from None

    def hold(self) -> None:
        """From now on what is there now is seen. Nothing is to be written any more.

        Where the file system has no write-ahead log nothing is held, for others could not write: then a ticket they
        change meanwhile is seen as changed.
        """
        if self._logged:
            with self._saying():
                self._file.execute("BEGIN")
                self._file.execute("SELECT id FROM fact LIMIT 1").fetchone()

    def __len__(self) -> int:
        return int(self.ask("SELECT count(*) FROM fact")[0][0])

    def ids(self) -> Iterator[str]:
        return (id_ for (id_,) in self.ask("SELECT id FROM fact"))

    def ask(self, question: str, values: Sequence[Any] = ()) -> list[Any]:
        """Rows. Raises `StateError`."""
        try:
            return self._file.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise self._unread(error) from None

    def _unread(self, error: Exception) -> StateError:
        return StateError(f"{self.path} cannot be read ({error})", hint=AGAIN)

    def many(self, question: str, values: Iterable[Any], *more: Any) -> Iterator[tuple[Any, ...]]:
        """``question`` has ``(*)`` for the values, and after it signs for ``more``."""
        every = list(values)
        for low in range(0, len(every), MANY):
            some = every[low : low + MANY]
            signs = ", ".join("?" * len(some))
            yield from self.ask(question.replace("(*)", f"({signs})", 1), [*some, *more])

    def of(self, ids: Iterable[str]) -> list[Fact]:
        """In no order; those that are there."""
        return [self._fact(row) for row in self.many("SELECT * FROM fact WHERE id IN (*)", ids)]

    def asked(self, question: str, values: Sequence[Any]) -> Iterator[Fact]:
        """Whole rows of ``fact``."""
        return (self._fact(row) for row in self.ask(question, values))

    def one(self, id_: str) -> Fact | None:
        return next(iter(self.of([id_])), None)

    def keys(self, ids: Iterable[str]) -> dict[str, str]:
        return dict(self.many("SELECT id, key FROM fact WHERE id IN (*)", ids))

    def _fact(self, row: tuple[Any, ...]) -> Fact:
        id_, key, born, sent, message, machine, names, fields, links = row
        try:
            found = Marks(sent, message, self._names.decode(names), bool(machine), fields=self._fields.decode(fields))
            return Fact(id_, key, born, found, [] if links == NONE else self._links.decode(links))
        except (msgspec.MsgspecError, TypeError) as error:
            raise self._unread(error) from None

    def close(self) -> None:
        self._file.close()


def _damaged(error: sqlite3.Error) -> bool:
    """Whether the file is of no use: no database, torn, or without what it should hold."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


NONE = b"[]"


def targets(links: Iterable[Link]) -> set[str]:
    """Keys and ids the other ends of links may have."""
    found = {each.key for each in links}
    return found | {each.id for each in links if each.platform is None and each.id is not None}


class _Row(NamedTuple):
    fact: tuple[object, ...]
    copies: list[tuple[object, ...]]
    names: list[tuple[object, ...]]
    targets: list[tuple[object, ...]]


def _row(ticket: Ticket) -> _Row:
    assert ticket.created_at is not None
    found = marks(ticket)
    links = [
        Link(type=each.type, key=each.key, id=each.id, native_type=each.native_type, platform=each.platform)
        for each in ticket.links
        if joins(each)
    ]
    place: Place = ticket.created_at.timestamp(), len(ticket.id), ticket.id
    fields = msgspec.json.encode(found.fields, order="sorted")
    names, encoded = msgspec.json.encode(found.names), msgspec.json.encode(links)
    copies: list[tuple[object, ...]] = []
    if found.sent is not None:
        copies.append((SENT, found.sent, *place, naming.mark(fields.decode())))
    if found.message is not None:
        copies.append((MESSAGE, found.message, *place, 0))
    return _Row(
        (ticket.id, ticket.key, place[0], found.sent, found.message, found.machine, names, fields, encoded),
        copies,
        [(each, *place) for each in found.names],
        [(each, ticket.id) for each in sorted(targets(links))],
    )
