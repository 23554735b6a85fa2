"""What a ticket hangs on already: duplicate links, problems, and native parents that mean the same."""

from collections.abc import Iterable

from supportctl.model import Link, LinkType, Ticket

HANGS = frozenset({"parent_incident"})
"""Native fields that make a ticket another one's duplicate, though the link reads as parent (ServiceNow)."""


def further(tickets: Iterable[Ticket]) -> list[str]:
    """Keys (or ids) of what these are duplicates or incidents of: to be read before masters are chosen."""
    links = [link for ticket in tickets for link in (duplicate_link(ticket), *problems(ticket)) if link is not None]
    return list(dict.fromkeys(link.key for link in links if link.platform is None))


def problems(ticket: Ticket) -> list[Link]:
    return [link for link in ticket.links if link.type is LinkType.PROBLEM]


def duplicate_link(ticket: Ticket) -> Link | None:
    same = (link for link in ticket.links if link.type is LinkType.DUPLICATE_OF or link.native_type in HANGS)
    return next(same, None)


def has(ticket: Ticket, master: Ticket) -> bool:
    """Whether a link says already that the two are the same, or of one problem."""
    same = {LinkType.DUPLICATE_OF, LinkType.PROBLEM, LinkType.DUPLICATED_BY}
    return any(
        (link.type in same or link.native_type in HANGS) and (link.key == master.key or link.id == master.id)
        for link in ticket.links
    )
