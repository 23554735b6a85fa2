from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.audit.limits import has_hours, in_words
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import UNFINISHED, is_noise, lacks
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Ticket


class Unassigned(TicketRule):
    """An unresolved ticket has no assignee beyond the pick-up time.

    ## What it does
    Reports unresolved tickets that nobody owns after 1 h (P1), 4 h (P2) or 24 h (other priorities) since they were
    created or, where the history was read, since their last assignee was taken off. Where a calendar is set, only
    working hours count, and 8 of them take the place of 24 h.

    ## Why is this bad?
    What everybody may take nobody takes: unowned tickets are where first replies are late.

    ## Example
    A P2 incident, open since this morning, in a group's queue, assigned to no one.

    ## Fix
    Assign it to whoever is on call, or take it. Teams that work from a shared queue set `group_is_enough`.

    ## False positives
    Nights and weekends count until `calendar` says when you work; `pick_up` sets the time per priority.
    Merged tickets, spam and cancelled tickets are out of scope.

    ## Fields
    Zendesk `assignee_id`, `group_id`; JSM assignee; ServiceNow `assigned_to`, `assignment_group`.
    """

    code = "OWN201"
    name = "unassigned"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    speaks_of = UNFINISHED
    hears_noise = False
    fields: ClassVar[frozenset[str]] = frozenset({"status", "assignee", "created_at"})
    empty_field = "assignee"

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.done is not False:
            return OUTSIDE
        if unknown := lacks(ticket, "assignee", "created_at"):
            return unknown
        if ticket.assignee is not None:
            return CLEAN
        if context.settings.group_is_enough:
            if unknown := lacks(ticket, "group"):
                return unknown
            if ticket.group is not None:
                return CLEAN
        if (since := _unowned_since(ticket)) is None:
            return OUTSIDE
        limit, _ = self._limit(ticket, context)
        if context.elapsed(ticket, since) < limit:
            return GRACE
        return fault(
            f"unassigned for more than {spoken(limit)}",
            "unassigned",
            [Evidence(field="assignee", seen="empty", at=since)],
            threshold=self.threshold(ticket, context),
        )

    def threshold(self, ticket: Ticket, context: Context) -> str:
        return in_words(*self._limit(ticket, context), ticket, context)

    def _limit(self, ticket: Ticket, context: Context) -> tuple[timedelta, str]:
        return context.settings.pick_up_limit(ticket.priority, hours=has_hours(ticket, context))


def _unowned_since(ticket: Ticket) -> datetime | None:
    taken_off = [
        event.at
        for event in ticket.history
        if event.field == "assignee" and event.at is not None and not event.after and event.before
    ]
    return max([*taken_off, *([ticket.created_at] if ticket.created_at else [])], default=None)
