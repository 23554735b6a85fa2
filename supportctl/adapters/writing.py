"""The writing half of an adapter: from a wish to what is sent, and back to what came of it.

``prepare`` turns a wish into actions in the platform's own ids; ``divide``, ``batches`` and ``submit`` send them in the
platform's own bulk forms; ``poll`` follows jobs; ``look`` finds what a ticket itself does not show. None of it decides
whether to send: `supportctl.changes` does, and is the only caller of what writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from supportctl.model import Action, Change, LinkType, Outcome, Risk, Status, Ticket

if TYPE_CHECKING:
    from supportctl.adapters.base import Capabilities, Needs


class TagWish(msgspec.Struct, frozen=True, kw_only=True):
    """Tags to be there and tags to be gone; ``exact``: all others go too.

    The action is planned by `supportctl.changes`, the same way for all; ``prepare`` adds obstacles and risks only.
    """

    add: list[str] = []
    remove: list[str] = []
    exact: bool = False


class FieldWish(msgspec.Struct, frozen=True, kw_only=True):
    """``value`` as somebody typed it, or as an earlier ``before`` held it; None empties the field."""

    field: str
    """Our name, a custom field's name, or ``custom:<id>``."""
    value: Any


class AssignWish(msgspec.Struct, frozen=True, kw_only=True):
    """An e-mail address, user name, id or exact name; ``me``; ``none`` takes away. None: leave as it is."""

    assignee: str | None = None
    group: str | None = None


class CommentWish(msgspec.Struct, frozen=True, kw_only=True):
    """Whether and at what risk these tickets can be commented; the caller writes the texts."""

    public: bool


class LinkWish(msgspec.Struct, frozen=True, kw_only=True):
    """``type`` is read from the tickets to be changed: ``duplicate_of`` makes them duplicates of ``to``."""

    type: LinkType
    to: Ticket
    remove: bool = False


class StatusWish(msgspec.Struct, frozen=True, kw_only=True):
    """``goal`` in our words; ``native`` names the platform's status where there are several.

    ``notes`` (closure notes by ticket id) are only given where `Capabilities.closure_notes` says there is a field.
    """

    goal: Status
    native: str | None = None
    closure_code: str | None = None
    notes: dict[str, str] = {}


class MergeWish(msgspec.Struct, frozen=True, kw_only=True):
    into: Ticket
    note: str = ""


class NewWish(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket to be made, or brought up to date, in a project of a tracker."""

    project: str
    kind: str
    """Name or id of the record type."""
    title: str
    document: dict[str, Any]
    """The description as an Atlassian document."""
    markup: str
    """The same in wiki markup, for trackers that take text."""
    marks: list[str]
    """Labels it is found by later."""
    fields: dict[str, str] = {}
    """Further fields by name or id, with values as somebody typed them."""
    tickets: list[Ticket] = []
    """Where it came from; those on other sites are linked from it."""


Wish = TagWish | FieldWish | AssignWish | CommentWish | LinkWish | StatusWish | MergeWish


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What fulfilling a wish takes for one ticket. No actions and no obstacles: it is already so."""

    actions: list[Action] = []
    after: dict[str, Any] = {}
    """Fields the ticket will have, in the form of `supportctl.model.change`; ``before`` is read from the ticket."""
    obstacles: list[Risk] = []
    """Why it cannot be done; the ticket is left out. Code ``open-children`` may be lifted by the user."""
    risks: list[Risk] = []
    final: list[str] = []
    stays: dict[str, str] = {}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """The part of one ticket's change that is sent together."""

    change: Change
    number: int
    """Place among the change's steps, from 0."""
    actions: tuple[Action, ...]
    op: str
    """16 hexadecimal digits, the same whenever this step of this plan is sent: what marks a comment as ours."""
    version: str | None
    """The ticket's concurrency token as last seen, for platforms that check it."""
    as_of: datetime | None = None
    """The ticket's ``updated_at`` when that token was read: what is younger, by the platform's clock, came later."""
    notify: bool = False
    """Whether the platform may mail people about it; False: it is told not to, where it can be told."""

    @property
    def id(self) -> str:
        """The ticket's native id."""
        return self.change.id


class Handle(msgspec.Struct, frozen=True, kw_only=True):
    """A platform's job or task, stored in the journal before it is first polled."""

    id: str
    kind: str
    ids: tuple[str, ...]
    """Native ids of the tickets it carries, in the order sent."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What one write request led to: outcomes at once (by ticket id), or a handle to poll."""

    outcomes: dict[str, Outcome] = {}
    """Tickets that are missing here and in the handle are in doubt, and are looked for."""
    handle: Handle | None = None
    unsent: tuple[str, ...] = ()
    """Tickets of which nothing was done, because of ``trouble``; the run ends after it."""
    trouble: Any = None
    """The `TemporaryError` or `AuthError` behind it."""


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    done: bool
    outcomes: dict[str, Outcome] = {}
    """By ticket id; tickets missing when ``done`` are in doubt, and are looked for."""
    message: str | None = None


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """``there`` None: it cannot be told, and ``reason`` says why."""

    there: bool | None
    reason: str | None = None


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    """Who changed a ticket last, and when; None where the platform does not say."""

    who: str | None
    at: datetime | None


class Writer(Protocol):
    """Writing. Only `supportctl.changes` is handed one."""

    capabilities: "Capabilities"

    def needs(self, wish: Wish) -> "Needs":
        """What `prepare` has to see of the tickets."""
        ...

    def prepare(self, tickets: Sequence[Ticket], wish: Wish) -> Mapping[str, Prepared]:
        """By ticket id: the actions that fulfil the wish, what stands in their way, and what may happen besides.

        Reads configuration and, where it must, the tickets' surroundings; writes nothing. Raises `UsageError` when
        the instance has no such closure code, field, person, group or status, naming what it has.
        """
        ...

    def divide(self, change: Change) -> list[tuple[Action, ...]]:
        """The change's actions in the groups and the order they have to be sent."""
        ...

    def batches(self, steps: Sequence[Step]) -> Iterator[list[Step]]:
        """Steps (one per ticket) grouped as the platform takes them.

        The engine journals a batch's intent before it is submitted. What becomes a background job has to be guarded by
        the platform (a stamp, a status that is no longer there to leave) or harmless when done twice: a job whose id
        was lost may still come through after its steps were sent again.
        """
        ...

    def submit(self, steps: Sequence[Step]) -> Submission:
        """Send one batch; may be called from several threads. One ticket's fate is a value.

        `AmbiguousWriteError` means that all of them are in doubt; a `TemporaryError` of another kind or an `AuthError`
        means that nothing of the batch was done.
        """
        ...

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        """By handle id."""
        ...

    def look(self, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> Mapping[str, Sight]:
        """By ticket id: whether what a `Ticket` does not show (comments; links kept elsewhere) has come about.

        ``tickets`` were just read from the store. Only comments and links in doubt are asked about.
        """
        ...

    def touched(self, tickets: Sequence[Ticket]) -> Mapping[str, Touch]:
        """By ticket id: the last change of each, for telling who was faster."""
        ...
