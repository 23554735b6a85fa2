"""What becomes of each finding of a run: shown, accepted by the baseline, remembered for the next run."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportctl.audit import Audit
    from supportctl.audit.baseline import Entry, Scope, Standing
    from supportctl.audit.state import Comparison, State
    from supportctl.commands._audit_setup import Memory, Setup
    from supportctl.commands._audit_tickets import Tickets
    from supportctl.model import Finding, Severity


@dataclass
class Tally:
    setup: "Setup"
    keeps: bool
    """Whether findings are needed when the run is over; otherwise they are passed on and forgotten."""
    by_severity: "dict[Severity, int]" = field(default_factory=dict)
    """Findings shown."""
    shown: "list[Finding]" = field(default_factory=list)
    accepted: "list[tuple[Finding, Entry]]" = field(default_factory=list)
    first: "list[Finding]" = field(default_factory=list)
    """The first findings of all, for ``audit explain``."""
    fixable: "list[Finding]" = field(default_factory=list)
    fingerprints: "dict[str, tuple[str, str | None, Severity]]" = field(default_factory=dict)
    """Of all findings, where somebody compares: rule, ticket and severity."""
    standing: "Standing | None" = None
    """Against the baseline; known at the end."""
    comparison: "Comparison | None" = None
    """Against the last run; known at the end."""

    def take(self, finding: "Finding") -> bool:
        """Whether it is shown."""
        from supportctl.audit.last_run import CAP

        setup = self.setup
        if len(self.first) < CAP:
            self.first.append(finding)
        if setup.baseline is not None or setup.before is not None or setup.memory is not None:
            self.fingerprints[finding.fingerprint] = (finding.rule, finding.ticket, finding.severity)
        entry = None if setup.baseline is None else setup.baseline.accepts(finding.fingerprint, setup.today)
        if entry is not None:
            self.accepted.append((finding, entry))
            return False
        self.by_severity[finding.severity] = self.by_severity.get(finding.severity, 0) + 1
        if self.keeps:
            self.shown.append(finding)
        if setup.plan is not None and finding.fixes and finding.ticket is not None:
            self.fixable.append(finding)
        return True

    @property
    def number(self) -> int:
        return sum(self.by_severity.values())

    @property
    def standing_by_severity(self) -> "dict[Severity, int]":
        """What the last run found and ``--since`` did not look at again. What a baseline accepts does not count."""
        state = None if self.setup.memory is None else self.setup.memory.state
        if self.setup.which.since is None or state is None or self.comparison is None:
            return {}
        baseline, today = self.setup.baseline, self.setup.today
        standing = (
            state.findings[each].severity
            for each in self.comparison.unseen
            if baseline is None or baseline.accepts(each, today) is None
        )
        return dict(Counter(standing))

    def fails(self) -> bool:
        """Whether a finding shown, or one that stands, is as severe as the run was told to fail on."""
        from supportctl.audit import rank

        least = rank(self.setup.resolved.fail_on)
        counts = [*self.by_severity.items(), *self.standing_by_severity.items()]
        return any(number and rank(severity) >= least for severity, number in counts)

    def finish(self, scope: "Scope") -> None:
        """The tickets are through: what of the baseline and of the last run is still there."""
        import msgspec

        from supportctl.audit.baseline import stand
        from supportctl.audit.state import compare

        setup = self.setup
        if setup.baseline is not None:
            self.standing = stand(setup.baseline, self.fingerprints, scope, setup.today)
        if setup.memory is not None and setup.memory.state is not None:
            since = msgspec.structs.replace(scope, origin=setup.memory.origin)
            self.comparison = compare(setup.memory.state, self.fingerprints, since)

    def everything(self) -> "Iterable[Finding]":
        yield from self.shown
        yield from (finding for finding, _ in self.accepted)


def scope_of(setup: "Setup", audit: "Audit", tickets: "Tickets") -> "Scope":
    """What the run looked at. A rule whose findings were told another way, or not at all, looked for no single one."""
    from supportctl.audit import QueueRule
    from supportctl.audit.baseline import Scope
    from supportctl.audit.wrapped import unwrapped

    if tickets.which.as_of is not None or not audit.census.tickets:
        return Scope(rules=frozenset(), whole=False)
    looked = audit.tally.looked
    told = {row.rule for row in audit.census.rules if not row.collapsed and not row.suppressed}
    of_queue = {rule.code: rule for rule in setup.rules if isinstance(rule, QueueRule)}
    hidden = looked.hidden - audit.context.capabilities.unknown_fields
    blind = {
        code
        for code, rule in of_queue.items()
        if hidden and (rule is not unwrapped(rule) or hidden & (_OF_ALL | rule.needs | rule.wants | rule.fields))
    }
    return Scope(
        rules=frozenset(told - blind),
        whole=tickets.all_seen,
        read=frozenset(looked.read),
        left=tickets.left,
        unjudged=frozenset(looked.unjudged | looked.excused),
        of_queue=frozenset(of_queue),
        origin=setup.origin,
    )


_OF_ALL = frozenset({"status", "priority", "tags", "description", "created_at", "reopens"})
"""What rules about the queue look at without asking for it. One that the project narrowed may look at anything."""


def next_state(memory: "Memory", audit: "Audit", tickets: "Tickets", tally: Tally) -> "State":
    """What this run leaves for the next one."""
    from supportctl.audit import state
    from supportctl.audit.learned import NOTHING_LEARNED

    census = audit.census
    before = memory.state if tickets.which.since is not None else None
    found = {
        fingerprint: state.Known(rule=rule, ticket=ticket, severity=severity)
        for fingerprint, (rule, ticket, severity) in tally.fingerprints.items()
    }
    stands = {
        fingerprint: known
        for fingerprint, known in state.standing(found, memory.state, tally.comparison).items()
        if (known.rule, known.ticket) not in audit.tally.looked.excused
    }
    whole = tickets.whole
    counts = Counter(str(known.severity) for known in stands.values())
    run = state.Run(
        at=audit.context.now,
        tickets=census.tickets,
        dirty=census.dirty,
        score=census.hygiene.value if whole and census.hygiene is not None else None,
        by_severity=dict(sorted(counts.items())),
        rules={row.rule: row.hygiene.value for row in census.rules if row.hygiene is not None} if whole else {},
    )
    fresh = state.State(
        instance=memory.instance,
        account=memory.account,
        origin=memory.origin,
        selection=memory.selection,
        started=tally.setup.started,
        runs=[run],
        findings=stands,
        learned=before.learned if before is not None else census.learned or NOTHING_LEARNED,
        told_once=before.told_once if before is not None else [row.rule for row in census.rules if row.collapsed],
    )
    return state.advanced(memory.state, fresh)
