"""``supportctl tag``: plan a change of tags, show it, and with ``--yes`` carry it out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from supportctl.commands._app import App, count
from supportctl.commands._changing import apply_plan, chosen_tickets, refuse_too_many, show, store
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, READING, Options, shared
from supportctl.errors import PermissionDeniedError, UsageError
from supportctl.exits import Exit

app = command_app("Add, remove or set tags.")

MAX_CHANGES = 1_000

Tags = Annotated[str, typer.Argument(metavar="TAGS", help="One tag, or several separated by commas.")]
Which = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[QUERY | KEY... | -]", help="Which tickets: a query, keys, or - for keys on standard input."
    ),
]
PlanFile = Annotated[str | None, typer.Option("--plan", metavar="FILE", help="Write the plan to this file.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Carry the plan out.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Write nothing, even with --yes.")]
Most = Annotated[int, typer.Option("--max-changes", metavar="N", min=0, help="Refuse a plan of more tickets.")]


@dataclass(frozen=True, kw_only=True)
class TagOptions:
    verb: Literal["add", "remove", "set"]
    tags: tuple[str, ...]
    which: tuple[str, ...]
    plan: str | None
    yes: bool
    dry_run: bool
    max_changes: int


VERBS: dict[Literal["add", "remove", "set"], str] = {
    "add": """Add tags; other tags stay.

    \b
    supportctl tag add billing 'text:invoice status:open'         plan and look
    supportctl tag add billing,vip SUP-12 SUP-14 --yes            do it
    supportctl list 'tag:vpn' --format ndjson | supportctl tag add network - --yes
    """,
    "remove": "Remove tags; other tags stay.",
    "set": "Make these the only tags; all others are removed.",
}


def _command(verb: Literal["add", "remove", "set"], description: str) -> Callable[..., int]:
    def command(
        options: Options,
        tags: Tags,
        which: Which = None,
        plan: PlanFile = None,
        yes: Yes = False,
        dry_run: DryRun = False,
        max_changes: Most = MAX_CHANGES,
    ) -> int:
        asked = TagOptions(
            verb=verb,
            tags=tuple(tag.strip() for tag in tags.split(",") if tag.strip()),
            which=tuple(which or ()),
            plan=plan,
            yes=yes,
            dry_run=dry_run,
            max_changes=max_changes,
        )
        with App(options) as it:
            return run(asked, it)

    command.__doc__ = description
    return command


for _verb, _description in VERBS.items():
    app.command(_verb)(shared(READING, OUTPUT)(_command(_verb, _description)))


def run(asked: TagOptions, app: App) -> int:
    """Plan, show, store and perhaps apply. Returns the exit code."""
    from supportctl.adapters.base import Need
    from supportctl.changes import plan as plans
    from supportctl.changes.tags import plan_tags, valid_tags

    capabilities = app.adapter.capabilities
    if "tags" not in capabilities.writes:
        raise PermissionDeniedError(f"{capabilities.platform} takes no tag changes here; nothing was changed")
    if not asked.tags:
        raise UsageError("no tag was given; nothing was changed", hint="supportctl tag add TAG QUERY")
    tags = valid_tags(asked.tags, capabilities)
    applies = asked.yes and not asked.dry_run
    if applies:
        app.require_writes()
    chosen = chosen_tickets(app, asked.which, frozenset({Need.TAGS}))
    made = plan_tags(chosen.tickets, asked.verb, tags, capabilities)
    incomplete = bool(made.skipped or chosen.missing)
    console = app.console
    for key, reason in made.skipped[:10]:
        console.warn(f"{key} is left out: {reason}")
    if len(made.skipped) > 10:
        console.warn(f"… and {count(len(made.skipped) - 10, 'more ticket')} left out")
    if made.unchanged:
        console.note(f"{count(len(made.unchanged), 'ticket')} already as wished", "dim")
    if not made.changes:
        console.note("Nothing to change." if chosen.tickets else "No ticket matches; nothing to change.")
        return int(Exit.PARTIAL if incomplete and applies else Exit.OK)
    plan = plans.make(
        app.profile,
        f"tag {asked.verb} {','.join(tags)}",
        made.changes,
        selected=made.selected,
        query=chosen.words,
        now=app.now,
    )
    refuse_too_many(plan, asked.max_changes)
    path = store(app, plan, asked.plan)
    if not applies:
        show(app, plan)
        console.note(f"Planned: {count(len(plan.changes), 'ticket')}; nothing was changed. The plan is {path}")
        console.note(f"  → to carry it out: supportctl plan apply {path} --yes --profile {app.profile.name}")
        return int(Exit.OK)
    code = apply_plan(app, plan, path)
    return int(Exit.PARTIAL) if code == Exit.OK and incomplete else code
