"""``supportctl reopen``: open resolved or closed tickets again."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, CHOOSING, OUTPUT, READING, Options, shared
from supportctl.commands._planning import Which, Work, carry_out, refuse_empty
from supportctl.commands._texts import Texts, Var

if TYPE_CHECKING:
    from supportctl.adapters.writing import Wish
    from supportctl.changes.making import Made
    from supportctl.model import Ticket

app = command_app()


@app.command("reopen")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def reopen(
    options: Options,
    which: Which = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="STATUS", help="The platform's own status, where there are several.")
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT|@NAME", help="An internal comment that says why.")
    ] = None,
    var: Var = None,
) -> int:
    """Open resolved or closed tickets again.

    \b
    supportctl reopen SUP-12 --note 'Fails again since Monday.'
    supportctl reopen 'resolved:2026-02-01.. tag:outage' --yes
    supportctl reopen --from-findings audit.ndjson --rule COM402
    """
    with App(options) as it:
        return run(it, which or (), to, note, var or ())


def run(it: App, which: Sequence[str], to: str | None, note: str | None, given: Sequence[str]) -> int:
    from supportctl.adapters.writing import CommentWish, StatusWish
    from supportctl.changes.making import Made, make_changes, refuse_impossible, wishes_need
    from supportctl.changes.templates import parse_given
    from supportctl.model import Status

    refuse_empty({"--to": to})
    texts = Texts(it, parse_given(given))
    message = texts.read("--note", note)
    texts.internal = [] if message is None else [message]
    wish = StatusWish(goal=Status.OPEN, native=to)
    wishes: list[Wish] = [*([CommentWish(public=False)] if message is not None else []), wish]
    refuse_impossible(it.adapter.capabilities, wishes)

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        written = texts.write(tickets)
        part = make_changes(it.adapter, written.tickets, wishes, texts=written.comments, lead=wish, reasons=reasons)
        return Made(changes=part.changes, unchanged=part.unchanged, skipped=[*part.skipped, *written.skipped])

    work = Work(
        words="reopen" + (f" --to {to}" if to else ""),
        needs=wishes_need(it.adapter, wishes) | texts.needs,
        make=make,
        already=lambda ticket: ticket.done is False,
    )
    return carry_out(it, which, work)
