"""What an adapter is: a reader, a writer and data about what its platform can do.

Adapters translate and nothing else. They never evaluate queries (`adapters.reading` does, the same way for
all), never decide what to change (`changes` does) and never open a connection of their own (`wire` does).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import msgspec

from supportctl.adapters.writing import NewWish, Prepared, Writer
from supportctl.model import Attachment, Comment, Event, LinkType, Platform, Ticket
from supportctl.query.ast import Node

if TYPE_CHECKING:
    from supportctl.wire import Transport


class Need(StrEnum):
    """What a caller will look at beyond the ticket's own fields."""

    COMMENTS = "comments"
    HISTORY = "history"
    ATTACHMENTS = "attachments"
    SLAS = "slas"
    LINKS = "links"
    TAGS = "tags"
    """Tags live in the ticket on Zendesk and Jira, in another table on ServiceNow."""
    PEOPLE = "people"
    """Names and addresses of requester, assignee, group, organization."""
    METRICS = "metrics"
    """First response, resolution, reopens and reassignments, which some platforms keep beside the ticket."""
    CUSTOM = "custom"
    """Custom fields with their human names."""


Needs = frozenset[Need]
LISTING: Needs = frozenset({Need.TAGS, Need.PEOPLE})


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something the user must hear about although the run goes on. ``code`` groups repeats."""

    code: str
    message: str
    count: int = 1


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What to read. At most one of ``native`` and ``view``; ``query`` narrows either.

    ``now`` fixes the clock of ages, so that the pushed-down part and the evaluation agree.
    """

    now: datetime
    query: Node | None = None
    native: str | None = None
    """The platform's own query, passed through: Zendesk search, JQL, encoded query."""
    view: str | None = None
    """Id or exact name of a Zendesk view, a Jira filter or queue, a ServiceNow saved filter."""
    promising: Callable[[Ticket], bool] | None = None
    """Whether a ticket as a list shows it may match; of others no threads, history or files need be asked for."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """``cursor`` resumes after this page; None means there is no more."""

    items: list[Ticket]
    cursor: str | None = None
    warnings: list[Notice] = []


class Count(msgspec.Struct, frozen=True, kw_only=True):
    value: int
    exact: bool
    note: str | None = None


class Pushdown(msgspec.Struct, frozen=True, kw_only=True):
    """What ``query explain`` prints."""

    native: str | None
    """The condition sent to the platform; None: everything is read."""
    endpoint: str
    left: list[str]
    """The parts of the query (as typed) evaluated here only."""
    notes: list[str] = []


class FieldInfo(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    type: str | None = None
    custom: bool = False
    options: list[str] = []


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """What this instance allows, learned from its own configuration."""

    statuses: list[str] = []
    priorities: list[str] = []
    closure_codes: list[str] = []
    tags: list[str] = []
    link_types: list[str] = []
    fields: list[FieldInfo] = []
    warnings: list[Notice] = []


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``supportctl check``. ``ok`` None: could not be told."""

    name: str
    ok: bool | None
    detail: str
    hint: str | None = None


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform can do, as data: callers branch on this, never on a platform's name."""

    platform: Platform
    reads: Needs
    """Needs this adapter can meet."""
    writes: frozenset[str] = frozenset()
    """Tags of the actions this adapter can submit: ``tags``, ``set``, ``assign``, ``comment`` ..."""
    unknown_fields: frozenset[str] = frozenset()
    """Model fields the platform does not have."""
    bulk_size: int = 1
    """Tickets one write request can carry."""
    jobs_in_flight: int = 1
    """Background jobs that may be under way at once."""
    concurrency: int = 1
    """Write requests that are answered at once may be made side by side."""
    settable: frozenset[str] = frozenset()
    """Our fields that ``set`` can write; custom fields come besides (``custom:<id>``)."""
    links: frozenset[LinkType] = frozenset()
    """Links that can be made from a ticket."""
    closure_code: str | None = None
    """What the platform calls the reason a ticket was closed for; None: it has no such field."""
    closure_notes: bool = False
    """Whether closing has a field of its own for notes; where not, they become an internal comment."""
    comment_limit: int = 32_767
    """Characters a comment may have."""
    comments_together: bool = False
    """Whether one step can carry a public and an internal comment; False: it keeps one of two."""
    reopens_closed: bool = True
    """Whether a closed ticket can be opened again."""
    free_needs: Needs = frozenset()
    """Needs that reading tickets by key meets without a further request."""
    volatile: frozenset[str] = frozenset()
    """Keys of `Ticket.native` that every write moves."""
    side_effects: dict[str, list[str]] = {}
    """By action: our fields the platform itself may change along with it."""
    search_limit: int | None = None
    quiet_updates: bool | None = None
    """True: an update can be made without mail; False: it cannot; None: unknown."""
    tag_pattern: str = r"\S+"
    """What a tag must fully match before it is sent."""
    tag_rule: str = "no spaces"
    """The same in words, for people."""
    tags_fold_case: bool = False
    """Whether two tags that differ in case are the same tag."""
    closed_is_final: bool = False
    views: str | None = None
    """What ``--view`` names on this platform."""
    native_language: str = ""


class Reader(Protocol):
    """Reading. Every method may raise the errors of `supportctl.errors`."""

    capabilities: Capabilities

    def check(self) -> list[Check]:
        """Prove who we are and what we may do, with as few calls as possible."""
        ...

    def count(self, selection: Selection) -> Count:
        """How many tickets the pushed-down part matches."""
        ...

    def explain(self, selection: Selection) -> Pushdown: ...

    def search(self, selection: Selection, needs: Needs, cursor: str | None = None) -> Iterator[Page]:
        """A superset of the selected tickets, page by page; each page is yielded before the next is asked for.

        Comments, history and attachments that ``needs`` names are filled in per page, in bulk where the
        platform can. The same ticket may come twice: `adapters.reading` drops repeats.
        """
        ...

    def get(self, keys: Sequence[str], needs: Needs) -> Iterator[Page]:
        """Tickets by key, id or URL, in any order. Keys that are not shown to us are missing, not errors."""
        ...

    def normalize_key(self, text: str) -> str:
        """The canonical key for what somebody typed (``#12``, a URL …). Raises `UsageError` for another platform's."""
        ...

    def comments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Comment]]:
        """By ticket id, oldest first. A ticket whose comments are hidden from us is missing."""
        ...

    def history(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Event]]: ...

    def attachments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Attachment]]: ...

    def download(self, attachment: Attachment, into: BinaryIO, *, max_bytes: int) -> int:
        """Write the content; returns bytes written. Credentials never leave the profile's own hosts."""
        ...

    def vocabulary(self) -> Vocabulary: ...


class Adapter(Reader, Writer, Protocol):
    """Both halves, plus the vendor's own client for people's scripts."""

    @property
    def transport(self) -> "Transport":
        """What every request goes through; its ``stats`` say what the run cost and what the platform warned of."""
        ...

    def native(self) -> Any:
        """The vendor client riding on our transport (`zenpy.Zenpy`, `jira.JIRA`), or None."""
        ...

    def close(self) -> None: ...


class Tracker(Adapter, Protocol):
    """A platform tickets can be made on; its `Capabilities.writes` has ``create``."""

    def find(self, marks: Sequence[str], needs: Needs) -> list[Ticket]:
        """Tickets that carry one of these marks, the oldest first.

        The search may not know the newest yet, but what this adapter made or `look` found is known at once.
        """
        ...

    def draft(self, wish: NewWish) -> Prepared:
        """What making it takes. Raises `UsageError` for a project, type or field that is not there, or is lacking."""
        ...

    def redraft(self, ticket: Ticket, wish: NewWish) -> Prepared:
        """What it takes that a ticket made before is as wished; what people changed since is left alone."""
        ...

    def upload_limit(self) -> int | None:
        """The largest file it takes, in bytes; None where it does not say."""
        ...
