from datetime import datetime
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.conversation import CALLS, Said, conversation, reached, serves_nobody, undated, unsure
from supportctl.audit.rule import Context, TicketRule, in_order
from supportctl.audit.scope import FINISHED, is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Status, Ticket


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
    Thanks, out-of-office replies, and word that the problem is gone, need no answer; messages after the resolution
    belong to another rule. An agent's note that they called the customer is an answer, and what was asked by phone
    or chat only was answered there. Tickets the customer closed, tickets an agent opened for themselves, problems
    and changes, merged and duplicate tickets, spam and cancelled tickets are out of scope. Acknowledgements by
    machines are not replies. When the platform does not say who wrote a comment or whether it is public, and the
    verdict hangs on it, the ticket is not judged. A queue in which no public comments are written at all is
    reported once (QUE901).

    ## Fields
    Zendesk comments with `public` and the author's role; JSM comments with `jsdPublic`; ServiceNow journal
    `comments` (public) against `work_notes`.
    """

    code = "COM402"
    name = "resolved-without-public-reply"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    speaks_of = FINISHED
    hears_noise = False
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.LINKS, Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "requester", "comments", "created_at"})
    empty_field = "comments"

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return OUTSIDE
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "requester", "comments", "created_at"):
            return unknown
        by_phone = ticket.channel in CALLS
        if by_phone and not ticket.comments:
            return OUTSIDE
        if ticket.created_at is None or serves_nobody(ticket, context):
            return OUTSIDE
        said = conversation(ticket, context)
        if _answered_at_once(ticket, said):
            return CLEAN
        asked = _last_question(ticket, said, ticket.created_at)
        if asked is None or (asked == ticket.created_at and by_phone):
            return OUTSIDE
        after = [one for one in said if one.at >= asked]
        if reached(after):
            return CLEAN
        if _ended_by_customer(ticket, context):
            return OUTSIDE
        if any(map(unsure, after)) or undated(ticket, context):
            return Unjudged("comments")
        return fault(
            "resolved without a public reply to the customer's last message",
            asked.isoformat(),
            [Evidence(field="comments", seen="no public comment by an agent after this time", at=asked)],
            passes="a public reply by an agent after this time",
        )

    def found_empty(self, ticket: Ticket) -> bool:
        return all(comment.public is False for comment in ticket.comments)


def _ended_by_customer(ticket: Ticket, context: Context) -> bool:
    """Whether the customer closed it: the last change of status is theirs."""
    changes = [event for event in in_order(ticket.history) if event.field == "status"]
    return bool(changes) and actor_of(changes[-1].actor, ticket, context) is Actor.CUSTOMER


def _last_question(ticket: Ticket, said: list[Said], created: datetime) -> datetime | None:
    """When the customer last said something that asks for an answer; None: they withdrew the request."""
    for one in reversed(_before_the_end(ticket, said)):
        if one.from_customer and one.at > created:
            if one.withdraws:
                return None
            if one.wants_answer:
                return one.at
    return created


def _before_the_end(ticket: Ticket, said: list[Said]) -> list[Said]:
    ended = ticket.resolved_at or ticket.closed_at
    return said if ended is None else [one for one in said if one.at <= ended or not one.from_customer]


def _answered_at_once(ticket: Ticket, said: list[Said]) -> bool:
    """Whether an agent's reply comes after everything the customer said: then no text need be read."""
    for one in reversed(_before_the_end(ticket, said)):
        if one.is_reply:
            return True
        if one.from_customer:
            return False
    return False
