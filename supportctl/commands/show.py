"""``supportctl show``: one ticket with its thread, SLA clocks, links and history."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, READING, Options, shared
from supportctl.console import safe_line
from supportctl.errors import NotFoundError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs
    from supportctl.model import Ticket

app = command_app()

FORMATS = ("page", "json", "ndjson")


@dataclass(frozen=True, kw_only=True)
class ShowOptions:
    key: str
    web: bool = False
    full: bool = False


@app.command("show")
@shared({"file": READING["file"], "format": OUTPUT["format"], "json_fields": OUTPUT["json_fields"]})
def show(
    options: Options,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key, number, id or URL of the ticket.")],
    web: Annotated[bool, typer.Option("--web", "-w", help="Open it in the browser instead.")] = False,
    full: Annotated[bool, typer.Option("--full", help="All of long comments and the whole history.")] = False,
) -> int:
    """Show one ticket: thread, SLA, links, history.

    \b
    supportctl show INC0010001
    supportctl show '#4711' --web
    supportctl show SUP-12 --json key,status,comments
    """
    with App(options) as it:
        return run(ShowOptions(key=key, web=web, full=full), it)


def run(asked: ShowOptions, app: App) -> int:
    from supportctl.reports.tickets import TICKETS

    options = app.options
    fields = None if options.json_fields is None else TICKETS.named_fields(options.json_fields)
    form = _form(options)
    found = app.get([asked.key], _needs(fields, web=asked.web))
    app.tell_notices(found.notices)
    if not found.tickets:
        if options.file is not None:
            raise NotFoundError(
                f"{app.source} holds no ticket {asked.key}",
                hint=f"see what it holds: supportctl list --file {options.file}",
            )
        raise NotFoundError(
            f"{app.source} shows no ticket {asked.key} (absent and hidden look alike)",
            hint="check the key, and the account's access with: supportctl check",
        )
    ticket = found.tickets[0]
    if asked.web:
        return _open(ticket, app)
    if form == "page":
        from supportctl.commands._ticket_page import page

        page(ticket, app.console, app.now, full=asked.full)
    else:
        import msgspec

        from supportctl.reports.document import encoded

        text = encoded(TICKETS, ticket, fields)
        app.console.write_bytes((msgspec.json.format(text, indent=2) if form == "json" else text) + b"\n", flush=True)
    return int(Exit.OK)


def _form(options: Options) -> str:
    if options.json_fields is not None:
        return "ndjson" if options.format == "ndjson" else "json"
    if options.format in (None, "table", "plain", "page"):
        return "page"
    if options.format in FORMATS:
        return options.format
    raise UsageError(f"show has no --format {options.format!r}", hint=f"formats: {', '.join(FORMATS)}")


def _needs(fields: tuple[str, ...] | None, *, web: bool) -> "Needs":
    from supportctl.adapters.base import Need
    from supportctl.reports.tickets import columns_needing

    if web:
        return frozenset()
    return frozenset(Need) if fields is None else frozenset(Need(name) for name in columns_needing(fields))


def _open(ticket: "Ticket", app: App) -> int:
    if not ticket.url or not ticket.url.startswith(("https://", "http://")):
        raise UsageError(f"{ticket.key} has no address to open", hint=f"read it here: supportctl show {ticket.key}")
    import webbrowser

    if not webbrowser.open(ticket.url):
        app.console.warn("no browser could be opened; the address is:")
        app.console.line(safe_line(ticket.url))
    else:
        app.console.note(f"opened {safe_line(ticket.url)}")
    return int(Exit.OK)
