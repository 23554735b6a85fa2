"""``supportctl set``: give fields a value, or empty them."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, CHOOSING, OUTPUT, READING, Options, shared
from supportctl.commands._planning import Work, carry_out
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.adapters.writing import Wish
    from supportctl.changes.making import Made
    from supportctl.model import Ticket

app = command_app()

_PAIR = re.compile(r'([^=:<>!~()"]+)=(.*)', re.DOTALL)

ELSEWHERE = {
    "status": "supportctl close, or supportctl reopen",
    "state": "supportctl close, or supportctl reopen",
    "native_status": "supportctl close --to STATUS, or supportctl reopen --to STATUS",
    "tag": "supportctl tag add|remove|set",
    "tags": "supportctl tag add|remove|set",
    "label": "supportctl tag add|remove|set",
    "labels": "supportctl tag add|remove|set",
    "assignee": "supportctl assign --to WHO",
    "group": "supportctl assign --group GROUP",
    "comment": "supportctl comment TEXT",
    "comments": "supportctl comment TEXT",
    "link": "supportctl link --type TYPE --to KEY",
    "links": "supportctl link --type TYPE --to KEY",
}
"""Fields that have a verb of their own."""


@app.command("set")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def set_(
    options: Options,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE... [QUERY | KEY... | -]",
            help="Fields with their values, then which tickets; FIELD= empties it.",
        ),
    ] = None,
) -> int:
    """Give fields a value, or empty them.

    \b
    supportctl set priority=p2 SUP-12 SUP-14
    supportctl set priority=p3 'Root cause=Network' 'tag:vpn is:unresolved'
    supportctl set category= 'category:Inquiry' --yes

    Fields are named as tickets have them (supportctl schema ticket), custom fields as people see them or custom:ID.
    """
    with App(options) as it:
        return run(it, words or ())


def run(it: App, words: Sequence[str]) -> int:
    from supportctl.adapters.writing import FieldWish
    from supportctl.changes.making import make_changes, refuse_impossible, wishes_need

    pairs, which = split(words)
    if not pairs:
        raise UsageError(
            "no field was given; nothing was changed", hint="supportctl set priority=p2 QUERY; fields come first"
        )
    wishes: list[Wish] = [FieldWish(field=field_name(it, name), value=value) for name, value in pairs.items()]
    refuse_impossible(it.adapter.capabilities, wishes)

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        return make_changes(it.adapter, tickets, wishes, reasons=reasons)

    words_ = f"set {', '.join(pairs)}"
    return carry_out(it, which, Work(words=words_, needs=wishes_need(it.adapter, wishes), make=make))


def split(words: Sequence[str]) -> tuple[dict[str, str | None], list[str]]:
    """The leading ``FIELD=VALUE`` words, None for an empty value, and what follows them."""
    pairs: dict[str, str | None] = {}
    rest = list(words)
    while rest and (match := _PAIR.fullmatch(rest[0])):
        name, value = match[1].strip(), match[2].strip() or None
        if name in pairs and pairs[name] != value:
            raise UsageError(f"{name!r} is given two values; nothing was changed", hint="give one")
        pairs[name] = value
        rest.pop(0)
    return pairs, rest


def field_name(it: App, name: str) -> str:
    """As the adapter takes it. Raises `UsageError` for a field with a verb of its own, and for a slip of the hand."""
    from supportctl.model import Ticket
    from supportctl.query.fields import guess

    capabilities = it.adapter.capabilities
    ours = name.casefold().replace(" ", "_")
    if ours in capabilities.settable:
        return ours
    if ours in ELSEWHERE:
        raise UsageError(
            f"{name!r} is not changed with set; nothing was changed",
            hint=f"use {ELSEWHERE[ours]}; a custom field of this name is custom:ID",
        )
    if ours.startswith("custom:"):
        return f"custom:{name.partition(':')[2].strip()}"
    settable = ", ".join(sorted(capabilities.settable))
    close = guess(ours, capabilities.settable)
    if ours not in Ticket.__struct_fields__ and close is None:
        return name
    known = {each.casefold() for field in it.reader.vocabulary().fields for each in (field.name, field.id)}
    if name.casefold() in known:
        return name
    meant = f": did you mean {close!r}?" if close else ""
    raise UsageError(
        f"{capabilities.platform} has no field {name[:60]!r} that can be set{meant}; nothing was changed",
        hint=f"fields: {settable}; custom fields by name, or custom:ID",
    )
