"""``supportctl undo``: plan the way back from a run, and with ``--yes`` go it."""

from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App, count
from supportctl.commands._carrying import apply_plan, open_journal, to_apply, with_maker
from supportctl.commands._changing import refuse_too_many, show, store
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, OUTPUT, Options, shared
from supportctl.commands._undoing import way_back
from supportctl.errors import NotFoundError, RefusedError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.changes.journal import Journal
    from supportctl.changes.making import Made
    from supportctl.model import Change

app = command_app()
TOLD = 10


@app.command("undo")
@shared(OUTPUT, CHANGING)
def undo(
    options: Options,
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run's id; without it, the last one is planned for.")
    ] = None,
) -> int:
    """Plan the way back from a run: the planned fields get their old values.

    \b
    supportctl undo                           the last run; only planned
    supportctl undo 3f2a9c0d1b4e              another; only planned
    supportctl undo 3f2a9c0d1b4e --yes        do it

    Tickets whose planned fields somebody changed since are left out. Comments stay, merged and finally closed tickets
    stay, and so does what the platform counted; all of it is named.
    """
    from supportctl.changes import plan as plans
    from supportctl.changes.apply import refuse_foreign
    from supportctl.changes.undo import undoable
    from supportctl.model import Applied

    applying = options.applying
    if run is None and applying.applies:
        raise UsageError(
            "which run is to be taken back was not said; nothing was changed",
            hint="name it with --yes: supportctl undo RUN --yes (all: supportctl runs list)",
        )
    with open_journal(applying, known=True) as journal:
        run = run or _last(options, journal)
        header = journal.header(run)
        entries = list(journal.entries(run))
        changes = undoable(entries)
    with App(with_maker(options, header)) as it:
        refuse_foreign(header, it.profile)
        if applying.applies:
            it.require_writes()
        it.console.note(f"Taking back run {run}: {header.verb} · profile {header.profile}", "dim")
        made, tracker = way_back(it, header, entries)
        sure = {entry.change.id for entry in entries if isinstance(entry.outcome, Applied)}
        stays = _tell(it, made, changes, sure)
        if not made.changes:
            it.console.note(f"Nothing {'else ' if stays else ''}to take back.")
            return int(Exit.PARTIAL if made.skipped and applying.applies else Exit.OK)
        plan = plans.make(
            it.profile,
            f"undo {run}",
            made.changes,
            selected=made.selected,
            query=None,
            now=it.now,
            notify=applying.notify,
            undoes=run,
            tracker=tracker,
        )
        refuse_too_many(plan, applying.max_changes)
        path = store(it, plan, applying.plan)
        if not applying.applies:
            show(it, plan, left=made.skipped)
            it.console.note(f"Planned: {count(len(plan.changes), 'ticket')}; nothing was changed. The plan is {path}")
            it.console.note(f"  → to carry it out: {to_apply(it, plan, path, applying)}")
            return int(Exit.OK)
        code = apply_plan(it, plan, applying, made.skipped)
        return int(Exit.PARTIAL) if code == Exit.OK and made.skipped else code


def _last(options: Options, journal: "Journal") -> str:
    """The newest run of the chosen profile's instance. Raises `NotFoundError`, `RefusedError` when it is an undo."""
    from supportctl.changes.plan import instance_of

    with App(options) as it:
        newest = journal.newest(instance_of(it.profile))
    if newest is None:
        raise NotFoundError("no run changed this instance", hint="see them all: supportctl runs list")
    header = journal.header(newest)
    if header.undoes is not None:
        raise RefusedError(
            f"the last run took back run {header.undoes}; nothing was planned",
            hint=f"to finish it: supportctl resume {newest}; for another, name it: supportctl undo RUN",
        )
    return newest


def _tell(it: App, made: "Made", changes: "list[Change]", sure: "set[str]") -> bool:
    """What is left out, and what an undo leaves as the run made it; whether there is any of the latter.

    ``sure``: ids of tickets on which everything was done.
    """
    from collections import Counter

    from supportctl.changes.making import PUBLIC_COMMENT
    from supportctl.changes.undo import comments_in
    from supportctl.model.planned import COMMENT

    for key, reason in made.skipped[:TOLD]:
        it.console.warn(f"{key} is left out: {reason}")
    if len(made.skipped) > TOLD:
        it.console.warn(f"… and {count(len(made.skipped) - TOLD, 'more ticket')} left out")
    left_out, unchanged = {key for key, _ in made.skipped}, set(made.unchanged)
    looked_at = [change for change in changes if change.key not in left_out]
    comments = sum(map(comments_in, looked_at))
    if comments:
        most = "" if all(change.id in sure for change in looked_at if comments_in(change)) else "up to "
        it.console.warn(f"stays: {most}{count(comments, 'comment')}")
    others: Counter[str] = Counter()
    for change in looked_at:
        others.update(f"{field}: {why}" for field, why in change.stays.items() if field != COMMENT)
        others.update(set(change.final) - {PUBLIC_COMMENT})
    for text, number in others.most_common():
        it.console.warn(f"stays: {text} ({count(number, 'ticket')})")
    staying = {change.key for change in looked_at if comments_in(change) or change.stays or change.final}
    if same := len(unchanged - staying):
        it.console.note(f"{count(same, 'ticket')} already as before", "dim")
    if rest := len(unchanged & staying):
        it.console.note(f"{count(rest, 'ticket')} with nothing else to take back", "dim")
    return bool(staying)
