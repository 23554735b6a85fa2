"""The page that people forward: one file, nothing loaded from anywhere, no script.

The template is ours and shipped; everything in it is escaped, and a policy in the page itself lets a browser use its
one style sheet and nothing else.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from supportctl.console import safe_line
from supportctl.model import Finding
from supportctl.reports import audit_words as words
from supportctl.reports.audit_forms import Out
from supportctl.reports.audit_report import AuditReport, GroupFacts, RuleFacts
from supportctl.reports.cells import clock
from supportctl.reports.trend import change, trend
from supportctl.text.shipped import shipped

PER_RULE = 25
NEW = 25
GROUPS = 12
ACCEPTED = 100
LAST_RUN = "the last run"
SHORTEST_TAIL = 3
"""A list is not cut for the sake of fewer rows than this."""

_SPAN = re.compile(r"`([^`]+)`")


def write(report: AuditReport, out: Out) -> None:
    out(page(report).encode("utf-8", "backslashreplace"))


def page(report: AuditReport) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = shipped() / "reports"
    style = (folder / "audit.css").read_text("utf-8")
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    environment.filters.update(
        number=lambda value: f"{value:,}",
        percent=words.percent,
        interval=words.interval,
        clock=clock,
        link=words.link,
        subject=words.subject,
        seen=_seen,
        counted=words.counted,
        prose=_prose,
    )
    return environment.get_template("audit.html.j2").render(
        report=report, style=style, policy=_policy(style), **_facts(report)
    )


def _facts(report: AuditReport) -> dict[str, Any]:
    found = words.by_rule(report.findings)
    rules = words.worst_rules(report)
    new = [each for each in report.findings if report.new is not None and each.fingerprint in report.new]
    last = report.trend[-1] if report.trend else None
    score = None if report.score is None else report.score.value
    return {
        "judged": words.judged(report),
        "headline": words.headline(report),
        "verdict": words.verdict(report),
        "outcome": words.outcome(report),
        "compared": words.compared(report),
        "with_last": report.new is not None and report.baseline is not None and report.baseline.against == LAST_RUN,
        "caveats": words.caveats(report),
        "severities": words.by_severity(report.findings),
        "last": last,
        "score_change": None if score is None or last is None or last.score is None else change(score, last.score),
        "trend": trend(report),
        "new": new,
        "new_shown": _first(new, NEW),
        "rules": [_rule(report, rule, found[rule.rule]) for rule in rules],
        "clean_rules": [rule for rule in report.rules if report.tickets and rule.rule not in found],
        "families": sorted(
            report.families if report.tickets else [],
            key=lambda family: 1.0 if family.hygiene is None else family.hygiene.value,
        ),
        "groups": _groups(report),
        "more_groups": max(0, len(report.groups) - GROUPS),
        "unjudged": words.unjudged(report),
        "accepted": report.accepted[:ACCEPTED],
        "all_findings": words.again(report, "--format", "csv"),
    }


def _rule(report: AuditReport, rule: RuleFacts, findings: list[Finding]) -> dict[str, Any]:
    parts = words.sections(rule.page)
    last = report.trend[-1].rules.get(rule.rule) if report.trend else None
    shown = _first(findings, PER_RULE)
    return {
        "facts": rule,
        "findings": [(each, report.new is not None and each.fingerprint in report.new) for each in shown],
        "total": len(findings),
        "more": len(findings) - len(shown),
        "url": words.address(rule.url),
        "command": words.again_for(report, rule),
        "change": None if rule.hygiene is None else change(rule.hygiene.value, last),
        "why": parts.get("Why is this bad?", ""),
        "fix": parts.get("Fix", ""),
        "judged": rule.violations + rule.clean,
        "limit": _common(each.threshold for each in findings),
        "passes": _common(each.passes for each in findings),
    }


def _common(texts: Iterable[str | None]) -> str | None:
    """What all say alike is said once."""
    every = set(texts)
    return every.pop() if len(every) == 1 else None


def _groups(report: AuditReport) -> list[GroupFacts]:
    return [group for group in report.groups if group.dirty][:GROUPS]


def _first(findings: Sequence[Finding], most: int) -> Sequence[Finding]:
    return findings if len(findings) < most + SHORTEST_TAIL else findings[:most]


def _seen(finding: Finding) -> str:
    """The evidence, with times as people write them."""
    parts = (
        f"{each.field}{f': {each.seen}' if each.seen else ''}{f', {clock(each.at)}' if each.at else ''}"
        for each in finding.evidence
    )
    return "; ".join(parts)


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _finalize(value: object) -> object:
    """Foreign text loses what acts on a screen; marked-up text and numbers stay."""
    return safe_line(value) if type(value) is str else value


def _prose(text: str) -> Any:
    """Paragraphs of a rule's page, with its code spans."""
    from markupsafe import Markup, escape

    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
    return Markup().join(
        Markup("<p>{}</p>").format(Markup(_SPAN.sub(r"<code>\1</code>", str(escape(safe_line(part))))))  # noqa: S704
        for part in paragraphs
    )
