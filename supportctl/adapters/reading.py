"""Reading tickets the same way on every platform.

A platform answers with a superset, perhaps with repeats, perhaps stale. Here repeats are dropped, the whole
query is evaluated on each ticket, and everything left out is counted: nothing disappears silently.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from supportctl.adapters.base import Need, Needs, Notice, Page, Reader, Selection
from supportctl.adapters.promising import promising
from supportctl.errors import InvalidRequestError, UsageError
from supportctl.model import Ticket
from supportctl.query import evaluate, needs
from supportctl.query.named import named

_SYS_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Reading:
    """Tickets of one selection, streamed; look at the counts after (or while) iterating.

    ``limit`` stops after that many matching tickets. ``cursor`` resumes an earlier reading; after an
    interruption ``self.cursor`` is where to resume: at the first page not wholly yielded.
    """

    def __init__(
        self,
        reader: Reader,
        selection: Selection,
        wanted: Needs = frozenset(),
        *,
        limit: int | None = None,
        cursor: str | None = None,
        seen: Collection[str | int | bytes] = (),
    ) -> None:
        self._skip = seen
        self.seen: set[str | int | bytes] = set()
        """Ids of the tickets that came, in a compact form; of those given as ``seen`` every one counts as a repeat."""
        self._reader = reader
        self._needs = needed(selection, wanted)
        self._selection = msgspec.structs.replace(selection, promising=promising(selection))
        self._limit = limit
        self.cursor = cursor
        self.notices: list[Notice] = []
        self.scanned = 0
        """Tickets the platform sent, repeats not counted."""
        self.matched = 0
        self.repeats = 0
        self.undecided = 0
        """Tickets left out because a field the query asks about is unknown."""
        self.truncated = False
        """Whether ``limit`` stopped the reading before the platform had no more."""

    def __iter__(self) -> Iterator[Ticket]:
        if self._limit is not None and self._limit <= 0:
            self.truncated = True
            return
        seen = self.seen = set(self._skip)
        for page in self._pages():
            self._take_notices(page)
            for position, ticket in enumerate(page.items):
                compact = _compact(ticket.id)
                if compact in seen:
                    self.repeats += 1
                    continue
                seen.add(compact)
                self.scanned += 1
                if not self._matches(ticket):
                    continue
                self.matched += 1
                yield ticket
                if self._limit is not None and self.matched >= self._limit:
                    self.truncated = page.cursor is not None or position + 1 < len(page.items)
                    return
            self.cursor = page.cursor

    def _pages(self) -> Iterator[Page]:
        """The platform's pages; its refusal of somebody's own query is their mistake, not a failed change."""
        keys = None if self.cursor else named_keys(self._reader, self._selection)
        if keys is not None:
            yield from self._reader.get(keys, self._needs)
            return
        try:
            yield from self._reader.search(self._selection, self._needs, self.cursor)
        except InvalidRequestError as error:
            if self._selection.native is None:
                raise
            raise UsageError(
                f"the platform refuses the --native query; nothing was changed. {error.message}",
                hint="try it in the platform's own search first",
            ) from None

    def _matches(self, ticket: Ticket) -> bool:
        if self._selection.query is None:
            return True
        verdict = evaluate(self._selection.query, ticket, self._selection.now)
        if verdict is None:
            self.undecided += 1
        return verdict is True

    def _take_notices(self, page: Page) -> None:
        self.notices = merge_notices([*self.notices, *page.warnings])


def _compact(ticket_id: str) -> str | int | bytes:
    """The id in fewer bytes, different for different ids: it is all that is kept of a ticket that was passed on."""
    if ticket_id.isascii() and ticket_id.isdigit() and len(ticket_id) < 19 and ticket_id[0] != "0":
        return int(ticket_id)
    if _SYS_ID.fullmatch(ticket_id):
        return bytes.fromhex(ticket_id)
    return ticket_id


def named_keys(reader: Reader, selection: Selection) -> list[str] | None:
    """Keys of the only tickets that can match; None: they are searched for. What is no key here matches nothing."""
    if selection.native is not None or selection.view is not None:
        return None
    found = named(selection.query)
    if found is None:
        return None
    return sorted({key for each in found.keys if (key := _told(reader, each)) is not None})


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets in the order their keys were given, and the keys nobody answered for."""

    tickets: list[Ticket]
    missing: list[str]
    notices: list[Notice] = []


def get(reader: Reader, keys: Sequence[str], wanted: Needs = frozenset()) -> Found:
    """Tickets by what people type. Raises `UsageError` for a key of another platform."""
    canonical = list(dict.fromkeys(reader.normalize_key(key) for key in keys))
    by_name: dict[str, Ticket] = {}
    notices: list[Notice] = []
    for page in reader.get(canonical, wanted):
        notices.extend(page.warnings)
        for ticket in page.items:
            for name in (ticket.key, ticket.id, *former_keys(ticket)):
                key = _told(reader, name)
                if key is None:
                    continue
                known = by_name.setdefault(key, ticket)
                if known.id != ticket.id and key in canonical:
                    raise UsageError(
                        f"{name} names two tickets; nothing was changed",
                        hint=f"give the id of the one you mean: {known.id} or {ticket.id}",
                    )
    named = (by_name[key] for key in canonical if key in by_name)
    found = {ticket.id: ticket for ticket in named}
    return Found(
        tickets=list(found.values()),
        missing=[key for key in canonical if key not in by_name],
        notices=merge_notices(notices),
    )


def _told(reader: Reader, name: str) -> str | None:
    """The canonical form of what a platform calls a ticket; None when it is no key, which nobody can have asked for."""
    try:
        return reader.normalize_key(name)
    except UsageError:
        return None


def former_keys(ticket: Ticket) -> list[str]:
    """Keys a ticket answers to although it has another now (a moved Jira issue)."""
    keys = ticket.native.get("former_keys", [])
    return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []


def needed(selection: Selection, wanted: Needs) -> Needs:
    """The caller's needs and those of the query."""
    if selection.query is None:
        return wanted
    return wanted | {Need(name) for name in needs(selection.query)}


def merge_notices(notices: Iterable[Notice]) -> list[Notice]:
    """One notice per code and message, with the counts added up."""
    merged: dict[tuple[str, str], Notice] = {}
    for notice in notices:
        known = merged.get((notice.code, notice.message))
        count = notice.count + (known.count if known else 0)
        merged[notice.code, notice.message] = msgspec.structs.replace(notice, count=count)
    return list(merged.values())
