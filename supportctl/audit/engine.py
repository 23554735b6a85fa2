"""The run: tickets stream in, findings stream out, the census is complete at the end.

Findings appear as soon as their ticket was read, except those of rules about missing fields (whether the field
is used at all is known only when the last ticket was seen, QUE901), of rules that learn from the queue (a second pass
tells what they find, see `audit.waiting`), and of rules about the queue.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from supportctl.adapters.base import Capabilities, Needs
from supportctl.audit.bench import Bench, Seat
from supportctl.audit.exemptions import Exemptions
from supportctl.audit.learned import NOTHING_LEARNED, Learned
from supportctl.audit.looked import Looked
from supportctl.audit.result import AuditResult, Census, SkippedRule
from supportctl.audit.rule import Context, QueueFault, QueueRule, Rule, TicketRule, ref
from supportctl.audit.rules.que901_field_unused import Guard
from supportctl.audit.settings import Settings
from supportctl.audit.spool import Spool
from supportctl.audit.tally import Tally, count
from supportctl.audit.telling import finding_of
from supportctl.audit.verdict import CLEAN, OUTSIDE, Clean, Faulty, Outside, Unjudged
from supportctl.audit.waiting import Settled
from supportctl.calendars import Calendar
from supportctl.model import Finding, Persona, Severity, Ticket
from supportctl.model.shares import wilson

_PERSONAS = list(Persona)
Again = Callable[[bytes | None], Iterable[Ticket]]
"""The tickets a second time; those a byte of 0 stands for need not come. None: all."""


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
        watched: frozenset[str] | None = None,
        named: frozenset[str] = frozenset(),
        learned: Learned | None = None,
    ) -> None:
        """``watched``: keys of tickets somebody compares this run by; None: nobody does.

        ``named``: codes of rules that somebody asked for by name; their findings are shown whatever the persona.

        ``learned``: what another run learned of this queue; then one pass is enough, and nothing is learned.
        """
        given = learned if settings.learn else None
        self.context = Context(now, settings, capabilities, given or NOTHING_LEARNED, calendars or {})
        self.exemptions = exemptions or Exemptions(settings)
        self._watched = watched
        self._given = given
        self.named = named
        self.settled: Settled = {}
        self.tally = Tally(Looked(watched or ()))
        self._by_code: dict[str, Rule] = {}
        self._rules = Bench()
        self._learning_rules = Bench()
        self._asked = tuple(rules)
        for rule in rules:
            self._enrol(rule)
        if given is not None:
            self.census.learned = given
        self._guard = next((watch for watch in self.tally.watches.values() if isinstance(watch, Guard)), None)

    def blueprint(self) -> "Blueprint":
        """How to make another audit like this one, that has seen nothing yet."""
        context = self.context
        return Blueprint(
            rules=self._asked,
            settings=context.settings,
            capabilities=context.capabilities,
            now=context.now,
            calendars=context.calendars,
            exemptions=self.exemptions,
            watched=self._watched,
            named=self.named,
            learned=self._given,
        )

    @property
    def census(self) -> Census:
        return self.tally.census

    @property
    def needs(self) -> Needs:
        """What to fetch: what the enabled rules and the exemptions need or want and the platform can give."""
        wanted = set(self.exemptions.needs)
        for rule in self._by_code.values():
            wanted |= rule.needs | rule.wants
        return frozenset(wanted & self.context.capabilities.reads)

    @property
    def learns(self) -> bool:
        """Whether the tickets are gone through twice."""
        return bool(self._learning_rules.rules)

    @property
    def held(self) -> int:
        """Findings not yet yielded: whether they are told one by one is known at the end."""
        return len(self.tally.held)

    def findings(self, tickets: Iterable[Ticket], again: Again | None = None) -> Iterator[Finding]:
        """Judge each ticket once, in the order they come.

        ``again`` gives the same tickets a second time; without it they are kept in a file while any rule learns.
        """
        if not self.learns:
            yield from self.first(tickets)
        elif again is not None:
            yield from self.first(tickets)
            yield from self._rest(again)
        else:
            with Spool() as spool:
                yield from self.first(spool.passing(tickets))
                yield from self._rest(spool.again)
        yield from self.finish()

    def _rest(self, again: Again) -> Iterator[Finding]:
        self.take(self.tally.learning.result())
        wanted = self.tally.waiting.wanted(self.census.tickets, self.settled)
        if wanted is None or any(wanted):
            yield from self.second(again(wanted))

    def first(self, tickets: Iterable[Ticket]) -> Iterator[Finding]:
        """The first pass: rules that need to know one ticket only; the queue is watched, and learned from."""
        tally, learns = self.tally, self.learns
        watches = [watch for watch in tally.watches.values() if watch is not self._guard]
        number = tally.census.tickets
        looked = None if self._watched is None else tally.looked
        try:
            for ticket in tickets:
                tally.census.tickets += 1
                tally.profile = tally.profile or ticket.profile
                tally.group(_group(ticket)).tickets += 1
                for watch in watches:
                    watch.see(ticket)
                if looked is not None:
                    looked.saw(ticket)
                if learns:
                    tally.learning.see(ticket)
                if told := self._judge(ticket, self._rules.asked(ticket, self.context)):
                    yield from told
                if learns:
                    yield from self._judge(ticket, self._sure(ticket, number))
                    number += 1
        finally:
            self._rules.settle(self._guard)
            self._learning_rules.settle(self._guard)

    def _sure(self, ticket: Ticket, number: int) -> list[Seat]:
        """The learning rules whose verdict does not hang on what the queue teaches; the others wait."""
        sure = []
        for seat in self._learning_rules.asked(ticket, self.context):
            case = seat.rule.case(ticket, self.context)
            if case is None:
                sure.append(seat)
            else:
                self.tally.waiting.add(seat.rule.code, case, ticket, number)
        return sure

    def take(self, learned: Learned, settled: Settled | None = None) -> None:
        """What the first pass taught; nothing is taken where the settings say so.

        ``settled``: cases that need no second look; None: they are judged, and counted, here.
        """
        if self.context.settings.learn:
            self.census.learned = learned
            old = self.context
            self.context = Context(old.now, old.settings, old.capabilities, learned, old.calendars)
        self.settled = self.tally.waiting.settle(self._judge_case) if settled is None else settled

    def second(self, tickets: Iterable[Ticket]) -> Iterator[Finding]:
        """The second pass: rules that look at what was learned, on the tickets of cases that are not settled."""
        try:
            for ticket in tickets:
                yield from self._judge(ticket, self._unsure(ticket))
        finally:
            self._learning_rules.settle(self._guard)

    def _unsure(self, ticket: Ticket) -> list[Seat]:
        unsure = []
        for seat in self._learning_rules.asked(ticket, self.context, first=False):
            case = seat.rule.case(ticket, self.context)
            if case is not None and case not in self.settled.get(seat.rule.code, ()):
                unsure.append(seat)
        return unsure

    def _judge_case(self, code: str, sample: Ticket, number: int) -> bool:
        """Give the verdict on ``number`` tickets at once; False: each has to be looked at."""
        rule, row = self._by_code[code], self.tally.rows[code]
        assert isinstance(rule, TicketRule)
        verdict = rule.check(sample, self.context)
        if rule.empty_field is not None or not isinstance(verdict, Clean | Outside):
            return False
        count(row, verdict, number)
        return True

    def finish(self) -> Iterator[Finding]:
        """What is known when the last ticket was seen; the census is complete after it."""
        tally = self.tally
        wholes = {code for code, rule in self._by_code.items() if isinstance(rule, QueueRule) and rule.whole}
        for code, watch in tally.watches.items():
            rule, row = self._by_code[code], tally.rows[code]
            faulty: set[str] = set()
            for found in watch.finish():
                if found.ticket is not None and self.exemptions.excuse(found.ticket, rule):
                    row.exempt += 1
                    continue
                faulty.add(found.fault.seen if found.ticket is None else found.ticket.id)
                if found.ticket is None:
                    wholes.add(code)
                yield from self._about_queue(rule, found)
            row.violations += len(faulty)
            row.clean += max(0, watch.eligible - len(faulty) - row.exempt)
        for finding in tally.held.release():
            if finding.ticket_id is not None:
                # What is told once as a matter of the queue is held against no ticket.
                tally.soil(finding.platform, finding.ticket_id, finding.group)
            yield from self._show(self._by_code[finding.rule], finding)
        for row in self.census.rules:
            row.hygiene = None if row.rule in wholes else wilson(row.clean, row.eligible)
        tally.count_dirty()
        if any(row.eligible for row in self.census.rules):
            self.census.hygiene = wilson(self.census.tickets - self.census.dirty, self.census.tickets)

    def _enrol(self, rule: Rule) -> None:
        if (reason := rule.unmet(self.context)) is not None:
            self.census.skipped.append(SkippedRule(rule=rule.code, name=rule.name, reason=reason))
            return
        self._by_code[rule.code] = rule
        self.tally.enrol(rule.code, rule.name, self._severity(rule))
        if isinstance(rule, TicketRule):
            (self._learning_rules if rule.learns and self._given is None else self._rules).add(
                rule, self.tally.rows[rule.code]
            )
        elif isinstance(rule, QueueRule):
            self.tally.watches[rule.code] = rule.start(self.context)

    def _severity(self, rule: Rule) -> Severity:
        return self.context.settings.severities.get(rule.code, rule.severity)

    def _judge(self, ticket: Ticket, seats: Iterable[Seat]) -> list[Finding]:
        """The findings to be told at once."""
        told: list[Finding] = []
        context = self.context
        for seat in seats:
            verdict = seat.check(ticket, context)
            # The verdicts without a fault come as constants, nearly always.
            if verdict is OUTSIDE:
                seat.outside += 1
            elif verdict is CLEAN or isinstance(verdict, Clean):
                seat.clean += 1
            elif isinstance(verdict, Faulty):
                told += self._faulty(ticket, seat.rule, verdict)
            else:
                if isinstance(verdict, Unjudged):
                    self.tally.looked.could_not_judge(seat.rule.code, ticket)
                count(seat.row, verdict)
        return told

    def _faulty(self, ticket: Ticket, rule: TicketRule, verdict: Faulty) -> Iterator[Finding]:
        row = self.tally.rows[rule.code]
        if self.exemptions.excuse(ticket, rule):
            row.exempt += 1
            self.tally.looked.excuses(rule.code, ticket)
            return
        row.violations += 1
        if self._guard is not None:
            self._guard.faulty(ticket, rule)
        waits = self._guard is not None and rule.found_empty(ticket)
        if not waits:
            self.tally.soil(ticket.platform, ticket.id, _group(ticket))
        for fault in verdict.faults:
            finding = finding_of(rule, row.severity, fault, ticket.platform, ticket.profile, ref(ticket))
            if waits:
                self.tally.held.add(finding)
            else:
                yield from self._show(rule, finding)

    def _about_queue(self, rule: Rule, found: QueueFault) -> Iterator[Finding]:
        if found.instead_of is not None:
            self.tally.rows[found.instead_of].collapsed += self.tally.held.withhold(found.platform, found.instead_of)
        if found.ticket is not None:
            self.tally.soil(found.platform, found.ticket.id, found.ticket.group)
        severity = self.tally.rows[rule.code].severity
        finding = finding_of(rule, severity, found.fault, found.platform, self.tally.profile, found.ticket)
        yield from self._show(rule, finding)

    def _show(self, rule: Rule, finding: Finding) -> Iterator[Finding]:
        row = self.tally.rows[rule.code]
        later = _PERSONAS.index(rule.persona) > _PERSONAS.index(self.context.settings.persona)
        if later and rule.code not in self.named:
            row.suppressed += 1
            return
        row.findings += 1
        counts = self.census.by_severity
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
        yield finding


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """Everything an audit is made of; it can be pickled."""

    rules: tuple[Rule, ...]
    settings: Settings
    capabilities: Capabilities
    now: datetime
    calendars: dict[str, Calendar]
    exemptions: Exemptions
    watched: frozenset[str] | None = None
    named: frozenset[str] = frozenset()
    learned: Learned | None = None

    def __call__(self) -> Audit:
        return Audit(
            self.rules,
            self.settings,
            self.capabilities,
            self.now,
            self.calendars,
            self.exemptions.unused_copy(),
            self.watched,
            self.named,
            self.learned,
        )


def audit(
    tickets: Iterable[Ticket], rules: Sequence[Rule], settings: Settings, capabilities: Capabilities, now: datetime
) -> AuditResult:
    """The whole run at once, for callers that need no stream."""
    run = Audit(rules, settings, capabilities, now)
    findings = list(run.findings(tickets))
    return AuditResult(findings=findings, census=run.census)


def _group(ticket: Ticket) -> str | None:
    return None if ticket.group is None else ticket.group.name or ticket.group.id
