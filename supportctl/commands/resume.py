"""``supportctl resume``: go on with a run that did not end."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._carrying import open_journal, resume_run, with_maker
from supportctl.commands._new import command_app
from supportctl.commands._options import APPLYING, OUTPUT, Options, shared
from supportctl.errors import UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.changes.journal import Journal

app = command_app()

RESUMING = {name: APPLYING[name] for name in ("max_error_rate", "rate", "pause_file", "settle", "journal", "state_dir")}


@app.command("resume")
@shared(OUTPUT, RESUMING)
def resume(
    options: Options,
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run's id; without it, the one that did not end.")
    ] = None,
) -> int:
    """Go on with a run that did not end.

    \b
    supportctl resume                                  the one run that did not end
    supportctl resume 3f2a9c0d1b4e --journal ci.db     from a journal kept as an artifact

    The journal is enough: no plan file is needed. What was sent and not answered for is looked for first; nothing is
    done twice. Exit code 3: there is nothing to go on with.
    """
    from supportctl.changes.plan import Plan

    applying = options.applying
    with open_journal(applying, known=True) as journal:
        chosen = run or _only(_unfinished(options, journal))
        if chosen is None:
            with App(options) as it:
                it.console.note("Nothing to go on with: every run has ended.")
            return int(Exit.EMPTY)
        header = journal.header(chosen)
        plan = Plan(header=header, changes=journal.changes(chosen))
    with App(with_maker(options, header)) as it:
        return resume_run(it, chosen, plan)


def _unfinished(options: Options, journal: "Journal") -> list[str]:
    """Runs that did not end; of the chosen profile's instance, where one is chosen."""
    runs = journal.unfinished()
    if not (options.profile or os.environ.get("SUPPORTCTL_PROFILE")):
        return runs
    from supportctl.changes.plan import instance_of

    with App(options) as it:
        instance = instance_of(it.profile)
    return [run for run in runs if journal.header(run).instance == instance]


def _only(unfinished: list[str]) -> str | None:
    if len(unfinished) > 1:
        raise UsageError(
            f"{len(unfinished)} runs did not end; nothing was changed",
            hint=f"name one: supportctl resume {unfinished[0]} (all: supportctl runs list)",
        )
    return unfinished[0] if unfinished else None
