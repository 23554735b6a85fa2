"""All tickets that may be suggested, read and held for one run."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.index import Index
from supportctl.duplicates.ruling import Noted
from supportctl.duplicates.sameness import marks
from supportctl.duplicates.suggesting import EXACT, UNCALIBRATED, Named, Suggesting
from supportctl.duplicates.suggestion import Brief, Suggestion
from supportctl.duplicates.told import Kept, brief, plain_ticket
from supportctl.duplicates.weights import Weights
from supportctl.model import Link, Ticket

__all__ = ["EXACT", "UNCALIBRATED", "Finder", "Named"]

DAY = 86_400.0


class Finder(Suggesting):
    """Over all tickets that may be suggested, in any order; of two with one id the last one counts.

    Candidates of a ticket are those created before it and within the window; of two created at one moment the one with
    the smaller id is the older. A ticket without a date is nobody's candidate; asked about, it counts as new.
    ``calibration`` names what the confidence of ``weights`` was fitted to, when that is this site.
    """

    def __init__(
        self,
        tickets: Iterable[Ticket],
        *,
        window_days: float = 365,
        weights: Weights | None = None,
        calibration: str | None = None,
    ) -> None:
        self._noted = Noted()
        super().__init__(Index(), self._noted, window=window_days * DAY, weights=weights, calibration=calibration)
        self.undated = 0
        """Tickets without a date."""
        self.repeated = 0
        """Tickets that came again."""
        self._kept = Kept()
        self._places: list[int] = self._taken_in(tickets)
        self._index.add(plain_ticket(each) for each in self._passed())
        self._noted.known.settle()

    def now(self) -> AsOf | None:
        return self._now

    @cached_property
    def _now(self) -> AsOf | None:
        """Made when the first is ranked."""
        count = len(self._index)
        return AsOf(self._index, count, 0, count) if count else None

    def __len__(self) -> int:
        """Tickets searched: those with a date."""
        return len(self._places)

    def close(self) -> None:
        self._kept.close()

    def _taken_in(self, tickets: Iterable[Ticket]) -> list[int]:
        """Places of the dated tickets, oldest first."""
        newest: dict[tuple[str, str], tuple[float, int, str, int] | None] = {}
        for each in tickets:
            name = (each.profile, each.id)
            self.repeated += name in newest
            place = self._kept.put(each)
            born = None if each.created_at is None else each.created_at.timestamp()
            newest[name] = None if born is None else (born, len(each.id), each.id, place)
        self.undated = sum(each is None for each in newest.values())
        return [each[3] for each in sorted(each for each in newest.values() if each is not None)]

    def _passed(self) -> Iterator[Ticket]:
        """The tickets in order, on their way into the index."""
        for number, place in enumerate(self._places):
            each = self._kept.get(place)
            self._noted.known.put(number, each)
            assert each.created_at is not None
            self._noted.take(number, each.created_at.timestamp(), marks(each))
            yield each

    def ticket(self, number: int) -> Ticket:
        """By its number in the order of creation."""
        return self._kept.get(self._places[number])

    def number(self, ticket: Ticket) -> int | None:
        """Its number; None when it is not among those searched."""
        return self._noted.known.number(ticket.profile, ticket.id)

    def outside(self, ticket: Ticket, link: Link) -> bool:
        """Whether the other end of a link was not read."""
        known = self._noted.known
        return not any(known.number(ticket.profile, name) is not None for name in (link.id, link.key) if name)

    def named(self, *names: str) -> Ticket | None:
        """By key or id, whatever the profile; also one without a date."""
        return next((each for each in self._kept if each.key in names or each.id in names), None)

    def all(self, selected: Callable[[Ticket], bool], most: int = 5) -> Iterator[tuple[Brief, list[Suggestion]]]:
        """Of each selected ticket with a date, oldest first. What repeats another by rule is not looked at further."""
        for number in range(len(self)):
            each = self.ticket(number)
            if selected(each):
                yield brief(each), self.of(number, each, most, thorough=False)
