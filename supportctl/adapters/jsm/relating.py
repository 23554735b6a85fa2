"""Planning links: which of the site's link types is meant, which end is which, and whether the link is there already.

Types are known by the profile's table, by the names Jira ships them with, and, where an administrator renamed them, by
their two readings ("duplicates" and "is duplicated by").
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from supportctl.adapters.jsm.details import WORKERS
from supportctl.adapters.jsm.groups import names
from supportctl.adapters.jsm.linking import GLOBAL_ID, remote_link_is_there
from supportctl.adapters.jsm.links import LinkReader
from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.adapters.jsm.statuses import StatusTable
from supportctl.adapters.writing import LinkWish, Prepared
from supportctl.errors import UsageError
from supportctl.model import Link, LinkChange, LinkType, Platform, Risk, Ticket
from supportctl.model.planned import plain

ALIKE = {
    LinkType.TRACKED_BY: (LinkType.RELATES,),
    LinkType.CAUSED_BY: (LinkType.PROBLEM,),
    LinkType.PROBLEM: (LinkType.CAUSED_BY,),
    LinkType.CAUSES: (LinkType.INCIDENT,),
    LinkType.INCIDENT: (LinkType.CAUSES,),
}
"""What a type is expressed by where the site has none of its own for it."""

MAX_GLOBAL_ID = 255


class Relater:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._reader = LinkReader(StatusTable(site.profile).of, site.profile.fields, lambda key: key)

    def prepare(self, tickets: Sequence[Ticket], wish: LinkWish) -> dict[str, Prepared]:
        if self._is_elsewhere(wish.to):
            return self._remote(tickets, wish)
        kind, outward, type_ = self._native(wish.type)
        accepted = {type_, wish.type, *ALIKE.get(wish.type, ())}
        found: dict[str, Prepared] = {}
        for ticket in tickets:
            if ticket.id == wish.to.id:
                found[ticket.id] = _obstacle("self", "it cannot be linked to itself")
                continue
            there = [link for link in ticket.links if link.type in accepted and _leads(link, wish.to)]
            if wish.remove:
                found[ticket.id] = self._removal(ticket, there)
            elif there:
                found[ticket.id] = Prepared()
            else:
                found[ticket.id] = self._creation(ticket, wish.to, kind, outward, type_)
        return found

    def _is_elsewhere(self, to: Ticket) -> bool:
        """Whether a ticket is none of this site, by its platform and its address."""
        own = f"{self._site.base_url().rstrip('/')}/browse/"
        return to.platform is not Platform.JSM or (to.url is not None and not to.url.startswith(own))

    def _native(self, wanted: LinkType) -> tuple[dict[str, Any], bool, LinkType]:
        """The native type, whether the other issue is its outward end, and our word for that."""
        listed = self._site.link_types()
        for type_ in (wanted, *ALIKE.get(wanted, ())):
            for kind in listed:
                inward, outward = self._reader.meaning(kind)
                if outward is type_ and (type_ is not LinkType.RELATES or _is_relates(kind)):
                    return kind, True, type_
                if inward is type_ and type_ is not LinkType.RELATES:
                    return kind, False, type_
        raise UsageError(
            f"this Jira has no link type for {wanted.value!r}; nothing was changed",
            hint=f"it has: {names(listed)}; name the one that is meant in the profile, "
            f'as in fields.{wanted.value} = "Name of the type"',
        )

    def _creation(self, ticket: Ticket, to: Ticket, kind: dict[str, Any], outward: bool, type_: LinkType) -> Prepared:
        native: dict[str, Any] = {"type": str(kind.get("id")), "end": "outward" if outward else "inward"}
        if str(kind.get("inward")).casefold() == str(kind.get("outward")).casefold():
            native["both"] = True
        action = LinkChange(type=type_, to=to.key, to_id=to.id, native_type=str(kind.get("name")), native=native)
        return Prepared(actions=[action], after={"links": [*_held(ticket), {"type": type_.value, "key": to.key}]})

    def _removal(self, ticket: Ticket, there: Sequence[Link]) -> Prepared:
        if not there:
            return Prepared()
        if any("id" not in link.native for link in there):
            return _obstacle("hierarchy", "the link is its place in the hierarchy, which is not a link to remove")
        actions = [
            LinkChange(
                type=link.type,
                to=link.key,
                to_id=link.id,
                native_type=link.native_type,
                remove=True,
                native={"id": str(link.native["id"])},
            )
            for link in there
        ]
        gone = [plain(link) for link in there]
        return Prepared(actions=list(actions), after={"links": [each for each in _held(ticket) if each not in gone]})

    def elsewhere(self, to: Ticket, kind: LinkType, *, remove: bool = False) -> LinkChange | None:
        """The link to a ticket of another site, kept beside the issue; None for a ticket of this one."""
        if not self._is_elsewhere(to) or to.url is None:
            return None
        native = {
            GLOBAL_ID: _global_id(to.url),
            "url": to.url,
            "relationship": "is tracked by" if kind is LinkType.TRACKED_BY else "relates to",
            "object": {"url": to.url, "title": to.key},
            "platform": to.platform.value,
        }
        return LinkChange(type=kind, to=to.key, to_id=to.id, remove=remove, native=native)

    def _remote(self, tickets: Sequence[Ticket], wish: LinkWish) -> dict[str, Prepared]:
        """To a ticket of another platform: kept beside the issue, under a global id of ours."""
        if wish.type not in (LinkType.TRACKED_BY, LinkType.RELATES):
            raise UsageError(
                f"a ticket of another platform can be linked as tracked_by only, not as {wish.type.value}",
                hint="give the type tracked_by",
            )
        found = self.elsewhere(wish.to, wish.type, remove=wish.remove)
        if found is None:
            raise UsageError(f"{wish.to.key} has no address to link to; nothing was changed")
        action = found

        def one(ticket: Ticket) -> tuple[str, Prepared]:
            try:
                there = remote_link_is_there(self._site, ticket.id, str(action.native[GLOBAL_ID]))
            except REFUSALS as error:
                return ticket.id, _obstacle("hidden", f"its remote links cannot be read: {error.message}")
            if there is not wish.remove:
                return ticket.id, Prepared()
            # Not among the links that a ticket shows: it is looked for, and nothing is planned of those.
            return ticket.id, Prepared(actions=[action])

        return dict(_each(one, tickets))


def _each(one: Callable[[Ticket], tuple[str, Prepared]], tickets: Sequence[Ticket]) -> list[tuple[str, Prepared]]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, tickets))


def _is_relates(kind: dict[str, Any]) -> bool:
    """Every type we do not know reads as ``relates``; to make such a link, it must be the one of that name."""
    ends = {str(kind.get(name)).casefold() for name in ("inward", "outward")}
    return str(kind.get("name")).casefold() == "relates" or ends == {"relates to"}


def _leads(link: Link, to: Ticket) -> bool:
    return link.key == to.key or (link.id is not None and link.id == to.id)


def _held(ticket: Ticket) -> list[Any]:
    return [plain(link) for link in ticket.links]


def _global_id(url: str) -> str:
    """The same for every link to this address, within the 255 characters there are."""
    plain_id = f"appId=supportctl&url={url}"
    if len(plain_id) <= MAX_GLOBAL_ID:
        return plain_id
    return f"appId=supportctl&sha256={hashlib.sha256(url.encode()).hexdigest()}"


def _obstacle(code: str, message: str) -> Prepared:
    return Prepared(obstacles=[Risk(code=code, message=message)])
