"""What was meant, what was sent, what came of it: a SQLite file that survives being killed.

Order per ticket: planned → intent (before the request) → handle (before the first poll) → outcome → verified.
Every step is on disk before the next begins; when it cannot be written, the run stops before it sends more.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import msgspec

from supportctl.adapters.base import Handle
from supportctl.changes.plan import Plan
from supportctl.errors import StateError
from supportctl.model import Change, Outcome, Unverified

BUSY_SECONDS = 10.0

TABLES = """
create table if not exists run (
  id text primary key, plan text not null, verb text not null, profile text not null, platform text not null,
  instance text not null, query text, started_at real not null, ended_at real, result text
);
create table if not exists change (
  run text not null references run(id), ticket text not null, key text not null, body blob not null,
  state text not null, handle text, outcome blob, verified integer not null default 0, changed_at real not null,
  primary key (run, ticket)
);
create table if not exists handle (
  run text not null references run(id), id text not null, kind text not null, tickets blob not null,
  done integer not null default 0, primary key (run, id)
);
"""

_outcome = msgspec.json.Decoder(Outcome)

_CUT_OFF = dict.fromkeys(("intent", "submitted"), Unverified(reason="the run ended before it was read back"))
"""What is to be said of changes whose run was killed after they may have left."""


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    plan: str
    verb: str
    profile: str
    started_at: float
    ended_at: float | None
    result: str | None
    counts: dict[str, int]
    """Tickets by state or outcome."""


class Journal:
    """One file for all runs; safe under several processes (SQLite locks, WAL)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._guard("open"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                path.chmod(0o600)
                self._db.execute("pragma journal_mode = wal")
                self._db.execute("pragma synchronous = full")
                self._db.executescript(TABLES)
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        self._db.close()

    def begin(self, plan: Plan) -> str:
        """Record a run with all its changes as planned; returns the run's id."""
        run = uuid4().hex[:12]
        header = plan.header
        with self._transaction("begin the run"):
            self._db.execute(
                "insert into run (id, plan, verb, profile, platform, instance, query, started_at) "
                "values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run,
                    header.id,
                    header.verb,
                    header.profile,
                    header.platform,
                    header.instance,
                    header.query,
                    time.time(),
                ),
            )
            self._db.executemany(
                "insert into change (run, ticket, key, body, state, changed_at) values (?, ?, ?, ?, 'planned', ?)",
                [(run, c.id, c.key, msgspec.json.encode(c), time.time()) for c in plan.changes],
            )
        return run

    def intend(self, run: str, changes: Sequence[Change]) -> None:
        """These are about to be sent."""
        self._set_state(run, [change.id for change in changes], "intent")

    def withdraw(self, run: str, changes: Sequence[Change]) -> None:
        """These were refused before anything was done: they are as if never sent."""
        self._set_state(run, [change.id for change in changes], "planned")

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

    def settle(self, run: str, outcomes: Mapping[str, Outcome], *, verified: bool = False) -> None:
        """What became of these tickets, by native id."""
        with self._transaction("store outcomes"):
            self._db.executemany(
                "update change set state = 'done', outcome = ?, verified = ?, changed_at = ? "
                "where run = ? and ticket = ?",
                [
                    (msgspec.json.encode(outcome), int(verified), time.time(), run, ticket)
                    for ticket, outcome in outcomes.items()
                ],
            )

    def release(self, run: str, handle: str) -> None:
        """The job has ended."""
        with self._transaction("close a job"):
            self._db.execute("update handle set done = 1 where run = ? and id = ?", (run, handle))

    def end(self, run: str, result: str) -> None:
        with self._transaction("end the run"):
            self._db.execute("update run set ended_at = ?, result = ? where id = ?", (time.time(), result, run))

    def outcomes(self, run: str) -> dict[str, Outcome | None]:
        """By ticket key, in plan order; None: never came to an outcome."""
        with self._guard("read"):
            rows = self._db.execute("select key, state, outcome from change where run = ? order by rowid", (run,))
            return {
                key: _outcome.decode(body) if body is not None else _CUT_OFF.get(state) for key, state, body in rows
            }

    def changes(self, run: str) -> list[Change]:
        """What the run was to do, in plan order; empty when there is no such run."""
        with self._guard("read"):
            rows = self._db.execute("select body from change where run = ? order by rowid", (run,))
            return [msgspec.json.decode(body, type=Change) for (body,) in rows]

    def runs(self) -> list[RunSummary]:
        """Newest first."""
        with self._guard("read"):
            rows = self._db.execute(
                "select id, plan, verb, profile, started_at, ended_at, result from run order by started_at desc"
            ).fetchall()
        return [
            RunSummary(
                id=row[0],
                plan=row[1],
                verb=row[2],
                profile=row[3],
                started_at=row[4],
                ended_at=row[5],
                result=row[6],
                counts=self._counts(row[0]),
            )
            for row in rows
        ]

    def _counts(self, run: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        with self._guard("read"):
            for state, body in self._db.execute("select state, outcome from change where run = ?", (run,)):
                cut_off = "unverified" if state in _CUT_OFF else "not sent"
                name = str(msgspec.json.decode(body)["type"]) if body is not None else cut_off
                counts[name] = counts.get(name, 0) + 1
        return counts

    def _set_state(self, run: str, tickets: Sequence[str], state: str) -> None:
        with self._transaction("store what is about to be sent"):
            self._db.executemany(
                "update change set state = ?, changed_at = ? where run = ? and ticket = ?",
                [(state, time.time(), run, ticket) for ticket in tickets],
            )

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

    @contextmanager
    def _guard(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StateError(
                f"the journal {self.path} could not {doing} ({error}); nothing was sent after that",
                hint="make room or name another place with SUPPORTCTL_STATE_DIR; then apply the plan again: "
                "what was done is recognised and not repeated",
            ) from error
