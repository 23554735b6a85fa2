"""What an audit says about a ticket."""

from datetime import datetime
from enum import StrEnum

import msgspec

from supportctl.model.ticket import Platform


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
