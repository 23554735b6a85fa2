"""The work of ``supportctl log``: read, and show in the form asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.commands import _evidence_files
from supportctl.commands._app import App, count
from supportctl.console import safe_line
from supportctl.errors import DataError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta, tzinfo

    from supportctl.evidence.logs.model import LogSummary
    from supportctl.reports.base import Sheet


@dataclass(frozen=True, kw_only=True)
class Asked:
    files: tuple[str, ...] = ()
    around: str | None = None
    within: str = "10m"
    since: str | None = None
    until: str | None = None
    zone: str | None = None
    markdown: bool = False
    fail_on_error: bool = False


_LISTS = ("errors", "traces", "ids", "codes")


class LogRow(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of a log: an error, a trace, an id or a code."""

    file: str
    kind: str
    """``error``, ``trace``, ``id`` or ``code``."""
    level: str
    """Of an error; the language of a trace, the kind of an id or code."""
    what: str
    count: int
    line: int
    at: datetime | None
    last_at: datetime | None
    fingerprint: str | None
    top: str | None
    text: str | None
    """A trace, whole."""


def run(asked: Asked, app: App) -> int:
    """Exit 1 with ``--fail-on-error``. Raises `DataError` at the end for a file that is no text; others come first."""
    from supportctl.commands._rows import form_of

    _evidence_files.check(asked.files, "log", markdown=asked.markdown, app=app)
    zone = _zone(asked.zone)
    limits = {
        "around": _time(asked.around, "--around", zone),
        "since": _time(asked.since, "--since", zone),
        "until": _time(asked.until, "--until", zone),
    }
    within = _span(asked.within)
    form = form_of(app, sheet()).name
    page = form == "table" and app.options.columns is None and not asked.markdown
    shown: list[LogSummary] = []
    for summary in _summaries(asked, app, limits, within, zone):
        shown.append(summary)
        if asked.markdown:
            app.console.write(summary.markdown() + "\n")
        elif page:
            from supportctl.commands import _log_page

            _log_page.page(summary, app.console)
        if not page:
            for note in summary.notes:
                app.console.warn(f"{safe_line(summary.name)}: {safe_line(note)}")
    if not asked.markdown and not page:
        _rows(app, shown)
    return _end(asked, app, shown)


def _summaries(
    asked: Asked, app: App, limits: dict[str, datetime | None], within: "timedelta", zone: "tzinfo | None"
) -> "Iterator[LogSummary]":
    from supportctl.evidence import logs

    for file in _evidence_files.opened(asked.files, app):
        yield logs.read(
            file.name,
            file.stream,
            around=limits["around"],
            since=limits["since"],
            until=limits["until"],
            within=within,
            zone=zone,
            reference=app.now,
            told=file.told,
        )


def _zone(text: str | None) -> "tzinfo | None":
    from supportctl.evidence.logs import stamps

    if text is None:
        return None
    try:
        return stamps.zone_named(text.strip())
    except ValueError:
        raise UsageError(f"--zone does not know {text!r}", hint="name it like Europe/Berlin, UTC or +02:00") from None


def _time(text: str | None, option: str, zone: "tzinfo | None") -> datetime | None:
    """A day, or a day with a time; without a zone it is in ``--zone``, else in UTC."""
    if text is None:
        return None
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{option} does not know the time {text!r}", hint="write it like 2026-03-02T10:42 or 2026-03-02T10:42+01:00"
        ) from None
    return told if told.tzinfo is not None else told.replace(tzinfo=zone or UTC)


def _span(text: str) -> "timedelta":
    from datetime import timedelta

    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number, unit = text[:-1].strip(), text[-1:].lower()
    if unit not in units or not number.isdecimal() or not int(number):
        raise UsageError(f"--within does not know {text!r}", hint="write it like 30s, 5m or 2h")
    return timedelta(seconds=min(int(number) * units[unit], 10**9))


def _rows(app: App, shown: "list[LogSummary]") -> None:
    from supportctl.commands._rows import print_rows

    besides: list[dict[str, Any]] = []
    for summary in shown:
        facts = msgspec.to_builtins(summary)
        besides.append(
            {name: value for name, value in facts.items() if name not in ("errors", "traces", "ids", "codes")}
        )
    print_rows(app, sheet(), [row for summary in shown for row in rows(summary)], besides={"files": besides})


def rows(summary: "LogSummary") -> "Iterator[LogRow]":
    """Traces first: they say most."""
    from supportctl.evidence.logs.markdown import headline

    for trace in summary.traces:
        yield LogRow(
            file=summary.name, kind="trace", level=trace.language, what=headline(trace), count=trace.count,
            line=trace.line, at=trace.at, last_at=trace.last_at, fingerprint=trace.fingerprint, top=trace.top,
            text=trace.text,
        )  # fmt: skip
    for error in summary.errors:
        yield LogRow(
            file=summary.name, kind="error", level=error.level, what=error.what, count=error.count,
            line=error.first_line, at=error.at, last_at=error.last_at, fingerprint=None, top=None, text=None,
        )  # fmt: skip
    for kind, found in (("id", summary.ids), ("code", summary.codes)):
        for each in found:
            yield LogRow(
                file=summary.name, kind=kind, level=each.kind, what=each.value, count=each.count, line=each.line,
                at=None, last_at=None, fingerprint=None, top=None, text=None,
            )  # fmt: skip


def _end(asked: Asked, app: App, shown: "list[LogSummary]") -> int:
    bad = [summary for summary in shown if not summary.readable]
    if bad:
        why = bad[0].notes[-1] if bad[0].notes else "nothing was found in it"
        others = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        raise DataError(f"{safe_line(bad[0].name)}{others}: {why}", hint="name a log: text, or text packed with gzip")
    app.console.note(" · ".join(f"{safe_line(each.name)}: {count(each.lines, 'line')}" for each in shown), "dim")
    app.console.hint(
        "for a ticket: supportctl log FILE --markdown; the file itself without secrets: supportctl redact FILE"
    )
    wrong = any(summary.traces or any(each.level in ("error", "fatal") for each in summary.errors) for summary in shown)
    return int(Exit.FOUND if asked.fail_on_error and wrong else Exit.OK)


def sheet() -> "Sheet[Any]":
    from supportctl.commands._sheets import sheet_of
    from supportctl.reports.base import Column

    columns: tuple[Column[Any], ...] = (
        Column(name="file", value=lambda row: row.file, rank=7, width=24),
        Column(name="kind", value=lambda row: row.kind, rank=1, width=5),
        Column(name="level", value=lambda row: row.level, rank=2, width=12),
        Column(name="count", value=lambda row: row.count, rank=1, width=7, right=True),
        Column(name="line", value=lambda row: row.line, rank=2, width=8, right=True),
        Column(name="at", value=lambda row: row.at, rank=3, width=27),
        Column(name="what", value=lambda row: row.what, rank=0, width=0),
        Column(name="last_at", value=lambda row: row.last_at, rank=8, width=27),
        Column(name="fingerprint", value=lambda row: row.fingerprint, rank=6, width=12),
        Column(name="top", value=lambda row: row.top, rank=5, width=40),
    )
    return sheet_of("log_findings", LogRow, columns, tuple(column.name for column in columns))
