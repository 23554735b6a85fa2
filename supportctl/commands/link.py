"""``supportctl link``: link tickets to one other, or unlink them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, CHOOSING, OUTPUT, READING, Options, shared
from supportctl.commands._planning import Which, Work, carry_out, refuse_empty
from supportctl.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from supportctl.changes.making import Made
    from supportctl.model import LinkType, Ticket

app = command_app()


@app.command("link")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def link(
    options: Options,
    which: Which = None,
    type_: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="What they are to it: duplicate-of, problem, relates …")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="KEY", help="The other ticket.")] = None,
    to_profile: Annotated[
        str | None, typer.Option("--to-profile", metavar="NAME", help="The profile of the other ticket, if another.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take this link away.")] = False,
) -> int:
    """Link tickets to one other ticket, or unlink them.

    \b
    supportctl link SUP-12 SUP-14 --type duplicate-of --to SUP-3
    supportctl link 'tag:outage-0302' --type problem --to PRB0040001 --yes
    supportctl link SUP-12 --type relates --to SUP-9 --remove
    supportctl link '#4711' --type tracked-by --to ENG-77 --to-profile jira

    The type is read from the tickets you choose: duplicate-of makes them duplicates of KEY.
    """
    with App(options) as it:
        return run(it, which or (), type_, to, to_profile, remove=remove)


def run(
    it: App, which: Sequence[str], type_: str | None, to: str | None, to_profile: str | None = None, *, remove: bool
) -> int:
    from supportctl.adapters.writing import LinkWish
    from supportctl.changes.making import Made, make_changes, refuse_impossible, wishes_need

    refuse_empty({"--type": type_, "--to": to, "--to-profile": to_profile})
    kind = link_type(it, type_)
    if to is None:
        raise UsageError("no ticket was named to link to; nothing was changed", hint="give it with --to KEY")
    if to_profile is None or to_profile == it.profile.name:
        other = other_ticket(it, to)
    else:
        with App(replace(it.options, profile=to_profile, token_file=None)) as there:
            other = other_ticket(there, to)
    wish = LinkWish(type=kind, to=other, remove=remove)
    refuse_impossible(it.adapter.capabilities, [wish])

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        itself = [ticket for ticket in tickets if (ticket.platform, ticket.id) == (other.platform, other.id)]
        apart = [ticket for ticket in tickets if ticket not in itself]
        part = (
            make_changes(it.adapter, apart, [wish], reasons=reasons)
            if apart
            else Made(changes=[], unchanged=[], skipped=[])
        )
        refused = [(ticket.key, "it cannot be linked to itself") for ticket in itself]
        return Made(changes=part.changes, unchanged=part.unchanged, skipped=[*part.skipped, *refused])

    words = f"link --type {kind.value} --to {other.key}{' --remove' if remove else ''}"
    return carry_out(it, which, Work(words=words, needs=wishes_need(it.adapter, [wish]), make=make))


def link_type(it: App, text: str | None) -> "LinkType":
    """``duplicate-of`` or ``duplicate_of``. Raises `UsageError` with the types this platform takes."""
    from supportctl.model import LinkType
    from supportctl.query.fields import guess

    taken = it.adapter.capabilities.links
    listing = f"{it.adapter.capabilities.platform} takes: {', '.join(sorted(_spoken(each) for each in taken))}"
    if text is None:
        raise UsageError("the type of link was not given; nothing was changed", hint=f"give it with --type; {listing}")
    name = text.strip().lower().replace("-", "_").replace(" ", "_")
    known = {each.value: each for each in LinkType}
    if name not in known:
        close = guess(name, [each.value for each in taken] or known)
        meant = f": did you mean {close.replace('_', '-')!r}?" if close else ""
        raise UsageError(f"there is no type of link {text[:40]!r}{meant}; nothing was changed", hint=listing)
    if taken and known[name] not in taken:
        raise UsageError(
            f"{it.adapter.capabilities.platform} cannot link tickets as {_spoken(known[name])}; nothing was changed",
            hint=listing,
        )
    return known[name]


def _spoken(kind: "LinkType") -> str:
    return kind.value.replace("_", "-")


def other_ticket(it: App, key: str) -> "Ticket":
    from supportctl.adapters.base import LISTING

    found = it.get([key], LISTING)
    if not found.tickets:
        raise NotFoundError(
            f"{it.adapter.normalize_key(key)}, the ticket to link to, was not found or is hidden from this account; "
            "nothing was changed",
            hint="check the profile: supportctl check",
        )
    return found.tickets[0]
