"""``supportctl log``: errors, stack traces and ids of logs."""

from typing import Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, Options, shared

app = command_app()

FORM = {name: option for name, option in OUTPUT.items() if name != "sort"}


@app.command("log")
@shared(FORM)
def log(
    options: Options,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...", help="Logs, also packed with gzip; - is standard input.", show_default=False
        ),
    ] = None,
    around: Annotated[
        str | None, typer.Option("--around", metavar="TIME", help="Only lines around this time; see --within.")
    ] = None,
    within: Annotated[str, typer.Option("--within", metavar="SPAN", help="How far around, as 30s, 5m, 2h.")] = "10m",
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help="Only lines from this time on.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Only lines up to this time.")] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            "--zone", metavar="ZONE", help="Zone of times that name none: Europe/Berlin, +02:00. Default: UTC."
        ),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Markdown for pasting into a ticket or an issue.")
    ] = False,
    fail_on_error: Annotated[
        bool, typer.Option("--fail-on-error", help="Exit 1 when an error or a stack trace is found.")
    ] = False,
) -> int:
    """Tell the errors, stack traces and request ids of logs.

    \b
    supportctl log app.log
    supportctl log app.log --around '2026-03-02 10:42' --within 5m --zone Europe/Berlin
    kubectl logs web-1 | supportctl log --markdown
    supportctl log app.log.gz --json kind,what,count,line,at

    Lines that say the same but for numbers and names are counted as one. Stack traces of Python, Java, .NET,
    JavaScript, Go, Ruby, PHP and Rust are kept whole; the fingerprint is the same for the same fault at other line
    numbers.
    Times are shown in UTC; a zone that is assumed, and dates that can be read in two ways, are told.
    """
    from supportctl.commands import _log_run

    asked = _log_run.Asked(
        files=tuple(files or ()),
        around=around,
        within=within,
        since=since,
        until=until,
        zone=zone,
        markdown=markdown,
        fail_on_error=fail_on_error,
    )
    with App(options) as it:
        return _log_run.run(asked, it)
