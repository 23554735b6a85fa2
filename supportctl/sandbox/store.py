"""One SQLite file behind all three dialects."""

import sqlite3
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from supportctl.errors import StateError
from supportctl.sandbox.conditions import Conditions
from supportctl.sandbox.dialects import PREFIXES, dialects
from supportctl.sandbox.odd_files import SCHEMA as FILE_SCHEMA
from supportctl.sandbox.records import Plant
from supportctl.sandbox.tokens import SCHEMA as TOKEN_SCHEMA

CORE_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS truth (
  platform TEXT NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, rule TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (platform, number, rule, detail)
) WITHOUT ROWID;
"""

Params = Sequence[Any] | dict[str, Any]


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """What was planted in a seeded ticket: ``rule`` is a rule code, ``duplicate`` or ``secret``."""

    platform: str
    number: int
    key: str
    rule: str
    detail: str


class Store:
    """The sandbox's file: many readers at once, one writer at a time; safe to use from any thread.

    Without ``path`` a temporary file is used and removed by `close`. Raises `StateError` when the file
    cannot be opened or was not made by this tool. ``conditions`` may be changed while it is served.
    """

    def __init__(self, path: Path | None = None, conditions: Conditions | None = None) -> None:
        self.conditions = conditions or Conditions()
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if path is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="supportctl-sandbox-")
            path = Path(self._temporary.name) / "sandbox.sqlite"
        self.path = path
        self._lock = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._depth = 0
        self._offset: float | None = None
        try:
            self._writer = self._connect()
            self._writer.execute("PRAGMA journal_mode=WAL")
            self._writer.executescript(CORE_SCHEMA + TOKEN_SCHEMA + FILE_SCHEMA)
            for dialect in dialects().values():
                self._writer.executescript(dialect.SCHEMA)
        except (sqlite3.Error, OSError) as error:
            if hasattr(self, "_writer"):
                self._writer.close()
            raise StateError(
                f"the sandbox file {path.name} could not be opened: {error}; nothing was served or loaded",
                hint="give another file, or remove it and seed again",
            ) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA cache_size=-16000")
            connection.execute("PRAGMA temp_store=MEMORY")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one consistent state; inside `write` of the same thread, the writer's own."""
        if self._depth and self._lock._is_owned():  # type: ignore[attr-defined]
            yield self._writer
            return
        with self._idle_lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self._connect()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with self._idle_lock:
                self._idle.append(connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone: committed at the end, rolled back on any exception. May be nested."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._writer.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._writer
            except BaseException:
                if outermost:
                    self._writer.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._writer.execute("COMMIT")
            finally:
                self._depth -= 1

    def rows(self, sql: str, params: Params = ()) -> list[sqlite3.Row]:
        with self.reader() as connection:
            return connection.execute(sql, params).fetchall()

    def row(self, sql: str, params: Params = ()) -> sqlite3.Row | None:
        with self.reader() as connection:
            found: sqlite3.Row | None = connection.execute(sql, params).fetchone()
            return found

    def value(self, sql: str, params: Params = ()) -> Any:
        """First column of the first row; None when there is none."""
        found = self.row(sql, params)
        return None if found is None else found[0]

    def get_meta(self, key: str) -> str | None:
        found: str | None = self.value("SELECT value FROM meta WHERE key = ?", (key,))
        return found

    def set_meta(self, key: str, value: str) -> None:
        with self.write() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def now(self) -> datetime:
        """The sandbox's clock: real time, moved to where the queue was said to stand (see `set_clock`)."""
        if self._offset is None:
            self._offset = float(self.get_meta("clock_offset") or 0)
        return datetime.now(UTC) + timedelta(seconds=self._offset)

    def set_clock(self, at: datetime | None) -> None:
        """Let the clock go on from ``at``; None: real time again."""
        offset = 0.0 if at is None else (at - datetime.now(UTC)).total_seconds()
        self.set_meta("clock_offset", repr(offset))
        self._offset = offset

    def add_truth(self, platform: str, plants: Iterable[tuple[Plant, str]]) -> None:
        """Keep what was planted, each with the ticket's key on that platform."""
        with self.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO truth VALUES (?, ?, ?, ?, ?)",
                ((platform, plant.number, key, plant.rule, plant.detail) for plant, key in plants),
            )

    def truth(self, platform: str | None = None) -> list[Truth]:
        rows = self.rows(
            "SELECT * FROM truth WHERE ?1 IS NULL OR platform = ?1 ORDER BY platform, number, rule, detail", (platform,)
        )
        return [Truth(**dict(row)) for row in rows]

    def clear(self, platform: str) -> None:
        """Remove everything of one platform: all rows of its tables, and its truth."""
        with self.write() as connection:
            found = connection.execute(
                "SELECT name, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_master WHERE type = 'table' "
                "AND substr(name, 1, length(?1)) = ?1",
                (PREFIXES[platform],),
            ).fetchall()
            shadows = tuple(f"{name}_" for name, virtual in found if virtual)
            for name, _ in found:
                if not (shadows and name.startswith(shadows)):
                    connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 (a name from our own schema)
            connection.execute("DELETE FROM truth WHERE platform = ?", (platform,))
            connection.execute("DELETE FROM file_fate WHERE platform = ?", (platform,))
            connection.execute("DELETE FROM oauth_token WHERE platform = ?", (platform,))

    def restore(self, template: Path) -> None:
        """Make this store's content that of another sandbox file."""
        source = sqlite3.connect(template)
        try:
            with self._lock:
                source.backup(self._writer)
                self._offset = None
        finally:
            source.close()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file, so that the file alone can be copied."""
        with self._lock:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._idle_lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()
        with self._lock:
            self._writer.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
