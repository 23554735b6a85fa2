from datetime import datetime
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.rule import Context, TicketRule, in_order
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Comment, Confidence, Evidence, Severity, Status, Ticket
from supportctl.text.courtesy import is_gone, is_thanks


class ResolvedWithoutPublicReply(TicketRule):
    """A ticket was resolved without a public answer to the customer's last message.

    ## What it does
    Reports resolved and closed tickets on which no agent wrote a public comment after the customer's last message
    (the description, if the customer wrote nothing more).

    ## Why is this bad?
    To the customer the ticket just vanished. They reopen it, open another one or write a bad rating.

    ## Example
    The customer answers a question on Monday; on Tuesday an agent writes an internal note and resolves.

    ## Fix
    Send the answer as a public reply with the change of status; a macro or a screen can make both one step.

    ## False positives
    Thanks, and word that the problem is gone, need no answer; messages after the resolution belong to another
    rule. Tickets the customer closed, tickets an agent opened for themselves, merged and duplicate tickets, spam
    and cancelled tickets are out of scope. Acknowledgements by machines are not replies. When the platform does not
    say who wrote a comment or whether it is public, and the verdict hangs on it, the ticket is not judged. A queue
    in which no public comments are written at all is reported once (QUE901).

    ## Fields
    Zendesk comments with `public` and the author's role; JSM comments with `jsdPublic`; ServiceNow journal
    `comments` (public) against `work_notes`.
    """

    code = "COM402"
    name = "resolved-without-public-reply"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.LINKS, Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "requester", "comments", "created_at"})
    empty_field = "comments"

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return OUTSIDE
        if unknown := lacks(ticket, "requester", "comments", "created_at"):
            return unknown
        if ticket.requester is None or ticket.created_at is None or _opened_for_themselves(ticket):
            return OUTSIDE
        asked = _last_question(ticket, ticket.created_at, context)
        if asked is None:
            return OUTSIDE
        reply = _reply_after(ticket, asked, context)
        if reply:
            return CLEAN
        if _ended_by_customer(ticket, context):
            return OUTSIDE
        if reply is None:
            return Unjudged("comments")
        return fault(
            "resolved without a public reply to the customer's last message",
            asked.isoformat(),
            [Evidence(field="comments", seen="no public comment by an agent after this time", at=asked)],
        )

    def found_empty(self, ticket: Ticket) -> bool:
        return all(comment.public is False for comment in ticket.comments)


def _ended_by_customer(ticket: Ticket, context: Context) -> bool:
    """Whether the customer closed it: the last change of status is theirs."""
    changes = [event for event in in_order(ticket.history) if event.field == "status"]
    return bool(changes) and actor_of(changes[-1].actor, ticket, context) is Actor.CUSTOMER


def _opened_for_themselves(ticket: Ticket) -> bool:
    return ticket.requester is not None and ticket.assignee is not None and ticket.requester.id == ticket.assignee.id


def _last_question(ticket: Ticket, created: datetime, context: Context) -> datetime | None:
    """When the customer last said something that asks for an answer; None: they withdrew the request."""
    asked = created
    ended = ticket.resolved_at or ticket.closed_at
    for comment in sorted(filter(_dated, ticket.comments), key=_when):
        if comment.public is False or actor_of(comment.author, ticket, context) is not Actor.CUSTOMER:
            continue
        if ended is not None and _when(comment) > ended:
            break
        if is_gone(comment.body) and _when(comment) > created:
            return None
        if _when(comment) > asked and not is_thanks(comment.body):
            asked = _when(comment)
    return asked


def _reply_after(ticket: Ticket, asked: datetime, context: Context) -> bool | None:
    """Whether an agent answered in public; None: there is a comment of which we cannot tell."""
    unsure = False
    for comment in ticket.comments:
        actor = actor_of(comment.author, ticket, context)
        if comment.public is False or actor in (Actor.CUSTOMER, Actor.BOT):
            continue
        if comment.created_at is not None and comment.created_at < asked:
            continue
        if comment.public is None or comment.created_at is None or actor is Actor.UNKNOWN:
            unsure = True
        else:
            return True
    return None if unsure else False


def _dated(comment: Comment) -> bool:
    return comment.created_at is not None


def _when(comment: Comment) -> datetime:
    assert comment.created_at is not None
    return comment.created_at
