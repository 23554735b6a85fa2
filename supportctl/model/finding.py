"""What an audit says about a ticket."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from supportctl.model.ticket import LinkType, Platform, Status


class Severity(StrEnum):
    """How much harm the fault does if the finding is true."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Confidence(StrEnum):
    """How sure the rule is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Persona(StrEnum):
    """Who wants to see the finding: ``regular`` is actionable, ``pedantic`` smells, ``auditor`` everything."""

    REGULAR = "regular"
    PEDANTIC = "pedantic"
    AUDITOR = "auditor"


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the rule looked and what it saw; customer text and secrets are masked."""

    field: str
    seen: str | None = None
    at: datetime | None = None


class TagFix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="tags", tag_field="fix"):
    add: list[str] = []
    remove: list[str] = []


class FieldFix(msgspec.Struct, frozen=True, kw_only=True, tag="field", tag_field="fix"):
    """``value`` as somebody would type it; None empties the field."""

    field: str
    value: Any


class AssignFix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="assign", tag_field="fix"):
    """``none`` takes away; None leaves as it is."""

    assignee: str | None = None
    group: str | None = None


class LinkFix(msgspec.Struct, frozen=True, kw_only=True, tag="link", tag_field="fix"):
    """``type`` is read from the finding's ticket: ``duplicate_of`` makes it a duplicate of ``key``."""

    type: LinkType
    key: str


class StatusFix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="status", tag_field="fix"):
    goal: Status
    closure_code: str | None = None


class NoteFix(msgspec.Struct, frozen=True, kw_only=True, tag="note", tag_field="fix"):
    """A comment from a template (``supportctl template list``)."""

    template: str
    public: bool


Remedy = TagFix | FieldFix | AssignFix | LinkFix | StatusFix | NoteFix


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One way to clear a finding; all that is not safe wants a person's eye.

    Safe: it cannot be wrong, and it can be taken back or is an internal note that mails nobody.
    """

    title: str
    """What it does, in the imperative, without customer text."""
    safe: bool
    remedy: Remedy


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``fingerprint`` is stable over runs: rule + platform + ticket + what was seen, never message text."""

    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    persona: Persona
    platform: Platform
    profile: str
    ticket: str | None
    """The ticket's key; None for a finding about the whole queue."""
    ticket_id: str | None
    message: str
    fingerprint: str
    url: str | None = None
    evidence: list[Evidence] = []
    threshold: str | None = None
    """The threshold used and where it came from."""
    passes: str | None = None
    """What would make the ticket pass."""
    group: str | None = None
    """The ticket's group by name, or by id where only that is known."""
    fixes: list[Fix] = []


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A proportion from 0 to 1 with its 95 % Wilson interval."""

    value: float
    low: float
    high: float
