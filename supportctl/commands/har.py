"""``supportctl har``: what failed in a browser's recording."""

from typing import Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, Options, shared

app = command_app()

FORM = {name: option for name, option in OUTPUT.items() if name != "sort"}


@app.command("har")
@shared(FORM)
def har(
    options: Options,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...", help="HAR files, also packed with gzip; - is standard input.", show_default=False
        ),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Markdown for pasting into a ticket or an issue.")
    ] = False,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="SEVERITY", help="Exit 1 at a finding as severe: error, warning, note."),
    ] = None,
) -> int:
    """Tell what failed in HAR files, when, and with which request id.

    \b
    supportctl har session.har
    supportctl har session.har --markdown > comment.md
    supportctl har before.har after.har --format csv
    supportctl har session.har --json kind,at,method,url,status,what,ids

    Failed and blocked requests, errors inside answers that say 200, CORS, redirect loops, expired sign-ins, rate
    limits, http in https pages, wrong clocks and slow requests by phase. No cookie, token or other secret is printed.
    Broken, cut off and wrapped files are read as far as they go, and the fault is told.
    """
    from supportctl.commands import _har_run

    with App(options) as it:
        return _har_run.run(_har_run.Asked(files=tuple(files or ()), markdown=markdown, fail_on=fail_on), it)
