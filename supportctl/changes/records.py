"""What a journal tells of earlier runs: the reading half of `supportctl.changes.journal`."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from supportctl.adapters.writing import Handle
from supportctl.changes.plan import Header
from supportctl.errors import NotFoundError, StateError
from supportctl.model import Applied, Change, Outcome, Unchanged, Unverified

_outcome = msgspec.json.Decoder(Outcome)
_change = msgspec.json.Decoder(Change)
_header = msgspec.json.Decoder(Header)
_words = msgspec.json.Decoder(list[str])
_digests = msgspec.json.Decoder(dict[str, str])

IN_DOUBT = frozenset({"intent", "submitted", "answered"})
"""States of changes that may have left and were not read back."""
CUT_OFF = Unverified(reason="the run ended before it was read back")
HALF_DONE = Unverified(reason="it was begun, and the run ended before its last part")


def told(state: str, step: int) -> Outcome | None:
    """What is to be said of a change that has no outcome yet."""
    if state in IN_DOUBT:
        return CUT_OFF
    return HALF_DONE if step else None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket of a run as the journal has it. ``step`` is the one that is next or under way."""

    change: Change
    state: str
    step: int
    attempts: int
    version: str | None
    as_of: datetime | None
    """The ticket's ``updated_at`` when it was last read before sending."""
    handle: str | None
    outcome: Outcome | None

    @property
    def begun(self) -> bool:
        """Whether a part of it may have been sent."""
        return self.state in IN_DOUBT or bool(self.step)

    @property
    def told(self) -> Outcome | None:
        """What is to be said of it now; None: never sent."""
        if self.state == "done":
            return self.outcome
        return told(self.state, self.step)


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    plan: str
    verb: str
    profile: str
    started_at: float
    ended_at: float | None
    result: str | None
    counts: dict[str, int]
    """Tickets by outcome."""
    undoes: str | None = None


class Records:
    """Questions to the journal's file. Raises `StateError` when it cannot be read."""

    path: Path
    _db: sqlite3.Connection

    def header(self, run: str) -> Header:
        """The plan's header. Raises `NotFoundError` when there is no such run."""
        with self._guard("be read"):
            row = self._db.execute("select header from run where id = ?", (run,)).fetchone()
        if row is None:
            raise NotFoundError(
                f"the journal {self.path} has no run {run!r}", hint="see them all: supportctl runs list"
            )
        return _header.decode(row[0])

    def run_of(self, plan: str) -> str | None:
        """The newest run of a plan."""
        with self._guard("be read"):
            row = self._db.execute(
                "select id from run where plan = ? order by started_at desc, rowid desc limit 1", (plan,)
            ).fetchone()
        return None if row is None else str(row[0])

    def last_version(self, ticket: str) -> str | None:
        """The version a ticket had when a run last saw its change in effect or under way; by native id or mark."""
        with self._guard("be read"):
            row = self._db.execute(
                "select version, outcome from change where ticket = ? order by changed_at desc, rowid desc limit 1",
                (ticket,),
            ).fetchone()
        if row is None:
            return None
        outcome = None if row[1] is None else _outcome.decode(row[1])
        version = outcome.version if isinstance(outcome, Applied | Unchanged) else row[0]
        return None if version is None else str(version)

    def newest(self, instance: str) -> str | None:
        """The last run on an instance."""
        with self._guard("be read"):
            rows = self._db.execute("select id, header from run order by started_at desc, rowid desc")
            return next((str(id_) for id_, header in rows if _header.decode(header).instance == instance), None)

    def unfinished(self) -> list[str]:
        """Runs with something left to do, newest first."""
        with self._guard("be read"):
            rows = self._db.execute(
                "select id from run where exists (select 1 from change where run = run.id and (state != 'done' "
                "or json_extract(cast(outcome as text), '$.type') = 'unverified')) order by started_at desc, rowid desc"
            ).fetchall()
        return [row[0] for row in rows]

    def entries(self, run: str, known: Sequence[Change] = ()) -> list[Entry]:
        """In plan order; empty when there is no such run. Changes that are ``known`` are not read a second time."""
        held = {change.id: change for change in known}
        with self._guard("be read"):
            rows = self._db.execute(
                "select ticket, body, state, step, attempts, version, as_of, handle, outcome from change "
                "where run = ? order by position",
                (run,),
            ).fetchall()
        return [
            Entry(
                change=held[ticket] if ticket in held else _change.decode(body),
                state=state,
                step=step,
                attempts=attempts,
                version=version,
                as_of=None if as_of is None else datetime.fromisoformat(as_of),
                handle=handle,
                outcome=None if outcome is None else _outcome.decode(outcome),
            )
            for ticket, body, state, step, attempts, version, as_of, handle, outcome in rows
        ]

    def handles(self, run: str) -> list[Handle]:
        """Jobs that had not ended when last looked at."""
        with self._guard("be read"):
            rows = self._db.execute(
                "select id, kind, tickets from handle where run = ? and done = 0", (run,)
            ).fetchall()
        return [Handle(id=row[0], kind=row[1], ids=tuple(_words.decode(row[2]))) for row in rows]

    def outcomes(self, run: str) -> dict[str, Outcome | None]:
        """By ticket key, in plan order; None: never sent."""
        return self._told(run, "key")

    def states(self, run: str) -> dict[str, Outcome | None]:
        """The same by native id."""
        return self._told(run, "ticket")

    def _told(self, run: str, name: Literal["key", "ticket"]) -> dict[str, Outcome | None]:
        query = f"select {name}, state, step, outcome from change where run = ? order by position"  # noqa: S608
        with self._guard("be read"):
            rows = self._db.execute(query, (run,)).fetchall()
        found: dict[str, Outcome | None] = {}
        for word, state, step, body in rows:
            if state == "done":
                found[word] = _outcome.decode(body)
            else:
                found[word] = told(state, step)
        return found

    def changes(self, run: str) -> list[Change]:
        """What the run was to do, in plan order; empty when there is no such run."""
        return [entry.change for entry in self.entries(run)]

    def effects(self, run: str) -> dict[str, list[str]]:
        """By ticket key: fields that changed besides the planned ones."""
        with self._guard("be read"):
            rows = self._db.execute(
                "select key, effects from change where run = ? and effects is not null order by position", (run,)
            ).fetchall()
        return {key: words for key, body in rows if (words := _words.decode(body))}

    def fingerprints(self, run: str) -> dict[str, dict[str, str]]:
        """By native id: digests of each ticket's fields before the run changed it."""
        with self._guard("be read"):
            rows = self._db.execute(
                "select ticket, fingerprint from change where run = ? and fingerprint is not null", (run,)
            ).fetchall()
        return {ticket: _digests.decode(body) for ticket, body in rows}

    def repeats(self, run: str) -> int:
        """Steps that were sent again because they were seen not to have happened."""
        with self._guard("be read"):
            (number,) = self._db.execute(
                "select coalesce(sum(max(attempts - step - (state != 'planned'), 0)), 0) from change where run = ?",
                (run,),
            ).fetchone()
        return int(number)

    def runs(self) -> list[RunSummary]:
        """Newest first."""
        with self._guard("be read"):
            rows = self._db.execute(
                "select id, header, undoes, started_at, ended_at, result from run order by started_at desc, rowid desc"
            ).fetchall()
        return [self._summary(*row) for row in rows]

    def _summary(
        self, run: str, header: bytes, undoes: str | None, started: float, ended: float | None, result: str | None
    ) -> RunSummary:
        told = _header.decode(header)
        return RunSummary(
            id=run,
            plan=told.id,
            verb=told.verb,
            profile=told.profile,
            started_at=started,
            ended_at=ended,
            result=result,
            counts=self._counts(run),
            undoes=undoes,
        )

    def _counts(self, run: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        with self._guard("be read"):
            for state, step, body in self._db.execute("select state, step, outcome from change where run = ?", (run,)):
                if state == "done":
                    name = str(msgspec.json.decode(body)["type"])
                else:
                    name = "unverified" if state in IN_DOUBT or step else "not sent"
                counts[name] = counts.get(name, 0) + 1
        return counts

    @contextmanager
    def _guard(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as error:
            raise StateError(
                f"the journal {self.path} could not {doing} ({error}); nothing was sent after that",
                hint="make room, or let this account write there, then run the same command again",
            ) from error
