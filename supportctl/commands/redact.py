"""``supportctl redact``: files without secrets and personal data, before they are handed on."""

from typing import Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, READING, Options, shared
from supportctl.commands._redact_group import FilesByDefault

app = command_app("Hide secrets and personal data in logs, HAR files, JSON and texts.")
app.info.cls = FilesByDefault

FORM = {name: option for name, option in OUTPUT.items() if name != "sort"}
TICKETS = {"file": READING["file"]}


@app.command("files")
@shared(FORM, TICKETS)
def files_(
    options: Options,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]...", help="Files to redact; - is standard input.", show_default=False),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write the files and a report to this folder.")
    ] = None,
    profile_kind: Annotated[
        str | None,
        typer.Option(
            "--profile-kind", metavar="prose|log|json|har|csv|xml", help="What the files are, where we guess wrong."
        ),
    ] = None,
    map_: Annotated[
        str | None,
        typer.Option("--map", metavar="FILE", help="Keep tokens the same over several runs in this private file."),
    ] = None,
    no_map: Annotated[
        bool, typer.Option("--no-map", help="Keep no private file that says what a token stands for.")
    ] = False,
    ticket: Annotated[
        list[str] | None, typer.Option("--ticket", metavar="KEY", help="Hide the people of this ticket (repeatable).")
    ] = None,
    known: Annotated[
        list[str] | None, typer.Option("--known", metavar="NAME", help="Hide this name of a person (repeatable).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files in --out.")] = False,
) -> int:
    """Hide secrets and personal data in logs, HAR files, JSON and texts.

    \b
    supportctl redact app.log > safe.log
    supportctl redact session.har app.log --out packet --ticket SUP-12
    kubectl logs web-1 | supportctl redact --profile-kind log
    supportctl redact session.har --out packet --map ~/incident.json --known 'Ana Souza'
    supportctl redact reveal EMAIL_1

    The same value has the same token in all files. Times, request ids, states and sizes stay. What is written has
    been searched again for everything that was hidden; when something is left, nothing is written.
    Names of people are found only when a ticket or --known gives them. What the tokens stand for is kept in a file
    that only you can read, without secrets and cards; see 'supportctl redact reveal --help'.
    """
    from supportctl.commands import _redact_run

    asked = _redact_run.Asked(
        files=tuple(files or ()),
        out=out,
        kind=profile_kind,
        map=map_,
        no_map=no_map,
        tickets=tuple(ticket or ()),
        known=tuple(known or ()),
        force=force,
    )
    with App(options) as it:
        return _redact_run.run(asked, it)


@app.command("reveal")
@shared(FORM)
def reveal(
    options: Options,
    tokens: Annotated[
        list[str], typer.Argument(metavar="TOKEN...", help="Tokens as they stand in a file.", show_default=False)
    ],
    map_: Annotated[
        str | None,
        typer.Option("--map", metavar="FILE", help="The private file; without it, that of the latest run."),
    ] = None,
) -> int:
    """Say what a token stands for, from the private file of the run that made it.

    \b
    supportctl redact reveal '[EMAIL_1]'
    supportctl redact reveal EMAIL_1 host-2.invalid --map ~/incident.json
    supportctl redact reveal PERSON_1 --json token,value

    Secrets and cards are in no such file and cannot be revealed.
    """
    from supportctl.commands import _redact_reveal

    with App(options) as it:
        return _redact_reveal.run(tokens, map_, it)
