"""``supportctl runs``: what earlier runs changed, from the journal."""

from typing import Annotated

import typer

from supportctl.commands._app import App, count
from supportctl.commands._carrying import open_journal
from supportctl.commands._new import command_app
from supportctl.commands._options import APPLYING, OUTPUT, Options, shared
from supportctl.commands._rows import print_rows
from supportctl.commands._sheets import EFFECTS, RUNS, TicketEffects
from supportctl.exits import Exit

app = command_app("Show what earlier runs changed.")

KEPT = {name: APPLYING[name] for name in ("journal", "state_dir")}


@app.command("list")
@shared(OUTPUT, KEPT)
def list_(options: Options) -> int:
    """List runs, newest first."""
    with App(options) as it, open_journal(options.applying) as journal:
        print_rows(it, RUNS, journal.runs())
    return int(Exit.OK)


@app.command("show")
@shared(OUTPUT, KEPT)
def show(
    options: Options,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id.")],
    effects: Annotated[
        bool, typer.Option("--effects", help="The fields that changed besides the planned ones, by ticket.")
    ] = False,
) -> int:
    """Show what became of each ticket of a run."""
    from supportctl.reports.changes import CHANGES, rows

    with App(options) as it, open_journal(options.applying) as journal:
        header = journal.header(run)
        moved = journal.effects(run)
        if effects:
            print_rows(it, EFFECTS, [TicketEffects(key=key, fields=fields) for key, fields in moved.items()])
        else:
            print_rows(it, CHANGES, list(rows(journal.changes(run), journal.outcomes(run))))
        it.console.note(
            f"{header.verb} · profile {header.profile} ({header.platform})"
            + (f" · takes back run {header.undoes}" if header.undoes else "")
            + (f" · other fields moved on {count(len(moved), 'ticket')}: --effects" if moved and not effects else "")
        )
    return int(Exit.OK)
