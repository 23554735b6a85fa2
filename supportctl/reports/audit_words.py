"""What all collecting forms of an audit say alike: places, counts, shares, and commands that show more."""

import re
import shlex
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from supportctl.model import Finding, Persona, Severity, Share
from supportctl.reports.audit_report import AuditReport, RuleFacts

WORST_FIRST: tuple[Severity, ...] = (Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO)

FILES = "files"
"""The platform of tickets that were read from a file."""

_URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+")
"""What a URI may be spelt with: no quotes, angle brackets, braces, backslashes."""

_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)


def counted(number: int, thing: str, things: str | None = None) -> str:
    """``1 ticket``, ``2,000 tickets``."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def percent(share: float) -> str:
    """Whole per cents; never 100 % or 0 % of what is not all or nothing."""
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def interval(share: Share) -> str:
    """``81 % to 90 %``: the reach of a share's 95 % interval."""
    return f"{percent(share.low)} to {percent(share.high)}"


def address(url: str | None) -> str | None:
    """``url``, if it is one that a browser can be sent to."""
    return url if url and _URL.fullmatch(url) else None


def link(finding: Finding) -> str | None:
    """The ticket's address."""
    return address(finding.url)


def place(finding: Finding) -> str:
    """Where a finding is, as a path: the same in every run, whatever the ticket is called."""
    if finding.ticket is None:
        return f"queues/{finding.platform}"
    identity = quote(finding.ticket_id or finding.ticket, safe="", errors="surrogatepass")
    return f"tickets/{finding.platform}/{identity}"


def subject(finding: Finding) -> str:
    """What the finding is about: the ticket's key, or the queue."""
    return finding.ticket or "the whole queue"


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Worst first, those that do not occur among them."""
    counts = dict.fromkeys(WORST_FIRST, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def told(counts: dict[Severity, int]) -> str:
    """``3 high, 12 medium``; empty when there is nothing."""
    return ", ".join(f"{number:,} {severity}" for severity, number in counts.items() if number)


def by_rule(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Rule code -> its findings, in the order they came."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule, []).append(finding)
    return found


def every_rule(report: AuditReport) -> list[RuleFacts]:
    """The rules that ran, and any that only a finding knows."""
    rules = {rule.rule: rule for rule in report.rules}
    for finding in (*report.findings, *report.accepted):
        if finding.rule not in rules:
            rules[finding.rule] = RuleFacts(
                rule=finding.rule,
                name=finding.name,
                family="",
                severity=finding.severity,
                confidence=finding.confidence,
                persona=finding.persona,
                summary=finding.name,
                page="",
            )
    return list(rules.values())


def worst_rules(report: AuditReport) -> list[RuleFacts]:
    """Rules with findings: the severest first, then the ones with most."""
    counts = {code: len(found) for code, found in by_rule(report.findings).items()}
    rules = [rule for rule in every_rule(report) if counts.get(rule.rule)]
    return sorted(rules, key=lambda rule: (WORST_FIRST.index(rule.severity), -counts[rule.rule], rule.rule))


def headline(report: AuditReport) -> str:
    """The whole in one sentence."""
    if not report.tickets:
        return "No ticket was read"
    if not report.findings and not judged(report):
        return f"Nothing was judged: {counted(report.tickets, 'ticket')} read"
    if not report.findings:
        return f"Nothing found in {counted(report.tickets, 'ticket')}"
    severities = told(by_severity(report.findings))
    return f"{counted(len(report.findings), 'finding')} ({severities}) in {counted(report.tickets, 'ticket')}"


def judged(report: AuditReport) -> bool:
    """Whether any rule found any ticket clean or not."""
    return any(rule.violations or rule.clean or rule.exempt for rule in report.rules) or bool(
        report.findings or report.accepted
    )


def verdict(report: AuditReport) -> str | None:
    """Whether the run passed, where somebody asked for that."""
    if report.fail_on is None:
        return None
    if not report.tickets and not report.failed:
        return "Neither passed nor failed: there was nothing to judge"
    if report.failed:
        return f"Failed: there are findings of severity {report.fail_on} or worse"
    if not judged(report):
        return f"Neither passed nor failed: {report.unable or 'every rule left every ticket out'}"
    if report.unable is not None:
        return f"Not passed: {report.unable}"
    worst = WORST_FIRST.index(report.fail_on)
    if (grave := sum(WORST_FIRST.index(each.severity) <= worst for each in report.findings)) > 0:
        return f"Not failed, although {counted(grave, 'finding')} of severity {report.fail_on} or worse stand"
    return f"Passed: nothing of severity {report.fail_on} or worse"


def outcome(report: AuditReport) -> str:
    """``failed``, ``passed``, or ``open`` where it is neither."""
    if report.failed:
        return "failed"
    return "passed" if (verdict(report) or "").startswith("Passed") else "open"


def compared(report: AuditReport) -> str | None:
    """``Against hygiene-baseline.json: 3 new, 20 known, 4 gone``."""
    facts = report.baseline
    if facts is None:
        return None
    parts = [f"{facts.new:,} new", f"{facts.known:,} known", f"{facts.gone:,} gone"]
    if facts.expired:
        parts.append(f"{facts.expired:,} whose date has passed")
    if facts.unseen:
        parts.append(f"{facts.unseen:,} not looked at")
    return f"Against {facts.against}: {', '.join(parts)}"


def again(report: AuditReport, *more: str) -> str:
    """A command line that shows what a form leaves out."""
    words = ["supportctl", "audit", *([report.query] if report.query else [])]
    if report.platform == FILES:
        words += ["--file", report.source]
    return shlex.join([*words, *more])


def again_for(report: AuditReport, rule: RuleFacts) -> str:
    """The same for one rule; named, it is heard whatever the persona."""
    return again(report, "--rule", rule.rule)


def caveats(report: AuditReport) -> list[str]:
    """What keeps the report from being about everything, in sentences without a full stop."""
    said = list(report.notices)
    if report.truncated:
        said.append("More tickets match than were read: the run stopped at its limit")
    if (hidden := sum(rule.suppressed for rule in report.rules)) > 0:
        order = list(Persona)
        latest = max((Persona(rule.persona) for rule in report.rules if rule.suppressed), key=order.index)
        said.append(f"{counted(hidden, 'finding')} for a later persona not shown (--persona {latest} shows them)")
    if (exempt := sum(rule.exempt for rule in report.rules)) > 0:
        said.append(f"{counted(exempt, 'finding')} excused by exemptions")
    if (collapsed := sum(rule.collapsed for rule in report.rules)) > 0:
        said.append(f"{counted(collapsed, 'finding')} about fields that nobody uses withheld, reported once as QUE901")
    return said


def unjudged(report: AuditReport) -> list[tuple[RuleFacts, int, str]]:
    """Rules that could not judge some tickets, with how many and the unknown fields."""
    return [
        (rule, sum(rule.unjudged.values()), ", ".join(sorted(rule.unjudged))) for rule in report.rules if rule.unjudged
    ]


def sections(page: str) -> dict[str, str]:
    """Heading -> text of a rule's page, in order."""
    parts = _HEADING.split(page)
    return {parts[at].strip(): parts[at + 1].strip() for at in range(1, len(parts) - 1, 2)}
