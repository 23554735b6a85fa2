"""The run: tickets stream in, findings stream out, the census is complete at the end.

Findings appear as soon as their ticket was read, except those of rules about missing fields (whether the field
is used at all is known only when the last ticket was seen, QUE901), of rules that learn from the queue (they judge
in a second pass), and of rules about the queue.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from supportctl.adapters.base import Capabilities, Needs
from supportctl.audit.exemptions import Exemptions
from supportctl.audit.learned import NOTHING_LEARNED, Learning
from supportctl.audit.result import AuditResult, Census, GroupCensus, RuleCensus, SkippedRule, wilson
from supportctl.audit.rule import Context, QueueFault, QueueRule, Ref, Rule, TicketRule, Watch
from supportctl.audit.rules.que901_field_unused import Guard
from supportctl.audit.settings import Settings
from supportctl.audit.spool import Spool
from supportctl.audit.verdict import Clean, Fault, Faulty, Outside, Unjudged, Verdict
from supportctl.calendars import Calendar
from supportctl.model import Finding, Persona, Platform, Severity, Ticket

_PERSONAS = list(Persona)
Again = Callable[[], Iterable[Ticket]]


class Audit:
    """One run of some rules over one stream of tickets."""

    def __init__(
        self,
        rules: Sequence[Rule],
        settings: Settings,
        capabilities: Capabilities,
        now: datetime,
        calendars: dict[str, Calendar] | None = None,
        exemptions: Exemptions | None = None,
    ) -> None:
        self._exemptions = exemptions or Exemptions(settings)
        self.context = Context(now, settings, capabilities, NOTHING_LEARNED, calendars or {})
        self.census = Census()
        self._by_code: dict[str, Rule] = {}
        self._rules: list[TicketRule] = []
        self._learning_rules: list[TicketRule] = []
        self._watches: list[tuple[QueueRule, Watch]] = []
        self._guard: Guard | None = None
        self._rows: dict[str, RuleCensus] = {}
        self._held: dict[tuple[Platform, str], list[Finding]] = {}
        self._dirty: set[str] = set()
        self._profile = ""
        for rule in rules:
            self._enrol(rule)

    @property
    def needs(self) -> Needs:
        """What to fetch: what the enabled rules and the exemptions need or want and the platform can give."""
        wanted = set(self._exemptions.needs)
        for code in self._rows:
            wanted |= self._by_code[code].needs | self._by_code[code].wants
        return frozenset(wanted & self.context.capabilities.reads)

    @property
    def learns(self) -> bool:
        """Whether the tickets are gone through twice."""
        return bool(self._learning_rules)

    @property
    def held(self) -> int:
        """Findings not yet yielded: whether they are told one by one is known at the end."""
        return sum(map(len, self._held.values()))

    def findings(self, tickets: Iterable[Ticket], again: Again | None = None) -> Iterator[Finding]:
        """Judge each ticket once, in the order they come.

        ``again`` gives the same tickets a second time; without it they are kept in a file while any rule learns.
        """
        if not self.learns:
            for ticket in tickets:
                yield from self._see(ticket)
        elif again is not None:
            yield from self._twice(tickets, None, again)
        else:
            with Spool() as spool:
                yield from self._twice(tickets, spool, spool.__iter__)
        yield from self._finish()

    def _twice(self, tickets: Iterable[Ticket], spool: Spool | None, again: Again) -> Iterator[Finding]:
        learning = Learning()
        for ticket in tickets:
            yield from self._see(ticket)
            learning.see(ticket)
            if spool is not None:
                spool.add(ticket)
        if self.context.settings.learn:
            self.census.learned = learning.result()
            self.context = Context(
                self.context.now,
                self.context.settings,
                self.context.capabilities,
                self.census.learned,
                self.context.calendars,
            )
        for ticket in again():
            yield from self._judge(ticket, self._learning_rules)

    def _enrol(self, rule: Rule) -> None:
        if (reason := rule.unmet(self.context)) is not None:
            self.census.skipped.append(SkippedRule(rule=rule.code, name=rule.name, reason=reason))
            return
        self._by_code[rule.code] = rule
        self._rows[rule.code] = RuleCensus(rule=rule.code, name=rule.name, severity=self._severity(rule))
        self.census.rules.append(self._rows[rule.code])
        if isinstance(rule, TicketRule):
            (self._learning_rules if rule.learns else self._rules).append(rule)
        elif isinstance(rule, QueueRule):
            watch = rule.start(self.context)
            self._watches.append((rule, watch))
            if isinstance(watch, Guard):
                self._guard = watch

    def _severity(self, rule: Rule) -> Severity:
        return self.context.settings.severities.get(rule.code, rule.severity)

    def _see(self, ticket: Ticket) -> Iterator[Finding]:
        self.census.tickets += 1
        self._of_group(ticket).tickets += 1
        self._profile = self._profile or ticket.profile
        for _, watch in self._watches:
            watch.see(ticket)
        yield from self._judge(ticket, self._rules)

    def _judge(self, ticket: Ticket, rules: Sequence[TicketRule]) -> Iterator[Finding]:
        for rule in rules:
            verdict = rule.check(ticket, self.context)
            row = self._rows[rule.code]
            if isinstance(verdict, Faulty) and self._exemptions.excuse(ticket, rule):
                row.exempt += 1
                continue
            _count(row, verdict)
            if self._guard is not None:
                self._guard.judged(ticket, rule, verdict)
            if not isinstance(verdict, Faulty):
                continue
            self._soil(ticket.platform, ticket.id, _group(ticket))
            for fault in verdict.faults:
                finding = self._finding(rule, fault, ticket.platform, ticket.profile, _seen(ticket))
                if self._guard is not None and rule.found_empty(ticket):
                    self._held.setdefault((ticket.platform, rule.code), []).append(finding)
                else:
                    yield from self._show(rule, finding)

    def _finish(self) -> Iterator[Finding]:
        for rule, watch in self._watches:
            row = self._rows[rule.code]
            faulty: set[str] = set()
            for fault in watch.finish():
                if fault.ticket is not None and self._exemptions.excuse(fault.ticket, rule):
                    row.exempt += 1
                    continue
                faulty.add(fault.fault.seen if fault.ticket is None else fault.ticket.id)
                yield from self._about_queue(rule, fault)
            row.violations += len(faulty)
            row.clean += max(0, watch.eligible - len(faulty) - row.exempt)
        for (_, code), held in self._held.items():
            for finding in held:
                yield from self._show(self._by_code[code], finding)
        self._held.clear()
        for row in self.census.rules:
            row.hygiene = wilson(row.clean, row.eligible)
        self.census.dirty = len(self._dirty)
        self.census.hygiene = wilson(self.census.tickets - self.census.dirty, self.census.tickets)

    def _about_queue(self, rule: QueueRule, found: QueueFault) -> Iterator[Finding]:
        if found.instead_of is not None:
            withheld = self._held.pop((found.platform, found.instead_of), [])
            self._rows[found.instead_of].collapsed += len(withheld)
        if found.ticket is not None:
            self._soil(found.platform, found.ticket.id, found.ticket.group)
        yield from self._show(rule, self._finding(rule, found.fault, found.platform, self._profile, found.ticket))

    def _of_group(self, ticket: Ticket) -> GroupCensus:
        name = _group(ticket) or ""
        if (row := self.census.groups.get(name)) is None:
            row = self.census.groups[name] = GroupCensus()
        return row

    def _soil(self, platform: Platform, ticket_id: str, group: str | None) -> None:
        identity = f"{platform}:{ticket_id}"
        if identity not in self._dirty:
            self._dirty.add(identity)
            self.census.groups[group or ""].dirty += 1

    def _show(self, rule: Rule, finding: Finding) -> Iterator[Finding]:
        row = self._rows[rule.code]
        if _PERSONAS.index(rule.persona) > _PERSONAS.index(self.context.settings.persona):
            row.suppressed += 1
            return
        row.findings += 1
        counts = self.census.by_severity
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
        yield finding

    def _finding(self, rule: Rule, fault: Fault, platform: Platform, profile: str, ticket: Ref | None) -> Finding:
        return Finding(
            rule=rule.code,
            name=rule.name,
            severity=self._rows[rule.code].severity,
            confidence=rule.confidence,
            persona=rule.persona,
            platform=platform,
            profile=ticket.profile if ticket else profile,
            ticket=ticket.key if ticket else None,
            ticket_id=ticket.id if ticket else None,
            message=fault.message,
            fingerprint=fingerprint(rule.code, platform, ticket.id if ticket else "", fault.seen),
            url=ticket.url if ticket else None,
            evidence=fault.evidence,
            threshold=fault.threshold,
            passes=fault.passes,
            group=ticket.group if ticket else None,
            fixes=list(fault.fixes),
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


def _group(ticket: Ticket) -> str | None:
    return None if ticket.group is None else ticket.group.name or ticket.group.id


def _seen(ticket: Ticket) -> Ref:
    return Ref(
        platform=ticket.platform,
        profile=ticket.profile,
        id=ticket.id,
        key=ticket.key,
        url=ticket.url,
        group=_group(ticket),
    )


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
