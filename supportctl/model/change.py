"""Changes and their outcomes: values that a plan holds and a journal records.

An action holds what is sent, in the platform's own ids; ``before`` and ``after`` of a change hold what a person reads,
by our field names, in plain JSON: tags as a list, a status or priority as our word, a person, group or component as
``{"id", "name"}``, links as a list of ``{"type", "key"}``, a custom field under ``custom:<id>``.
"""

from typing import Any

import msgspec

from supportctl.model.ticket import LinkType, Status


class TagChange(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="tags", omit_defaults=True):
    """Tags to add and to remove; both may be given, none may be in both."""

    add: list[str] = []
    remove: list[str] = []


class FieldChange(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="set", omit_defaults=True):
    """One field of the ticket gets one value."""

    field: str
    """Our name, or ``custom:<id>``."""
    native_field: str
    """What the platform calls it."""
    value: Any = None
    """As the platform takes it; None empties the field."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="assign", omit_defaults=True):
    """Who works on the ticket. Native ids; ``unassign`` takes the assignee away, None leaves as it is."""

    assignee: str | None = None
    group: str | None = None
    unassign: bool = False
    ungroup: bool = False


class NewComment(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="comment", omit_defaults=True):
    """A comment in plain text; ``public`` reaches the customer, and is always said."""

    body: str
    public: bool


class LinkChange(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="link", omit_defaults=True):
    """A link from this ticket to another, or (``remove``) no longer."""

    type: LinkType
    """Read from the ticket that is changed."""
    to: str
    """Key of the other ticket."""
    to_id: str | None = None
    native_type: str | None = None
    remove: bool = False
    native: dict[str, Any] = {}
    """What else the platform needs: a URL, the id of a link to remove."""


class Transition(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="transition", omit_defaults=True):
    """Another status, with what has to go along."""

    status: Status
    native_status: str
    """The status's id or value on the platform."""
    via: str | None = None
    """The workflow transition that leads there, where the platform has such."""
    fields: dict[str, Any] = {}
    """Sent with it, under the platform's names: resolution, close code, close notes."""


class Merge(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="merge", omit_defaults=True):
    """This ticket becomes part of another and is closed for good."""

    into: str
    into_id: str
    note: str = ""
    """Internal comment on both."""


class NewTicket(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="create", omit_defaults=True):
    """A ticket that is made. It has no id yet: its change is named by a mark, which the ticket will carry."""

    project: str
    """Key of the project, for people."""
    kind: str
    """Name of the record type, for people."""
    title: str
    fields: dict[str, Any]
    """As the platform takes them."""
    marks: list[str]
    """Labels it can be found by; the first is the id of its change."""
    above: int = 0
    """The highest number seen in the project before: what was made since has a higher one."""


class NewFile(msgspec.Struct, frozen=True, kw_only=True, tag_field="action", tag="attach", omit_defaults=True):
    """A file that is attached. Its name holds a part of its digest: the same bytes are there once."""

    name: str
    path: str
    """Where it lies on this computer; read when it is sent, and refused when it is not as it was."""
    size: int
    sha256: str


Action = TagChange | FieldChange | Assignment | NewComment | LinkChange | Transition | Merge | NewTicket | NewFile
"""The union of all change types."""


class Risk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What may happen besides, said before anything does. ``code`` groups them: mail, cascade, coupling, clock ..."""

    code: str
    message: str
    field: str | None = None
    """Of an obstacle: the field whose value is missing; a value planned for it takes the obstacle away."""


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to happen to one ticket, in this order.

    ``version`` is the precondition: the platform's concurrency token when the plan was made.
    """

    id: str
    """The ticket's native id (ServiceNow: ``sys_id``)."""
    key: str
    actions: list[Action]
    version: str | None
    before: dict[str, Any]
    """The planned fields only, as they were."""
    after: dict[str, Any]
    """The same fields as they will be; a comment as ``comment``: its visibility and text."""
    kind: str | None = None
    """The platform's own record type (ServiceNow table), where writing needs it."""
    reason: str | None = None
    risks: list[Risk] = []
    final: list[str] = []
    """What cannot be undone and therefore needs leave: closing for good, merging, a public comment."""
    stays: dict[str, str] = {}
    """Planned fields an undo would not bring back as they were, each with the reason."""
    tracker: bool = False
    """Whether it is made where the plan's tracker is, with the tracker's profile. Its ``id`` and ``key`` are then the
    mark its ticket carries, and its ``version`` begins with the ticket's native id (``10012@...``)."""


class Applied(msgspec.Struct, frozen=True, kw_only=True, tag="applied"):
    """``version`` is the ticket's after it, where known; ``note`` is what should be said besides."""

    version: str | None = None
    note: str | None = None


class Unchanged(msgspec.Struct, frozen=True, kw_only=True, tag="unchanged"):
    """The ticket was already as planned."""

    version: str | None = None


class Skipped(msgspec.Struct, frozen=True, kw_only=True, tag="skipped"):
    reason: str


class Conflict(msgspec.Struct, frozen=True, kw_only=True, tag="conflict"):
    """The ticket moved since the plan; ``was`` and ``now`` are concurrency tokens or planned values."""

    was: str | None
    now: str | None
    reason: str | None = None


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    error: str
    code: str = "INVALID"


class Unverified(msgspec.Struct, frozen=True, kw_only=True, tag="unverified"):
    """Sent, and not (yet) seen to have happened."""

    reason: str


Outcome = Applied | Unchanged | Skipped | Conflict | Failed | Unverified
