"""A log's summary on a terminal. Texts come redacted, and pass through `safe_line` here."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from supportctl.console import Console, safe_line

if TYPE_CHECKING:
    from supportctl.evidence.logs.model import LogSummary
    from supportctl.evidence.logs.traces.model import Trace

_ERRORS = 20
_TRACES = 6
_FRAMES = 4
_IDS = 8


def page(summary: "LogSummary", console: Console) -> None:
    for line in _Page(summary, console).lines():
        console.line(line)
    console.flush()


class _Page:
    def __init__(self, summary: "LogSummary", console: Console) -> None:
        self.summary = summary
        self.console = console
        self.width = max(40, min(console.width, 140))
        days = {moment.astimezone(UTC).date() for moment in (summary.began, summary.ended) if moment is not None}
        self.form = "%H:%M:%S" if len(days) == 1 else "%Y-%m-%d %H:%M:%S"

    def lines(self) -> Iterator[str]:
        yield from self.head()
        yield from self.errors()
        yield from self.traces()
        yield from self.found()
        yield ""

    def head(self) -> Iterator[str]:
        summary, paint = self.summary, self.console.paint
        wrong = sum(summary.levels.get(name, 0) for name in ("error", "fatal"))
        told = paint(f"{wrong:,} errors", "red") if wrong else "no line of level error"
        yield f"{paint(safe_line(summary.name), 'bold')}  {summary.lines:,} lines, {told}"
        rows = [
            ("times", self.span()),
            ("window", f"{summary.shown:,} lines" if summary.shown != summary.lines else ""),
            ("levels", ", ".join(f"{number:,} × {name}" for name, number in summary.levels.items())),
            ("encoding", summary.encoding if summary.encoding != "utf-8" else ""),
        ]
        for name, value in rows:
            if value:
                yield from self.wrapped(safe_line(value), paint(f"{name:<10}", "dim"), " " * 10)
        for note in summary.notes:
            yield from self.wrapped(safe_line(note), f"{paint('!', 'yellow')} ", "  ")

    def span(self) -> str:
        began, ended = self.summary.began, self.summary.ended
        if began is None or ended is None:
            return ""
        zone = f" (written in {self.summary.zone})" if self.summary.zone not in ("", "+00:00") else ""
        return f"{began.astimezone(UTC):%Y-%m-%d %H:%M:%S} to {ended.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC{zone}"

    def errors(self) -> Iterator[str]:
        groups = self.summary.errors
        yield from ("", self.console.paint("Errors" if groups else "No errors", "bold"))
        room = len(datetime(2000, 1, 1, tzinfo=UTC).strftime(self.form))
        for group in groups[:_ERRORS]:
            when = "" if group.at is None else group.at.astimezone(UTC).strftime(self.form)
            style = "red" if group.level in ("error", "fatal") else None
            lead = f"{group.count:>7,} ×  {when:<{room}}  line {group.first_line:<7} "
            lines = textwrap.wrap(safe_line(group.what), max(20, self.width - len(lead)))[:3] or [""]
            yield lead + self.console.paint(lines[0], style)
            yield from (" " * len(lead) + self.console.paint(line, style) for line in lines[1:])
        left = len(groups) - _ERRORS + self.summary.more_errors
        if left > 0:
            yield f"  and {left:,} more: --format plain"

    def traces(self) -> Iterator[str]:
        traces = self.summary.traces
        if not traces:
            return
        yield from ("", self.console.paint("Stack traces", "bold"))
        for trace in traces[:_TRACES]:
            yield from self.trace(trace)
        left = len(traces) - _TRACES + self.summary.more_traces
        if left > 0:
            yield f"  and {left:,} more: --format plain; whole ones: --markdown, or --json text"

    def trace(self, trace: "Trace") -> Iterator[str]:
        from supportctl.evidence.logs.markdown import headline

        paint = self.console.paint
        when = "" if trace.at is None else f"{trace.at.astimezone(UTC).strftime(self.form)}  "
        facts = f"{trace.count:>7,} ×  {when}line {trace.line}  {trace.language}  {trace.fingerprint}"
        yield facts
        yield from self.wrapped(paint(safe_line(headline(trace)), "red"), " " * 11, " " * 11)
        if trace.top:
            yield " " * 11 + paint("in ", "dim") + safe_line(trace.top)
        for frame in trace.frames[:_FRAMES]:
            yield " " * 13 + paint(safe_line(frame)[: self.width - 13], "dim")
        if len(trace.frames) > _FRAMES:
            yield " " * 13 + paint(f"and {len(trace.frames) - _FRAMES} more frames", "dim")

    def found(self) -> Iterator[str]:
        for title, found in (("Ids", self.summary.ids), ("Codes", self.summary.codes)):
            if not found:
                continue
            yield from ("", self.console.paint(title, "bold"))
            for each in found[:_IDS]:
                times, value = f"{each.count:,} ×", self.console.paint(safe_line(each.value), "cyan")
                yield f"{times:>9}  line {each.line:<7} {each.kind:<12} {value}"
            if len(found) > _IDS:
                yield f"  and {len(found) - _IDS:,} more: --format plain"

    def wrapped(self, text: str, first: str, rest: str) -> Iterator[str]:
        lines = textwrap.wrap(text, max(20, self.width - len(rest))) or [""]
        yield first + lines[0]
        yield from (rest + line for line in lines[1:])
