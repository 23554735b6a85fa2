"""What was meant, what was sent, what came of it: a SQLite file that survives being killed.

Order per ticket and step: planned → intent (before the request) → submitted (a job's id, before its first poll) or
answered → in effect (read back), then the next step or done. Every stage is on disk before the next begins; when it
cannot be written, the run stops before it sends more. Times are for people: nothing is decided by comparing clocks.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import msgspec

from supportctl.adapters.writing import Handle, Step
from supportctl.changes.plan import Plan
from supportctl.changes.records import Records
from supportctl.errors import StateError
from supportctl.model import Change, Outcome

BUSY_SECONDS = 10.0
FORMAT = 2
"""``user_version`` of the file."""

TABLES = """
create table if not exists run (
  id text primary key, plan text not null, header blob not null, undoes text,
  started_at real not null, ended_at real, result text
);
create index if not exists run_plan on run(plan);
create table if not exists change (
  run text not null references run(id), position integer not null, ticket text not null, key text not null,
  body blob not null, state text not null, step integer not null default 0, attempts integer not null default 0,
  version text, as_of text, handle text, outcome blob, effects blob, fingerprint blob, changed_at real not null,
  primary key (run, ticket)
);
create index if not exists change_position on change(run, position);
create table if not exists handle (
  run text not null references run(id), id text not null, kind text not null, tickets blob not null,
  done integer not null default 0, primary key (run, id)
);
"""


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """What is about to be sent; of a ticket's fingerprints the first is kept."""

    step: Step
    fingerprint: bytes | None = None


class Journal(Records):
    """One file for all runs; safe under several processes (SQLite locks, WAL)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._guard("be opened"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                path.chmod(0o600)
                self._db.execute("pragma journal_mode = wal")
                self._db.execute("pragma synchronous = full")
                # Every commit is folded into the one file at once, so that a copy of it holds what a kill left.
                self._db.execute("pragma wal_autocheckpoint = 1")
                self._set_up()
            except BaseException:
                self._db.close()
                raise

    def _set_up(self) -> None:
        """Make the tables. The journal of an earlier version is set aside, not read and not lost."""
        (version,) = self._db.execute("pragma user_version").fetchone()
        if version == 0 and self._db.execute("select 1 from sqlite_master where name = 'change'").fetchone():
            for table in ("run", "change", "handle"):
                self._db.execute(f"alter table {table} rename to {table}_v1")
        if version > FORMAT:
            raise StateError(
                f"the journal {self.path} was written by a newer version; nothing was changed",
                hint="update supportctl, or name another place with --journal FILE",
            )
        self._db.executescript(TABLES)
        self._db.execute(f"pragma user_version = {FORMAT}")

    def close(self) -> None:
        """Close the file; folded into one, so that it can be kept as an artifact."""
        try:
            self._db.execute("pragma wal_checkpoint(truncate)")
        except sqlite3.Error:
            pass
        finally:
            self._db.close()

    def begin(self, plan: Plan) -> str:
        """Record a run with all its changes as planned; returns the run's id."""
        run = uuid4().hex[:12]
        header = plan.header
        with self._transaction("begin the run"):
            self._db.execute(
                "insert into run (id, plan, header, undoes, started_at) values (?, ?, ?, ?, ?)",
                (run, header.id, msgspec.json.encode(header), header.undoes, time.time()),
            )
            self._add(run, plan.changes, 0)
        return run

    def extend(self, run: str, changes: Sequence[Change]) -> None:
        """Take further changes of the same plan into the run (rows that had been deleted from the file)."""
        with self._transaction("extend the run"):
            (last,) = self._db.execute(
                "select coalesce(max(position), -1) from change where run = ?", (run,)
            ).fetchone()
            self._add(run, changes, last + 1)

    def _add(self, run: str, changes: Sequence[Change], first: int) -> None:
        self._db.executemany(
            "insert into change (run, position, ticket, key, body, state, version, changed_at) "
            "values (?, ?, ?, ?, ?, 'planned', ?, ?)",
            [
                (run, position, c.id, c.key, msgspec.json.encode(c), c.version, time.time())
                for position, c in enumerate(changes, start=first)
            ],
        )

    def rename(self, run: str, changes: Iterable[Change]) -> None:
        """These changes have the names of what the run made filled in."""
        with self._transaction("store what the run made"):
            self._db.executemany(
                "update change set body = ?, changed_at = ? where run = ? and ticket = ?",
                [(msgspec.json.encode(change), time.time(), run, change.id) for change in changes],
            )

    def reopen(self, run: str) -> None:
        """The run goes on."""
        with self._transaction("go on with the run"):
            self._db.execute("update run set ended_at = null, result = null where id = ?", (run,))

    def intend(self, run: str, sends: Iterable[Sending]) -> None:
        """These are about to be sent."""
        rows = [
            (
                each.step.number,
                each.step.version,
                each.step.as_of and each.step.as_of.isoformat(),
                each.fingerprint,
                time.time(),
                run,
                each.step.id,
            )
            for each in sends
        ]
        with self._transaction("store what is about to be sent"):
            self._db.executemany(
                "update change set state = 'intent', step = ?, version = ?, as_of = ?, attempts = attempts + 1, "
                "handle = null, fingerprint = coalesce(fingerprint, ?), changed_at = ? where run = ? and ticket = ?",
                rows,
            )

    def withdraw(self, run: str, tickets: Iterable[str]) -> None:
        """These were refused before anything was done: they are as if never sent."""
        with self._transaction("take back what was not sent"):
            self._db.executemany(
                "update change set state = 'planned', attempts = attempts - 1, changed_at = ? "
                "where run = ? and ticket = ?",
                [(time.time(), run, ticket) for ticket in tickets],
            )

    def hold(self, run: str, handle: Handle) -> None:
        """The platform took them as a job; stored before it is first polled."""
        with self._transaction("store a job's id"):
            self._db.execute(
                "insert or replace into handle (run, id, kind, tickets) values (?, ?, ?, ?)",
                (run, handle.id, handle.kind, msgspec.json.encode(handle.ids)),
            )
            self._db.executemany(
                "update change set state = 'submitted', handle = ?, changed_at = ? where run = ? and ticket = ?",
                [(handle.id, time.time(), run, ticket) for ticket in handle.ids],
            )

    def answer(self, run: str, tickets: Iterable[str]) -> None:
        """The platform says that these were done; they are still to be read back."""
        with self._transaction("store answers"):
            self._db.executemany(
                "update change set state = 'answered', changed_at = ? where run = ? and ticket = ?",
                [(time.time(), run, ticket) for ticket in tickets],
            )

    def release(self, run: str, handle: str) -> None:
        """The job has ended."""
        with self._transaction("close a job"):
            self._db.execute("update handle set done = 1 where run = ? and id = ?", (run, handle))

    def advance(self, run: str, steps: Iterable[tuple[str, int, str | None]]) -> None:
        """``(ticket, next step, version)``: the step before was read back and is in effect."""
        with self._transaction("store what was read back"):
            self._db.executemany(
                "update change set state = 'planned', step = ?, version = ?, handle = null, changed_at = ? "
                "where run = ? and ticket = ?",
                [(step, version, time.time(), run, ticket) for ticket, step, version in steps],
            )

    def settle(self, run: str, outcomes: Mapping[str, Outcome], effects: Mapping[str, list[str]] | None = None) -> None:
        """The end of these tickets' changes, by native id. ``effects``: fields that changed besides the planned."""
        with self._transaction("store outcomes"):
            self._db.executemany(
                "update change set state = 'done', outcome = ?, effects = ?, changed_at = ? "
                "where run = ? and ticket = ?",
                [
                    (
                        msgspec.json.encode(outcome),
                        msgspec.json.encode((effects or {}).get(ticket, [])),
                        time.time(),
                        run,
                        ticket,
                    )
                    for ticket, outcome in outcomes.items()
                ],
            )

    def revive(self, run: str, tickets: Sequence[str]) -> None:
        """These are to be done after all."""
        if tickets:
            self._set_planned(run, tickets)

    def _set_planned(self, run: str, tickets: Sequence[str]) -> None:
        with self._transaction("take up what was given up"):
            self._db.executemany(
                "update change set state = 'planned', outcome = null, changed_at = ? where run = ? and ticket = ?",
                [(time.time(), run, ticket) for ticket in tickets],
            )

    def end(self, run: str, result: str) -> None:
        with self._transaction("end the run"):
            self._db.execute("update run set ended_at = ?, result = ? where id = ?", (time.time(), result, run))

    @contextmanager
    def _transaction(self, doing: str) -> Iterator[None]:
        with self._guard(doing):
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise
