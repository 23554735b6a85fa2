"""Which rules a ticket is put to. Most speak of open tickets or of finished ones only, and need not be asked."""

from supportctl.audit.result import RuleCensus
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.rules.que901_field_unused import Guard
from supportctl.audit.scope import is_noise
from supportctl.model import Platform, Status, Ticket

Kind = tuple[Platform, Status | None, bool]
"""A ticket's platform and status, and whether it is noise."""


class Seat:
    """A rule and its line of the census, and what most tickets of one kind are to it, counted apart for speed."""

    __slots__ = ("check", "clean", "outside", "row", "rule")

    def __init__(self, rule: TicketRule, row: RuleCensus) -> None:
        self.rule = rule
        self.row = row
        self.check = rule.check
        self.clean = 0
        self.outside = 0


class Bench:
    def __init__(self) -> None:
        self.rules: list[tuple[TicketRule, RuleCensus]] = []
        self._asked: dict[Kind, list[Seat]] = {}
        self._tickets: dict[Kind, int] = {}

    def add(self, rule: TicketRule, row: RuleCensus) -> None:
        self.rules.append((rule, row))

    def asked(self, ticket: Ticket, context: Context, *, first: bool = True) -> list[Seat]:
        """The rules that may have something to say; for the others the ticket is outside, see `settle`.

        ``first``: the ticket comes for the first time, and counts.
        """
        status = ticket.status if "status" not in ticket.unknown else None
        kind = ticket.platform, status, is_noise(ticket, context)
        found = self._asked.get(kind)
        if found is None:
            found = self._asked[kind] = [Seat(rule, row) for rule, row in self.rules if _speaks(rule, *kind[1:])]
            self._tickets[kind] = 0
        self._tickets[kind] += first
        return found

    def settle(self, guard: Guard | None) -> None:
        """Enter what was counted into the census, and the tickets that rules were not asked about as outside."""
        for kind, seats in self._asked.items():
            asked = set()
            for seat in seats:
                asked.add(seat.rule.code)
                seat.row.clean += seat.clean
                seat.row.outside += seat.outside
                if guard is not None:
                    guard.clean(kind[0], seat.rule, seat.clean)
                seat.clean = seat.outside = 0
            for rule, row in self.rules:
                if rule.code not in asked:
                    row.outside += self._tickets[kind]
            self._tickets[kind] = 0


def _speaks(rule: TicketRule, status: Status | None, noise: bool) -> bool:
    if status is None:
        return True
    return status in rule.speaks_of and (rule.hears_noise or not noise)
