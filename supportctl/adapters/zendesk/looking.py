"""Finding out what a ticket does not show by itself: whether a comment of ours is there, and who touched it last."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from supportctl.adapters.writing import Sight, Step, Touch
from supportctl.adapters.zendesk import details
from supportctl.adapters.zendesk.account import SHOW_MANY, Account
from supportctl.adapters.zendesk.sending import MARK
from supportctl.adapters.zendesk.types import Json, when
from supportctl.model import NewComment, Ticket
from supportctl.model.planned import missing

SLACK = timedelta(seconds=2)
"""A stamp has whole seconds, and a comment's is taken a moment before the ticket's."""
HIDDEN = Sight(there=None, reason="its comments may not be read by this account")


def look(account: Account, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> dict[str, Sight]:
    """By ticket id, for steps that hold a comment; whatever else a step holds is to be seen in its ticket.

    A comment is ours when its custom metadata holds the step's mark. Where a comment has no mark of ours at all, the
    same text and visibility by our own user, not older than the step's ticket was, count as well.
    """
    asked = {step.id: step for step in steps if _comment(step) is not None}
    if not asked:
        return {}
    untouched = {number for number in asked if number in tickets and _untouched(asked[number], tickets[number])}
    sights = dict.fromkeys(untouched, Sight(there=False))
    left = [tickets[number] for number in asked if number in tickets and number not in untouched]
    me = account.me().get("id") if left else None
    found = details.each_of(
        left,
        lambda ticket: _find(account, ticket, asked[ticket.id], me),
    )
    return {number: sights.get(number) or found.get(number, HIDDEN) for number in asked}


def _untouched(step: Step, ticket: Ticket) -> bool:
    """Whether the update did not come through: an update is whole, so that what else it sets would be there."""
    return ticket.version == step.version and bool(missing(step.change, step.actions, ticket, fold=True)[0])


def _comment(step: Step) -> NewComment | None:
    return next((action for action in step.actions if isinstance(action, NewComment)), None)


def _find(account: Account, ticket: Ticket, step: Step, me: int | None) -> Sight:
    """Newest first, down to when the ticket was last read before the step was sent."""
    since = when(step.version)
    path = f"/tickets/{ticket.id}/comments.json"
    for doc in account.each(path, "comments", f"comments of {ticket.key}", sort="-created_at"):
        if _is_ours(doc, step, me):
            return Sight(there=True)
        if _older(doc, since):
            break
    return Sight(there=False)


def _older(doc: Json, since: datetime | None) -> bool:
    made = when(doc.get("created_at"))
    return since is not None and made is not None and made < since - SLACK


def _is_ours(doc: Json, step: Step, me: int | None) -> bool:
    mark = _mark(doc.get("metadata"))
    if mark is not None:
        return mark == step.op
    wanted = _comment(step)
    assert wanted is not None
    since, made = when(step.version), when(doc.get("created_at"))
    if since is None or made is None or made < since - SLACK:
        return False
    texts = {_plain(doc.get("plain_body")), _plain(doc.get("body"))}
    return doc.get("author_id") == me and doc.get("public") is wanted.public and _plain(wanted.body) in texts


def _mark(metadata: object) -> str | None:
    """The mark of any update of ours, however deep it was put."""
    found = metadata
    while isinstance(found, dict):
        if isinstance(found.get(MARK), str):
            return str(found[MARK])
        found = found.get("custom")
    return None


def _plain(text: object) -> str:
    """Without what Zendesk may do to white space."""
    return re.sub(r"\s+", " ", str(text or "").replace("\u00a0", " ").replace("&nbsp;", " ")).strip()


def touched(account: Account, tickets: Sequence[Ticket]) -> dict[str, Touch]:
    """Author and time of each ticket's newest audit: sideloaded in bulk, else asked for ticket by ticket.

    An audit that is older than the ticket's own stamp is not the newest, whatever was asked for, and names nobody.
    """
    audits: dict[str, Json] = {}
    for first in range(0, len(tickets), SHOW_MANY):
        batch = tickets[first : first + SHOW_MANY]
        ids = ",".join(ticket.id for ticket in batch)
        envelope = account.get("/tickets/show_many.json", "last changes", ids=ids, include="last_audits")
        audits |= {str(doc.get("ticket_id")): doc for doc in envelope.get("last_audits") or ()}
    audits |= details.each_of([each for each in tickets if not _newest(each, audits)], lambda each: _ask(account, each))
    told = [ticket for ticket in tickets if _newest(ticket, audits)]
    authors = {audits[ticket.id].get("author_id") for ticket in told}
    account.learn_names([{"requester_id": each} for each in authors if isinstance(each, int) and each > 0])
    people = account.context.people
    return {each.id: _touch(audits[each.id], people.get(audits[each.id].get("author_id"))) for each in told}


def _ask(account: Account, ticket: Ticket) -> Json:
    asked = {"page[size]": 1, "sort": "-created_at"}
    audits: list[Json] = account.get(
        f"/tickets/{ticket.id}/audits.json", f"the last audit of {ticket.key}", **asked
    ).get("audits") or [{}]
    return max(audits, key=lambda doc: (str(doc.get("created_at")), doc.get("id") or 0))


def _newest(ticket: Ticket, audits: Mapping[str, Json]) -> bool:
    made = when(audits.get(ticket.id, {}).get("created_at"))
    return made is not None and (ticket.updated_at is None or made >= ticket.updated_at - SLACK)


def _touch(doc: Json, author: object) -> Touch:
    """A rule is named instead of the user Zendesk lets it act as."""
    via = doc.get("via") or {}
    rule = ((via.get("source") or {}).get("from") or {}).get("title") if via.get("channel") == "rule" else None
    name = getattr(author, "name", None)
    number = doc.get("author_id")
    who = f"the rule {rule!r}" if rule else name or (f"user {number}" if number else None)
    return Touch(who=who, at=when(doc.get("created_at")))
