"""The reading half of the Zendesk adapter: what to ask, in which way (see `listing`), and what it costs to know."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO

from supportctl.adapters.base import Check, Count, Need, Needs, Page, Pushdown, Selection, Vocabulary
from supportctl.adapters.zendesk import check, details, keys, platform, pushdown, vocabulary
from supportctl.adapters.zendesk.account import Account
from supportctl.adapters.zendesk.keys import Position
from supportctl.adapters.zendesk.listing import Listing, sideloads
from supportctl.config import Profile
from supportctl.errors import NotFoundError, RefusedError, UsageError
from supportctl.model import Attachment, Comment, Event, Ticket
from supportctl.query.ast import Not, terms
from supportctl.query.custom import require_custom
from supportctl.query.unparse import unparse
from supportctl.text.fold import fold_word
from supportctl.wire import Transport


class ZendeskReader:
    """`adapters.base.Reader` for Zendesk Support."""

    def __init__(self, profile: Profile, transport: Transport, now: Callable[[], datetime]) -> None:
        self.profile = profile
        self.capabilities = platform.capabilities(profile)
        self.transport = transport
        self.account = Account(profile, transport, now)

    def check(self) -> list[Check]:
        return check.run(self.account)

    def vocabulary(self) -> Vocabulary:
        return vocabulary.read(self.account)

    def normalize_key(self, text: str) -> str:
        return keys.normalize(text, self.account.context.site)

    def search(self, selection: Selection, needs: Needs, cursor: str | None = None) -> Iterator[Page]:
        start = keys.read(cursor) if cursor else self._start(selection)
        self._prepare(selection, needs)
        self.account.tell_restriction()
        deleted = pushdown.asks_for_deleted(selection.query)
        listing = Listing(
            self.account, needs, sideloads(needs, selection), deleted=deleted, promising=selection.promising
        )
        yield from listing.pages(start)

    def get(self, keys_: Sequence[str], needs: Needs) -> Iterator[Page]:
        self._prepare(None, needs)
        ids = list(dict.fromkeys(keys.number(self.normalize_key(key)) for key in keys_))
        yield from Listing(self.account, needs, sideloads(needs)).by_id(ids)

    def comments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Comment]]:
        return details.comments(self.account, tickets)

    def history(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Event]]:
        return details.history(self.account, tickets)

    def attachments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Attachment]]:
        return details.attachments(details.comments(self.account, tickets))

    def download(self, attachment: Attachment, into: BinaryIO, *, max_bytes: int) -> int:
        """Write the content; it lies behind a redirect to another host, which gets no credentials."""
        if not attachment.url:
            raise NotFoundError("the attachment has no address (it may have been redacted); it was not read")
        if attachment.native.get("deleted"):
            raise NotFoundError("the attachment was deleted; it was not read")
        if attachment.native.get("malware_scan_result") == "malware_found":
            raise RefusedError(
                "Zendesk found malware in the attachment; it was not read",
                hint="look at it in Zendesk",
            )
        return self.transport.download(attachment.url, into, max_bytes=max_bytes)

    def explain(self, selection: Selection) -> Pushdown:
        start = self._start(selection)
        left = [] if selection.query is None else self._split(selection).left
        return Pushdown(
            native=start.query,
            endpoint=_ENDPOINTS[start.by if start.query is None else "search"].format(view=start.view),
            left=[unparse(Not(literal.term) if literal.negated else literal.term) for literal in left],
            notes=list(_NOTES[start.by]),
        )

    def count(self, selection: Selection) -> Count:
        start = self._start(selection)
        if start.query is not None:
            answer = self.account.get("/search/count.json", "the number of results", query=f"type:ticket {start.query}")
            return Count(
                value=int(answer.get("count") or 0), exact=False, note="from the search index, which lags by minutes"
            )
        if start.view is not None:
            counted = self.account.get(f"/views/{start.view}/count.json", "a view's count").get("view_count") or {}
            note = None if counted.get("fresh") else "Zendesk's cached number; it may be stale"
            return Count(value=int(counted.get("value") or 0), exact=bool(counted.get("fresh")), note=note)
        counted = self.account.get("/tickets/count.json", "the number of tickets").get("count") or {}
        return Count(
            value=int(counted.get("value") or 0),
            exact=False,
            note="without archived tickets; above 100,000 Zendesk counts once a day",
        )

    def _start(self, selection: Selection) -> Position:
        if selection.native is not None and selection.view is not None:
            raise UsageError("a native query and a view cannot be combined", hint="give one of --native and --view")
        if selection.view is not None:
            return Position(by="view", view=self._view(selection.view))
        if selection.native is not None:
            return Position(by="search", query=_tickets_only(selection.native))
        if pushdown.asks_for_deleted(selection.query):
            return Position(by="export")
        pushed = self._split(selection).search
        return Position(by="recent", query=pushed) if pushed else Position(by="export")

    def _split(self, selection: Selection) -> pushdown.Split:
        account = self.account
        if account.context.statuses:
            account.statuses()
        words = pushdown.Words(
            now=selection.now,
            statuses=account.context.statuses,
            categories=account.categories,
            priorities=account.context.priorities,
            groups=account.groups,
        )
        if selection.native is not None or selection.view is not None:
            return pushdown.all_left(selection.query)
        return pushdown.split(selection.query, words)

    def _prepare(self, selection: Selection | None, needs: Needs) -> None:
        """Learn what decoding will need: titles of fields that the profile, the query or the caller names."""
        self.account.resolve_titles()
        query = selection.query if selection else None
        if Need.CUSTOM in needs or (query is not None and any(term.field == "custom" for term in terms(query))):
            fields = self.account.fields()
            require_custom(query, ((str(field["id"]), field.get("title") or "") for field in fields), "this Zendesk")

    def _view(self, named: str) -> str:
        """A view's id. Titles are compared without case; a number is an id."""
        typed = named.strip()
        if typed.isascii() and typed.isdigit():
            return typed
        found = [
            view
            for view in self.account.each("/views.json", "views", "views")
            if fold_word(view.get("title") or "") == fold_word(typed)
        ]
        if len(found) == 1:
            return str(found[0]["id"])
        if found:
            ids = ", ".join(str(view["id"]) for view in found)
            raise UsageError(f"{len(found)} views have this name; their ids are {ids}", hint="give one of the ids")
        raise NotFoundError(
            "there is no view of this name, or the account may not see it",
            hint="give the view's exact name, or its id (the number in its address)",
        )


_ENDPOINTS = {
    "search": "GET /api/v2/search/export",
    "recent": "GET /api/v2/search/export",
    "export": "GET /api/v2/incremental/tickets/cursor",
    "view": "GET /api/v2/views/{view}/tickets",
}
_NOTES = {
    "recent": (
        "the search index lags by minutes: tickets updated lately are read as well",
        "every ticket is evaluated again here",
    ),
    "search": (
        "the search index lags by minutes: changes made just now may be missed",
        "results beyond the query given natively are not looked at",
    ),
    "export": (
        "all tickets are read, archived ones included; without administrator rights archived ones are left out",
    ),
    "view": ("the view decides which tickets are read, and leaves archived ones out",),
}


def _tickets_only(native: str) -> str:
    """The search text without ``type:ticket``, which the export says in its own way. Raises `UsageError`."""
    kept = []
    for word in native.split():
        if word.lower() == "type:ticket":
            continue
        if word.lower().startswith("type:"):
            raise UsageError("only tickets can be searched for", hint="leave `type:` out of the native query")
        kept.append(word)
    if not kept:
        raise UsageError("the native query is empty", hint="give a Zendesk search, as in: status<solved tags:billing")
    return " ".join(kept)
