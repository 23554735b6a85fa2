"""The index a profile keeps between runs: brought up to date with what changed, then asked."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count

if TYPE_CHECKING:
    from supportctl.duplicates.facts import Facts
    from supportctl.duplicates.site import SiteFinder
    from supportctl.duplicates.store import Store
    from supportctl.model import Ticket

OVERLAP = timedelta(minutes=15)
"""Read again, since a platform's search lags behind its tickets and clocks differ."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FROM, UPTO = "from", "upto"


@contextmanager
def site(app: App, window: timedelta) -> "Iterator[SiteFinder]":
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
            yield SiteFinder(
                store,
                facts,
                lambda keys: _fetched(app, keys),
                (app.profile.name, app.reader.capabilities.platform),
                window_days=window / timedelta(days=1),
                weights=weights,
                calibration=None if weights is None else SITE,
            )
        finally:
            facts.close()


def _up_to_date(app: App, store: "Store", facts: "Facts", window: timedelta) -> None:
    from supportctl.commands._duplicates_pool import before
    from supportctl.duplicates.site import take_in

    since = before(app.now, window)
    known = None if facts.rebuilt else _known(store.about)
    if store.rebuilt is not None:
        app.console.note(f"{store.rebuilt}: all tickets are read again", "dim")
    if known is None or known[0] > since:
        if known is None:
            facts.clear()
        tickets = _read(app, f"created:{_time(since)}..", "indexing")
    else:
        since = known[0]
        tickets = _read(app, f"updated:{_time(known[1] - OVERLAP)}..", "bringing the index up to date")
    # The platform's clock decides what it calls changed since then, not ours.
    newest = _Newest(EPOCH if known is None else known[1])
    take_in(store, facts, newest.of(tickets))
    store.about |= {FROM: _time(since), UPTO: _time(min(newest.seen, app.now))}
    store.save()


class _Newest:
    """Passes tickets on, and keeps the latest time of change that came by."""

    def __init__(self, seen: datetime) -> None:
        self.seen = seen

    def of(self, tickets: "Iterable[Ticket]") -> "Iterator[Ticket]":
        for ticket in tickets:
            if ticket.updated_at is not None:
                self.seen = max(self.seen, ticket.updated_at)
            yield ticket


def _known(about: dict[str, str]) -> tuple[datetime, datetime] | None:
    try:
        return datetime.fromisoformat(about[FROM]), datetime.fromisoformat(about[UPTO])
    except (KeyError, ValueError):
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


def searched(finder: "SiteFinder") -> str:
    return f"{count(len(finder), 'ticket')} of the kept index searched"
