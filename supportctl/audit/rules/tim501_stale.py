from datetime import datetime, timedelta
from itertools import chain
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of, is_bot
from supportctl.audit.closing import is_ours
from supportctl.audit.limits import has_hours, in_words
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import UNFINISHED, is_noise, lacks
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Fix, NoteFix, Person, Severity, Status, Ticket

PARKED = (Status.ON_HOLD, Status.PENDING)
SAME = timedelta(minutes=2)
"""What is so close to the update was the update."""
NUDGE = Fix(
    title="ask in an internal note for the next step",
    safe=True,
    remedy=NoteFix(template="nudge", public=False),
)


class Stale(TicketRule):
    """Nobody has touched an unresolved ticket for days.

    ## What it does
    Reports unresolved tickets without a human update for more than 5 days (P1 and P2: 24 h); where a
    calendar is set, more than 40 working hours (P1 and P2: 8).

    ## Why is this bad?
    The customer waits and does not know why; old tickets are also the hardest to pick up again.

    ## Example
    A P3 incident in progress whose last note is eleven days old.

    ## Fix
    Say where it stands, and when the next update comes; or resolve it. `audit --plan` writes an internal reminder,
    once; it does not count as a touch.

    ## False positives
    Machines reset the platform's update time. Where comments and history can be read, the last touch by a person
    counts; otherwise the update time does, as it does where nothing that can be read explains the update. ServiceNow
    also names who updated a record last: if that was a person, it was a touch. A parked ticket (pending, on hold)
    with a due date ahead is out of scope, as are merged tickets, spam and cancelled tickets. Without a calendar nights
    and weekends count; limits are set per priority in `stale`.

    ## Fields
    Zendesk `updated_at`, comments, audits; JSM `updated`, comments, changelog; ServiceNow `sys_updated_on`,
    `sys_updated_by`, journal, `sys_audit`.
    """

    code = "TIM501"
    name = "stale"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    speaks_of = UNFINISHED
    hears_noise = False
    fields: ClassVar[frozenset[str]] = frozenset({"status", "updated_at"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.HISTORY})

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
        limit, _ = self._limit(ticket, context)
        updated = ticket.updated_at
        if context.now - updated <= limit and not (ticket.comments or ticket.history):
            return CLEAN
        last = _last_human_touch(ticket, updated, context)
        if context.elapsed(ticket, last) <= limit:
            return CLEAN
        return fault(
            f"no human update for more than {spoken(limit)}",
            last.isoformat(),
            [Evidence(field="updated_at", seen="last human touch", at=last)],
            threshold=self.threshold(ticket, context),
            fixes=() if _nudged(ticket, last) else (NUDGE,),
        )

    def threshold(self, ticket: Ticket, context: Context) -> str:
        return in_words(*self._limit(ticket, context), ticket, context)

    def _limit(self, ticket: Ticket, context: Context) -> tuple[timedelta, str]:
        return context.settings.stale_limit(ticket.priority, hours=has_hours(ticket, context))


def _nudged(ticket: Ticket, last: datetime) -> bool:
    """Whether our own reminder is there already, and nobody has answered it."""
    return any(
        one.created_at is not None and one.created_at > last and is_ours(one.native)
        for one in reversed(ticket.comments)
    )


def _last_human_touch(ticket: Ticket, updated: datetime, context: Context) -> datetime:
    """Who did it counts only where everything was read, and where something that was read explains the update."""
    if not (ticket.knows("comments") and ticket.knows("history")):
        return updated
    last = ticket.created_at
    explained = last is not None and abs(updated - last) <= SAME
    # The newest is mostly at the end: what is older need not be looked at.
    for author, at, native in chain(
        ((one.author, one.created_at, one.native) for one in reversed(ticket.comments)),
        ((event.actor, event.at, event.native) for event in reversed(ticket.history)),
    ):
        if at is None or (last is not None and at <= last):
            continue
        explained = explained or abs(updated - at) <= SAME
        if actor_of(author, ticket, context) is not Actor.BOT and not is_ours(native):
            last = at
    by_machine = _updated_by_machine(ticket, context)
    return updated if last is None or by_machine is False or not (explained or by_machine) else last


def _updated_by_machine(ticket: Ticket, context: Context) -> bool | None:
    """What the record itself says. It does by login, which may be all there is to tell a machine by."""
    login = ticket.native.get("sys_updated_by")
    if not isinstance(login, str) or not login:
        return None
    if is_bot(Person(id=login, name=login.replace(".", " ")), context):
        return True
    people = [*(event.actor for event in ticket.history), *(comment.author for comment in ticket.comments)]
    return any(who is not None and who.native.get("user_name") == login and is_bot(who, context) for who in people)
