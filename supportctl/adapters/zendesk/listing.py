"""Lists of tickets page by page, so that none is lost and a later process can go on.

Ways of reading, by what can be asked of the platform:

* ``search``: a condition could be pushed down -> the search export, which has no limit of 1000 results.
* ``export``: nothing to push -> the incremental export, archived tickets included (administrators only).
* ``list``: the same for other agents -> the ticket list by id, which leaves archived tickets out.
* ``view``: a view's tickets.
* ``recent``: the latest updates, newest first. The search index lags by minutes and the export leaves out the
  last minute, so a search begins and an export ends with a look at what changed lately. It is repeated until one
  page holds all that moved while the round before was read: a ticket somebody touches meanwhile may come twice,
  but never not at all.

(developer.zendesk.com, "Incremental Exports", "Search", "Tickets", "Views")
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from supportctl.adapters.base import Need, Needs, Notice, Page, Selection
from supportctl.adapters.promising import Promising, filled
from supportctl.adapters.zendesk import decode, details, keys
from supportctl.adapters.zendesk.account import SHOW_MANY, Account
from supportctl.adapters.zendesk.context import learn
from supportctl.adapters.zendesk.keys import Position
from supportctl.adapters.zendesk.types import Json, paging, reading_shape, when
from supportctl.errors import (
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
    TemporaryError,
)
from supportctl.model import Ticket
from supportctl.query.ast import terms

PAGE = 100
EXPORT_PAGE = 1000
SMALLER_EXPORT_PAGE = 200
INDEX_LAG = timedelta(minutes=5)
"""How long a change may take to reach the search index."""
EXPORT_LAG = timedelta(minutes=2)
"""The export leaves out the last minute; doubled for clocks that differ."""
TIE = timedelta(seconds=2)
"""Update times have a resolution of one second."""
MAX_ROUNDS = 30
MAX_INDEX_PAGES = 20
PEOPLE = ("users", "groups", "organizations")
_MEASURED = frozenset({"resolved", "reopens"})
_BEYOND_LISTING = frozenset({Need.METRICS, Need.SLAS, Need.COMMENTS, Need.HISTORY, Need.LINKS})

_Step = tuple[list[Ticket], list[Notice], Position | None]


def sideloads(needs: Needs, selection: Selection | None = None) -> tuple[str, ...]:
    """What to ask for beside the tickets."""
    wanted: list[str] = list(PEOPLE) if Need.PEOPLE in needs else []
    query = selection.query if selection else None
    if needs & _BEYOND_LISTING or (query is not None and any(term.field in _MEASURED for term in terms(query))):
        wanted.append("metric_sets")
    if Need.SLAS in needs:
        wanted.append("slas")
    return tuple(wanted)


class Listing:
    """One reading of one selection."""

    def __init__(
        self,
        account: Account,
        needs: Needs,
        include: tuple[str, ...],
        *,
        deleted: bool = False,
        promising: Promising = None,
    ) -> None:
        self._account = account
        self._promising = promising
        self._needs = needs
        self._include = include
        self._deleted = deleted
        self._seen: dict[tuple[str, int, bool], set[str]] = {}

    def pages(self, start: Position) -> Iterator[Page]:
        position: Position | None = start
        while position is not None:
            items, notices, position = self._step(position)
            items, more = filled(items, self._promising, lambda kept: details.fill(self._account, kept, self._needs))
            yield Page(
                items=items,
                cursor=keys.write(position) if position else None,
                warnings=[*notices, *more, *self._account.take_notices()],
            )

    def by_id(self, ids: list[int]) -> Iterator[Page]:
        """Tickets by id, a hundred at a time; ids nobody shows us are left out."""
        for first in range(0, len(ids), SHOW_MANY):
            items = self._show_many(ids[first : first + SHOW_MANY])
            items, notices = details.fill(self._account, items, self._needs)
            yield Page(items=items, warnings=[*notices, *self._account.take_notices()])

    def _step(self, position: Position) -> _Step:
        match position.by:
            case "search":
                return self._search(position)
            case "export":
                return self._export(position)
            case "recent":
                return self._recent(position)
            case _:
                return self._list(position)

    def _search(self, at: Position) -> _Step:
        asked: Json = {"query": at.query, "filter[type]": "ticket", "page[size]": PAGE}
        if self._include:
            asked["include"] = f"tickets({','.join(self._include)})"
        envelope, restart = self._cursor_page("/search/export.json", "search results", at, asked)
        if envelope is None:
            return [], [_EXPIRED], restart
        docs = [doc for doc in envelope.get("results") or () if doc.pop("result_type", "ticket") == "ticket"]
        return self._tickets(docs, envelope), [], self._following(at, envelope)

    def _list(self, at: Position) -> _Step:
        path = "/tickets.json" if at.by == "list" else f"/views/{at.view}/tickets.json"
        asked: Json = {"page[size]": PAGE, "include": ",".join(self._include) or None}
        if at.by == "list":
            asked |= {"sort": "id", "support_type_scope": "all"}
        envelope, restart = self._cursor_page(path, "tickets", at, asked)
        if envelope is None:
            return [], [_EXPIRED], restart
        return self._tickets(envelope.get("tickets") or [], envelope), [], self._following(at, envelope)

    def _export(self, at: Position) -> _Step:
        size = at.size or EXPORT_PAGE
        asked: Json = {"per_page": size, "support_type_scope": "all", "include": ",".join(self._include) or None}
        asked |= {"cursor": at.after} if at.after else {"start_time": 0}
        try:
            envelope = self._account.page(
                "/incremental/tickets/cursor.json", "exported tickets", self._positions(at), **_given(asked)
            )
        except PermissionDeniedError:
            if at.after:
                raise
            return [], [_NO_ARCHIVE], Position(by="list")
        except (RateLimitedError, ProtocolError):
            raise
        except TemporaryError:
            if size == SMALLER_EXPORT_PAGE:
                raise
            return [], [], msgspec.structs.replace(at, size=SMALLER_EXPORT_PAGE)
        except (InvalidRequestError, NotFoundError):
            if not at.after or at.restarted:
                raise
            return [], [_EXPIRED], Position(by="export", restarted=True)
        docs = envelope.get("tickets") or []
        notices = []
        top = max(filter(None, [at.top, *(_exported_at(doc) for doc in docs)]), default=None)
        if not self._deleted:
            shown = [doc for doc in docs if doc.get("status") != "deleted"]
            if len(shown) < len(docs):
                notices.append(_left_out(len(docs) - len(shown)))
            docs = shown
        following = paging(envelope)
        done = Position(by="recent", floor=_earlier(top, EXPORT_LAG) or _BEGINNING)
        after: Position | None = done
        if following.more:
            after = msgspec.structs.replace(at, after=following.cursor, top=top)
        return self._tickets(docs, envelope), notices, after

    def _recent(self, at: Position) -> _Step:
        then = Position(by="search", query=at.query) if at.query else None
        asked: Json = {"page[size]": PAGE, "sort": "-updated_at", "support_type_scope": "all"}
        asked["include"] = ",".join(self._include) or None
        try:
            envelope, restart = self._cursor_page("/tickets.json", "recently updated tickets", at, asked)
        except PermissionDeniedError:
            return [], [_UNSEEN], then
        if envelope is None:
            return [], [_EXPIRED], restart
        docs = envelope.get("tickets") or []
        newest = docs[0].get("updated_at") if docs else None
        top = at.top if at.after else newest
        floor = at.floor or _earlier(newest, INDEX_LAG) or _BEGINNING
        fresh = [doc for doc in docs if (doc.get("updated_at") or "") >= floor]
        following = paging(envelope)
        notices: list[Notice] = []
        pages = at.pages + 1
        after = then
        if len(fresh) == len(docs) and following.more:
            if at.query and pages >= MAX_INDEX_PAGES:
                notices.append(_UNSEEN)
            else:
                after = msgspec.structs.replace(at, after=following.cursor, top=top, floor=floor, pages=pages)
        elif pages > 1 and top is not None:
            newer = _earlier(top, TIE)
            if at.rounds >= MAX_ROUNDS:
                notices.append(_UNSEEN)
            elif newer != at.floor:
                after = Position(by="recent", query=at.query, floor=newer, rounds=at.rounds + 1)
        return self._tickets(fresh, envelope), notices, after

    def _cursor_page(self, path: str, what: str, at: Position, asked: Json) -> tuple[Json | None, Position | None]:
        """A page, or where to start again when the cursor has expired (a search's does after an hour)."""
        if at.after:
            asked["page[after]"] = at.after
        try:
            return self._account.page(path, what, self._positions(at), **_given(asked)), None
        except (InvalidRequestError, NotFoundError):
            if not at.after or at.restarted:
                raise
            return None, msgspec.structs.replace(at, after=None, pages=0, restarted=True)

    def _positions(self, at: Position) -> set[str]:
        """Where this walk through a list has been; another round begins a new one."""
        seen = self._seen.setdefault((at.by, at.rounds, at.restarted), set())
        if at.after:
            seen.add(at.after)
        return seen

    @staticmethod
    def _following(at: Position, envelope: Json) -> Position | None:
        following = paging(envelope)
        return msgspec.structs.replace(at, after=following.cursor) if following.more else None

    def _tickets(self, docs: list[Json], envelope: Json) -> list[Ticket]:
        """Decode, learn names nobody sideloaded, and re-read in bulk what the endpoint could not sideload."""
        if not docs:
            return []
        found = self._decode(docs, envelope)
        lacking = [ticket for ticket in found if self._lacks(ticket)]
        if lacking:
            whole: dict[str, Ticket] = {}
            for first in range(0, len(lacking), SHOW_MANY):
                ids = [int(ticket.id) for ticket in lacking[first : first + SHOW_MANY]]
                whole |= {ticket.id: ticket for ticket in self._show_many(ids)}
            found = [whole.get(ticket.id, ticket) for ticket in found]
        return found

    def _lacks(self, ticket: Ticket) -> bool:
        return ("slas" in self._include and "slas" in ticket.unknown) or (
            "metric_sets" in self._include and "reopens" in ticket.unknown
        )

    def _show_many(self, ids: list[int]) -> list[Ticket]:
        include = ",".join(self._include) or None
        asked = _given({"ids": ",".join(map(str, ids)), "include": include})
        envelope = self._account.get("/tickets/show_many.json", "tickets by id", **asked)
        return self._decode(envelope.get("tickets") or [], envelope, frozenset(self._include))

    def _decode(self, docs: list[Json], envelope: Json, expected: frozenset[str] = frozenset()) -> list[Ticket]:
        account = self._account
        learn(envelope, account.context)
        if Need.PEOPLE in self._needs:
            account.learn_names(docs)
        account.learn_status_labels(docs)
        lists = {"tickets": docs, "metric_sets": envelope.get("metric_sets")}
        return reading_shape("tickets", lambda: decode.tickets(lists, account.context, expected=expected))


def _given(asked: Json) -> Json:
    return {name: value for name, value in asked.items() if value is not None}


def _exported_at(doc: Json) -> str | None:
    """When the export believes the ticket changed last, in the form of ``updated_at``."""
    generated: Any = doc.get("generated_timestamp")
    if isinstance(generated, int):
        return _stamp(datetime.fromtimestamp(generated, UTC))
    return doc.get("updated_at")


def _earlier(stamp: str | None, span: timedelta) -> str | None:
    moment = when(stamp)
    return None if moment is None else _stamp(moment - span)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _left_out(count: int) -> Notice:
    return Notice(
        code="deleted-left-out",
        message="deleted tickets that exports still list were left out; status:deleted shows them",
        count=count,
    )


_BEGINNING = "1970-01-01T00:00:00Z"
_EXPIRED = Notice(
    code="cursor-expired",
    message="Zendesk no longer knew the position in the list; reading began again from the start",
)
_NO_ARCHIVE = Notice(
    code="archived-left-out",
    message="archived tickets (closed for about four months) are not listed: only administrators may export them; "
    "a query with a status or a date finds them",
)
_UNSEEN = Notice(
    code="recent-unseen",
    message="changes of the last minutes could not all be looked at; the search index may not know them yet",
)
