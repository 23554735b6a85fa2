from datetime import datetime
from typing import ClassVar

from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Status, Ticket

PARKED = (Status.ON_HOLD, Status.PENDING)


class Stale(TicketRule):
    """Nobody has touched an unresolved ticket for days.

    ## What it does
    Reports unresolved tickets without a human update for more than 5 days (P1 and P2: 24 h) of calendar time.

    ## Why is this bad?
    The customer waits and does not know why; old tickets are also the hardest to pick up again.

    ## Example
    A P3 incident in progress whose last note is eleven days old.

    ## Fix
    Say where it stands, and when the next update comes; or resolve it.

    ## False positives
    Machines reset the platform's update time. Where comments and history were read for other rules, the last
    touch by a person counts; otherwise the update time does, and bot-touched tickets are passed over rather than
    guessed at. A parked ticket (pending, on hold) with a due date ahead is out of scope, as are merged tickets,
    spam and cancelled tickets. Nights and weekends count: set `stale` per priority.

    ## Fields
    Zendesk `updated_at`, audits; JSM `updated`, changelog; ServiceNow `sys_updated_on`, journal, `sys_audit`.
    """

    code = "TIM501"
    name = "stale"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    fields: ClassVar[frozenset[str]] = frozenset({"status", "updated_at"})

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.done is not False:
            return OUTSIDE
        if unknown := lacks(ticket, "updated_at"):
            return unknown
        if ticket.status in PARKED and ticket.due_at is not None and ticket.due_at > context.now:
            return OUTSIDE
        if ticket.updated_at is None:
            return OUTSIDE
        last = _last_human_touch(ticket, ticket.updated_at, context)
        limit, origin = context.settings.stale_limit(ticket.priority)
        if context.now - last <= limit:
            return CLEAN
        return fault(
            f"no human update for more than {spoken(limit)}",
            (ticket.updated_at if context.now - ticket.updated_at > limit else last).isoformat(),
            [Evidence(field="updated_at", seen="last human touch", at=last)],
            threshold=f"{spoken(limit)} of calendar time ({origin})",
        )


def _last_human_touch(ticket: Ticket, updated: datetime, context: Context) -> datetime:
    """Who wrote it counts only where everything was read; otherwise the platform's update time stands."""
    if not (ticket.knows("comments") and ticket.knows("history")) or not (ticket.comments or ticket.history):
        return updated
    touches = [ticket.created_at] if ticket.created_at is not None else []
    for author, at in [
        *((comment.author, comment.created_at) for comment in ticket.comments),
        *((event.actor, event.at) for event in ticket.history),
    ]:
        if at is not None and actor_of(author, ticket, context) is not Actor.BOT:
            touches.append(at)
    return max(touches, default=updated)
