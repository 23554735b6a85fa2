from datetime import timedelta
from typing import ClassVar

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.conversation import Said, conversation, serves_nobody, undated, unsure
from supportctl.audit.limits import has_hours, in_words, limit_for
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.settings import DAY, HOUR
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Fix, Severity, Status, StatusFix, Ticket

PUT_ASIDE = (Status.PENDING, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED)
USUAL = {"p1": 4 * HOUR, "p2": DAY, "other": 3 * DAY}
IN_HOURS = {"p1": 2 * HOUR, "p2": 8 * HOUR, "other": 24 * HOUR}
"""Where working hours are set: about one and three working days."""


class CustomerWaitingOptions(Options, frozen=True):
    limit: dict[str, timedelta] = msgspec.field(default_factory=dict)
    """Priority (``p1`` … ``p5``, ``other``) -> how long a customer's message may lie in a ticket put aside."""


class CustomerWaiting(TicketRule):
    """The customer wrote last, and the ticket still stands as if it were their turn.

    ## What it does
    Reports tickets that are pending, on hold, resolved or closed although the last message is the customer's and
    older than the limit: 4 h (P1), 24 h (P2) or 3 days of calendar time; where working hours are set 2 h, 8 h or
    24 h of them.

    ## Why is this bad?
    Nobody sees it: the ticket is in no list of work, and the clock of the service level stands still.

    ## Example
    Pending since Monday; the customer sent the log on Tuesday; it is Friday.

    ## Fix
    Set the ticket to open (the proposed fix) and answer. An automation that opens tickets on a customer's message
    prevents it.

    ## False positives
    Thanks, word that the problem is gone, out-of-office replies and bounced mail are no messages to answer. Messages
    of people in copy count as little. A public reply or a noted call after the message ends the wait. Problems and
    changes, tickets of machines, merged and duplicate tickets, spam and cancelled tickets are out of scope. Of a
    resolved ticket only messages after the resolution count; what was left unanswered before it is COM402. When it is
    not known who wrote last or whether it was public, the ticket is not judged.

    ## Fields
    Zendesk comments, `status`; JSM comments, status; ServiceNow journal `comments`, `state` and `hold_reason`.
    """

    code = "COM403"
    name = "customer-waiting"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "requester", "comments"})
    options = CustomerWaitingOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status not in PUT_ASIDE or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "requester", "comments"):
            return unknown
        if not ticket.comments:
            return OUTSIDE
        said = conversation(ticket, context)
        asked = _unanswered(ticket, said)
        if serves_nobody(ticket, context):
            return OUTSIDE
        if asked is None:
            return CLEAN
        limit, _ = self._limit(ticket, context)
        if context.elapsed(ticket, asked.at) <= limit:
            return GRACE
        if any(unsure(one) for one in said if one.at >= asked.at) or undated(ticket, context):
            return Unjudged("comments")
        return fault(
            f"the customer wrote last, and the ticket is {str(ticket.status).replace('_', ' ')}",
            asked.at.isoformat(),
            [
                Evidence(field="comments", seen="last message, by the customer", at=asked.at),
                Evidence(field="status", seen=str(ticket.status)),
            ],
            threshold=self.threshold(ticket, context),
            passes="the status open, or a public reply by an agent",
            fixes=(Fix(title="set the status to open", safe=False, remedy=StatusFix(goal=Status.OPEN)),),
        )

    def threshold(self, ticket: Ticket, context: Context) -> str:
        return in_words(*self._limit(ticket, context), ticket, context)

    def _limit(self, ticket: Ticket, context: Context) -> tuple[timedelta, str]:
        own = context.options(self.code, CustomerWaitingOptions).limit
        return limit_for(ticket.priority, own, IN_HOURS if has_hours(ticket, context) else USUAL, "limit")


def _unanswered(ticket: Ticket, said: list[Said]) -> Said | None:
    """The first message of the customer that nobody answered; None: it is not their message that lies there."""
    # Without the time of the resolution nobody can say what came after it.
    if ticket.done:
        ended = ticket.resolved_at or ticket.closed_at
        said = [one for one in said if ended is not None and one.at > ended]
    asked: Said | None = None
    for one in reversed(said):
        if one.is_contact or one.withdraws:
            break
        if not one.aside and one.wants_answer:
            asked = one
    return asked
