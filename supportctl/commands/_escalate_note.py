"""The tickets of ``escalate send``: an internal note with the bug's address, and a link where the platform has one."""

from typing import TYPE_CHECKING

from supportctl.commands._app import App
from supportctl.commands._texts import Texts, Written
from supportctl.commands._tracker import There
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportctl.adapters.writing import LinkWish, Wish
    from supportctl.changes.making import Made
    from supportctl.commands._escalate_send import Asked
    from supportctl.evidence.handing import Handed
    from supportctl.model import Ticket


def ticket_rows(
    it: App, there: There, handed: "Handed", asked: "Asked", tickets: "Sequence[Ticket]", bug: "Ticket | None"
) -> "Made":
    """A ticket that names the bug already gets no second note, and one that is linked no second link."""
    from supportctl.adapters.writing import CommentWish
    from supportctl.changes.making import Made, make_changes, refuse_impossible
    from supportctl.changes.naming import stand_in

    same_site = it.profile.url == there.profile.url
    other = bug or stand_in(there.tracker.capabilities.platform, there.profile.name, url=not same_site)
    texts = _texts(it, handed, asked, other)
    untold = [ticket for ticket in tickets if not _tells(ticket, bug)]
    written = texts.write(untold)
    _refuse_mute(written, other)
    note = CommentWish(public=False)
    link = _link(it, there, asked, other)
    wishes: list[Wish] = [note, *([link] if link is not None else [])]
    refuse_impossible(it.adapter.capabilities, wishes)
    refused = {key for key, _ in written.skipped}
    chosen = [ticket for ticket in tickets if ticket.key not in refused]
    given = it.options.applying.reason
    reasons = {ticket.id: given for ticket in chosen} if given is not None else None
    made = make_changes(it.adapter, chosen, wishes, texts=written.comments, reasons=reasons)
    return Made(changes=made.changes, unchanged=made.unchanged, skipped=[*made.skipped, *written.skipped])


def _texts(it: App, handed: "Handed", asked: "Asked", bug: "Ticket") -> Texts:
    from supportctl.model.planned import BUG_URL

    given = {"bug": bug.key, "url": bug.url or BUG_URL, "packet": handed.id}
    texts = Texts(it, given)
    message = texts.read("--message", asked.message)
    texts.internal = [message] if message is not None else []
    return texts


def _refuse_mute(written: "Written", bug: "Ticket") -> None:
    """A note is known again by what it says: without the bug's name, every run would write another."""
    for comments in written.comments.values():
        if not any(bug.key in each.body or (bug.url is not None and bug.url in each.body) for each in comments):
            raise UsageError(
                "--message does not name the bug; nothing was changed",
                hint="let it print {{ var.bug }} or {{ var.url }}, as in 'See {{ var.bug }}: {{ var.url }}'",
            )


def _tells(ticket: "Ticket", bug: "Ticket | None") -> bool:
    """Whether an internal note names the bug: by its address, or by its key as a word."""
    if bug is None:
        return False
    notes = [each.body for each in ticket.comments if each.public is not True]
    return any((bug.url is not None and bug.url in body) or bug.key in body.split() for body in notes)


def _link(it: App, there: There, asked: "Asked", bug: "Ticket") -> "LinkWish | None":
    """Between issues of Jira always; from Zendesk through its Jira integration, where that is asked for."""
    from supportctl.adapters.writing import LinkWish
    from supportctl.model import LinkType

    capabilities = it.adapter.capabilities
    alike = capabilities.platform is there.tracker.capabilities.platform
    if asked.integration and (alike or LinkType.TRACKED_BY not in capabilities.links):
        raise UsageError(
            f"{capabilities.platform} has no integration of its own to link through; nothing was changed",
            hint="leave --integration out: the bug links to the ticket, and the ticket's note to the bug",
        )
    return LinkWish(type=LinkType.TRACKED_BY, to=bug) if alike or asked.integration else None
