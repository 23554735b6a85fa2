"""From a finished audit to the report its collecting forms are written from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from supportctl.reports.audit_report import (
    AuditReport,
    FamilyFacts,
    GroupFacts,
    PastRun,
    RuleFacts,
    Skipped,
    Threshold,
)

if TYPE_CHECKING:
    from supportctl.audit import Audit, Rule, RuleCensus
    from supportctl.audit.result import Census
    from supportctl.audit.state import State
    from supportctl.commands._audit_setup import Setup
    from supportctl.commands._audit_tally import Tally
    from supportctl.commands._audit_tickets import Tickets
    from supportctl.model import Finding
    from supportctl.reports.audit_report import BaselineFacts

FAMILIES = {
    "CLS": "Classification",
    "OWN": "Ownership",
    "PRI": "Priority",
    "COM": "Communication",
    "TIM": "Time",
    "RES": "Resolution",
    "LNK": "Links",
    "ESC": "Escalation",
    "TXT": "Text",
    "PRV": "Privacy",
    "QUE": "Queue",
}
OWN_RULES = "Organisation"
"""The family of rules that are not of the catalogue."""
WORST = 3
"""Rules a group is shown with."""


def build(
    setup: "Setup",
    audit: "Audit",
    tickets: "Tickets",
    tally: "Tally",
    *,
    source: str,
    platform: str,
    query: str | None,
    notices: Sequence[str],
    failed: bool,
    unable: str | None,
    baseline: "BaselineFacts | None",
) -> AuditReport:
    from supportctl import __version__

    census = audit.census
    rules = {rule.code: rule for rule in setup.rules}
    return AuditReport(
        version=__version__,
        now=audit.context.now,
        source=source,
        platform=platform,
        query=query,
        ruleset=", ".join(dict.fromkeys(setup.asked.rules)) or setup.resolved.ruleset,
        tickets=census.tickets,
        dirty=census.dirty,
        score=census.hygiene,
        families=_families(census.rules),
        rules=[_rule(rules[row.rule], row) for row in census.rules],
        skipped=[Skipped(rule=each.rule, name=each.name, reason=each.reason) for each in census.skipped],
        findings=_worst_first(tally.shown),
        accepted=_worst_first(finding for finding, _ in tally.accepted),
        reasons={finding.fingerprint: entry.reason for finding, entry in tally.accepted},
        new=None if tally.comparison is None else tally.comparison.new,
        baseline=baseline,
        groups=_groups(census, [*tally.shown, *(finding for finding, _ in tally.accepted)]),
        trend=[] if setup.memory is None or setup.memory.state is None else _trend(setup.memory.state),
        thresholds=_thresholds(tally.shown),
        notices=list(notices),
        truncated=tickets.truncated,
        fail_on=setup.resolved.fail_on,
        failed=failed,
        unable=unable,
    )


def _rule(rule: "Rule", row: "RuleCensus") -> RuleFacts:
    from supportctl.audit.docs import page, summary

    return RuleFacts(
        rule=row.rule,
        name=row.name,
        family=family(row.rule),
        severity=row.severity,
        confidence=rule.confidence,
        persona=rule.persona,
        summary=summary(rule),
        page=page(rule),
        violations=row.violations,
        clean=row.clean,
        outside=row.outside,
        grace=row.grace,
        exempt=row.exempt,
        unjudged=dict(row.unjudged),
        findings=row.findings,
        suppressed=row.suppressed,
        collapsed=row.collapsed,
        hygiene=row.hygiene,
    )


def family(code: str) -> str:
    return FAMILIES.get(code[:3], OWN_RULES) if len(code) == 6 else OWN_RULES


def _families(rows: "Sequence[RuleCensus]") -> list[FamilyFacts]:
    """In the order of the rules: violations among what was judged, by all rules of a family together."""
    from supportctl.model.shares import wilson

    sums: dict[str, list[RuleCensus]] = {}
    for row in rows:
        sums.setdefault(family(row.rule), []).append(row)
    facts: list[FamilyFacts] = []
    for name, of_family in sums.items():
        # Rules about the queue as a whole judge no tickets: they have faults, and no share.
        judging = [row for row in of_family if row.hygiene is not None]
        good = sum(row.clean for row in judging)
        share = wilson(good, good + sum(row.violations - row.collapsed for row in judging))
        facts.append(
            FamilyFacts(
                family=name,
                violations=sum(row.violations - row.collapsed for row in of_family),
                clean=sum(row.clean for row in of_family),
                hygiene=share,
            )
        )
    return facts


def _groups(census: "Census", findings: "Iterable[Finding]") -> list[GroupFacts]:
    """Worst first: by share of tickets with a fault, then by number."""
    by_group: dict[str, Counter[str]] = {}
    for finding in findings:
        if finding.ticket is not None:
            by_group.setdefault(finding.group or "", Counter())[finding.rule] += 1
    facts = [
        GroupFacts(
            group=name or None,
            tickets=row.tickets,
            dirty=row.dirty,
            findings=sum(by_group.get(name, Counter()).values()),
            worst_rules=by_group.get(name, Counter()).most_common(WORST),
        )
        for name, row in census.groups.items()
    ]
    return sorted(facts, key=lambda each: (-each.dirty / max(1, each.tickets), -each.dirty, each.group or ""))


def _trend(state: "State") -> list[PastRun]:
    return [
        PastRun(
            at=run.at,
            tickets=run.tickets,
            dirty=run.dirty,
            score=run.score,
            by_severity=run.by_severity,
            rules=run.rules,
        )
        for run in state.runs
    ]


def _thresholds(findings: "Iterable[Finding]") -> list[Threshold]:
    """Those that findings were made with, each once."""
    told = dict.fromkeys((finding.rule, finding.threshold) for finding in findings if finding.threshold)
    return [Threshold(rule=rule, text=text) for rule, text in sorted(told) if text]


def _worst_first(findings: "Iterable[Finding]") -> "list[Finding]":
    from supportctl.audit import rank

    return sorted(findings, key=lambda each: (-rank(each.severity), each.rule, _in_order(each.ticket or "")))


def _in_order(key: str) -> list[tuple[int, str]]:
    """Keys sort as people count: SUP-9 before SUP-10."""
    import re

    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", key)]


def severities(findings: "Mapping[str, int]") -> dict[str, int]:
    return {str(name): number for name, number in findings.items()}
