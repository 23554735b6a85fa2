"""What one run leaves for the next: when it was, what it found, and how the queue stood.

A file a build server can keep between runs. It holds fingerprints, codes, ticket keys, counts
and what was learned from the queue (names of its categories among it), no text and no query.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from supportctl import atomic
from supportctl.audit.baseline import Scope
from supportctl.audit.learned import NOTHING_LEARNED, Learned
from supportctl.errors import DataError, RefusedError
from supportctl.model import Finding, Severity

FAMILY = "supportctl/audit-state/"
SCHEMA = f"{FAMILY}v1"
RUNS = 90
"""Runs that are kept for the trend."""
OVERLAP = timedelta(minutes=10)
"""Read again from before the last run: clocks differ, and searches lag behind what was written."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of the last run."""

    rule: str
    ticket: str | None
    severity: Severity


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the queue stood. A run that read only what changed has no score."""

    at: datetime
    tickets: int
    dirty: int
    score: float | None = None
    by_severity: dict[str, int] = {}
    """Findings that stand, those of tickets that were not read again among them."""
    rules: dict[str, float] = {}
    """Rule code -> share of clean tickets."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    schema: str = SCHEMA
    instance: str
    """Fingerprint of the platform's instance."""
    selection: str
    """Fingerprint of query, rules, settings and part."""
    started: datetime
    """The moment of the last run: what was updated from then on it has not seen."""
    runs: list[Run]
    """Oldest first."""
    findings: dict[str, Known]
    """By fingerprint."""
    account: str | None = None
    """Fingerprint of the account; None: nobody knows."""
    origin: str | None = None
    """What was read, see `baseline.origin`."""
    learned: Learned = NOTHING_LEARNED
    """By the last run that read everything; what changed since teaches nothing about a queue."""
    told_once: list[str] = []
    """Codes of rules whose findings that run told as one (QUE901)."""

    @property
    def since(self) -> datetime:
        """From when on tickets have to be read."""
        return self.started - OVERLAP

    @property
    def named(self) -> frozenset[str]:
        """Keys of the tickets it has findings of."""
        return frozenset(known.ticket for known in self.findings.values() if known.ticket is not None)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of a run against those of the last one, by fingerprint."""

    new: frozenset[str]
    known: frozenset[str]
    gone: frozenset[str]
    """Looked for and not found any more."""
    unseen: frozenset[str]
    """Of tickets that were not read, and of rules that did not run: they stand as they were."""


def selection(query: str, rules: Iterable[str], *more: str) -> str:
    """The same for two runs whose findings can be compared."""
    parts = [query, *sorted(rules), *more]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def compare(state: State, found: Iterable[str], scope: Scope) -> Comparison:
    now, before = frozenset(found), state.findings
    missing = {fingerprint for fingerprint in before if fingerprint not in now}
    gone = {each for each in missing if scope.covers(before[each].rule, before[each].ticket, state.origin)}
    return Comparison(
        new=now - before.keys(),
        known=now & before.keys(),
        gone=frozenset(gone),
        unseen=frozenset(missing - gone),
    )


def known(findings: Iterable[Finding]) -> dict[str, Known]:
    return {each.fingerprint: Known(rule=each.rule, ticket=each.ticket, severity=each.severity) for each in findings}


def standing(found: dict[str, Known], state: State | None, comparison: Comparison | None) -> dict[str, Known]:
    """What was found, and what nobody looked for."""
    if state is None or comparison is None:
        return found
    return {**{each: state.findings[each] for each in sorted(comparison.unseen)}, **found}


def advanced(state: State | None, fresh: State) -> State:
    """``fresh`` with the runs before it; the oldest are forgotten."""
    runs: Sequence[Run] = [] if state is None else state.runs
    return msgspec.structs.replace(fresh, runs=[*runs, *fresh.runs][-RUNS:])


def write(state: State, path: Path) -> None:
    """Raises `StateError`; the old file stays then. Readable by its owner only."""
    atomic.write(path, msgspec.json.encode(state) + b"\n", "the state of the audit", mode=atomic.PRIVATE)


def load(path: Path, instance: str, wanted: str, account: str | None = None) -> tuple[State | None, str | None]:
    """The state, or why there is none to go on from (None: there is no file yet).

    Raises `RefusedError` for the state of another account, `DataError` for a file that is something else.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, None
    except OSError as error:
        raise DataError(
            f"the state {path} cannot be read ({error.strerror}); no ticket was read",
            hint="name a file of yours with --state FILE",
        ) from None
    if not data.strip():
        return None, "the state is empty"
    schema = _schema(data)
    if schema is None:
        raise _foreign(path)
    if schema != SCHEMA:
        return None, "the state is of another version"
    try:
        state = msgspec.json.decode(data, type=State)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _foreign(path) from None
    if state.instance != instance or (None not in (state.account, account) and state.account != account):
        raise RefusedError(
            f"the state {path} is of another account; no ticket was read",
            hint="name another file with --state FILE, or remove this one to begin anew",
        )
    if state.selection != wanted:
        return None, "the state is of another query, other rules or other settings"
    return state, None


def _schema(data: bytes) -> str | None:
    """What the file says it is; None when it is nothing of ours."""

    class Head(msgspec.Struct):
        schema: str

    try:
        schema = msgspec.json.decode(data, type=Head).schema
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return schema if re.fullmatch(re.escape(FAMILY) + r"v[0-9]{1,4}", schema) else None


def _foreign(path: Path) -> DataError:
    return DataError(
        f"{path} is no state of an audit; no ticket was read and the file was left alone",
        hint="name another file with --state FILE; a damaged state may be removed: the next run begins anew",
    )
