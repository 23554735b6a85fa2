"""The tickets of an audit: read, set back to an earlier moment, narrowed to a part, and counted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands._app import App, join_words
from supportctl.errors import DataError

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs, Selection
    from supportctl.adapters.reading import Reading
    from supportctl.audit.shard import Shard
    from supportctl.model import Ticket

Rewind = Callable[["Ticket", datetime], "Ticket | None"]


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which tickets of the selection are judged."""

    words: tuple[str, ...] = ()
    limit: int | None = None
    since: datetime | None = None
    """Only tickets updated from then on."""
    as_of: datetime | None = None
    shard: "Shard | None" = None

    @property
    def sifts(self) -> bool:
        """Whether tickets that were read may not be judged; the limit counts those that are."""
        return self.as_of is not None or self.shard is not None


@dataclass
class Tickets:
    """One going through them; the counts are right after it."""

    app: App
    which: Which
    needs: "Needs"
    watched: frozenset[str] = frozenset()
    """Keys whose reading is remembered."""
    read: set[str] = field(default_factory=set)
    without_history: int = 0
    """Left out: how they stood cannot be told."""
    undecided: int = 0
    """Left out: a field the query asks about was unknown then."""
    _cut: bool = False

    def __post_init__(self) -> None:
        self.selection = self._selection()
        self.reading = self._open(self.app)

    @property
    def truncated(self) -> bool:
        return self._cut or self.reading.truncated

    @property
    def whole(self) -> bool:
        """Whether every ticket of the selection was read."""
        return not self.truncated and self.which.since is None and self.which.shard is None

    def __iter__(self) -> "Iterator[Ticket]":
        yield from self._of(self.reading)

    def again(self) -> "Callable[[], Iterator[Ticket]] | None":
        """A second going through a file; None for what cannot be read twice."""
        path = self.app.options.file
        if path is None or path == "-" or not Path(path).is_file():
            return None

        def second() -> "Iterator[Ticket]":
            from supportctl.adapters.reading import Reading
            from supportctl.adapters.registry import open_file

            try:
                with Path(path).open("rb") as stream:
                    reading = Reading(open_file(stream, path), self.selection, self.needs, limit=self._limit)
                    yield from Tickets.__iter__(_Quiet(self, reading))
            except OSError as error:
                raise DataError(f"cannot read {path} a second time: {error.strerror}") from None

        return second

    @property
    def _limit(self) -> int | None:
        return None if self.which.sifts else self.which.limit

    def _open(self, app: App) -> "Reading":
        return app.read(self.selection, self.needs, limit=self._limit)

    def _selection(self) -> "Selection":
        """What is read. Set back, a ticket may have matched then that does not now: the query is asked afterwards."""
        import msgspec

        from supportctl.query import parse

        app, which = self.app, self.which
        selection = app.select(which.words)
        self._asked = selection.query
        text = join_words(which.words)
        if which.as_of is not None:
            text = f"created:..{which.as_of:%Y-%m-%dT%H:%M:%SZ}"
        elif which.since is not None:
            updated = f"updated:{which.since:%Y-%m-%dT%H:%M:%SZ}.."
            text = f"({text}) {updated}" if text else updated
        else:
            return selection
        return msgspec.structs.replace(selection, query=parse(text, now=app.now))

    def _of(self, reading: "Reading") -> "Iterator[Ticket]":
        from supportctl.query import evaluate

        which, left = self.which, self.which.limit
        rewind = _rewind() if which.as_of is not None else None
        for ticket in reading:
            if which.shard is not None and not which.shard.takes(ticket):
                continue
            if rewind is not None and which.as_of is not None:
                if not ticket.knows("history"):
                    self.without_history += 1
                    continue
                then = rewind(ticket, which.as_of)
                if then is None:
                    continue
                if self._asked is not None:
                    truth = evaluate(self._asked, then, which.as_of)
                    self.undecided += truth is None
                    if not truth:
                        continue
                ticket = then
            if which.sifts and left is not None:
                if left == 0:
                    self._cut = True
                    return
                left -= 1
            if ticket.key in self.watched:
                self.read.add(ticket.key)
            yield ticket


def _rewind() -> Rewind:
    from supportctl.audit.as_of import rewind

    return rewind
