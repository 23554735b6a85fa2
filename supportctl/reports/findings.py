"""Findings of an audit as cells and JSON, and the rules themselves."""

import msgspec

from supportctl.model import Evidence, Finding, Severity
from supportctl.reports.base import Column, Sheet, pick_fields
from supportctl.reports.cells import timestamp

STYLES = {Severity.HIGH: "bold red", Severity.MEDIUM: "yellow", Severity.INFO: "dim"}


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, for a list of them."""

    rule: str
    name: str
    severity: Severity
    confidence: str
    persona: str
    needs: list[str]
    since: str
    summary: str


def evidence(finding: Finding) -> str | None:
    """``comments: no public comment by an agent after this time (2026-02-20T12:00:00Z)``."""
    return "; ".join(_evidence(item) for item in finding.evidence) or None


def _evidence(item: Evidence) -> str:
    at = f" ({timestamp(item.at)})" if item.at else ""
    return f"{item.field}: {item.seen}{at}" if item.seen else f"{item.field}{at}"


def _severity(item: Finding | RuleRow) -> str | None:
    return STYLES.get(item.severity)


FINDINGS: Sheet[Finding] = Sheet(
    name="findings",
    columns=(
        Column(name="ticket", value=lambda f: f.ticket, rank=0, width=16, link=lambda f: f.url),
        Column(name="severity", value=lambda f: f.severity, rank=0, width=8, style=_severity),
        Column(name="rule", value=lambda f: f.rule, rank=0, width=8),
        Column(name="name", value=lambda f: f.name, rank=3, width=30),
        Column(name="confidence", value=lambda f: f.confidence, rank=5, width=10, short="conf"),
        Column(name="message", value=lambda f: f.message, rank=0, width=60),
        Column(name="evidence", value=evidence, rank=6, width=40),
        Column(name="threshold", value=lambda f: f.threshold, rank=7, width=30),
        Column(name="persona", value=lambda f: f.persona, rank=8, width=8),
        Column(name="platform", value=lambda f: f.platform, rank=8, width=10),
        Column(name="profile", value=lambda f: f.profile, rank=8, width=12),
        Column(name="ticket_id", value=lambda f: f.ticket_id, rank=8, width=32),
        Column(name="url", value=lambda f: f.url, rank=9, width=40),
        Column(name="fingerprint", value=lambda f: f.fingerprint, rank=9, width=16),
    ),
    default=("ticket", "severity", "rule", "name", "confidence", "message"),
    csv=(
        "ticket",
        "severity",
        "rule",
        "name",
        "confidence",
        "message",
        "evidence",
        "threshold",
        "platform",
        "profile",
        "url",
        "fingerprint",
    ),
    fields=tuple(Finding.__struct_fields__),
    encode=msgspec.json.encode,
    pick=pick_fields,
)

RULES: Sheet[RuleRow] = Sheet(
    name="rules",
    columns=(
        Column(name="rule", value=lambda r: r.rule, rank=0, width=8),
        Column(name="name", value=lambda r: r.name, rank=0, width=30),
        Column(name="severity", value=lambda r: r.severity, rank=1, width=8, style=_severity),
        Column(name="confidence", value=lambda r: r.confidence, rank=4, width=10),
        Column(name="persona", value=lambda r: r.persona, rank=5, width=8),
        Column(name="needs", value=lambda r: " ".join(r.needs) or None, rank=6, width=18),
        Column(name="since", value=lambda r: r.since, rank=8, width=6),
        Column(name="summary", value=lambda r: r.summary, rank=2, width=0),
    ),
    default=("rule", "name", "severity", "confidence", "summary"),
    csv=("rule", "name", "severity", "confidence", "persona", "needs", "since", "summary"),
    fields=tuple(RuleRow.__struct_fields__),
    encode=msgspec.json.encode,
    pick=pick_fields,
)
