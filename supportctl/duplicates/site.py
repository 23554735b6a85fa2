"""The tickets of a profile as they were indexed by earlier runs; those that are shown are fetched by key."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.facts import Facts
from supportctl.duplicates.looking import Looking
from supportctl.duplicates.store import Store
from supportctl.duplicates.suggesting import Suggesting
from supportctl.duplicates.told import plain_ticket
from supportctl.duplicates.weights import Weights
from supportctl.model import Platform, Status, Ticket

DAY = 86_400.0
HELD = 5_000
"""Tickets kept after they were fetched."""
TOGETHER = 500


def take_in(store: Store, facts: Facts, tickets: Iterable[Ticket]) -> None:
    """New and changed tickets; deleted ones go, those without a date are left out."""
    deleted: list[str] = []
    waiting: list[Ticket] = []

    def passing() -> Iterator[Ticket]:
        for each in tickets:
            if each.status is Status.DELETED:
                deleted.append(each.id)
            elif each.created_at is not None:
                waiting.append(each)
                yield each
            if len(waiting) >= TOGETHER:
                facts.put(waiting)
                waiting.clear()

    store.add(plain_ticket(each) for each in passing())
    facts.put(waiting)
    facts.remove(deleted)
    store.remove(deleted)
    if len(facts) > len(store):  # A run was stopped between the two.
        facts.only(store.__contains__)
    facts.commit()


class SiteFinder(Suggesting):
    """As `Finder`, over what is kept. ``fetch`` gives tickets by key; one that is not given is not suggested."""

    def __init__(
        self,
        store: Store,
        facts: Facts,
        fetch: Callable[[Sequence[str]], Iterable[Ticket]],
        where: tuple[str, Platform],
        *,
        window_days: float = 365,
        weights: Weights | None = None,
        calibration: str | None = None,
    ) -> None:
        ruling = Looking(store, facts, (where[0], where[1].value))
        super().__init__(store.index, ruling, window=window_days * DAY, weights=weights, calibration=calibration)
        self._store = store
        self._facts = facts
        self._fetch = fetch
        self._profile = where[0]
        self._held: dict[int, Ticket | None] = {}

    def __len__(self) -> int:
        return len(self._store)

    def created_since(self, moment: float) -> int:
        """How many of the tickets were created then (seconds since 1970) or later."""
        return self._store.created_since(moment)

    def now(self) -> AsOf | None:
        return self._store.now() if len(self._store) else None

    def number(self, ticket: Ticket) -> int | None:
        return self._store.place(ticket.id) if ticket.profile == self._profile else None

    def fetch(self, numbers: Iterable[int]) -> None:
        new = np.array([each for each in numbers if each not in self._held], np.int64)
        if not len(new):
            return
        ids = dict(zip(new.tolist(), self._index.ids.of(new), strict=True))
        keys = self._facts.keys(ids.values())
        wanted = {keys[id_]: number for number, id_ in ids.items() if id_ in keys and self._store.place(id_) == number}
        if len(self._held) + len(wanted) > HELD:
            self._held.clear()
        self._held.update(dict.fromkeys(ids))
        for ticket in self._fetch(list(wanted)) if wanted else ():
            if (number := self.number(ticket)) is not None:
                self._held[number] = ticket

    def ticket(self, number: int) -> Ticket:
        self.fetch([number])
        found = self._held.get(number)
        if found is None:
            raise LookupError(number)
        return found

    def close(self) -> None:
        self._facts.close()
        self._store.close()
