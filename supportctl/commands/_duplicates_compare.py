"""Each ticket of a query against the older ones: what ``find``, ``review`` and ``link`` begin with."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from supportctl.commands._app import App
from supportctl.commands._duplicates_pool import gather, needs, searched
from supportctl.commands._duplicates_site import site
from supportctl.commands._duplicates_times import YEAR

if TYPE_CHECKING:
    from supportctl.adapters.base import Selection
    from supportctl.duplicates.suggestion import Suggestion


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which tickets, and what they are compared with."""

    words: tuple[str, ...] = ()
    window: timedelta = YEAR
    every: bool = False
    other: str | None = None
    no_index: bool = False


@dataclass
class Compared:
    """Iterate once; ``selected`` grows meanwhile."""

    pairs: "Iterable[tuple[tuple[str, str], list[Suggestion]]]"
    """Profile and id of each ticket asked about, and its suggestions, the best first."""
    told: "Callable[[], tuple[int, str]]"
    """Asked when all were compared, and before the end: how many tickets were searched, and the same in words."""
    selected: set[tuple[str, str]] = field(default_factory=set)
    """Who was asked about so far: what a query is to bound."""

    def __iter__(self) -> "Iterator[list[Suggestion]]":
        for place, suggestions in self.pairs:
            self.selected.add(place)
            yield suggestions


@contextmanager
def compared(app: App, asked: Asked, most: int) -> Iterator[Compared]:
    """What the readings left out is told at the end."""
    if keeps(app, asked):
        with site(app, asked.window) as kept:
            reading = app.read(selection(app, asked), needs(), limit=app.options.row_limit)
            tickets = app.console.track(reading, f"{app.source}: comparing")
            pairs = (((each.profile, each.id), kept.asked(each, most)) for each in tickets)
            yield Compared(pairs, lambda: (len(kept), str(kept)))
            app.tell(reading)
        return
    pool = gather(app, asked.words, window=asked.window, other=asked.other, every=asked.every)
    with closing(pool.finder):
        every = app.console.track(pool.finder.all(pool.selected, most), "comparing")
        pairs = (((brief.profile, brief.id), suggestions) for brief, suggestions in every)
        yield Compared(pairs, lambda: (len(pool.finder), searched(app, pool)))
    pool.tell(app)


def selection(app: App, asked: Asked) -> "Selection":
    """As asked; without a query the tickets that are not done."""
    bare = not asked.words and app.options.native is None and app.options.view is None
    return app.select(("is:unresolved",) if bare and not asked.every else asked.words)


def keeps(app: App, asked: Asked) -> bool:
    """Whether the profile's kept index is used. Tickets of a file and of two profiles are read for one run only."""
    return app.options.file is None and asked.other is None and not asked.no_index
