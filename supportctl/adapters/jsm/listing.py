"""Paging through issues: Cloud's tokens, Data Center's offsets, and issues by key.

Cloud: ``POST /search/jql``. Fields must be named; short pages are not the end; the last page has no token; the same
token can come back (JRACLOUD-95368), which ends the listing with a notice. The index lags behind changes: the issues
this run has changed are named in ``reconcileIssues``, the same on every page, and are seen as they are. Data Center:
``POST /search`` with ``startAt``, each page beginning with the last issue of the one before: when another stands there,
issues have left the result meanwhile (the total may hide it), and the page is asked for again from further back.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from supportctl.adapters.base import Need, Needs, Notice, Page
from supportctl.adapters.jsm import cursors
from supportctl.adapters.jsm.cursors import Position
from supportctl.adapters.jsm.decode import DecodedPage, Decoder
from supportctl.adapters.jsm.details import FETCH, HIDDEN, Details, chunks, read
from supportctl.adapters.jsm.fields import Homes
from supportctl.adapters.jsm.site import Site, anonymous
from supportctl.adapters.promising import Promising, filled
from supportctl.errors import InvalidRequestError, ProtocolError, UsageError
from supportctl.model import Ticket

PAGE = 100
OFFSET_PAGE = 100
"""Data Center would send more at once, but then works long on each answer."""
SYSTEM_FIELDS = (
    *("summary", "description", "status", "issuetype", "priority", "labels", "created", "updated", "resolution"),
    *("resolutiondate", "duedate", "reporter", "assignee", "components", "project"),
)
LINK_FIELDS = ("issuelinks", "parent", "subtasks")
HEAVY = ("comment", "attachment", "worklog", *LINK_FIELDS)


def fields_for(needs: Needs, homes: Homes) -> list[str]:
    """The native fields to name in a request."""
    if Need.CUSTOM in needs:
        wanted = {"comment": Need.COMMENTS, "attachment": Need.ATTACHMENTS} | dict.fromkeys(LINK_FIELDS, Need.LINKS)
        return ["*all", *(f"-{name}" for name in HEAVY if wanted.get(name) not in needs)]
    named = [*SYSTEM_FIELDS, *homes.portable.values()]
    if Need.COMMENTS in needs:
        named.append("comment")
    if Need.ATTACHMENTS in needs:
        named.append("attachment")
    if Need.LINKS in needs:
        named += LINK_FIELDS
    if Need.SLAS in needs:
        named += sorted(homes.slas | homes.first_response | homes.feedback | homes.request_types)
    if Need.PEOPLE in needs:
        named += sorted(homes.organizations)
    return list(dict.fromkeys(named))


class Listing:
    """One reading; ``needs`` decide which fields are named and what is filled in per page."""

    def __init__(self, site: Site, needs: Needs, promising: Promising = None) -> None:
        self._promising = promising
        self._site = site
        self._needs = needs
        catalogue = site.catalogue() if needs & _NAMED or site.profile.fields else None
        self.fields = fields_for(needs, Homes.of(catalogue, site.profile.fields) if catalogue else Homes())
        self.decoder = Decoder(site.profile, catalogue, self.fields, base_url=site.base_url())
        self.details = Details(site, self.decoder)
        self._told: set[str] = set()

    def pages(self, position: Position) -> Iterator[Page]:
        """From ``position`` to the end."""
        return self._by_token(position) if self._site.cloud else self._by_offset(position)

    def _by_token(self, position: Position) -> Iterator[Page]:
        seen = {position.token} if position.token else set()
        fresh = self._site.fresh()
        while True:
            body: dict[str, Any] = {"jql": position.jql, "maxResults": PAGE, "fields": self.fields}
            if fresh:
                body["reconcileIssues"] = fresh
            if position.token:
                body["nextPageToken"] = position.token
            page = self._ask(f"{self._site.api}/search/jql", body, position)
            if page.next_token in seen:
                # Perhaps a stale node answered: once more, before it is an error (JRACLOUD-95368).
                page = self._ask(f"{self._site.api}/search/jql", body, position)
            token = page.next_token
            cursor = cursors.write(Position(position.jql, token=token)) if token else None
            yield self._page(page, cursor, [])
            if token is None:
                return
            if token in seen:
                raise ProtocolError(
                    "Jira gave the same page token twice, so the listing stopped and is not whole",
                    hint="run the command again, or narrow the query",
                )
            seen.add(token)
            position = Position(position.jql, token=token)

    def _by_offset(self, position: Position) -> Iterator[Page]:
        seen = {position.last} if position.last else set()
        start, overlap = position.start, 1
        while True:
            at = max(0, start - overlap) if seen else start
            page = self._ask(f"{self._site.api}/search", self._offset_body(position.jql, at), position)
            if at > 0 and overlap and seen and (not page.tickets or page.tickets[0].id not in seen):
                overlap *= 2
                continue
            fresh = [ticket for ticket in page.tickets if ticket.id not in seen]
            following = at + len(page.tickets)
            # A server that gives one issue at a time has no room for one that is known already.
            overlap = 0 if page.tickets and not fresh and following <= start else 1
            start = following
            seen |= {ticket.id for ticket in fresh}
            more = bool(page.tickets) and start < (page.total or 0)
            last = page.tickets[-1].id if page.tickets else None
            cursor = cursors.write(Position(position.jql, start=start, last=last)) if more else None
            yield self._page(msgspec.structs.replace(page, tickets=fresh), cursor, [])
            if not more:
                return

    def _offset_body(self, jql: str, start: int) -> dict[str, Any]:
        body: dict[str, Any] = {"jql": jql, "startAt": start, "maxResults": OFFSET_PAGE, "fields": self.fields}
        if Need.HISTORY in self._needs:
            body["expand"] = ["changelog"]
            self.decoder.statuses.learn(self._site.statuses())
        return body

    def _ask(self, path: str, body: dict[str, Any], position: Position) -> DecodedPage:
        try:
            answer = self._site.post(path, body)
        except InvalidRequestError as error:
            if position.token and "token" in error.message.casefold():
                raise UsageError(
                    "Jira does not accept the place to resume from any more (page tokens live for seven days)",
                    hint="start the listing again without the cursor",
                ) from None
            raise
        if answer.headers.get("x-ausername", "").casefold() == "anonymous":
            raise anonymous(answer.what)
        page = read(answer, self.decoder.page, "issues")
        if not page.tickets and page.next_token is None and position.token is None and position.start == 0:
            self._site.prove_signed_in()
        return page

    def by_key(self, keys: Sequence[str]) -> Iterator[Page]:
        """Issues by key or id; those that are gone or hidden are missing."""
        for chunk in chunks(list(dict.fromkeys(keys)), FETCH):
            if self._site.cloud:
                yield self._bulk(chunk)
            else:
                yield self._one_by_one(chunk)

    def _bulk(self, keys: Sequence[str]) -> Page:
        body = {"issueIdsOrKeys": list(keys), "fields": self.fields}
        page = read(self._site.post(f"{self._site.api}/issue/bulkfetch", body), self.decoder.page, "issues")
        if not page.tickets:
            self._site.prove_signed_in()
        named = {name for ticket in page.tickets for name in (ticket.key, ticket.id)}
        missing = [key for key in keys if key not in named]
        extra = {ticket.id for ticket in page.tickets if ticket.key not in keys and ticket.id not in keys}
        moved = self._moved(missing, extra) if extra else {}
        tickets = [_formerly(ticket, moved.get(ticket.id, [])) for ticket in page.tickets]
        page = msgspec.structs.replace(page, tickets=tickets)
        return self._page(page, None, [_moved_notice(t, old) for t in tickets for old in moved.get(t.id, [])])

    def _moved(self, missing: Sequence[str], extra: set[str]) -> dict[str, list[str]]:
        """Which of the issues nobody named answers to which of the keys nobody answered for."""
        found: dict[str, list[str]] = {}
        for key in missing:
            try:
                answer = self._site.get(self._site.issue(key), fields="updated")
            except HIDDEN:
                continue
            id_ = read(answer, self.decoder.issue, "an issue").id
            if id_ in extra:
                found.setdefault(id_, []).append(key)
        return found

    def _one_by_one(self, keys: Sequence[str]) -> Page:
        expand = "changelog" if Need.HISTORY in self._needs else None
        if expand:
            self.decoder.statuses.learn(self._site.statuses())
        tickets: list[Ticket] = []
        notices: list[Notice] = []
        for key in keys:
            try:
                answer = self._site.get(self._site.issue(key), fields=",".join(self.fields), expand=expand)
            except HIDDEN:
                continue
            ticket = read(answer, self.decoder.issue, "an issue")
            if key not in (ticket.key, ticket.id):
                ticket = _formerly(ticket, [key])
                notices.append(_moved_notice(ticket, key))
            tickets.append(ticket)
        return self._page(DecodedPage(tickets), None, notices)

    def _page(self, page: DecodedPage, cursor: str | None, notices: list[Notice]) -> Page:
        tickets, found = filled(page.tickets, self._promising, lambda kept: self.details.fill(kept, self._needs))
        notices = [*self._site.take_notices(), *notices, *found]
        notices += [Notice(code="JIRA_WARNING", message=text) for text in page.warnings]
        notices += [
            Notice(code="ISSUE_ERROR", message="Jira could not read some of the issues it was asked for")
            for _ in page.errors
        ]
        for name in sorted(self.decoder.unranked - self._told):
            self._told.add(name)
            notices.append(
                Notice(
                    code="UNRANKED_PRIORITY",
                    message=f"the priority {name!r} has no place among p1 to p5, so `priority` is unknown on its "
                    "issues; add it to the profile's priorities table",
                )
            )
        return Page(items=tickets, cursor=cursor, warnings=notices)


_NAMED = frozenset({Need.CUSTOM, Need.SLAS, Need.PEOPLE})


def _formerly(ticket: Ticket, keys: list[str]) -> Ticket:
    if not keys:
        return ticket
    return msgspec.structs.replace(ticket, native={**ticket.native, "former_keys": keys})


def _moved_notice(ticket: Ticket, old: str) -> Notice:
    return Notice(code="MOVED", message=f"{old} was moved and is now {ticket.key}")
