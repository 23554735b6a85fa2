"""A HAR's summary on a terminal. Texts come redacted, and pass through `safe_line` here."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from supportctl.console import Console, safe_line

if TYPE_CHECKING:
    from supportctl.evidence.har.model import HarFinding, HarSummary, Slow

_FINDINGS = 25
_SLOW = 5
_BAR = 20
_SHADES = {"blocked": "░", "dns": "▒", "connect": "▒", "send": "█", "wait": "█", "receive": "▓"}
_MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "note": ("·", "dim")}


def page(summary: "HarSummary", console: Console) -> None:
    for line in _Page(summary, console).lines():
        console.line(line)
    console.flush()


class _Page:
    def __init__(self, summary: "HarSummary", console: Console) -> None:
        self.summary = summary
        self.console = console
        self.width = max(40, min(console.width, 140))

    def lines(self) -> Iterator[str]:
        yield from self.head()
        yield from self.findings()
        yield from self.slow()
        yield from self.hosts()
        yield ""

    def head(self) -> Iterator[str]:
        summary, paint = self.summary, self.console.paint
        failed = paint(f"{summary.failed:,} failed", "red") if summary.failed else "none failed"
        yield f"{paint(safe_line(summary.name), 'bold')}  {summary.entries:,} exchanges, {failed}"
        client = " on ".join(part for part in (summary.browser, summary.system) if part)
        rows = [
            ("recorded", self.span()),
            ("client", client),
            ("saved by", summary.creator or ""),
            ("pages", self.pages()),
            ("answers", ", ".join(f"{number:,} × {name}" for name, number in summary.statuses.items())),
            ("protocols", ", ".join(f"{number:,} × {name}" for name, number in summary.protocols.items())),
            ("third parties", self.others()),
        ]
        for name, value in rows:
            if value:
                yield f"{paint(f'{name:<15}', 'dim')}{self.fit(value, 15)}"
        for note in summary.notes:
            yield from self.wrapped(safe_line(note), f"{paint('!', 'yellow')} ", "  ")

    def span(self) -> str:
        began, ended = self.summary.began, self.summary.ended
        if began is None or ended is None:
            return ""
        zone = f" (written at {self.summary.zone})" if self.summary.zone not in ("", "+00:00") else ""
        day = (
            "" if began.astimezone(UTC).date() == ended.astimezone(UTC).date() else f"{ended.astimezone(UTC):%Y-%m-%d} "
        )
        return f"{began.astimezone(UTC):%Y-%m-%d} {_time(began)} to {day}{_time(ended)} UTC{zone}"

    def pages(self) -> str:
        pages = self.summary.pages
        return ", ".join(pages[:2]) + (f" and {len(pages) - 2} more" if len(pages) > 2 else "")

    def others(self) -> str:
        summary = self.summary
        if not summary.third_party_requests or not summary.site:
            return ""
        return f"{summary.third_party_requests:,} of {summary.entries:,} exchanges are not with {summary.site}"

    def findings(self) -> Iterator[str]:
        found = self.summary.findings
        yield from (
            "",
            self.console.paint("What went wrong" if found else "Nothing went wrong that a HAR can tell", "bold"),
        )
        for finding in found[:_FINDINGS]:
            yield from self.finding(finding)
        if len(found) > _FINDINGS:
            yield f"  and {len(found) - _FINDINGS:,} more: --format plain"

    def finding(self, finding: "HarFinding") -> Iterator[str]:
        paint = self.console.paint
        mark, style = _MARKS[finding.severity]
        when = _time(finding.at) if finding.at is not None else ""
        place = "" if finding.entry is None else f"#{finding.entry}"
        lead = f"{paint(mark, style)} {paint(f'{finding.kind:<15}', style)} "
        if finding.entry is None:
            yield from self.wrapped(safe_line(finding.what), lead, " " * 18)
            return
        head = f"{when} {place} {finding.method} " if when else f"{place} {finding.method} "
        yield lead + head + self.fit(finding.url, 18 + len(head))
        times = f" ({finding.count:,} times)" if finding.count > 1 else ""
        other = " [third party]" if finding.third_party else ""
        yield from self.wrapped(safe_line(finding.what) + times + other, " " * 18, " " * 18)
        for name, value in list(finding.ids.items())[:3]:
            yield " " * 18 + paint(safe_line(f"{name} {value}"), "cyan")

    def slow(self) -> Iterator[str]:
        rows = self.summary.slow[:_SLOW]
        if not rows:
            return
        legend = "░ in the browser  ▒ name and connection  █ server  ▓ download"
        yield from ("", f"{self.console.paint('Slowest', 'bold')}  {self.console.paint(legend, 'dim')}")
        longest = rows[0].millis
        for row in rows:
            head = f"  {row.millis:>9,.0f} ms  {_bar(row, longest)}  #{row.entry} {row.method} "
            yield head + self.fit(row.url, len(head))

    def hosts(self) -> Iterator[str]:
        rows = self.summary.hosts
        if not rows:
            return
        room = min(48, max(len(row.host) for row in rows))
        yield from ("", self.console.paint(f"{'Host':<{room}}  requests  failed        kB", "bold"))
        for row in rows:
            other = "  third party" if row.third_party else ""
            failed = self.console.paint(f"{row.failed:>6,}", "red" if row.failed else None)
            host = safe_line(row.host)[:room]
            yield f"{host:<{room}}  {row.requests:>8,}  {failed}  {row.bytes / 1000:>8,.0f}{other}"
        if self.summary.more_hosts:
            yield f"and {self.summary.more_hosts:,} more hosts"

    def fit(self, text: str, taken: int) -> str:
        """On the rest of the line; the end of an address is what can go."""
        text, room = safe_line(text), max(20, self.width - taken)
        return text if len(text) <= room else text[: room - 1] + "…"

    def wrapped(self, text: str, first: str, rest: str) -> Iterator[str]:
        lines = textwrap.wrap(text, max(20, self.width - len(rest)), break_long_words=True) or [""]
        yield first + lines[0]
        yield from (rest + line for line in lines[1:])


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%H:%M:%S.%f")[:12]


def _bar(row: "Slow", longest: float) -> str:
    """Its length is the time against the longest of all; its shades are the phases."""
    phases = dict(row.phases)
    whole = sum(phases.get(name, 0.0) for name in _SHADES) or 1.0
    cells = max(1, round(_BAR * row.millis / longest)) if longest > 0 else 1
    drawn = ""
    passed = 0.0
    for name, shade in _SHADES.items():
        passed += phases.get(name, 0.0)
        drawn += shade * (round(cells * passed / whole) - len(drawn))
    return (drawn or "█" * cells).ljust(_BAR)
