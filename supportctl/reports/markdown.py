"""Markdown for step summaries, wikis and comments on merge requests.

Comments have a largest size, so findings are told per rule, the first of each, as many as fit, and what is left out
is said.
"""

from collections.abc import Sequence

from supportctl.model import Finding
from supportctl.reports.audit_forms import Out
from supportctl.reports.audit_report import AuditReport, RuleFacts
from supportctl.reports.audit_words import (
    FILES,
    address,
    again,
    again_for,
    by_rule,
    caveats,
    compared,
    counted,
    headline,
    interval,
    link,
    percent,
    subject,
    unjudged,
    verdict,
    worst_rules,
)
from supportctl.reports.cells import clock
from supportctl.reports.markup import code, linked, plain, table

COMMENT = 60_000
"""Bytes: below what GitHub takes as a comment (65,536 characters)."""
PER_RULE = (50, 20, 10, 5, 2, 0)
"""How many findings of a rule are tried, until the whole fits."""
CUT = "\n\n*Cut here: the report was too large.*\n"


def write(report: AuditReport, out: Out) -> None:
    out(fitted(report, COMMENT))


def fitted(report: AuditReport, largest: int, per_rule: Sequence[int] = PER_RULE) -> bytes:
    """The report with as many findings of each rule as fit into ``largest`` bytes."""
    text = b""
    for limit in per_rule:
        text = render(report, limit).encode()
        if len(text) <= largest:
            return text
    room = largest - len(CUT.encode())
    whole = text[:room].rpartition(b"\n")[0] or text[:room]
    return whole.decode("utf-8", "ignore").encode() + CUT.encode()


def render(report: AuditReport, per_rule: int) -> str:
    parts = [_head(report), _rules(report)]
    parts.extend(_findings(report, per_rule))
    parts.extend([_groups(report), _trend(report), _limits(report)])
    return "\n".join(part for part in parts if part)


def _head(report: AuditReport) -> str:
    lines = ["## Ticket hygiene", "", f"**{headline(report)}**", ""]
    if report.score is not None:
        clean = f"{percent(report.score.value)} of {counted(report.tickets, 'ticket')} have no fault"
        lines.append(f"- {clean} (95 % interval: {interval(report.score)})")
    if said := verdict(report):
        lines.append(f"- {said}")
    if said := compared(report):
        lines.append(f"- {plain(said)}")
    if report.new is not None and report.baseline is None:
        lines.append(f"- {counted(len(report.new), 'new finding')} since the last run")
    if report.accepted:
        lines.append(f"- {counted(len(report.accepted), 'finding')} accepted by the baseline, not counted above")
    of = plain(report.source) + ("" if report.platform == FILES else f" ({plain(report.platform)})")
    query = f", query {code(report.query)}" if report.query else ""
    lines.append(f"- {of}{query}, rules {plain(report.ruleset)}, as of {clock(report.now)}")
    lines.extend(f"- {plain(said)}" for said in caveats(report))
    return "\n".join(lines) + "\n"


def _rules(report: AuditReport) -> str:
    found = {rule: len(findings) for rule, findings in by_rule(report.findings).items()}
    rows = [
        [
            linked(f"{rule.rule} {rule.name}", address(rule.url)),
            str(rule.severity),
            f"{found[rule.rule]:,}",
            "" if rule.hygiene is None else f"{percent(rule.hygiene.value)} ({interval(rule.hygiene)})",
            plain(rule.summary),
        ]
        for rule in worst_rules(report)
    ]
    if not rows:
        return ""
    return "### Rules\n\n" + table(["Rule", "Severity", "Findings", "Clean", "What it reports"], rows, frozenset({2}))


def _findings(report: AuditReport, per_rule: int) -> list[str]:
    found = by_rule(report.findings)
    parts = ["### Findings\n"] if report.findings and per_rule else []
    if report.findings and not per_rule:
        return [f"*Findings are left out: they do not fit here. All of them: {code(again(report))}*\n"]
    return parts + [_of_rule(report, rule, found[rule.rule], per_rule) for rule in worst_rules(report)]


def _of_rule(report: AuditReport, rule: RuleFacts, findings: list[Finding], limit: int) -> str:
    title = f"<details><summary>{rule.rule} {plain(rule.name)}: {len(findings):,}</summary>\n\n"
    head = ["Ticket", "Finding"]
    rows = [
        [
            linked(subject(finding), link(finding)) + (" **new**" if _is_new(report, finding) else ""),
            plain(finding.message),
        ]
        for finding in findings[:limit]
    ]
    if any(finding.passes for finding in findings[:limit]):
        head.append("Passes when")
        for cells, finding in zip(rows, findings, strict=False):
            cells.append(plain(finding.passes or ""))
    text = title + table(head, rows)
    if len(findings) > limit:
        more = len(findings) - limit
        text += f"\nand {more:,} more: {code(again_for(report, rule))}\n"
    return text + "\n</details>\n"


def _is_new(report: AuditReport, finding: Finding) -> bool:
    return report.new is not None and finding.fingerprint in report.new


def _groups(report: AuditReport) -> str:
    rows = [
        [
            "*no group*" if group.group is None else plain(group.group),
            f"{group.dirty:,} of {group.tickets:,}",
            f"{group.findings:,}",
            ", ".join(f"{rule} ({number:,})" for rule, number in group.worst_rules),
        ]
        for group in report.groups[:10]
        if group.findings
    ]
    if not rows:
        return ""
    return "### Groups\n\n" + table(["Group", "Tickets with a fault", "Findings", "Most"], rows, frozenset({1, 2}))


def _trend(report: AuditReport) -> str:
    runs = report.trend[-5:]
    if not runs:
        return ""
    rows = [
        [clock(run.at), f"{run.tickets:,}", "" if run.score is None else percent(run.score), f"{run.dirty:,}"]
        for run in runs
    ]
    score = "" if report.score is None else percent(report.score.value)
    rows.append([f"**{clock(report.now)}**", f"{report.tickets:,}", score, f"{report.dirty:,}"])
    return "### Runs\n\n" + table(["Run", "Tickets", "Without a fault", "With one"], rows, frozenset({1, 2, 3}))


def _limits(report: AuditReport) -> str:
    lines = [f"- {each.rule} {plain(each.name)} did not run: {plain(each.reason)}" for each in report.skipped]
    lines += [
        f"- {rule.rule} {plain(rule.name)} could not judge {counted(number, 'ticket')}: {plain(fields)} unknown"
        for rule, number, fields in unjudged(report)
    ]
    return "### Not judged\n\n" + "\n".join(lines) + "\n" if lines else ""
