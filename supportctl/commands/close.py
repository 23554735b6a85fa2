"""``supportctl close``: resolve tickets, or close them for good, with code, notes and a word to the customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, CHOOSING, OUTPUT, READING, Options, shared
from supportctl.commands._planning import Which, Work, carry_out, refuse_empty
from supportctl.commands._texts import Texts, Var, refuse_crowded
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.adapters.writing import StatusWish, Wish
    from supportctl.changes.making import Made
    from supportctl.model import Ticket

app = command_app()


@dataclass(frozen=True, kw_only=True)
class CloseOptions:
    code: str | None = None
    notes: str | None = None
    message: str | None = None
    note: str | None = None
    for_good: bool = False
    to: str | None = None
    tags: tuple[str, ...] = ()
    even_if: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    """``--var`` as typed."""


@app.command("close")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def close(
    options: Options,
    which: Which = None,
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE", help="Why it is closed: resolution or resolution code.")
    ] = None,
    notes: Annotated[
        str | None,
        typer.Option("--notes", metavar="TEXT|@NAME", help="Closure notes; an internal comment where there are none."),
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", metavar="TEXT|@NAME", help="Tell the customer, in a public comment.")
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT|@NAME", help="An internal comment besides.")
    ] = None,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="Close instead of resolve; most cannot come back.")
    ] = False,
    to: Annotated[
        str | None, typer.Option("--to", metavar="STATUS", help="The platform's own status, where there are several.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Add this tag; repeatable.")] = None,
    even_if: Annotated[
        list[str] | None,
        typer.Option("--even-if", metavar="CODE", help="Lift customer-replied or open-children; repeatable."),
    ] = None,
    var: Var = None,
) -> int:
    """Resolve tickets, or close them for good.

    \b
    supportctl close 'status:pending' --require idle-for=14d --message @no-response
    supportctl close SUP-12 --code Done --notes 'Cable replaced.' --yes
    supportctl close --from-findings audit.ndjson --rule TIM501 --note @closure --unless tag=vip
    supportctl close 'status:resolved' --require resolved-for=7d --for-good --allow-irreversible --yes

    Left out unless lifted with --even-if: tickets the customer replied to since the last answer (customer-replied),
    and tickets with unfinished children (open-children). Texts may print fields: supportctl template list
    """
    asked = CloseOptions(
        code=code,
        notes=notes,
        message=message,
        note=note,
        for_good=for_good,
        to=to,
        tags=tuple(each.strip() for text in tag or () for each in text.split(",") if each.strip()),
        even_if=tuple(even_if or ()),
        given=tuple(var or ()),
    )
    with App(options) as it:
        return run(asked, which or (), it)


def run(asked: CloseOptions, which: Sequence[str], it: App) -> int:
    from supportctl.adapters.writing import CommentWish, StatusWish, TagWish
    from supportctl.changes.conditions import CUSTOMER_REPLIED, OPEN_CHILDREN
    from supportctl.changes.making import make_changes, refuse_impossible, wishes_need
    from supportctl.changes.tags import valid_tags
    from supportctl.model import Status

    refuse_empty({"--code": asked.code, "--to": asked.to})
    liftable = (CUSTOMER_REPLIED, OPEN_CHILDREN)
    for code in asked.even_if:
        if code not in liftable:
            raise UsageError(f"--even-if cannot lift {code[:40]!r}", hint=f"it lifts: {', '.join(liftable)}")
    capabilities = it.adapter.capabilities
    if asked.code is not None and capabilities.closure_code is None:
        raise UsageError(
            f"{capabilities.platform} has no closure code; nothing was changed",
            hint="say it with a tag (--tag), or set a field of yours: supportctl set 'FIELD=VALUE' …",
        )
    texts = _texts(asked, it)
    before: list[Wish] = []
    if asked.tags:
        before.append(TagWish(add=valid_tags(asked.tags, capabilities)))
    if texts.public is not None:
        before.append(CommentWish(public=True))
    if texts.internal:
        before.append(CommentWish(public=False))
    goal = Status.CLOSED if asked.for_good else Status.RESOLVED
    bare = StatusWish(goal=goal, native=asked.to, closure_code=asked.code)
    refuse_impossible(capabilities, [*before, bare])

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        written = texts.write(tickets)
        wish = StatusWish(goal=goal, native=asked.to, closure_code=asked.code, notes=written.notes)
        made = make_changes(
            it.adapter,
            written.tickets,
            [*before, wish],
            texts=written.comments,
            lead=wish,
            lifted=frozenset(asked.even_if),
            reasons=reasons,
        )
        refuse_crowded(it, made)
        made.skipped.extend(written.skipped)
        return made

    work = Work(
        words=_words(asked),
        needs=wishes_need(it.adapter, [*before, bare]) | texts.needs,
        make=make,
        standing=tuple(
            each
            for each in liftable
            if each not in asked.even_if and not (each == OPEN_CHILDREN and "links" in capabilities.unknown_fields)
        ),
        already=lambda ticket: _already(ticket, bare),
        besides=_besides(asked),
    )
    return carry_out(it, which, work)


def _texts(asked: CloseOptions, it: App) -> Texts:
    from supportctl.changes.templates import parse_given

    texts = Texts(it, parse_given(asked.given))
    texts.public = texts.read("--message", asked.message)
    notes = texts.read("--notes", asked.notes)
    note = texts.read("--note", asked.note)
    if it.adapter.capabilities.closure_notes:
        texts.notes, notes = notes, None
    texts.internal = [each for each in (notes, note) if each is not None]
    return texts


def _already(ticket: "Ticket", wish: "StatusWish") -> bool:
    """Whether there is nothing left to do. A resolved ticket may still want its code, or another status."""
    from supportctl.model import Status

    if ticket.status in (Status.CANCELLED, Status.DELETED, Status.CLOSED):
        return True
    return ticket.status is Status.RESOLVED is wish.goal and wish.native is None and wish.closure_code is None


def _besides(asked: CloseOptions) -> tuple[str, ...]:
    given = {"--notes": asked.notes, "--message": asked.message, "--note": asked.note, "--tag": asked.tags or None}
    return tuple(option for option, value in given.items() if value is not None)


def _words(asked: CloseOptions) -> str:
    """The command for the plan's header: what decides, without the texts."""
    parts = ["close"]
    if asked.for_good:
        parts.append("--for-good")
    for option, value in (("--to", asked.to), ("--code", asked.code)):
        if value is not None:
            parts += [option, value]
    parts += [f"--tag {tag}" for tag in asked.tags]
    parts += [f"--even-if {code}" for code in asked.even_if]
    return " ".join(parts)
