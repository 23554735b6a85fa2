"""The summary of a log for a ticket or an issue: GitHub's, GitLab's and Jira's Markdown."""

from datetime import UTC, datetime

from supportctl.console import safe
from supportctl.evidence.logs.model import LogSummary
from supportctl.evidence.logs.traces.model import Trace
from supportctl.reports.markup import code, plain, table

_ERRORS = 25
_TRACES = 5
_LINES = 40
_IDS = 15


def render(summary: LogSummary, heading: int = 2) -> str:
    """Times in UTC. ``heading``: how many signs the title has."""
    sign = "#" * max(1, min(heading, 5))
    parts = [f"{sign} {plain(summary.name)}\n", "\n".join(f"- {line}" for line in facts(summary)) + "\n"]
    if summary.errors:
        rows = [
            [f"{each.count:,}", clock(each.at), str(each.first_line), each.level, plain(each.what)]
            for each in summary.errors[:_ERRORS]
        ]
        head = ["Times", "First (UTC)", "Line", "Level", "What"]
        parts.append(f"{sign}# Errors\n\n" + table(head, rows, frozenset({0, 2})))
        left = len(summary.errors) - len(rows) + summary.more_errors
        if left:
            parts.append(f"and {left:,} more\n")
    if summary.traces:
        parts.append(f"{sign}# Stack traces\n")
        parts += [_trace(each) for each in summary.traces[:_TRACES]]
        left = len(summary.traces) - _TRACES + summary.more_traces
        if left > 0:
            parts.append(f"and {left:,} more\n")
    if summary.ids or summary.codes:
        told = [f"{plain(each.kind)} {code(each.value)} (line {each.line})" for each in summary.ids[:_IDS]]
        codes = [f"{plain(each.kind)} {code(each.value)} ({each.count:,})" for each in summary.codes[:_IDS]]
        lines = [f"- ids: {', '.join(told)}"] if told else []
        lines += [f"- codes: {', '.join(codes)}"] if codes else []
        parts.append(f"{sign}# Ids and codes\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _trace(trace: Trace) -> str:
    times = f", {trace.count:,} times" if trace.count > 1 else ""
    when = f", {clock(trace.at)} UTC" if trace.at is not None else ""
    top = f", in {code(trace.top)}" if trace.top else ""
    facts_ = f"line {trace.line}{when}{times}, {trace.language}, {code(trace.fingerprint)}"
    head = f"**{plain(headline(trace))}** ({facts_}){top}"
    lines = safe(trace.text).splitlines()
    cut = [*lines[:_LINES], f"… {len(lines) - _LINES:,} more lines"] if len(lines) > _LINES else lines
    fence = "`" * max(3, max((len(run) + 1 for line in cut for run in _ticks(line)), default=3))
    return "\n".join([head, "", fence + "text", *cut, fence, ""])


def _ticks(line: str) -> list[str]:
    import re

    return re.findall(r"`{3,}", line)


def headline(trace: Trace) -> str:
    """What came out, and what it began with where that is another thing."""
    said = f"{trace.error}: {trace.message}" if trace.message else trace.error or "without a name"
    return f"{said}, caused by {trace.root}" if trace.causes else said


def facts(summary: LogSummary) -> list[str]:
    """What it is, line by line, escaped."""
    lines = []
    if summary.began is not None and summary.ended is not None:
        zone = f" (written in {summary.zone})" if summary.zone else ""
        lines.append(plain(f"{clock(summary.began)} to {clock(summary.ended)} UTC{zone}"))
    window = f", {summary.shown:,} of them in the window of time" if summary.shown != summary.lines else ""
    levels = ", ".join(f"{name} {number:,}" for name, number in summary.levels.items())
    lines.append(f"{summary.lines:,} lines{window}" + (f"; {levels}" if levels else ""))
    return lines + [plain(note) for note in summary.notes]


def clock(moment: datetime | None) -> str:
    """``2026-03-02 10:00:00.123``, in UTC."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:23]
