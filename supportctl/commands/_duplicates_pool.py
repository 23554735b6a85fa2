"""What ``duplicates find``, ``of`` and ``clusters`` search: all tickets of a window, and which are asked about."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count
from supportctl.errors import DataError, UsageError

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs, Selection
    from supportctl.adapters.reading import Reading
    from supportctl.duplicates.finder import Finder
    from supportctl.model import Ticket

DAY = 86_400.0


@dataclass
class Pool:
    """Tickets searched and how they are chosen from."""

    finder: "Finder"
    selected: "Callable[[Ticket], bool]"
    since: datetime | None
    """Older tickets were not read; None: everything there is."""
    notes: list[str] = field(default_factory=list)
    undecided: int = 0
    """Tickets of which nobody can tell whether the query means them."""

    def tell(self, app: App) -> None:
        """What was left out, once the selected tickets have been asked about."""
        for note in self.notes:
            app.console.warn(note)
        if self.undecided:
            app.console.warn(
                f"{count(self.undecided, 'ticket')} not asked about: a field the query asks about is unknown there"
            )


def gather(
    app: App,
    words: Sequence[str],
    *,
    window: timedelta,
    other: str | None = None,
    every: bool = False,
    since: datetime | None = None,
) -> Pool:
    """Read the window and index it. ``since``: from when on, where not a window before now.

    Without a query the tickets that are not done are asked about, with ``every`` all.
    """
    from supportctl.commands._duplicates_state import site_weights
    from supportctl.duplicates.finder import Finder
    from supportctl.duplicates.suggestion import SITE

    asked = app.select(words)
    since = since or before(app.now, window)
    readings: list[Reading] = []
    own: set[tuple[str, str]] = set()
    chosen = _chosen_there(app, asked) if asked.native is not None or asked.view is not None else None

    def tickets() -> "Iterator[Ticket]":
        reading = _reading(app, asked, since)
        readings.append(reading)
        for each in app.console.track(reading, app.source):
            if not _gone(each):
                own.add((each.profile, each.id))
                yield each
        if other is not None:
            yield from _of_other(app, other, since, readings)

    site = site_weights(app)
    try:
        finder = Finder(
            tickets(),
            window_days=window.total_seconds() / DAY,
            weights=site,
            calibration=None if site is None else SITE,
        )
    except DataError as error:
        if app.options.file is None or "not a ticket" not in error.message:
            raise
        hint = "plain objects (id, created_at, title, body) are taken by supportctl duplicates rank"
        raise DataError(error.message, hint=f"{error.hint}; {hint}" if error.hint else hint) from None
    for reading in readings:
        app.tell(reading)
    pool = Pool(finder, lambda _ticket: False, None if app.options.file is not None else since)
    pool.selected = _selecting(app, pool, asked, own, chosen, every=every)
    if finder.undated:
        pool.notes.append(f"{count(finder.undated, 'ticket')} without a date left out: nobody can tell what is older")
    if finder.repeated:
        pool.notes.append(f"{count(finder.repeated, 'ticket')} came twice: the last one counts")
    return pool


def _selecting(
    app: App, pool: Pool, asked: "Selection", own: set[tuple[str, str]], chosen: set[str] | None, *, every: bool
) -> "Callable[[Ticket], bool]":
    """Whether a ticket is asked about; to be called once for each."""
    from supportctl.query import evaluate

    limit, taken = app.options.row_limit, 0

    def wanted(ticket: "Ticket") -> bool:
        if chosen is not None:
            return ticket.id in chosen
        if asked.query is None:
            return every or ticket.done is not True
        verdict = evaluate(asked.query, ticket, asked.now)
        pool.undecided += verdict is None
        return verdict is True

    def selected(ticket: "Ticket") -> bool:
        nonlocal taken
        if (ticket.profile, ticket.id) not in own or (limit is not None and taken >= limit) or not wanted(ticket):
            return False
        taken += 1
        return True

    return selected


def needs() -> "Needs":
    from supportctl.adapters.base import Need

    return frozenset({Need.PEOPLE, Need.LINKS, Need.CUSTOM, Need.TAGS})


def _reading(app: App, asked: "Selection", since: datetime) -> "Reading":
    from supportctl.adapters.reading import needed
    from supportctl.query import parse

    wanted = needed(asked, needs())
    if app.options.file is not None:
        return app.read(app.select(), wanted)
    query = parse(f"created:{since:%Y-%m-%dT%H:%M:%SZ}..", now=app.now)
    return app.read(_of_all(asked, query), wanted)


def _of_all(asked: "Selection", query: object) -> "Selection":
    import msgspec

    return msgspec.structs.replace(asked, query=query, native=None, view=None)


def _chosen_there(app: App, asked: "Selection") -> set[str]:
    """Ids of the tickets a view or the platform's own query leads to."""
    return {each.id for each in app.console.track(app.read(asked, frozenset()), f"{app.source}: choosing")}


def _of_other(app: App, name: str, since: datetime, readings: "list[Reading]") -> "Iterator[Ticket]":
    if app.options.file is None and name == app.profile.name:
        raise UsageError(f"--other names the profile itself, {name!r}", hint="profiles: supportctl profile list")
    options = replace(app.options, profile=name, file=None, native=None, view=None, token_file=None, limit=None)
    with App(options, console=app.console, clock=lambda: app.now) as there:
        reading = _reading(there, there.select(), since)
        readings.append(reading)
        for each in app.console.track(reading, there.source):
            if not _gone(each):
                yield each


def _gone(ticket: "Ticket") -> bool:
    from supportctl.model import Status

    return ticket.status is Status.DELETED


def searched(app: App, pool: Pool) -> str:
    """``18,499 tickets since 2025-11-30 searched``."""
    since = "" if pool.since is None else f" created since {pool.since:%Y-%m-%d}"
    return f"{count(len(pool.finder), 'ticket')}{since} searched"


def before(moment: datetime, window: timedelta) -> datetime:
    """A window earlier, or as early as the calendar goes."""
    try:
        return max(moment - window, EARLIEST)
    except OverflowError:
        return EARLIEST


EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No ticket of these platforms is older."""
