"""Links between tickets, as rules ask for them and as fixes propose them."""

from supportctl.audit.rule import Context
from supportctl.model import Fix, LinkFix, LinkType, Platform, Ticket
from supportctl.text.fold import fold_word

SAME = frozenset({LinkType.DUPLICATE_OF, LinkType.DUPLICATED_BY, LinkType.PARENT})
"""Links that say where else the work is done. ServiceNow keeps a duplicate as a child of its original."""


def is_linked(ticket: Ticket, *names: str) -> bool:
    """Whether it has a link to the ticket with one of these keys or ids, of whatever type."""
    wanted = {fold_word(name) for name in names}
    return any(
        fold_word(link.key) in wanted or (link.id is not None and fold_word(link.id) in wanted) for link in ticket.links
    )


def can_link(ticket: Ticket, kind: LinkType, context: Context) -> bool:
    """Whether such a link can be made; of tickets in a file, their own platform is asked."""
    capabilities = context.capabilities
    if capabilities.platform is Platform.FILES:
        # Zendesk merges duplicates, for good, and has no links between them.
        return kind is LinkType.PROBLEM or ticket.platform in (Platform.JSM, Platform.SERVICENOW)
    return kind in capabilities.links


def duplicate_fix(ticket: Ticket, key: str, context: Context, *, safe: bool) -> tuple[Fix, ...]:
    """The link to the original; none where the platform has no such link, or none between these two kinds."""
    if not can_link(ticket, LinkType.DUPLICATE_OF, context) or _letters(key) != _letters(ticket.key):
        return ()
    remedy = LinkFix(type=LinkType.DUPLICATE_OF, key=key)
    return (Fix(title=f"link it as a duplicate of {key}", safe=safe, remedy=remedy),)


def _letters(key: str) -> str:
    """``INC`` of an incident's number: only records of one table are duplicates. Empty for other platforms' keys."""
    head = key.rstrip("0123456789").upper()
    return "" if head == "#" or head.endswith("-") or len(key) == 32 else head
