"""SARIF 2.1.0 (OASIS), as GitHub's code scanning takes it.

A ticket is no file, so its place is the path ``tickets/<platform>/<id>``, the same in every run. GitHub tells alerts
apart by rule, path and ``primaryLocationLineHash``; it refuses more than 25,000 results and shows the 5,000 severest.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from supportctl.console import safe, safe_line
from supportctl.model import Finding, Severity
from supportctl.reports.audit_forms import Out
from supportctl.reports.audit_report import AuditReport, RuleFacts
from supportctl.reports.audit_words import (
    WORST_FIRST,
    address,
    caveats,
    counted,
    every_rule,
    link,
    place,
    sections,
    subject,
    unjudged,
)
from supportctl.reports.document import harmless
from supportctl.reports.findings import evidence
from supportctl.reports.markup import linked, plain

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
TOOL = "supportctl"
HOME = "https://pypi.org/project/supportctl/"
MOST = 25_000
SHOWN = 5_000

_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note", Severity.INFO: "note"}
_PROBLEMS = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "recommendation",
    Severity.INFO: "recommendation",
}
_SECURITY = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.0", Severity.LOW: "3.0", Severity.INFO: "1.0"}
"""For leaked data alone: GitHub calls 7.0 and more high, 4.0 and more medium."""


def write(report: AuditReport, out: Out, *, accepted: bool = False) -> None:
    """``accepted``: whether findings of the baseline are among the results, as suppressed ones.

    GitHub does not read suppressions and opens alerts for them.
    """
    results = _chosen(report, accepted=accepted)
    rules = [_rule(rule) for rule in every_rule(report)]
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    total = len(report.findings) + (len(report.accepted) if accepted else 0)
    head = {"$schema": SCHEMA, "version": "2.1.0"}
    run = {
        "tool": {
            "driver": {
                "name": TOOL,
                "fullName": f"{TOOL} {report.version}, ticket hygiene",
                "version": report.version,
                "semanticVersion": report.version,
                "informationUri": HOME,
                "rules": rules,
            }
        },
        "automationDetails": {"id": f"{TOOL}/{_word(report.source)}/"},
        "columnKind": "utf16CodeUnits",
        "invocations": [_invocation(report, numbers, total - len(results))],
        "properties": _facts(report, total - len(results)),
    }
    out(_json(head)[:-1] + b',"runs":[' + _json(run)[:-1] + b',"results":[')
    for number, (finding, reason) in enumerate(results):
        row = dict(_result(report, finding, numbers[_id(finding.rule)], reason, mixed=accepted))
        out((b",\n" if number else b"\n") + _json(row))
    out(b"]}]}\n")


def _chosen(report: AuditReport, *, accepted: bool) -> list[tuple[Finding, str | None]]:
    """Results with the reason they are accepted for: the worst first, accepted ones last, no more than GitHub takes."""
    found: list[tuple[Finding, str | None]] = [
        (finding, None) for finding in sorted(report.findings, key=lambda each: WORST_FIRST.index(each.severity))
    ]
    if accepted:
        found += [(each, report.reasons.get(each.fingerprint) or "no reason given") for each in report.accepted]
    return found[:MOST]


def _id(code: str) -> str:
    return f"{TOOL}/{code}"


def _word(text: str) -> str:
    """A name that keeps to itself between slashes."""
    return safe_line(text).replace("/", "-").replace("\\", "-").strip() or "audit"


def _rule(rule: RuleFacts) -> dict[str, Any]:
    parts = sections(rule.page)
    properties: dict[str, Any] = {
        "code": rule.rule,
        "family": rule.family,
        "persona": rule.persona,
        "precision": rule.confidence,
        "problem.severity": _PROBLEMS[rule.severity],
        "tags": ["ticket-hygiene", rule.family.lower() or "other", rule.persona],
    }
    if rule.rule.startswith("PRV"):
        properties["security-severity"] = _SECURITY[rule.severity]
        properties["tags"].append("security")
    described = {
        "id": _id(rule.rule),
        "name": rule.name,
        "shortDescription": {"text": _text(rule.summary)},
        "fullDescription": {"text": _text(" ".join(parts.get("What it does", rule.summary).split()))},
        "help": {
            "text": _braced(safe("\n\n".join(filter(None, [parts.get("Why is this bad?"), parts.get("Fix")]))))
            or rule.name,
            "markdown": _braced(safe(rule.page)) or rule.name,
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }
    if published := address(rule.url):
        described["helpUri"] = published
    return described


def _result(
    report: AuditReport, finding: Finding, number: int, reason: str | None, *, mixed: bool
) -> Iterator[tuple[str, Any]]:
    target = link(finding)
    seen = evidence(finding)
    yield "ruleId", _id(finding.rule)
    yield "ruleIndex", number
    yield "level", _LEVELS[finding.severity]
    yield (
        "message",
        {
            "text": _text(f"{subject(finding)}: {finding.message}." + (f" {target}" if target else "")),
            "markdown": _braced(f"{linked(subject(finding), target)}: {plain(finding.message)}."),
        },
    )
    yield (
        "locations",
        [
            {
                "physicalLocation": {"artifactLocation": {"uri": place(finding)}, "region": {"startLine": 1}},
                "logicalLocations": [
                    {
                        "name": subject(finding),
                        "fullyQualifiedName": f"{finding.platform}/{finding.profile}/{subject(finding)}",
                        "kind": "resource",
                    }
                ],
            }
        ],
    )
    yield "partialFingerprints", {"primaryLocationLineHash": finding.fingerprint, "supportctl/v1": finding.fingerprint}
    if target:
        yield "hostedViewerUri", target
    if report.new is not None:
        yield "baselineState", "new" if finding.fingerprint in report.new else "unchanged"
    if mixed and report.accepted:
        yield (
            "suppressions",
            [] if reason is None else [{"kind": "external", "status": "accepted", "justification": safe_line(reason)}],
        )
    facts = {
        "severity": finding.severity,
        "confidence": finding.confidence,
        "ticket": finding.ticket,
        "group": finding.group,
        "seen": seen,
        "threshold": finding.threshold,
        "passes": finding.passes,
        "fixes": [fix.title for fix in finding.fixes] or None,
    }
    yield "properties", {name: value for name, value in facts.items() if value is not None}


def _invocation(report: AuditReport, numbers: dict[str, int], cut: int) -> dict[str, Any]:
    notes = [_note(said) for said in caveats(report)]
    if cut:
        notes.append(_note(f"{counted(cut, 'result')} left out: {MOST:,} are the most a run may have", "warning"))
    elif len(report.findings) > SHOWN:
        notes.append(_note(f"GitHub shows the {SHOWN:,} severest of {len(report.findings):,} results"))
    for rule, tickets, fields in unjudged(report):
        note = _note(f"{rule.rule} could not judge {counted(tickets, 'ticket')}: {fields} unknown")
        notes.append({**note, "associatedRule": {"id": _id(rule.rule), "index": numbers[_id(rule.rule)]}})
    skipped = [
        {**_note(f"{each.rule} {each.name} did not run: {each.reason}"), "descriptor": {"id": _id(each.rule)}}
        for each in report.skipped
    ]
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": notes,
        "toolConfigurationNotifications": skipped,
    }


def _note(text: str, level: str = "note") -> dict[str, Any]:
    return {"level": level, "message": {"text": _text(text)}}


def _facts(report: AuditReport, cut: int) -> dict[str, Any]:
    facts = {
        "asOf": report.now,
        "platform": report.platform,
        "query": report.query,
        "ruleset": report.ruleset,
        "tickets": report.tickets,
        "dirty": report.dirty,
        "score": None if report.score is None else report.score.value,
        "accepted": len(report.accepted),
        "leftOut": cut,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _json(value: object) -> bytes:
    return harmless(msgspec.json.encode(_whole(value)))


def _whole(value: object) -> object:
    """Lone surrogates are no characters, and no JSON."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list) else value


def _text(text: str) -> str:
    """A plain text message: one line, no embedded link, no placeholder."""
    return _braced(safe_line(text).replace("](", "] ("))


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
