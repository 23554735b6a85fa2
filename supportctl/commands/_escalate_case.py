"""Reading what a packet is made of: tickets, those linked to them, their files, and what is found in the texts."""

from itertools import count as counting
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count
from supportctl.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportctl.adapters.base import Needs
    from supportctl.commands._escalate_build import Asked
    from supportctl.evidence.packet.parts import Case, File
    from supportctl.model import Ticket

MOST_LINKED = 50
"""Tickets that come with the ones that were named."""
ATTACHED = "--attach"
WHAT = {
    "image": "picture", "archive": "archive", "mail": "mail", "pdf": "document (PDF)", "office": "document (Office)",
    "video": "film", "audio": "sound", "program": "program", "binary": "neither text nor picture",
    "empty": "empty file", "unread": "not read",
}  # fmt: skip


def read(asked: "Asked", app: App) -> "Case":
    """Raises `NotFoundError` where a named ticket is not shown to us."""
    from supportctl.commands._escalate_check import settings_of
    from supportctl.evidence.packet.finding import find
    from supportctl.evidence.packet.parts import Case

    left_out: list[str] = []
    tickets = _named(asked, app)
    if asked.with_linked:
        tickets += _linked(tickets, app, left_out)
    files = _files(asked, tickets, app)
    settings = settings_of(asked.config, asked.no_config)
    named = [each.name for each in files if each.data is not None]
    findings = find(tickets, named, settings.weights)
    left_out += [f"{part} of the ticket could not be read." for part in findings.score.unknown]
    return Case(
        tickets=tickets,
        elements=findings.elements,
        score=findings.score.points,
        least=settings.min_score,
        users=findings.users,
        moments=findings.moments,
        files=files,
        asked=asked.ask,
        left_out=left_out,
    )


def _named(asked: "Asked", app: App) -> "list[Ticket]":
    found = app.get(asked.keys, _needs())
    app.tell_notices(found.notices)
    if found.missing:
        missing = ", ".join(found.missing[:5])
        raise NotFoundError(
            f"{app.source} shows no ticket {missing} (absent and hidden look alike); nothing was written",
            hint="check the keys, and the account's access with: supportctl check",
        )
    return found.tickets


def _linked(tickets: "Sequence[Ticket]", app: App, left_out: list[str]) -> "list[Ticket]":
    """Duplicates of the tickets, their children, and the incidents of a problem: one step, no further."""
    from supportctl.model import LinkType

    wanted = (LinkType.DUPLICATE_OF, LinkType.DUPLICATED_BY, LinkType.CHILD, LinkType.INCIDENT)
    there = {ticket.id for ticket in tickets} | {ticket.key for ticket in tickets}
    keys: dict[str, None] = {}
    for ticket in tickets:
        if not ticket.knows("links"):
            left_out.append(f"What {ticket.key} is linked to could not be read, so linked tickets may be missing here.")
        for link in ticket.links:
            if link.type not in wanted or link.key in there or link.id in there:
                continue
            if link.platform not in (None, ticket.platform):
                left_out.append(f"{link.key} is on another platform and is not in this packet.")
                continue
            keys[link.key] = None
    named = list(keys)
    if len(named) > MOST_LINKED:
        left_out.append(f"{len(named) - MOST_LINKED} of {count(len(named), 'linked ticket')} are left out.")
    if not named:
        return []
    found = app.get(named[:MOST_LINKED], _needs())
    app.tell_notices(found.notices)
    left_out += [f"{key} is linked, but not shown to the account that made this packet." for key in found.missing]
    return [ticket for ticket in found.tickets if ticket.id not in there]


def _needs() -> "Needs":
    from supportctl.adapters.base import Need

    return frozenset(Need)


def _files(asked: "Asked", tickets: "Sequence[Ticket]", app: App) -> "list[File]":
    """What was named and what hangs on the tickets, inside limits; what is not taken is listed with its reason."""
    from supportctl.evidence.attachments import collect
    from supportctl.evidence.packet.parts import File

    fetch = tickets if asked.attachments else ()
    reader = app.reader if asked.attachments and app.options.file is None else None
    whole = len(asked.attach) + sum(len(ticket.attachments) for ticket in fetch)
    with app.console.progress("files") as progress:
        done = counting(1)

        def tell(_name: str) -> None:
            number = next(done)
            progress(number, max(number, whole))

        collected = collect(attached=asked.attach, tickets=fetch, reader=reader, tell=tell)
    return [
        File(
            name=each.name,
            data=each.stream if each.data is None else each.data,
            size=each.size,
            sha256=each.sha256,
            note="; ".join(each.notes),
            what=WHAT.get(each.kind.value, each.kind.value),
            needs_eye=each.needs_eye,
            of="" if each.origin == ATTACHED else each.origin,
        )
        for each in collected
    ]
