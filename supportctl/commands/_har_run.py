"""The work of ``supportctl har``: read, and show in the form asked for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supportctl.commands import _evidence_files
from supportctl.commands._app import App, count
from supportctl.console import safe_line
from supportctl.errors import DataError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supportctl.evidence.har.model import HarFinding, HarSummary
    from supportctl.reports.base import Sheet


@dataclass(frozen=True, kw_only=True)
class Asked:
    files: tuple[str, ...] = ()
    markdown: bool = False
    fail_on: str | None = None


def run(asked: Asked, app: App) -> int:
    """Exit 1 with ``--fail-on``. Raises `DataError` at the end where a file is no HAR; the others are shown before."""
    from supportctl.commands._rows import form_of
    from supportctl.evidence.har.model import SEVERITIES

    if asked.fail_on is not None and asked.fail_on not in SEVERITIES:
        raise UsageError(f"there is no severity {asked.fail_on!r}", hint=f"--fail-on takes: {', '.join(SEVERITIES)}")
    _evidence_files.check(asked.files, "har", markdown=asked.markdown, app=app)
    form = form_of(app, sheet()).name
    shown: list[HarSummary] = []
    for summary in _summaries(asked, app):
        shown.append(summary)
        if asked.markdown:
            app.console.write(summary.markdown() + "\n")
        elif form == "table" and app.options.columns is None:
            from supportctl.commands import _har_page

            _har_page.page(summary, app.console)
        if not (form == "table" and not asked.markdown and app.options.columns is None):
            for note in summary.notes:
                app.console.warn(f"{safe_line(summary.name)}: {safe_line(note)}")
    if not asked.markdown and (form != "table" or app.options.columns is not None):
        _rows(app, shown)
    return _end(asked, app, shown)


def _summaries(asked: Asked, app: App) -> "Iterator[HarSummary]":
    from supportctl.evidence import har

    for file in _evidence_files.opened(asked.files, app):
        yield har.summarize(file.name, file.stream, told=file.told)


def _rows(app: App, shown: "list[HarSummary]") -> None:
    import msgspec

    from supportctl.commands._rows import print_rows

    besides: list[dict[str, Any]] = []
    for summary in shown:
        facts = msgspec.to_builtins(summary)
        del facts["findings"]
        besides.append(facts)
    print_rows(app, sheet(), [finding for summary in shown for finding in summary.findings], besides={"files": besides})


def _end(asked: Asked, app: App, shown: "list[HarSummary]") -> int:
    from supportctl.evidence.har.model import SEVERITIES

    bad = [summary for summary in shown if not summary.readable]
    if bad:
        why = bad[0].notes[-1] if bad[0].notes else "nothing was found in it"
        others = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        raise DataError(
            f"{safe_line(bad[0].name)}{others}: {why}", hint="ask for a new recording: save all as HAR with content"
        )
    app.console.note(
        " · ".join(
            f"{safe_line(each.name)}: {count(each.entries, 'exchange')}, {each.failed:,} failed" for each in shown
        ),
        "dim",
    )
    app.console.hint(
        "for a ticket: supportctl har FILE --markdown; the file itself without secrets: supportctl redact FILE"
    )
    if asked.fail_on is not None:
        severe = SEVERITIES[: SEVERITIES.index(asked.fail_on) + 1]
        if any(finding.severity in severe for summary in shown for finding in summary.findings):
            return int(Exit.FOUND)
    return int(Exit.OK)


def sheet() -> "Sheet[Any]":
    """One row a finding."""
    from supportctl.commands._sheets import sheet_of
    from supportctl.evidence.har.model import HarFinding
    from supportctl.reports.base import Column

    def ids(row: "HarFinding") -> str:
        return ", ".join(f"{name}={value}" for name, value in row.ids.items())

    style = {"error": "red", "warning": "yellow"}
    columns: tuple[Column[Any], ...] = (
        Column(name="file", value=lambda row: row.file, rank=7, width=24),
        Column(
            name="severity", value=lambda row: row.severity, style=lambda row: style.get(row.severity), rank=1, width=8
        ),
        Column(name="kind", value=lambda row: row.kind, rank=1, width=15),
        Column(name="at", value=lambda row: row.at, rank=2, width=24),
        Column(name="entry", value=lambda row: row.entry, rank=4, width=6, right=True),
        Column(name="method", value=lambda row: row.method, rank=3, width=7),
        Column(name="url", value=lambda row: row.url, rank=0, width=0),
        Column(name="status", value=lambda row: row.status, rank=2, width=6, right=True),
        Column(name="what", value=lambda row: row.what, rank=0, width=40),
        Column(name="count", value=lambda row: row.count, rank=5, width=5, right=True),
        Column(name="third_party", value=lambda row: row.third_party, rank=8, width=11),
        Column(name="millis", value=lambda row: row.millis, rank=8, width=9, right=True),
        Column(name="ids", value=ids, rank=3, width=40),
    )
    return sheet_of("har_findings", HarFinding, columns, tuple(column.name for column in columns))
