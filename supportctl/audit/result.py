"""The census of a run: what was looked at, what could not be, and what is not shown."""

import msgspec

from supportctl.audit.learned import Learned
from supportctl.model import Finding, Severity, Share


class RuleCensus(msgspec.Struct, kw_only=True):
    """One rule's tickets: every ticket is counted in exactly one of the first six."""

    rule: str
    name: str
    severity: Severity
    violations: int = 0
    """Tickets with a fault that count against the queue."""
    clean: int = 0
    outside: int = 0
    grace: int = 0
    """Too new to judge."""
    unjudged: dict[str, int] = {}
    """Unknown field -> tickets that could not be judged because of it."""
    exempt: int = 0
    """Tickets with a fault and a tag that excuses it."""
    findings: int = 0
    """Findings shown."""
    suppressed: int = 0
    """Findings for a later persona."""
    collapsed: int = 0
    """Findings withheld because the field is unused (QUE901)."""
    hygiene: Share | None = None
    """1 - violations / (violations + clean); None where nothing was judged, and of rules about the queue as a whole."""

    @property
    def eligible(self) -> int:
        return self.violations + self.clean


class SkippedRule(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    name: str
    reason: str


class GroupCensus(msgspec.Struct, kw_only=True):
    tickets: int = 0
    dirty: int = 0
    """Tickets with at least one violation."""


class Census(msgspec.Struct, kw_only=True):
    tickets: int = 0
    dirty: int = 0
    """Tickets with at least one violation."""
    rules: list[RuleCensus] = []
    skipped: list[SkippedRule] = []
    groups: dict[str, GroupCensus] = {}
    """By name, or by id where only that is known; the empty name: tickets without a group."""
    learned: Learned | None = None
    """What the queue taught, where a rule asked."""
    by_severity: dict[Severity, int] = {}
    """Findings shown."""
    hygiene: Share | None = None
    """Share of tickets without a violation; None: no rule judged any."""

    @property
    def findings(self) -> int:
        return sum(self.by_severity.values())

    @property
    def suppressed(self) -> int:
        return sum(row.suppressed for row in self.rules)

    @property
    def exempt(self) -> int:
        return sum(row.exempt for row in self.rules)

    @property
    def collapsed(self) -> int:
        return sum(row.collapsed for row in self.rules)

    @property
    def unjudged(self) -> int:
        return sum(sum(row.unjudged.values()) for row in self.rules)

    def at_least(self, severity: Severity) -> int:
        """How many findings shown are this severe or more."""
        return sum(count for other, count in self.by_severity.items() if rank(other) >= rank(severity))


class AuditResult(msgspec.Struct, frozen=True, kw_only=True):
    findings: list[Finding]
    census: Census


_RANKS = {severity: n for n, severity in enumerate(Severity)}


def rank(severity: Severity) -> int:
    """``info`` is 0."""
    return _RANKS[severity]
