"""``supportctl plan``: look at saved plans, lay them side by side, carry one out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App, count
from supportctl.commands._carrying import apply_plan, ask_leave, open_journal, to_apply, with_maker
from supportctl.commands._changing import refuse_too_many, show, tickets_of
from supportctl.commands._new import command_app
from supportctl.commands._options import APPLYING, OUTPUT, Options, shared
from supportctl.commands._rows import print_rows
from supportctl.commands._sheets import DIFFERENCES, GROUPS, PLANS, KnownPlan
from supportctl.commands._tracker import marked_tickets
from supportctl.errors import DataError, RefusedError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.changes.plan import Plan

app = command_app("Show, list, compare or apply saved plans of changes.")

PlanPath = Annotated[Path, typer.Argument(metavar="FILE", help="A plan, as --plan FILE writes it.")]
KEPT = {name: APPLYING[name] for name in ("journal", "state_dir")}


@app.command("show")
@shared(OUTPUT)
def show_(
    options: Options,
    file: PlanPath,
    rows: Annotated[bool, typer.Option("--rows", help="One row per ticket instead of groups.")] = False,
) -> int:
    """Show what a plan would change, grouped by field and value; asks no platform.

    \b
    supportctl plan show close.plan              what changes from what to what, on how many tickets
    supportctl plan show close.plan --rows       ticket by ticket
    supportctl plan show close.plan -f json      everything
    """
    from supportctl.changes import plan as plans

    with App(options) as it:
        plan = plans.read(file)
        form = options.format or options.json_fields
        if rows or form in ("json", "ndjson", "csv") or options.json_fields:
            show(it, plan)
        else:
            _show_groups(it, plan)
        _tell_header(it, plan)
    return int(Exit.OK)


def _show_groups(it: App, plan: "Plan") -> None:
    from supportctl.changes.summary import summarize

    summary = summarize(plan.changes)
    print_rows(it, GROUPS, summary.groups)
    for comment in summary.texts:
        more = "" if comment.different == 1 else f", one of {comment.different:,} different texts"
        it.console.note(f"{'public' if comment.public else 'internal'} comment, as on {comment.key}{more}:")
        for line in comment.body.splitlines():
            it.console.note(f"  {line}", "dim")
    for word, found in (("risk", summary.risks), ("cannot be undone", summary.final), ("stays", summary.stays)):
        for text, number in found.items():
            it.console.warn(f"{word}: {text} ({count(number, 'ticket')})")


def _tell_header(it: App, plan: "Plan") -> None:
    header = plan.header
    parts = [
        header.verb,
        count(len(plan.changes), "ticket"),
        f"profile {header.profile} ({header.platform})",
        f"made {header.created_at:%Y-%m-%d %H:%MZ}",
        "people may get mail (--notify)" if header.notify else "",
        f"takes back run {header.undoes}" if header.undoes else "",
        f"{count(plan.removed, 'row')} deleted by hand" if plan.removed else "",
    ]
    it.console.note(" · ".join(part for part in parts if part))


@app.command("list")
@shared(OUTPUT, KEPT)
def list_(options: Options) -> int:
    """List the plans kept in the state folder, newest first, and what became of them."""
    from supportctl.changes import plan as plans

    with App(options) as it, open_journal(options.applying) as journal:
        results = {run.plan: f"{run.result or 'not ended'}, run {run.id}" for run in reversed(journal.runs())}
        found: list[KnownPlan] = []
        for file in sorted((options.applying.state / "plans").glob("*.plan"), reverse=True):
            try:
                plan = plans.read(file)
            except (DataError, RefusedError) as error:
                it.console.warn(error.message)
                continue
            header = plan.header
            found.append(
                KnownPlan(
                    file=str(file),
                    id=header.id,
                    verb=header.verb,
                    profile=header.profile,
                    tickets=len(plan.changes),
                    created_at=header.created_at,
                    result=results.get(header.id, "not applied"),
                )
            )
        print_rows(it, PLANS, found)
    return int(Exit.OK)


@app.command("diff")
@shared(OUTPUT)
def diff(
    options: Options,
    file: PlanPath,
    other: Annotated[
        Path | None, typer.Argument(metavar="[NEWER]", help="Another plan; without it, the tickets as they are now.")
    ] = None,
) -> int:
    """Compare two plans, or a plan with the tickets as they are now.

    \b
    supportctl plan diff monday.plan tuesday.plan   + new, - gone, ~ different
    supportctl plan diff monday.plan                = as planned for, + already done, ! moved since, ? not to be read
    """
    from supportctl.changes import plan as plans
    from supportctl.changes.apply import refuse_foreign
    from supportctl.changes.comparing import beside, between
    from supportctl.changes.work import needs_of

    old = plans.read(file)
    if other is not None:
        with App(options) as it:
            found = between(old, plans.read(other))
            print_rows(it, DIFFERENCES, found)
            it.console.note(f"{count(len(found), 'row')} differ" if found else "The plans are alike.")
        return int(Exit.OK)
    with App(with_maker(options, old.header)) as it:
        refuse_foreign(old.header, it.profile)
        capabilities = it.adapter.capabilities
        needs = needs_of(old.changes) & capabilities.reads
        own = [change for change in old.changes if not change.tracker]
        tickets = tickets_of(it, own, needs) | marked_tickets(it, old)
        found = beside(old.changes, tickets, fold=capabilities.tags_fold_case)
        print_rows(it, DIFFERENCES, found)
        stale = sum(each.sign in "!?" for each in found)
        it.console.note(f"{stale:,} of {count(len(found), 'row')} would be skipped")
    return int(Exit.OK)


@app.command("apply")
@shared(OUTPUT, APPLYING)
def apply_(options: Options, file: PlanPath) -> int:
    """Carry out a plan; tickets that changed since it was made are left alone.

    A terminal asks for the number of tickets; scripts say --yes. Applying a plan again repeats nothing: it goes on
    where it ended.
    """
    from supportctl.changes import plan as plans

    plan = plans.read(file)
    applying = options.applying
    with App(with_maker(options, plan.header)) as it:
        refuse_too_many(plan, applying.max_changes)
        if applying.applies:
            return apply_plan(it, plan, applying)
        _show_groups(it, plan)
        _tell_header(it, plan)
        if not applying.dry_run and it.console.can_ask:
            it.require_writes()
            return apply_plan(it, plan, applying) if ask_leave(it, plan) else int(Exit.OK)
        it.console.note("Nothing was changed.")
        it.console.note(f"  → to carry it out: {to_apply(it, plan, file, applying)}")
    return int(Exit.OK)
