from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Ticket

WHOLE_DAY = timedelta(hours=36)
"""A date without a time is over when it is over everywhere: twelve hours after it ended in UTC."""


class OverdueDate(TicketRule):
    """The due date has passed, and the ticket is still open.

    ## What it does
    Reports unresolved tickets whose due date lies in the past. A date without a time of day lasts until that day has
    ended in every time zone.

    ## Why is this bad?
    A date was promised and passed in silence. Dates nobody keeps teach everybody not to look at dates.

    ## Example
    A task due on the first, open on the tenth.

    ## Fix
    Finish it, or agree on a new date with whoever waits and write it down.

    ## False positives
    A due date that had passed before the ticket was made came from a template or a copy and is out of scope, as are
    merged tickets, spam and cancelled tickets.

    ## Fields
    Zendesk `due_at` (tasks); JSM `duedate`; ServiceNow `due_date`.
    """

    code = "TIM506"
    name = "overdue-date"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    fields: ClassVar[frozenset[str]] = frozenset({"status", "due_at"})

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.done:
            return OUTSIDE
        if unknown := lacks(ticket, "due_at"):
            return OUTSIDE if is_noise(ticket, context) else unknown
        if ticket.due_at is None or is_noise(ticket, context):
            return OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.done is None:
            return OUTSIDE
        over = _over(ticket.due_at)
        if context.now <= over:
            return CLEAN
        if ticket.created_at is not None and over <= ticket.created_at:
            return OUTSIDE
        return fault(
            "open past its due date",
            ticket.due_at.isoformat(),
            [Evidence(field="due_at", seen="was due", at=ticket.due_at)],
            threshold="the due date itself (default)",
            passes="done, or a due date ahead",
        )


def _over(due: datetime) -> datetime:
    return due + WHOLE_DAY if due.astimezone(UTC).time() == time.min else due
