"""``supportctl merge``: make tickets part of another one, for good."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, CHOOSING, OUTPUT, READING, Options, shared
from supportctl.commands._planning import Which, Work, carry_out, refuse_empty
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.changes.making import Made
    from supportctl.model import Ticket

app = command_app()


@app.command("merge")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def merge(
    options: Options,
    which: Which = None,
    into: Annotated[str | None, typer.Option("--into", metavar="KEY", help="The ticket they become part of.")] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="Internal comment on both, instead of the usual one.")
    ] = None,
) -> int:
    """Make tickets part of another one; they are closed for good (Zendesk).

    \b
    supportctl merge '#12' '#14' --into '#3'
    supportctl merge 'tag:outage-0302 -tag:master' --into '#3' --allow-irreversible --yes

    A merge cannot be undone. Elsewhere, link duplicates: supportctl link --type duplicate-of --to KEY
    """
    with App(options) as it:
        return run(it, which or (), into, note)


def run(it: App, which: Sequence[str], into: str | None, note: str | None) -> int:
    from supportctl.adapters.writing import MergeWish
    from supportctl.changes.making import Made, make_changes, refuse_impossible, wishes_need
    from supportctl.commands.link import other_ticket

    refuse_empty({"--into": into, "--note": note})
    if into is None:
        raise UsageError("no ticket was named to merge into; nothing was changed", hint="give it with --into KEY")
    if "merge" not in it.adapter.capabilities.writes:
        raise UsageError(
            f"{it.adapter.capabilities.platform} merges no tickets; nothing was changed",
            hint=f"link them instead: supportctl link KEY --type duplicate-of --to {into}",
        )
    master = other_ticket(it, into)
    wish = MergeWish(into=master, note=note or f"Merged into {master.key}.")
    refuse_impossible(it.adapter.capabilities, [wish])

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        apart = [ticket for ticket in tickets if ticket.id != master.id]
        refused = [(ticket.key, "it cannot be merged into itself") for ticket in tickets if ticket.id == master.id]
        if not apart:
            return Made(changes=[], unchanged=[], skipped=refused)
        made = make_changes(it.adapter, apart, [wish], reasons=reasons)
        return Made(changes=made.changes, unchanged=made.unchanged, skipped=[*made.skipped, *refused])

    return carry_out(
        it, which, Work(words=f"merge --into {master.key}", needs=wishes_need(it.adapter, [wish]), make=make)
    )
