"""The tickets of an audit: read, set back to an earlier moment, narrowed to a part, and counted."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.adapters.reading import merge_notices
from supportctl.commands._app import App
from supportctl.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from supportctl.adapters.base import Needs, Selection
    from supportctl.audit import Audit
    from supportctl.audit.shard import Shard
    from supportctl.model import Finding, Ticket
    from supportctl.query.ast import Node

BY_KEY = 100
"""Tickets asked for by key at once."""
LONG = 32 * 1024 * 1024
"""Bytes from which several processes are sooner done than one."""


_OUT_OF_SIGHT = frozenset(
    {"records-hidden", "table-closed", "tickets-out-of-sight", "archived-left-out", "recent-unseen", "ISSUE_ERROR"}
)
"""Notices of adapters that say that tickets which match were not sent."""


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which tickets are judged."""

    words: tuple[str, ...] = ()
    limit: int | None = None
    since: datetime | None = None
    """Only tickets updated from then on, and `known` ones."""
    known: frozenset[str] = frozenset()
    """Keys of tickets the last run found something on."""
    as_of: datetime | None = None
    shard: "Shard | None" = None

    @property
    def sifts(self) -> bool:
        """Whether tickets that were read may not be judged; then the limit counts those that are."""
        return self.as_of is not None or self.shard is not None

    @property
    def reading_limit(self) -> int | None:
        return None if self.sifts else self.limit


class Tickets:
    """The tickets of a run, streamed; the counts are right after it."""

    def __init__(self, app: App, which: Which, needs: "Needs") -> None:
        self.which = which
        self.selection, asked = _selection(app, which)
        self._app = app
        self._met: set[str] = set()
        """Of the known tickets, those that came."""
        self._needs = needs | _needs(asked)
        self._asked = asked if which.as_of is not None else None
        self._sift = _Sift(which, self._asked)
        self.reading = app.read(self.selection, self._needs, limit=which.reading_limit)

    def __iter__(self) -> "Iterator[Ticket]":
        yield from self._noting(self._sift.through(self.reading))
        for selection in self._asked_by_key():
            reading = self._app.read(selection, self._needs)
            yield from self._noting(reading)
            self.reading.undecided += reading.undecided
            self.reading.notices = merge_notices([*self.reading.notices, *reading.notices])

    def _noting(self, tickets: "Iterable[Ticket]") -> "Iterator[Ticket]":
        known = self.which.known
        for ticket in tickets:
            if ticket.key in known:
                self._met.add(ticket.key)
            yield ticket

    def _asked_by_key(self) -> "Iterator[Selection]":
        """The known tickets that were not updated. A file was asked for all at once."""
        import msgspec

        if self._app.options.file is not None or not self.knows or self.truncated:
            return
        asked = self._app.select(self.which.words)
        left = sorted(self.which.known - self._met)
        for first in range(0, len(left), BY_KEY):
            yield msgspec.structs.replace(asked, query=_both(asked.query, _keys(left[first : first + BY_KEY])))

    @property
    def knows(self) -> bool:
        """Whether tickets of the last run's findings are looked for one by one."""
        options = self._app.options
        return self.which.since is not None and options.native is None and options.view is None

    @property
    def left(self) -> frozenset[str]:
        """Known tickets that for certain do not match any more."""
        if not self.knows or self.truncated or self.reading.undecided or self._out_of_sight:
            return frozenset()
        return self.which.known - self._met

    @property
    def truncated(self) -> bool:
        return self._sift.cut or self.reading.truncated

    @property
    def whole(self) -> bool:
        """Whether every ticket of the selection was read."""
        return not self.truncated and self.which.since is None and self.which.shard is None

    @property
    def all_seen(self) -> bool:
        """Whether a ticket that was not read does not match the query for certain."""
        return self.whole and not self.reading.undecided and not self._out_of_sight

    @property
    def _out_of_sight(self) -> bool:
        return any(notice.code in _OUT_OF_SIGHT for notice in self.reading.notices)

    @property
    def hidden(self) -> int:
        """Tickets left out because nobody can tell how they stood."""
        return self._sift.hidden

    @property
    def undecided(self) -> int:
        """Tickets left out because a field the query asks about was unknown then."""
        return self._sift.undecided

    def findings(self, audit: "Audit", jobs: int | None) -> "Iterator[Finding]":
        """Judge them: a long file in several processes, everything else as it comes."""
        app = self._app
        if (path := self._long_file(audit, jobs)) is None:
            yield from audit.findings(app.console.track(self, app.source), self.again())
            return
        from supportctl.audit.parallel import FileAudit

        judging = FileAudit(audit, path, self.selection, jobs or _processors())
        try:
            yield from app.console.track(judging.findings(), app.source, unit="findings")
        finally:
            self.reading.repeats, self.reading.undecided = judging.repeats, judging.undecided

    def _long_file(self, audit: "Audit", jobs: int | None) -> Path | None:
        """A file that can be judged in parts: all of it is wanted, and every rule can be sent to another process."""
        path = None if self._app.options.file in (None, "-") else Path(self._app.options.file or "")
        which = self.which
        if path is None or which.sifts or which.limit is not None or which.since is not None:
            return None
        if (jobs or _processors()) < 2 or not path.is_file() or (jobs is None and path.stat().st_size < LONG):
            return None
        import pickle

        try:
            pickle.dumps(audit.blueprint())
        except Exception:  # noqa: BLE001 - a rule of somebody else's; then it runs here
            return None
        return path

    def again(self) -> "Callable[[bytes | None], Iterable[Ticket]] | None":
        """A second going through a file; None for what cannot be read twice."""
        path = self._app.options.file
        if path is None or path == "-" or not Path(path).is_file():
            return None

        def second(wanted: bytes | None) -> "Iterator[Ticket]":
            from supportctl.adapters.reading import Reading
            from supportctl.adapters.registry import open_file

            try:
                stream = Path(path).open("rb")  # noqa: SIM115 (closed below)
            except OSError as error:
                raise DataError(f"cannot read {path} a second time: {error.strerror}") from None
            if self.which.sifts or self.reading.scanned != self.reading.matched or self.reading.repeats:
                # Not every ticket of the file was judged: their places in it are others.
                wanted = None
            with stream:
                reading = Reading(
                    open_file(stream, path, wanted=wanted), self.selection, self._needs, limit=self.which.reading_limit
                )
                yield from _Sift(self.which, self._asked).through(reading)

        return second


def _processors() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Sift:
    """One going through what was read."""

    def __init__(self, which: Which, asked: "Node | None") -> None:
        from supportctl.audit.as_of import AsOf

        self._which = which
        self._asked = asked
        self._as_of = None if which.as_of is None else AsOf(which.as_of)
        self.undecided = 0
        self.cut = False

    @property
    def hidden(self) -> int:
        return 0 if self._as_of is None else self._as_of.hidden

    def through(self, reading: "Iterable[Ticket]") -> "Iterator[Ticket]":
        if not self._which.sifts:
            yield from reading
            return
        left = self._which.limit
        for ticket in reading:
            wanted = self._wanted(ticket)
            if wanted is None:
                continue
            if left == 0:
                self.cut = True
                return
            left = None if left is None else left - 1
            yield wanted

    def _wanted(self, ticket: "Ticket") -> "Ticket | None":
        from supportctl.query import evaluate

        if self._which.shard is not None and not self._which.shard.takes(ticket):
            return None
        if self._as_of is None:
            return ticket
        then = self._as_of.wind(ticket)
        if then is None or self._asked is None:
            return then
        truth = evaluate(self._asked, then, self._as_of.at)
        self.undecided += truth is None
        return then if truth else None


def _selection(app: App, which: Which) -> "tuple[Selection, Node | None]":
    """What is read, and the query as it was asked.

    Set back, a ticket may have matched then that does not now: all that were there are read, and asked afterwards.
    """
    import msgspec

    from supportctl.query import parse

    selection = app.select(which.words)
    if which.as_of is not None:
        wanted = parse(f"created:..{which.as_of:%Y-%m-%dT%H:%M:%SZ}", now=app.now)
    elif which.since is not None:
        changed = parse(f"updated:{which.since:%Y-%m-%dT%H:%M:%SZ}..", now=app.now)
        wanted = _both(selection.query, _or_known(changed, which) if app.options.file is not None else changed)
    else:
        return selection, selection.query
    return msgspec.structs.replace(selection, query=wanted), selection.query


def _both(one: "Node | None", other: "Node") -> "Node":
    from supportctl.query.ast import And

    return other if one is None else And((one, other))


def _or_known(changed: "Node", which: Which) -> "Node":
    from supportctl.query.ast import Or

    return Or((changed, _keys(sorted(which.known)))) if which.known else changed


def _keys(keys: "Sequence[str]") -> "Node":
    """A condition that tickets have one of these keys."""
    from supportctl.query.ast import OneOf, Span, Term

    return Term("key", OneOf(tuple(keys)), Span(0, 0))


def _needs(asked: "Node | None") -> "Needs":
    from supportctl.adapters.base import Need
    from supportctl.query import needs

    return frozenset() if asked is None else frozenset(Need(name) for name in needs(asked))
