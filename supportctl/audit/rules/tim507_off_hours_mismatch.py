from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.closing import is_ours
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.settings import HOUR, spoken
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Event, Evidence, Persona, Priority, Severity, Ticket
from supportctl.text.fold import fold_word

URGENT = (Priority.P1, Priority.P2)
MINUTE = timedelta(minutes=1)


class OffHoursMismatchOptions(Options, frozen=True, kw_only=True):
    touches: int = 3
    """So many touches by agents, and all of them outside the hours, are no accident."""
    chance: timedelta = 4 * HOUR
    """Working time the team must have had to touch the ticket within its hours."""
    paged_tags: tuple[str, ...] = ("paged", "on-call", "oncall", "on_call", "pagerduty", "opsgenie")
    """Tags of tickets for which somebody was called."""


class OffHoursMismatch(HistoryRule):
    """A ticket is worked on outside the hours of its group, or came in there and nobody was called.

    ## What it does
    Reports tickets whose touches by agents, 3 or more, all lie outside the working hours of the ticket's group; and
    P1 tickets that came in outside the hours and were not touched before the next working day began.

    ## Why is this bad?
    The first says that the ticket belongs to another shift; the second that an outage waited for the morning.

    ## Example
    A P1 of Saturday 02:00, first touched on Monday at nine.

    ## Fix
    Give the ticket to the group whose day it is; call whoever is on call and tag the ticket, so that it can be seen.

    ## False positives
    The rule runs only where calendars are set. P1 and P2 tickets may be worked on at night. Tickets that were done
    before the group had four working hours are out of scope. A ticket that became P1 later did not come in as one.
    Swapped shifts and people in other time zones look like this too: give their groups calendars of their own
    (`group_calendars`).

    ## Fields
    Zendesk audits and comments; JSM changelog and comments; ServiceNow `sys_audit` and journal.
    """

    code = "TIM507"
    name = "off-hours-mismatch"
    severity = Severity.INFO
    confidence = Confidence.LOW
    persona = Persona.AUDITOR
    needs: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.COMMENTS})
    fields: ClassVar[frozenset[str]] = frozenset({"created_at", "priority", "comments"})
    options = OffHoursMismatchOptions

    def unmet(self, context: Context) -> str | None:
        if not context.calendars or (context.settings.calendar is None and not context.settings.group_calendars):
            return "needs working hours: set a calendar"
        return super().unmet(context)

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "created_at", "priority", "comments"):
            return unknown
        created = ticket.created_at
        if created is None:
            return OUTSIDE
        options = context.options(self.code, OffHoursMismatchOptions)
        touches = _touches(ticket, events, context)
        if _first_priority(ticket, events) is Priority.P1 and not context.calendar(ticket).is_open(created):
            return _paged(ticket, created, touches, options, context)
        if ticket.priority in URGENT:
            return OUTSIDE
        return _shift(ticket, created, touches, options, context)


def _paged(
    ticket: Ticket, created: datetime, touches: list[datetime], options: OffHoursMismatchOptions, context: Context
) -> Verdict:
    calendar = context.calendar(ticket)
    opens = calendar.after(created, MINUTE) - MINUTE
    if opens - created <= HOUR or _tagged(ticket, options):
        return CLEAN
    if any(at < opens for at in touches):
        return CLEAN
    if context.now < opens:
        return GRACE
    return fault(
        "came in as P1 outside the hours, and nobody touched it before they began",
        created.isoformat(),
        [Evidence(field="created_at", seen="outside the hours", at=created), Evidence(field="history", at=opens)],
        threshold=f"a touch, or a tag of the option paged_tags, before {calendar.name} goes on (default)",
    )


def _shift(
    ticket: Ticket, created: datetime, touches: list[datetime], options: OffHoursMismatchOptions, context: Context
) -> Verdict:
    calendar = context.calendar(ticket)
    if len(touches) < options.touches:
        return CLEAN
    ended = ticket.resolved_at or ticket.closed_at or context.now
    if context.elapsed(ticket, created, ended) < options.chance:
        return OUTSIDE
    if any(calendar.is_open(at) for at in touches):
        return CLEAN
    return fault(
        "was touched by agents only outside the hours of its group",
        touches[-1].isoformat(),
        [Evidence(field="history", seen="touched outside the hours", at=at) for at in touches[-5:]],
        threshold=f"{options.touches} touches, none in {calendar.name}, though it was open for more than "
        f"{spoken(options.chance)} (default)",
    )


def _touches(ticket: Ticket, events: Sequence[Event], context: Context) -> list[datetime]:
    """When people of the team did something, one moment for each step; whoever may be of the team counts."""
    found = {
        at
        for who, at, native in (
            *((event.actor, event.at, event.native) for event in events),
            *((comment.author, comment.created_at, comment.native) for comment in ticket.comments),
        )
        if at is not None
        and actor_of(who, ticket, context) in (Actor.AGENT, Actor.UNKNOWN)
        and who is not None
        and not is_ours(native)
    }
    return sorted(found)


def _first_priority(ticket: Ticket, events: Sequence[Event]) -> Priority | None:
    first = next((event for event in events if event.field == "priority"), None)
    if first is None:
        return ticket.priority
    return Priority.P1 if str(first.before) == Priority.P1 else None


def _tagged(ticket: Ticket, options: OffHoursMismatchOptions) -> bool:
    paged = {fold_word(tag) for tag in options.paged_tags}
    return any(fold_word(tag) in paged for tag in ticket.tags)
