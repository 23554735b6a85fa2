"""Audit reports for the tests of the collecting forms: small ones, empty ones, huge ones, and hostile ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

from supportctl.model import Confidence, Evidence, Finding, Fix, Persona, Platform, Severity, Share, TagFix
from supportctl.reports.audit_forms import write_report
from supportctl.reports.audit_report import (
    AuditReport,
    BaselineFacts,
    FamilyFacts,
    GroupFacts,
    PastRun,
    RuleFacts,
    Skipped,
    Threshold,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PAGE = """# OWN201 unassigned

An unresolved ticket has no assignee beyond the pick-up time.

severity high · confidence high

## What it does
Reports tickets nobody took.

## Why is this bad?
What everybody may take nobody takes.

A second paragraph with `group_is_enough`.

## Fix
Assign it to whoever is on call.
"""


def share(value: float, reach: float = 0.05) -> Share:
    return Share(value=value, low=max(0.0, value - reach), high=min(1.0, value + reach))


def finding(number: int, code: str = "OWN201", **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": code,
        "name": "unassigned" if code == "OWN201" else "something",
        "severity": Severity.HIGH,
        "confidence": Confidence.HIGH,
        "persona": Persona.REGULAR,
        "platform": Platform.JSM,
        "profile": "acme",
        "ticket": f"SUP-{number}",
        "ticket_id": str(10_000 + number),
        "message": "unassigned for more than 24 h",
        "fingerprint": f"{number:08x}" * 8,
        "url": f"https://acme.example/browse/SUP-{number}",
        "evidence": [Evidence(field="assignee", seen="empty", at=NOW - timedelta(days=3))],
        "threshold": "24 h of calendar time (default)",
        "group": "Network",
    }
    return Finding(**{**values, **changes})


def rule(code: str = "OWN201", name: str = "unassigned", **changes: Any) -> RuleFacts:
    values: dict[str, Any] = {
        "family": "Ownership",
        "severity": Severity.HIGH,
        "confidence": "high",
        "persona": "regular",
        "summary": "An unresolved ticket has no assignee beyond the pick-up time",
        "page": PAGE,
        "violations": 3,
        "clean": 17,
        "unjudged": {"assignee": 2},
        "hygiene": share(0.85),
    }
    return RuleFacts(rule=code, name=name, **{**values, **changes})


def audit(**changes: Any) -> AuditReport:
    """Three findings, one accepted, a trend, a rule that did not run."""
    found = [finding(1), finding(2, passes="somebody is assigned"), finding(3, "CLS101", severity=Severity.MEDIUM)]
    values: dict[str, Any] = {
        "version": "0.1.0",
        "now": NOW,
        "source": "acme",
        "platform": "jsm",
        "query": "is:unresolved",
        "ruleset": "core",
        "tickets": 20,
        "dirty": 3,
        "score": share(0.85),
        "families": [
            FamilyFacts(family="Ownership", violations=2, clean=18, hygiene=share(0.9)),
            FamilyFacts(family="Queue", violations=0, clean=0, hygiene=None),
        ],
        "rules": [rule(), rule("CLS101", "category-missing", severity=Severity.MEDIUM), rule("PRV821", "secret")],
        "skipped": [Skipped(rule="TIM503", name="sla-breached-unexplained", reason="no SLA targets here")],
        "findings": found,
        "accepted": [finding(9)],
        "reasons": {finding(9).fingerprint: "a test account"},
        "new": frozenset({found[0].fingerprint}),
        "baseline": BaselineFacts(against="hygiene-baseline.json", new=3, known=1, gone=2, expired=1),
        "groups": [
            GroupFacts(group="Network", tickets=12, dirty=2, findings=2, worst_rules=[("OWN201", 2)]),
            GroupFacts(group=None, tickets=8, dirty=1, findings=1, worst_rules=[("CLS101", 1)]),
        ],
        "trend": [
            PastRun(at=NOW - timedelta(days=7 * weeks), tickets=20, dirty=5, score=0.75, rules={"OWN201": 0.8})
            for weeks in (2, 1)
        ],
        "thresholds": [Threshold(rule="OWN201", text="24 h of calendar time (default)")],
        "notices": ["2 tickets were sent twice"],
        "fail_on": Severity.MEDIUM,
        "failed": True,
    }
    return AuditReport(**{**values, **changes})


def empty() -> AuditReport:
    """No ticket was read."""
    bare = rule(violations=0, clean=0, unjudged={}, hygiene=None)
    return audit(
        tickets=0, dirty=0, score=None, findings=[], accepted=[], reasons={}, new=None, baseline=None, groups=[],
        trend=[], thresholds=[], notices=[], skipped=[], rules=[bare], families=[], failed=False,
    )  # fmt: skip


def spotless() -> AuditReport:
    """Tickets were read, nothing was found."""
    return audit(dirty=0, findings=[], accepted=[], new=frozenset(), score=share(1.0), failed=False)


def many(number: int = 5000) -> AuditReport:
    codes = ("OWN201", "CLS101", "PRV821")
    severities = tuple(Severity)
    found = [finding(at, codes[at % 3], severity=severities[at % 4], fingerprint=f"{at:064x}") for at in range(number)]
    return audit(findings=found, new=None, tickets=number, dirty=number)


HOSTILE = (
    "<script>alert(1)</script>\"'&`| @everyone #12 [x](javascript:alert(1)) ::error::x %0A {0} ]]> -->"
    "\x00\x1b[31m\u202e\ud800\n=cmd|' /C calc'!A0"
)


def hostile() -> AuditReport:
    """Every text that is not ours tries to be more than text."""
    one = finding(
        1,
        ticket=HOSTILE,
        ticket_id=HOSTILE,
        message=HOSTILE,
        url="javascript:alert(1)",
        group=HOSTILE,
        passes=HOSTILE,
        threshold=HOSTILE,
        profile=HOSTILE,
        evidence=[Evidence(field=HOSTILE, seen=HOSTILE)],
        fixes=[Fix(title=HOSTILE, safe=True, remedy=TagFix(add=["x"]))],
    )
    two = finding(2, url='https://acme.example/"><script>alert(1)</script>')
    return audit(
        source=HOSTILE,
        query=HOSTILE,
        ruleset=HOSTILE,
        notices=[HOSTILE],
        findings=[one, two],
        accepted=[finding(9)],
        reasons={finding(9).fingerprint: HOSTILE},
        rules=[
            rule(name=HOSTILE, summary=HOSTILE, page=f"# x\n\n## Fix\n{HOSTILE}\n\n## Why is this bad?\n`{HOSTILE}`")
        ],
        skipped=[Skipped(rule="TIM503", name=HOSTILE, reason=HOSTILE)],
        groups=[GroupFacts(group=HOSTILE, tickets=1, dirty=1, findings=1, worst_rules=[("OWN201", 1)])],
        thresholds=[Threshold(rule="OWN201", text=HOSTILE)],
        baseline=BaselineFacts(against=HOSTILE, new=1, known=1, gone=1),
    )


EVERY = {"usual": audit, "empty": empty, "spotless": spotless, "many": many, "hostile": hostile}


def written(form: str, report: AuditReport) -> bytes:
    pieces: list[bytes] = []
    write_report(form, report, pieces.append)
    return b"".join(pieces)
