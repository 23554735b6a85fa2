"""Annotations of GitHub Actions, and the step's summary.

GitHub shows 10 annotations of a kind per step and 50 per job, and drops the others without a word. So only the worst 10
are annotations, of all kinds together: the severest first, and among those of a severity the ones about privacy. One
plain line tells how many have none. All are in the summary, in SARIF or in the HTML page.
"""

from supportctl.console import safe_line
from supportctl.model import Finding, Severity
from supportctl.reports.audit_forms import Out
from supportctl.reports.audit_report import AuditReport
from supportctl.reports.audit_words import WORST_FIRST, again, headline, link, place, subject

ANNOTATIONS = 10
PRIVACY = "PRV"
"""The family of rules about secrets and people's data."""
SUMMARY = 1_000_000
"""Bytes. GitHub throws a summary of more than 1 MiB away whole; other commands of the step may add to it."""

_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice", Severity.INFO: "notice"}


def write(report: AuditReport, out: Out) -> None:
    worst = sorted(report.findings, key=_order)[:ANNOTATIONS]
    for finding in worst:
        out(f"{annotation(finding)}\n".encode())
    out(_line(headline(report)))
    if (more := len(report.findings) - len(worst)) > 0:
        out(_line(f"{more:,} of them have no annotation here; all: {again(report)}"))


def _order(finding: Finding) -> tuple[int, bool]:
    return WORST_FIRST.index(finding.severity), not finding.rule.startswith(PRIVACY)


def annotation(finding: Finding) -> str:
    """One workflow command: ``::warning file=…,line=1,title=…::message``."""
    title = f"{finding.rule} {finding.name}: {subject(finding)}"
    properties = ",".join(
        f"{name}={_property(value)}" for name, value in (("file", place(finding)), ("line", "1"), ("title", title))
    )
    address = link(finding)
    message = f"{finding.message}{f' {address}' if address else ''}"
    return f"::{_LEVELS[finding.severity]} {properties}::{_data(message)}"


def _line(text: str) -> bytes:
    """A line of the log that is no command, also not in the older spelling, which counts anywhere in a line."""
    return safe_line(text).replace("##[", "## [").encode() + b"\n"


def _data(text: str) -> str:
    return safe_line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(report: AuditReport) -> bytes:
    """Markdown for ``$GITHUB_STEP_SUMMARY``."""
    from supportctl.reports.markdown import fitted

    return fitted(report, SUMMARY, per_rule=(200, 50, 20, 10, 5, 2, 0))
