"""The run: tickets stream in, findings stream out, the census is complete at the end.

Findings appear as soon as their ticket was read, except those of rules about missing fields: whether the field
is used at all is known only when the last ticket was seen (QUE901).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from supportctl.adapters.base import Capabilities, Need, Needs
from supportctl.audit.exemptions import is_exempt
from supportctl.audit.result import AuditResult, Census, RuleCensus, SkippedRule, wilson
from supportctl.audit.rule import Context, QueueFault, QueueRule, Rule, TicketRule, Watch
from supportctl.audit.settings import Settings
from supportctl.audit.verdict import Clean, Fault, Faulty, Outside, Unjudged, Verdict
from supportctl.model import Finding, Persona, Platform, Severity, Ticket

_PERSONAS = list(Persona)


class Audit:
    """One run of some rules over one stream of tickets."""

    def __init__(self, rules: Sequence[Rule], settings: Settings, capabilities: Capabilities, now: datetime) -> None:
        self.context = Context(now, settings, capabilities)
        self.census = Census()
        self._rules: list[TicketRule] = []
        self._watches: list[tuple[QueueRule, Watch]] = []
        self._rows: dict[str, RuleCensus] = {}
        self._held: dict[tuple[Platform, str], list[Finding]] = {}
        self._profile = ""
        for rule in rules:
            self._enrol(rule)

    @property
    def needs(self) -> Needs:
        """What to fetch: what the enabled rules need or want and the platform can give. Tags carry exemptions."""
        wanted = {Need.TAGS}
        for rule in self._rules:
            wanted |= rule.needs | rule.wants
        return frozenset(wanted & self.context.capabilities.reads)

    @property
    def held(self) -> int:
        """Findings not yet yielded: whether they are told one by one is known at the end."""
        return sum(map(len, self._held.values()))

    def findings(self, tickets: Iterable[Ticket]) -> Iterator[Finding]:
        """Judge each ticket once, in the order they come."""
        for ticket in tickets:
            yield from self._judge(ticket)
        yield from self._finish()

    def _enrol(self, rule: Rule) -> None:
        if (reason := rule.unmet(self.context)) is not None:
            self.census.skipped.append(SkippedRule(rule=rule.code, name=rule.name, reason=reason))
            return
        self._rows[rule.code] = RuleCensus(rule=rule.code, name=rule.name, severity=self._severity(rule))
        self.census.rules.append(self._rows[rule.code])
        if isinstance(rule, TicketRule):
            self._rules.append(rule)
        elif isinstance(rule, QueueRule):
            self._watches.append((rule, rule.start(self.context)))

    def _severity(self, rule: Rule) -> Severity:
        return self.context.settings.severities.get(rule.code, rule.severity)

    def _judge(self, ticket: Ticket) -> Iterator[Finding]:
        self.census.tickets += 1
        self._profile = self._profile or ticket.profile
        dirty = False
        for rule in self._rules:
            verdict = rule.check(ticket, self.context)
            row = self._rows[rule.code]
            if isinstance(verdict, Faulty) and is_exempt(ticket, rule):
                row.exempt += 1
                continue
            _count(row, verdict)
            for _, watch in self._watches:
                watch.see(ticket, rule, verdict)
            if not isinstance(verdict, Faulty):
                continue
            dirty = True
            for fault in verdict.faults:
                finding = self._finding(rule, fault, ticket.platform, ticket.profile, ticket)
                if self._watches and rule.found_empty(ticket):
                    self._held.setdefault((ticket.platform, rule.code), []).append(finding)
                else:
                    yield from self._show(rule, finding)
        self.census.dirty += dirty

    def _finish(self) -> Iterator[Finding]:
        by_code = {rule.code: rule for rule in self._rules}
        for queue_rule, watch in self._watches:
            for queue_fault in watch.finish():
                yield from self._collapse(queue_rule, queue_fault)
        for (_, code), held in self._held.items():
            for finding in held:
                yield from self._show(by_code[code], finding)
        self._held.clear()
        for row in self.census.rules:
            row.hygiene = wilson(row.clean, row.eligible)
        self.census.hygiene = wilson(self.census.tickets - self.census.dirty, self.census.tickets)

    def _collapse(self, rule: QueueRule, queue_fault: QueueFault) -> Iterator[Finding]:
        if queue_fault.instead_of is not None:
            withheld = self._held.pop((queue_fault.platform, queue_fault.instead_of), [])
            self._rows[queue_fault.instead_of].collapsed += len(withheld)
        self._rows[rule.code].violations += 1
        yield from self._show(rule, self._finding(rule, queue_fault.fault, queue_fault.platform, self._profile, None))

    def _show(self, rule: Rule, finding: Finding) -> Iterator[Finding]:
        row = self._rows[rule.code]
        if _PERSONAS.index(rule.persona) > _PERSONAS.index(self.context.settings.persona):
            row.suppressed += 1
            return
        row.findings += 1
        counts = self.census.by_severity
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
        yield finding

    def _finding(self, rule: Rule, fault: Fault, platform: Platform, profile: str, ticket: Ticket | None) -> Finding:
        return Finding(
            rule=rule.code,
            name=rule.name,
            severity=self._rows[rule.code].severity,
            confidence=rule.confidence,
            persona=rule.persona,
            platform=platform,
            profile=profile,
            ticket=ticket.key if ticket else None,
            ticket_id=ticket.id if ticket else None,
            message=fault.message,
            fingerprint=fingerprint(rule.code, platform, ticket.id if ticket else "", fault.seen),
            url=ticket.url if ticket else None,
            evidence=fault.evidence,
            threshold=fault.threshold,
        )


def audit(
    tickets: Iterable[Ticket], rules: Sequence[Rule], settings: Settings, capabilities: Capabilities, now: datetime
) -> AuditResult:
    """The whole run at once, for callers that need no stream."""
    run = Audit(rules, settings, capabilities, now)
    findings = list(run.findings(tickets))
    return AuditResult(findings=findings, census=run.census)


def fingerprint(code: str, platform: Platform, ticket_id: str, seen: str) -> str:
    """Equal for the same fault of the same ticket in every run, profile and wording (SHA-256, hexadecimal)."""
    return hashlib.sha256("\x1f".join((code, platform, ticket_id, seen)).encode("utf-8", "surrogatepass")).hexdigest()


def _count(row: RuleCensus, verdict: Verdict) -> None:
    match verdict:
        case Faulty():
            row.violations += 1
        case Clean():
            row.clean += 1
        case Outside(grace=True):
            row.grace += 1
        case Outside():
            row.outside += 1
        case Unjudged(field=field):
            row.unjudged[field] = row.unjudged.get(field, 0) + 1
