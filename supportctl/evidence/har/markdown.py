"""The summary of a HAR for a ticket or an issue: GitHub's, GitLab's and Jira's Markdown."""

from datetime import datetime

from supportctl.evidence.har.model import HarFinding, HarSummary
from supportctl.reports.markup import code, plain, table

_FINDINGS = 40
_SLOW = 5
_LONGEST_URL = 160


def render(summary: HarSummary, heading: int = 2) -> str:
    """Times in UTC. ``heading``: how many signs the title has."""
    sign = "#" * max(1, min(heading, 5))
    parts = [f"{sign} {plain(summary.name)}\n", "\n".join(f"- {line}" for line in facts(summary)) + "\n"]
    found = [each for each in summary.findings if each.severity != "note"][:_FINDINGS]
    if found:
        rows = [[clock(each.at), each.kind, code(subject(each)), plain(said(each)), _ids(each)] for each in found]
        parts.append(f"{sign}# What went wrong\n\n" + table(["Time (UTC)", "Kind", "Request", "What", "Ids"], rows))
        left = sum(1 for each in summary.findings if each.severity != "note") - len(found)
        if left:
            parts.append(f"and {left:,} more\n")
    notes = [each for each in summary.findings if each.severity == "note"]
    if notes:
        parts.append(
            "\n".join(
                f"- {plain(' '.join(part for part in (subject(each), said(each)) if part))}" for each in notes[:10]
            )
            + "\n"
        )
    if summary.slow:
        rows = [
            [code(f"{each.method} {short(each.url)}"), f"{each.millis:,.0f}", plain(phases(each.phases))]
            for each in summary.slow[:_SLOW]
        ]
        parts.append(f"{sign}# Slowest\n\n" + table(["Request", "ms", "Phases"], rows, frozenset({1})))
    return "\n".join(parts)


def facts(summary: HarSummary) -> list[str]:
    """What it is a recording of, line by line; not yet escaped for a terminal."""
    lines = []
    if summary.began is not None and summary.ended is not None:
        zone = f", recorded at {summary.zone}" if summary.zone else ""
        lines.append(f"{clock(summary.began)} to {clock(summary.ended)} UTC{zone}")
    client = " on ".join(part for part in (summary.browser, summary.system) if part)
    saved = f"saved by {summary.creator}" if summary.creator else ""
    if client or saved:
        lines.append(plain(", ".join(part for part in (client, saved) if part)))
    if summary.pages:
        more = f" and {len(summary.pages) - 3} more" if len(summary.pages) > 3 else ""
        lines.append("pages: " + ", ".join(code(short(page)) for page in summary.pages[:3]) + more)
    lines.append(
        f"{summary.entries:,} exchanges, {summary.failed:,} failed"
        + (f"; {protocols(summary)}" if summary.protocols else "")
    )
    if summary.third_party_requests and summary.site:
        lines.append(f"{summary.third_party_requests:,} of them went to others than {code(summary.site)}")
    return lines + [plain(note) for note in summary.notes]


def protocols(summary: HarSummary) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in summary.protocols.items())


def subject(finding: HarFinding) -> str:
    return " ".join(part for part in (finding.method, short(finding.url)) if part)


def said(finding: HarFinding) -> str:
    times = f" ({finding.count} times)" if finding.count > 1 else ""
    other = " [third party]" if finding.third_party else ""
    return f"{finding.what}{times}{other}"


def short(url: str) -> str:
    return url if len(url) <= _LONGEST_URL else url[: _LONGEST_URL - 1] + "…"


def clock(moment: datetime | None) -> str:
    """``2026-03-02 10:00:00.123``, in UTC."""
    if moment is None:
        return ""
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:23]


def phases(measured: dict[str, float]) -> str:
    told = {"wait": "server"}
    parts = [f"{told.get(name, name)} {value:,.0f}" for name, value in measured.items() if value >= 1 and name != "ssl"]
    return ", ".join(parts) or "not measured"


def _ids(finding: HarFinding) -> str:
    return "<br>".join(f"{plain(name)} {code(value)}" for name, value in list(finding.ids.items())[:3])
