"""``supportctl comment``: write an internal note, or with ``--public`` an answer, on many tickets."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, CHOOSING, OUTPUT, READING, Options, shared
from supportctl.commands._planning import Which, Work, carry_out
from supportctl.commands._texts import Texts, Var

if TYPE_CHECKING:
    from supportctl.changes.making import Made
    from supportctl.model import Ticket

app = command_app()


@app.command("comment")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def comment(
    options: Options,
    text: Annotated[
        str, typer.Argument(metavar="TEXT|@NAME", help="The text, or a template: supportctl template list.")
    ],
    which: Which = None,
    public: Annotated[bool, typer.Option("--public", help="The customer reads it. It cannot be taken back.")] = False,
    var: Var = None,
) -> int:
    """Write an internal note on tickets, or with --public an answer.

    \b
    supportctl comment 'Known outage, see PRB0040001.' 'tag:outage is:unresolved'
    supportctl comment 'Dear {{ ticket.requester.name }}, we are on it.' SUP-12 --public
    supportctl comment @moved SUP-12 --public --var team=Billing --yes --allow-irreversible

    A ticket for which a field of the text is empty or unknown is left out, and named.
    """
    with App(options) as it:
        return run(it, text, which or (), var or (), public=public)


def run(it: App, text: str, which: Sequence[str], given: Sequence[str], *, public: bool) -> int:
    from supportctl.adapters.writing import CommentWish
    from supportctl.changes.making import Made, make_changes, refuse_impossible, wishes_need
    from supportctl.changes.templates import parse_given

    texts = Texts(it, parse_given(given))
    message = texts.read("TEXT", text)
    texts.public, texts.internal = (message, []) if public else (None, [message] if message else [])
    wish = CommentWish(public=public)
    refuse_impossible(it.adapter.capabilities, [wish])

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        written = texts.write(tickets)
        part = make_changes(it.adapter, written.tickets, [wish], texts=written.comments, reasons=reasons)
        return Made(changes=part.changes, unchanged=part.unchanged, skipped=[*part.skipped, *written.skipped])

    needs = wishes_need(it.adapter, [wish]) | texts.needs
    return carry_out(it, which, Work(words=f"comment{' --public' if public else ''}", needs=needs, make=make))
