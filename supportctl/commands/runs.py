"""``supportctl runs``: what earlier runs changed, from the journal."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, Options, shared
from supportctl.errors import NotFoundError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.changes.journal import Journal, RunSummary
    from supportctl.reports.base import Sheet

app = command_app("Show what earlier runs changed.")


@app.command("list")
@shared(OUTPUT)
def list_(options: Options) -> int:
    """List runs, newest first."""
    with App(options) as it:
        journal = _journal()
        try:
            _print(it, _runs_sheet(), journal.runs())
        finally:
            journal.close()
    return int(Exit.OK)


@app.command("show")
@shared(OUTPUT)
def show(options: Options, run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id.")]) -> int:
    """Show what became of each ticket of a run."""
    from supportctl.reports.changes import CHANGES, rows

    with App(options) as it:
        journal = _journal()
        try:
            changes = journal.changes(run)
            if not changes:
                raise NotFoundError(
                    f"the journal {journal.path} has no run {run!r}", hint="see them all: supportctl runs list"
                )
            _print(it, CHANGES, list(rows(changes, journal.outcomes(run))))
        finally:
            journal.close()
    return int(Exit.OK)


def _journal() -> "Journal":
    from supportctl.changes.journal import Journal
    from supportctl.config import state_dir

    return Journal(state_dir() / "journal.db")


def _print(app: App, sheet: "Sheet[Any]", items: Sequence[Any]) -> None:
    from supportctl.reports.registry import form_name, open_report

    options, console = app.options, app.console
    form = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=console.out_tty)
    fields = None if options.json_fields is None else sheet.named_fields(options.json_fields)
    columns = None if options.columns is None else sheet.named_columns(options.columns)
    report = open_report(form, sheet, console, now=app.now, columns=columns, fields=fields)
    for item in items:
        report.row(item)
    report.close()


def _runs_sheet() -> "Sheet[RunSummary]":
    import msgspec

    from supportctl.reports.base import Column, Sheet

    def counts(run: "RunSummary") -> str:
        return ", ".join(f"{number} {name}" for name, number in sorted(run.counts.items()))

    def moment(stamp: float) -> datetime:
        return datetime.fromtimestamp(stamp, UTC)

    return Sheet(
        name="runs",
        columns=(
            Column(name="id", value=lambda run: run.id, rank=0, width=12),
            Column(name="started", value=lambda run: moment(run.started_at), rank=2, width=20),
            Column(name="profile", value=lambda run: run.profile, rank=3, width=16),
            Column(name="verb", value=lambda run: run.verb, rank=1, width=0),
            Column(name="result", value=lambda run: run.result or "not ended", rank=1, width=10),
            Column(name="counts", value=counts, rank=2, width=40),
        ),
        default=("id", "started", "profile", "verb", "result", "counts"),
        csv=("id", "started", "profile", "verb", "result", "counts"),
        fields=("id", "plan", "verb", "profile", "started_at", "ended_at", "result", "counts"),
        encode=msgspec.json.encode,
        pick=lambda run, fields: {name: getattr(run, name) for name in fields},
    )
