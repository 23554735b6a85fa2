"""The ticket and what hangs on it: value types only.

Field names follow ITIL and TM Forum's trouble ticket (TMF621) where they have a word; ``docs/model.md``
lays them beside the platforms' own names. All times are aware and UTC; all durations are whole seconds.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class Platform(StrEnum):
    ZENDESK = "zendesk"
    JSM = "jsm"
    SERVICENOW = "servicenow"
    FILES = "files"


class Kind(StrEnum):
    INCIDENT = "incident"
    PROBLEM = "problem"
    REQUEST = "request"
    QUESTION = "question"
    TASK = "task"
    CHANGE = "change"
    OTHER = "other"


class Status(StrEnum):
    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    """Waiting for the customer."""
    ON_HOLD = "on_hold"
    """Waiting for somebody else: vendor, problem, change."""
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    """Only seen in exports that still list deleted tickets (Zendesk)."""


DONE = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED, Status.DELETED})


class Priority(StrEnum):
    """P1 is the most urgent. Strings sort in order of urgency."""

    P1 = "p1"
    P2 = "p2"
    P3 = "p3"
    P4 = "p4"
    P5 = "p5"


class Unknown(StrEnum):
    """Why a field has no value we may reason about. Unknown is not empty."""

    HIDDEN = "hidden"
    """The account may not see it."""
    ABSENT = "absent"
    """The platform has no such field, or the source left it out."""
    NOT_FETCHED = "not_fetched"
    """Nobody asked for it in this run."""


class Role(StrEnum):
    END_USER = "end_user"
    AGENT = "agent"
    BOT = "bot"
    UNKNOWN = "unknown"


class LinkType(StrEnum):
    """Read from the ticket that holds the link: ``duplicate_of`` means this ticket duplicates the other."""

    DUPLICATE_OF = "duplicate_of"
    DUPLICATED_BY = "duplicated_by"
    PARENT = "parent"
    CHILD = "child"
    PROBLEM = "problem"
    INCIDENT = "incident"
    CAUSED_BY = "caused_by"
    CAUSES = "causes"
    BLOCKS = "blocks"
    BLOCKED_BY = "blocked_by"
    RELATES = "relates"
    TRACKED_BY = "tracked_by"


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A human or a bot. ``name`` and ``email`` are None where the platform gave an id only."""

    id: str
    name: str | None = None
    email: str | None = None
    role: Role = Role.UNKNOWN
    active: bool | None = None
    native: dict[str, Any] = {}


class NamedRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group, organization, service or component: ``name`` is None where only the id is known."""

    id: str
    name: str | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    type: LinkType
    key: str
    """What people type; the platform's native id where the key is not known."""
    id: str | None = None
    title: str | None = None
    status: Status | None = None
    native_type: str | None = None
    platform: Platform | None = None
    """Set when the other end lives on another platform."""
    url: str | None = None
    native: dict[str, Any] = {}


class Sla(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One clock of one service-level target. Durations in seconds, as the platform reports them."""

    metric: str
    id: str | None = None
    target: int | None = None
    elapsed: int | None = None
    remaining: int | None = None
    """Negative when overdue."""
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    breach_at: datetime | None = None
    """None while paused or where the platform does not say."""
    breached: bool | None = None
    paused: bool | None = None
    native: dict[str, Any] = {}


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    filename: str
    """As the sender named it: data, never a path."""
    size: int | None = None
    content_type: str | None = None
    url: str | None = None
    created_at: datetime | None = None
    author: Person | None = None
    inline: bool | None = None
    native: dict[str, Any] = {}


class Comment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    author: Person | None
    created_at: datetime | None
    body: str
    """Plain text."""
    public: bool | None
    """None when the platform does not say."""
    updated_at: datetime | None = None
    html: str | None = None
    channel: str | None = None
    attachments: list[Attachment] = []
    native: dict[str, Any] = {}


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change of one field (or one happening, with ``field`` naming it)."""

    id: str
    at: datetime | None
    actor: Person | None
    field: str
    """Our field name where we have one (``status``, ``priority``, ``assignee`` …), else the platform's."""
    before: Any = None
    after: Any = None
    before_label: str | None = None
    after_label: str | None = None
    native_field: str | None = None
    channel: str | None = None
    native: dict[str, Any] = {}


class Satisfaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``score`` is ``good``, ``bad``, ``offered``, ``unoffered`` or a number as text (``4``)."""

    score: str
    comment: str | None = None
    reason: str | None = None
    native: dict[str, Any] = {}


class CustomField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``name`` is the human name where it was looked up; ``value`` is plain JSON."""

    id: str
    name: str | None = None
    value: Any = None


class Ticket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One ticket of any platform.

    A field that is None (or an empty list) and not named in ``unknown`` is empty: the platform said so.
    ``native`` keeps the platform's own values that have no portable name, under the platform's names.
    """

    platform: Platform
    profile: str
    id: str
    key: str
    url: str | None = None
    kind: Kind | None = None
    native_kind: str | None = None
    title: str | None = None
    description: str | None = None
    status: Status | None = None
    native_status: str | None = None
    priority: Priority | None = None
    native_priority: str | None = None
    impact: str | None = None
    """``1`` (high) to ``3`` (low) where the platform has a scale, else its own value."""
    urgency: str | None = None
    category: str | None = None
    subcategory: str | None = None
    component: NamedRef | None = None
    """Configuration item or component."""
    service: NamedRef | None = None
    tags: list[str] = []
    requester: Person | None = None
    assignee: Person | None = None
    group: NamedRef | None = None
    organization: NamedRef | None = None
    channel: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    reopens: int | None = None
    reassignments: int | None = None
    closure_code: str | None = None
    resolution_notes: str | None = None
    links: list[Link] = []
    slas: list[Sla] = []
    satisfaction: Satisfaction | None = None
    custom: list[CustomField] = []
    comments: list[Comment] = []
    history: list[Event] = []
    attachments: list[Attachment] = []
    version: str | None = None
    """The platform's concurrency token: Zendesk ``updated_stamp``, Jira ``updated``, ServiceNow ``sys_mod_count``."""
    unknown: dict[str, Unknown] = {}
    native: dict[str, Any] = {}

    def knows(self, field: str) -> bool:
        """Whether the value of ``field`` may be reasoned about."""
        return field not in self.unknown

    @property
    def done(self) -> bool | None:
        """Whether work has ended; None when the status is unknown."""
        return None if self.status is None else self.status in DONE
