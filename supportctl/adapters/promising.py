"""What costs a request for each ticket is asked of those only that may still match."""

from collections.abc import Callable, Sequence

from supportctl.adapters.base import LISTING, Need, Notice, Selection
from supportctl.model import Ticket
from supportctl.query import evaluate, needs
from supportctl.query.ast import terms

Promising = Callable[[Ticket], bool] | None
_COUNTED = frozenset({"reopens"})
"""Where the platform keeps no figure they are counted from the history."""


def promising(selection: Selection) -> Promising:
    """None: every ticket is, or the query itself asks for what a list does not show."""
    query, now = selection.query, selection.now
    if query is None or {Need(name) for name in needs(query)} - LISTING or _COUNTED & {t.field for t in terms(query)}:
        return None
    return lambda ticket: evaluate(query, ticket, now) is not False


def filled(
    items: list[Ticket], worth: Promising, fill: Callable[[list[Ticket]], tuple[Sequence[Ticket], list[Notice]]]
) -> tuple[list[Ticket], list[Notice]]:
    """The tickets in their order, those worth it with what ``fill`` adds."""
    kept = items if worth is None else [ticket for ticket in items if worth(ticket)]
    if not kept:
        return items, []
    whole, notices = fill(kept)
    known = {ticket.id: ticket for ticket in whole}
    return [known.get(ticket.id, ticket) for ticket in items], notices
