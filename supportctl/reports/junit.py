"""JUnit XML as Ant, Jenkins and GitLab read it: a suite per rule, a case per ticket with a fault.

There is no standard; what is written here is valid by the two schemas in use (Ant's, after Windy Road, and the one of
Jenkins' xUnit plugin). Tickets without a fault are counted in the suite's properties, not listed. A rule that found
nothing is one passing case, a rule that did not run one that was skipped.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from xml.sax.saxutils import escape

from supportctl.model import Finding
from supportctl.reports.audit_forms import Out
from supportctl.reports.audit_report import AuditReport, RuleFacts, Skipped
from supportctl.reports.audit_words import by_rule, every_rule, link, place, subject
from supportctl.reports.findings import evidence

# What XML 1.0 cannot hold in any spelling, and characters that act on terminals.
_OUTSIDE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_QUOTED = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


def write(report: AuditReport, out: Out) -> None:
    found, accepted = by_rule(report.findings), by_rule(report.accepted)
    out(b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    rules = every_rule(report)
    for number, rule in enumerate(rules):
        for piece in _suite(report, rule, number, found.get(rule.rule, []), accepted.get(rule.rule, [])):
            out(piece.encode())
    for number, skipped in enumerate(report.skipped, len(rules)):
        out(_skipped(report, skipped, number).encode())
    out(b"</testsuites>\n")


def _suite(
    report: AuditReport, rule: RuleFacts, number: int, found: list[Finding], accepted: list[Finding]
) -> Iterator[str]:
    failing = _by_case(found)
    excused = {case: each for case, each in _by_case(accepted).items() if case not in failing}
    cases = len(failing) + len(excused) or 1
    yield _open(report, f"{rule.rule} {rule.name}", rule.rule, number, cases, len(failing), len(excused))
    yield _properties(rule)
    for case, findings in failing.items():
        first = findings[0]
        text = "\n\n".join(_text(each) for each in findings)
        message = first.message if len(findings) == 1 else f"{first.message} (and {len(findings) - 1} more)"
        yield (
            f"    {_case(rule.rule, rule.name, case)}>\n"
            f"      <failure type={_attribute(rule.rule)} message={_attribute(message)}>{_content(text)}</failure>\n"
            "    </testcase>\n"
        )
    for case, findings in excused.items():
        reason = report.reasons.get(findings[0].fingerprint) or "no reason given"
        yield (
            f"    {_case(rule.rule, rule.name, case)}>\n"
            f"      <skipped message={_attribute(f'accepted: {reason}')}/>\n"
            "    </testcase>\n"
        )
    if not failing and not excused:
        yield f"    {_case(rule.rule, rule.name, 'every ticket judged')}/>\n"
    yield _CLOSE


def _skipped(report: AuditReport, skipped: Skipped, number: int) -> str:
    return (
        _open(report, f"{skipped.rule} {skipped.name}", skipped.rule, number, 1, 0, 1)
        + "    <properties/>\n"
        + f"    {_case(skipped.rule, skipped.name, 'not run')}>\n"
        + f"      <skipped message={_attribute(skipped.reason)}/>\n"
        + "    </testcase>\n"
        + _CLOSE
    )


_CLOSE = "    <system-out/>\n    <system-err/>\n  </testsuite>\n"


def _open(report: AuditReport, name: str, code: str, number: int, cases: int, failures: int, skipped: int) -> str:
    return (
        f"  <testsuite name={_attribute(name)} package={_attribute(f'supportctl.{code}')} id={_attribute(str(number))}"
        f' tests="{cases}" failures="{failures}" errors="0" skipped="{skipped}" time="0"'
        f' timestamp="{report.now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" hostname="localhost">\n'
    )


def _properties(rule: RuleFacts) -> str:
    facts = {
        "severity": rule.severity,
        "confidence": rule.confidence,
        "persona": rule.persona,
        "violations": rule.violations,
        "clean": rule.clean,
        "outside": rule.outside,
        "grace": rule.grace,
        "exempt": rule.exempt,
        "unjudged": sum(rule.unjudged.values()),
    }
    rows = "".join(f'      <property name="{name}" value={_attribute(str(value))}/>\n' for name, value in facts.items())
    return f"    <properties>\n{rows}    </properties>\n"


def _by_case(findings: list[Finding]) -> dict[str, list[Finding]]:
    """Case name -> findings. Two profiles can hold tickets of one key; a case is one ticket."""
    tickets: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        tickets.setdefault((place(finding), finding.profile), []).append(finding)
    cases: dict[str, list[Finding]] = {}
    for (path, profile), each in tickets.items():
        name = subject(each[0])
        if name in cases:
            name = f"{name} ({profile}, {path})"
        cases[name] = each
    return cases


def _case(code: str, rule: str, name: str) -> str:
    return f'<testcase classname={_attribute(f"{code} {rule}")} name={_attribute(name)} time="0"'


def _text(finding: Finding) -> str:
    lines = [
        f"{finding.severity}: {finding.message}",
        f"seen: {evidence(finding)}" if finding.evidence else "",
        f"threshold: {finding.threshold}" if finding.threshold else "",
        f"passes: {finding.passes}" if finding.passes else "",
        f"ticket: {link(finding)}" if link(finding) else "",
        f"fingerprint: {finding.fingerprint}",
    ]
    return "\n".join(line for line in lines if line)


def _content(text: str) -> str:
    return escape(_plain(text))


def _attribute(text: str) -> str:
    return f'"{escape(_plain(text), _QUOTED)}"'


def _plain(text: str) -> str:
    return _OUTSIDE.sub("\ufffd", text.replace("\r\n", "\n"))
