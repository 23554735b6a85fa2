"""Changes and their outcomes: values that a plan holds and a journal records."""

from typing import Any

import msgspec


class TagChange(msgspec.Struct, frozen=True, kw_only=True, tag="tags"):
    """Tags to add and to remove; both may be given, none may be in both."""

    add: list[str] = []
    remove: list[str] = []


Action = TagChange
"""The union of all change types (one so far)."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is to happen to one ticket.

    ``version`` is the precondition: the platform's concurrency token when the plan was made. ``before`` and
    ``after`` hold the planned fields only, by our field names.
    """

    id: str
    """The ticket's native id (ServiceNow: ``sys_id``)."""
    key: str
    action: Action
    version: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    kind: str | None = None
    """The platform's own record type (ServiceNow table), where writing needs it."""
    reason: str | None = None


class Applied(msgspec.Struct, frozen=True, kw_only=True, tag="applied"):
    version: str | None = None


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
