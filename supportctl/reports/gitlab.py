"""GitLab's Code Quality report: one JSON array, an object per finding.

Format: docs.gitlab.com, "Code Quality report format". GitLab shows one of several findings with an equal
fingerprint, so none are equal here. Accepted findings are left out: it knows no such thing.
"""

import hashlib
from collections import Counter

import msgspec

from supportctl.console import safe_line
from supportctl.model import Finding, Severity
from supportctl.reports.audit_forms import Out
from supportctl.reports.audit_report import AuditReport
from supportctl.reports.audit_words import place, subject
from supportctl.reports.document import harmless

SEVERITIES = {Severity.HIGH: "critical", Severity.MEDIUM: "major", Severity.LOW: "minor", Severity.INFO: "info"}


def write(report: AuditReport, out: Out) -> None:
    seen: Counter[str] = Counter()
    out(b"[")
    for number, finding in enumerate(report.findings):
        seen[finding.fingerprint] += 1
        line = msgspec.json.encode(_row(finding, _unique(finding.fingerprint, seen[finding.fingerprint])))
        out((b",\n" if number else b"\n") + harmless(line))
    out(b"\n]\n" if report.findings else b"]\n")


def _row(finding: Finding, fingerprint: str) -> dict[str, object]:
    return {
        "description": safe_line(f"{subject(finding)}: {finding.message} ({finding.name})"),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": {"path": place(finding), "lines": {"begin": 1}},
    }


def _unique(fingerprint: str, which: int) -> str:
    """The first of several equal ones keeps its own."""
    return fingerprint if which == 1 else hashlib.sha256(f"{fingerprint}\x1f{which}".encode()).hexdigest()
