"""``supportctl list``: tickets of one selection, streamed into a form of output."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportctl.commands._app import App, count
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, READING, Options, shared
from supportctl.errors import SupportctlError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from supportctl.adapters.base import Need, Needs
    from supportctl.adapters.reading import Reading
    from supportctl.model import Ticket
    from supportctl.reports.base import Reporter

app = command_app()

TABLE_LIMIT = 100
"""A table is for looking at; the other forms have no limit of their own."""

EXTRAS = ("comments", "history", "attachments", "slas", "links", "custom")


@dataclass(frozen=True, kw_only=True)
class ListOptions:
    words: tuple[str, ...] = ()
    extras: str | None = None
    error_on_empty: bool = False


@app.command("list")
@shared(READING, OUTPUT)
def list_(
    options: Options,
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]...", help="Which tickets; quote it for the shell.", show_default=False),
    ] = None,
    extras: Annotated[
        str | None, typer.Option("--with", metavar="NAMES", help=f"Fetch these too: {', '.join(EXTRAS)}.")
    ] = None,
    error_on_empty: Annotated[bool, typer.Option("--error-on-empty", help="Exit 3 when no ticket matches.")] = False,
) -> int:
    """List tickets.

    \b
    supportctl list 'status:open priority:p1..p2 age>7d'
    supportctl list 'tag:billing -tag:vip' --sort -updated --columns key,title,updated
    supportctl list --format ndjson > queue.ndjson
    supportctl list --file queue.ndjson 'assignee:none' --json key,status

    A table on a terminal stops at 100 tickets; other forms, and --limit all, do not stop.
    """
    with App(options) as it:
        return run(ListOptions(words=tuple(query or ()), extras=extras, error_on_empty=error_on_empty), it)


def run(asked: ListOptions, app: App) -> int:
    """List, and return the exit code."""
    from supportctl.reports.registry import form_name, open_report
    from supportctl.reports.sorting import check_sort
    from supportctl.reports.tickets import TICKETS

    options, console = app.options, app.console
    form = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=console.out_tty)
    fields = None if options.json_fields is None else TICKETS.named_fields(options.json_fields)
    columns = None if options.columns is None else TICKETS.named_columns(options.columns)
    if options.sort is not None:
        check_sort(options.sort)
    limit = _limit(options, form)
    selection = app.select(asked.words)
    needs = _needs(form, columns, fields, options.sort) | _extras(asked.extras)
    reading = app.read(selection, needs, limit=None if options.sort else limit)
    report = open_report(form, TICKETS, console, now=app.now, columns=columns, fields=fields)
    shown = _stream(app, reading, report, form, limit)
    truncated = reading.truncated or (options.sort is not None and shown < reading.matched)
    report.close({"truncated": truncated, "notices": reading.notices})
    _summary(app, reading, shown, truncated=truncated)
    return int(Exit.EMPTY if asked.error_on_empty and not shown else Exit.OK)


def _stream(app: App, reading: "Reading", report: "Reporter[Ticket]", form: str, limit: int | None) -> int:
    """Rows as they arrive. What was printed before an error or Ctrl-C stays, and is said to be incomplete."""
    tickets: Iterable[Ticket] = app.console.track(reading, app.source)
    if app.options.sort is not None:
        tickets = _ordered(app, tickets, app.options.sort, limit)
    shown = 0
    try:
        for ticket in tickets:
            report.row(ticket)
            shown += 1
    except BrokenPipeError:
        raise
    except (SupportctlError, KeyboardInterrupt) as end:
        if form != "json":
            report.close()
        if shown or isinstance(end, KeyboardInterrupt):
            app.console.error_line(f"The list is incomplete: {count(shown, 'ticket')} printed before it stopped.")
        raise
    return shown


def _ordered(app: App, tickets: "Iterable[Ticket]", order: str, limit: int | None) -> "list[Ticket]":
    """In order; tickets whose place cannot be told come last, and are told."""
    from supportctl.reports.sorting import ordered, unknown_for

    unplaced = 0

    def counted() -> "Iterator[Ticket]":
        nonlocal unplaced
        for ticket in tickets:
            unplaced += unknown_for(order, ticket)
            yield ticket

    found = ordered(counted(), order, limit)
    if unplaced:
        app.console.warn(f"{count(unplaced, 'ticket')} sorted last: what --sort looks at is unknown there")
    return found


def _limit(options: Options, form: str) -> int | None:
    if options.limit is None and form == "table":
        return TABLE_LIMIT
    return options.row_limit


def _needs(form: str, columns: tuple[str, ...] | None, fields: tuple[str, ...] | None, sort: str | None) -> "Needs":
    from supportctl.adapters.base import LISTING, Need
    from supportctl.reports.tickets import TICKETS, columns_needing

    if form in ("json", "ndjson") and fields is None:
        return LISTING
    names = fields or columns or (TICKETS.csv if form == "csv" else TICKETS.default)
    sorted_by = (sort.removeprefix("-"),) if sort else ()
    return frozenset(Need(name) for name in columns_needing((*names, *sorted_by)))


def _extras(names: str | None) -> "frozenset[Need]":
    from supportctl.adapters.base import Need

    chosen = [name.strip() for name in (names or "").split(",") if name.strip()]
    for name in chosen:
        if name not in EXTRAS:
            raise UsageError(f"--with does not know {name!r}", hint=f"it takes: {', '.join(EXTRAS)}")
    return frozenset(Need(name) for name in chosen)


def _summary(app: App, reading: "Reading", shown: int, *, truncated: bool) -> None:
    console = app.console
    facts: list[Any] = [count(shown, "ticket")]
    if reading.scanned > reading.matched:
        facts.append(f"{reading.scanned:,} looked at")
    if reading.repeats:
        facts.append(f"{count(reading.repeats, 'repeat')} dropped")
    app.tell(reading)
    if truncated:
        facts.append("stopped at the limit, there are more: --limit N, or --limit all")
    if console.out_tty or truncated or not shown:
        console.note(" · ".join(facts), "dim")
    if not shown and console.out_tty:
        console.hint("no ticket matches; to see how the query is read: supportctl query explain QUERY")
    elif shown:
        console.hint("one ticket with its thread: supportctl show KEY")
