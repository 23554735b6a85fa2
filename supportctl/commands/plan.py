"""``supportctl plan``: look at a saved plan, and carry it out."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App, count
from supportctl.commands._changing import apply_plan, refuse_too_many, show
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, Options, shared
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.changes.plan import Plan

app = command_app("Show or apply a saved plan of changes.")

MAX_CHANGES = 1_000

PlanPath = Annotated[Path, typer.Argument(metavar="FILE", help="A plan, as --plan FILE writes it.")]


@app.command("show")
@shared(OUTPUT)
def show_(options: Options, file: PlanPath) -> int:
    """Show what a plan would change; asks no platform."""
    from supportctl.changes import plan as plans

    with App(options) as it:
        plan = plans.read(file)
        show(it, plan)
        header = plan.header
        it.console.note(
            f"{header.verb} · {count(len(plan.changes), 'ticket')} · profile {header.profile} ({header.platform}) · "
            f"made {header.created_at:%Y-%m-%d %H:%MZ}"
            + (f" · {count(plan.removed, 'row')} deleted by hand" if plan.removed else "")
        )
    return int(Exit.OK)


@app.command("apply")
@shared(OUTPUT)
def apply_(
    options: Options,
    file: PlanPath,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Carry the plan out.")] = False,
    max_changes: Annotated[
        int, typer.Option("--max-changes", metavar="N", min=0, help="Refuse a plan of more tickets.")
    ] = MAX_CHANGES,
) -> int:
    """Carry out a plan; tickets that changed since it was made are left alone.

    Applying a plan again repeats nothing: what is already as planned is recognised.
    """
    from supportctl.changes import plan as plans

    plan = plans.read(file)
    with App(replace(options, profile=options.profile or os.environ.get("SUPPORTCTL_PROFILE") or _maker(plan))) as it:
        refuse_too_many(plan, max_changes)
        if yes:
            return apply_plan(it, plan, file)
        show(it, plan)
        it.console.note("Nothing was changed.")
        it.console.note(f"  → to carry it out: supportctl plan apply {file} --yes --profile {plan.header.profile}")
    return int(Exit.OK)


def _maker(plan: "Plan") -> str | None:
    """The profile the plan was made with; the one from the environment is found there by itself."""
    from supportctl.config import ENVIRONMENT

    return None if plan.header.profile == ENVIRONMENT else plan.header.profile
