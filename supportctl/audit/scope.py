"""Tickets no rule of this house speaks about, and how a rule asks for what it needs."""

from supportctl.audit.rule import Context
from supportctl.audit.verdict import GRACE, OUTSIDE, Outside, Unjudged
from supportctl.model import DONE, LinkType, Status, Ticket
from supportctl.text.fold import fold_word

UNFINISHED = frozenset(Status) - DONE
FINISHED = frozenset({Status.RESOLVED, Status.CLOSED})


def lacks(ticket: Ticket, *fields: str) -> Unjudged | None:
    """The first of ``fields`` whose value may not be reasoned about."""
    for field in fields:
        if field in ticket.unknown:
            return Unjudged(field)
    return None


def is_noise(ticket: Ticket, context: Context) -> bool:
    """Merged, spam, deleted, cancelled, or a side conversation."""
    kept = context.__dict__
    if kept.get("noise_of") is not ticket:
        # Nearly every rule asks this first.
        kept["noise_of"], kept["noise"] = ticket, _is_noise(ticket, context)
    return kept["noise"]  # type: ignore[no-any-return]


def _is_noise(ticket: Ticket, context: Context) -> bool:
    if ticket.status in (Status.DELETED, Status.CANCELLED):
        return True
    settings = context.settings
    if ticket.channel is not None and fold_word(ticket.channel) in settings.ignored_channels:
        return True
    for tag in ticket.tags:  # noqa: SIM110 - a loop, as every ticket is asked
        if fold_word(tag) in settings.ignored_tags:
            return True
    return False


def is_duplicate(ticket: Ticket) -> bool:
    """Closed in favour of another ticket, which is where the work and the reply are."""
    if ticket.links and any(link.type is LinkType.DUPLICATE_OF for link in ticket.links):
        return True
    return ticket.closure_code is not None and "duplicate" in fold_word(ticket.closure_code)


def settling(ticket: Ticket, context: Context) -> Outside | Unjudged | None:
    """Out of scope, or so new that nothing is held against it yet. None: go on."""
    kept = context.__dict__
    if kept.get("settled_of") is not ticket:
        kept["settled_of"], kept["settled"] = ticket, _settling(ticket, context)
    return kept["settled"]  # type: ignore[no-any-return]


def _settling(ticket: Ticket, context: Context) -> Outside | Unjudged | None:
    if is_noise(ticket, context):
        return OUTSIDE
    if unknown := lacks(ticket, "status"):
        return unknown
    if ticket.done:
        return None
    if unknown := lacks(ticket, "created_at"):
        return unknown
    if ticket.created_at is not None and context.now - ticket.created_at < context.settings.grace:
        return GRACE
    return None
