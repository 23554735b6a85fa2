"""Which rules a ticket is put to. Most speak of open tickets or of finished ones only, and need not be asked."""

from collections import Counter

from supportctl.audit.result import RuleCensus
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_noise
from supportctl.model import Status, Ticket

Seat = tuple[TicketRule, RuleCensus]
"""A rule and its line of the census."""
Kind = tuple[Status | None, bool]
"""A ticket's status, and whether it is noise."""


class Bench:
    def __init__(self) -> None:
        self.seats: list[Seat] = []
        self._asked: dict[Kind, list[Seat]] = {}
        self._tickets: Counter[Kind] = Counter()

    def add(self, rule: TicketRule, row: RuleCensus) -> None:
        self.seats.append((rule, row))

    def asked(self, ticket: Ticket, context: Context, *, first: bool = True) -> list[Seat]:
        """The rules that may have something to say; for the others the ticket is outside, see `settle`.

        ``first``: the ticket comes for the first time, and counts.
        """
        status = ticket.status if "status" not in ticket.unknown else None
        kind = status, is_noise(ticket, context)
        self._tickets[kind] += first
        found = self._asked.get(kind)
        if found is None:
            found = self._asked[kind] = [seat for seat in self.seats if _speaks(seat[0], *kind)]
        return found

    def settle(self) -> None:
        """Count the tickets that rules were not asked about as outside."""
        for kind, number in self._tickets.items():
            asked = {rule.code for rule, _ in self._asked[kind]}
            for rule, row in self.seats:
                if rule.code not in asked:
                    row.outside += number
        self._tickets.clear()


def _speaks(rule: TicketRule, status: Status | None, noise: bool) -> bool:
    if status is None:
        return True
    return status in rule.speaks_of and (rule.hears_noise or not noise)
