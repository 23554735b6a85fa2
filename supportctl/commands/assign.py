"""``supportctl assign``: give tickets to somebody, to a group, or to nobody."""

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


@app.command("assign")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def assign(
    options: Options,
    which: Which = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="WHO", help="An e-mail address, user name, id or exact name; me; none."),
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="GROUP", help="A group by name or id; none takes it away.")
    ] = None,
) -> int:
    """Give tickets to somebody, to a group, or to nobody.

    \b
    supportctl assign SUP-12 SUP-14 --to me
    supportctl assign 'assignee:none priority:p1' --to ada@acme.example --group 'Tier 2' --yes
    supportctl assign 'assignee:bob@acme.example is:unresolved' --to none
    """
    with App(options) as it:
        return run(it, which or (), to, group)


def run(it: App, which: Sequence[str], to: str | None, group: str | None) -> int:
    from supportctl.adapters.writing import AssignWish
    from supportctl.changes.making import make_changes, refuse_impossible, wishes_need

    refuse_empty({"--to": to, "--group": group})
    if to is None and group is None:
        raise UsageError(
            "nobody was named to assign to; nothing was changed", hint="give --to WHO, --group GROUP, or --to none"
        )
    wish = AssignWish(assignee=_name(to), group=_name(group))
    refuse_impossible(it.adapter.capabilities, [wish])

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        return make_changes(it.adapter, tickets, [wish], reasons=reasons)

    words = " ".join(["assign", *(["--to", to] if to else []), *(["--group", group] if group else [])])
    return carry_out(it, which, Work(words=words, needs=wishes_need(it.adapter, [wish]), make=make))


def _name(text: str | None) -> str | None:
    """``me`` and ``none`` are words of ours, however they are written."""
    if text is None:
        return None
    text = text.strip()
    return text.lower() if text.lower() in ("me", "none") else text
