"""The index a profile keeps between runs: brought up to date with what changed, then asked."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from supportctl.commands._app import App, count

if TYPE_CHECKING:
    from supportctl.duplicates.facts import Facts
    from supportctl.duplicates.site import SiteFinder
    from supportctl.duplicates.store import Store
    from supportctl.duplicates.suggestion import Suggestion
    from supportctl.model import Ticket

OVERLAP = timedelta(minutes=15)
"""Read again, since a platform's search lags behind its tickets and clocks differ."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FROM, UPTO, WINDOW, TIDIED_AT = "from", "upto", "window", "tidied"
PARTS = 50
"""A ticket leaves the index once it is older than the window by such a part of it: everything is written anew then."""
TIDIED = timedelta(days=7)
"""Longest time what a changed ticket was stays on disk, as long as the index is used."""


@contextmanager
def site(app: App, window: timedelta) -> "Iterator[Reach]":
    """All tickets of the profile created within the window before now. Raises `StateError` when it cannot be kept."""
    from supportctl.commands._duplicates_state import folder, site_weights
    from supportctl.duplicates.facts import Facts
    from supportctl.duplicates.site import SiteFinder
    from supportctl.duplicates.store import Store
    from supportctl.duplicates.suggestion import SITE

    place = folder(app) / "index"
    with Store.open(place) as store:
        facts = Facts(place / "facts.db")
        try:
            _up_to_date(app, store, facts, window)
            weights = site_weights(app)
            finder = SiteFinder(
                store,
                facts,
                lambda keys: _fetched(app, keys),
                (app.profile.name, app.reader.capabilities.platform),
                window_days=window / timedelta(days=1),
                weights=weights,
                calibration=None if weights is None else SITE,
            )
            facts.hold()
            store.unlock()
            yield Reach(app, finder, window)
        finally:
            facts.close()


def _up_to_date(app: App, store: "Store", facts: "Facts", window: timedelta) -> None:
    from supportctl.commands._duplicates_pool import before
    from supportctl.duplicates.site import take_in

    since = before(app.now, window)
    # Fewer facts than tickets: a run that made them anew was stopped.
    known = None if facts.rebuilt or facts.found < len(store) else _known(store.about)
    if store.rebuilt is not None:
        app.console.note(f"{store.rebuilt}: all tickets are read again", "dim")
    if known is None or known.since > since:
        if known is None:
            facts.clear()
        tickets = _read(app, f"created:{_time(since)}..", "indexing")
    else:
        # Another window, asked in turn with this one, would be read anew each time: the widest is kept.
        since, window = known.since, max(window, known.window)
        if (oldest := before(app.now, window)) - since > window / PARTS:
            since = oldest
        tickets = _read(app, f"updated:{_time(known.upto - OVERLAP)}..", "bringing the index up to date")
    # The platform's clock decides what it calls changed since then, not ours.
    newest = _Newest(EPOCH if known is None else known.upto)
    take_in(store, facts, _within(newest.of(tickets), since))
    if store.prune(since.timestamp()):
        facts.prune(since.timestamp())
        facts.commit()
    tidied = None if known is None else known.tidied
    if tidied is None or app.now - tidied > TIDIED:
        store.tidy()
        tidied = app.now if tidied is None or store.index.gone else tidied
    store.about |= {
        FROM: _time(since),
        UPTO: _time(min(newest.seen, app.now)),
        WINDOW: str(round(window.total_seconds())),
        TIDIED_AT: _time(tidied),
    }
    store.save()


def _within(tickets: "Iterable[Ticket]", since: datetime) -> "Iterator[Ticket]":
    """Deleted ones have to be known; of others an old one that changed is as old as before."""
    from supportctl.model import Status

    for each in tickets:
        if each.created_at is None or each.created_at >= since or each.status is Status.DELETED:
            yield each


class _Newest:
    """Passes tickets on, and keeps the latest time of change that came by."""

    def __init__(self, seen: datetime) -> None:
        self.seen = seen

    def of(self, tickets: "Iterable[Ticket]") -> "Iterator[Ticket]":
        for ticket in tickets:
            if ticket.updated_at is not None:
                self.seen = max(self.seen, ticket.updated_at)
            yield ticket


class _Known(NamedTuple):
    since: datetime
    upto: datetime
    window: timedelta
    tidied: datetime


def _known(about: dict[str, str]) -> _Known | None:
    try:
        since, upto, tidied = (datetime.fromisoformat(about[name]) for name in (FROM, UPTO, TIDIED_AT))
        return _Known(since, upto, timedelta(seconds=int(about[WINDOW])), tidied)
    except (KeyError, ValueError, OverflowError):
        return None


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _read(app: App, query: str, label: str) -> "Iterable[Ticket]":
    from supportctl.adapters.base import Selection
    from supportctl.commands._duplicates_pool import needs
    from supportctl.query import parse

    reading = app.read(Selection(now=app.now, query=parse(query, now=app.now)), needs())
    yield from app.console.track(reading, f"{app.source}: {label}")
    app.tell(reading)


def _fetched(app: App, keys: Sequence[str]) -> "Iterable[Ticket]":
    from supportctl.commands._duplicates_pool import needs

    for start in range(0, len(keys), 100):
        yield from app.get(keys[start : start + 100], needs()).tickets


class Reach:
    """A kept index being asked, and how much of it is within the window of what it was asked about."""

    def __init__(self, app: App, finder: "SiteFinder", window: timedelta) -> None:
        from supportctl.commands._duplicates_pool import before

        self.finder = finder
        self.since = before(app.now, window)
        self._window = window

    def only(self, ticket: "Ticket | None") -> None:
        """Nothing but this is asked about."""
        from supportctl.commands._duplicates_pool import before

        if ticket is not None and ticket.created_at is not None:
            self.since = before(ticket.created_at, self._window)

    def asked(self, ticket: "Ticket", most: int) -> "list[Suggestion]":
        from supportctl.commands._duplicates_pool import before

        if ticket.created_at is not None:
            self.since = min(self.since, before(ticket.created_at, self._window))
        return self.finder.asked(ticket, most)

    def __len__(self) -> int:
        return self.finder.created_since(self.since.timestamp())

    def __str__(self) -> str:
        return f"{count(len(self), 'ticket')} of the kept index created since {self.since:%Y-%m-%d} searched"
