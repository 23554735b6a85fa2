"""The sample company's tickets before any platform's dialect: what the seeds are made of.

The dialects (`sandbox.zendesk`, `sandbox.jira`, `sandbox.servicenow`) turn these into their own tables.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    """1-based; stable over platforms."""
    name: str
    email: str
    login: str
    role: str
    """``end_user``, ``agent``, ``admin`` or ``bot``."""
    active: bool = True
    organization: int | None = None
    groups: tuple[int, ...] = ()
    time_zone: str = "Etc/UTC"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Named:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class OddFile:
    name: str
    media: str
    content: bytes
    fate: str = ""
    """See `supportctl.sandbox.odd_files.Fate`."""


@dataclass(frozen=True, slots=True)
class Message:
    at: datetime
    author: int
    public: bool
    text: str
    """Plain text, with line breaks."""
    attachment: tuple[str, str, bytes] | None = None
    """File name, content type, content."""
    odd: tuple[OddFile, ...] = ()

    @property
    def files(self) -> tuple[OddFile, ...]:
        return (*(() if self.attachment is None else (OddFile(*self.attachment),)), *self.odd)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """``field``: status, priority, assignee, group, category, tags. Ids as text; None is empty."""

    at: datetime
    actor: int
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Clock:
    """An SLA clock. ``name``: ``first_response`` or ``resolution``; seconds."""

    name: str
    target: int
    started: datetime
    stopped: datetime | None
    breach_at: datetime
    breached: bool
    paused: bool = False
    elapsed: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One ticket. Enumerations use the words of the portable model (``p1``, ``on_hold``, ``incident``)."""

    number: int
    kind: str
    title: str
    description: str
    language: str
    status: str
    priority: str | None
    impact: int | None
    urgency: int | None
    category: str | None
    subcategory: str | None
    service: str | None
    ci: str | None
    tags: tuple[str, ...]
    requester: int
    assignee: int | None
    group: int | None
    organization: int | None
    channel: str
    created: datetime
    updated: datetime
    resolved: datetime | None = None
    closed: datetime | None = None
    due: datetime | None = None
    closure_code: str | None = None
    resolution_notes: str | None = None
    satisfaction: tuple[str, str | None] | None = None
    messages: tuple[Message, ...] = ()
    history: tuple[FieldChange, ...] = ()
    clocks: tuple[Clock, ...] = ()
    duplicate_of: int | None = None
    problem: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Plant:
    """Ground truth: a fault (or secret, or duplicate) put into ticket ``number`` on purpose."""

    number: int
    rule: str
    """Rule code (``OWN201``) or ``duplicate``, ``secret``."""
    detail: str


@dataclass(frozen=True, slots=True)
class Company:
    """The whole sample company for one platform. ``now`` is the moment the queue stands at."""

    seed: int
    now: datetime
    people: tuple[Person, ...]
    groups: tuple[Named, ...]
    organizations: tuple[Named, ...]
    records: tuple[Record, ...]
    truth: tuple[Plant, ...] = field(default=())
