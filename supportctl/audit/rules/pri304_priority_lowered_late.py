from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.conversation import conversation
from supportctl.audit.periods import known_status
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Fault, Faulty, Unjudged, Verdict
from supportctl.model import DONE, Confidence, Event, Evidence, Priority, Severity, Ticket
from supportctl.text.contact import speaks_of_priority

SAME_STEP = timedelta(minutes=2)


class PriorityLoweredLateOptions(Options, frozen=True):
    before_breach: timedelta = timedelta(hours=1)
    """A priority lowered within this time before a running clock ends is late."""
    note_within: timedelta = timedelta(hours=1)
    """A note that speaks of the priority counts this long before and after."""
    corrected_within: timedelta = timedelta(minutes=15)
    """Lowering again what the same person raised within this time corrects a slip."""


class PriorityLoweredLate(HistoryRule):
    """A priority was lowered when the work was done or the clock nearly out, and nobody said why.

    ## What it does
    Reports tickets on which a person made the priority less urgent with or after the resolution, or less than an hour
    before a running clock would have ended, and no agent's comment within an hour speaks of priority, impact or
    severity.

    ## Why is this bad?
    The statistics then tell of fewer urgent tickets and fewer misses than there were. Nobody learns from a miss that
    was renamed.

    ## Example
    A P1 is resolved at 15:10, and at 15:11 it becomes a P3.

    ## Fix
    Set the priority back to what it was while the work went on; if it was truly lower, say in a note why.

    ## False positives
    A real re-triage has its word of reason: a comment, public or internal, that speaks of the priority. Changes by
    machines, corrections of a slip by the same person within 15 minutes, and clocks that had stopped already are
    not counted. Where it is not known who lowered it, the ticket is not judged. Merged tickets, spam and cancelled
    tickets are out of scope.

    ## Fields
    Zendesk audits of `priority` and `status`, SLA `breach_at`; JSM changelog and SLA cycles; ServiceNow `sys_audit`
    of `priority` and `state`, `task_sla`.
    """

    code = "PRI304"
    name = "priority-lowered-late"
    severity = Severity.HIGH
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.SLAS, Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"history", "comments", "requester"})
    options = PriorityLoweredLateOptions

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        lowered = [event for event in events if event.field == "priority" and _is_lower(event)]
        if not lowered:
            return OUTSIDE
        if unknown := lacks(ticket, "comments", "requester"):
            return unknown
        options = context.options(self.code, PriorityLoweredLateOptions)
        faults: list[Fault] = []
        unsure = False
        for event in lowered:
            if event.at is None:
                continue
            late = _late(ticket, events, event.at, options)
            if late is None or _corrects(event, events, options) or _explained(ticket, event.at, context, options):
                continue
            actor = actor_of(event.actor, ticket, context)
            if actor is Actor.UNKNOWN:
                unsure = True
            elif actor is not Actor.BOT:
                faults.append(_fault(event, event.at, late))
        if faults:
            return Faulty(tuple(faults))
        return Unjudged("history") if unsure else CLEAN


def _fault(event: Event, at: datetime, late: tuple[str, str]) -> Fault:
    when, threshold = late
    return Fault(
        message=f"priority lowered {when}, without a word of reason",
        seen=f"{at.isoformat()} {event.before}>{event.after}",
        evidence=[
            Evidence(field="priority", seen=f"{event.before} to {event.after}", at=at),
            Evidence(field="comments", seen="none around this time speaks of the priority"),
        ],
        threshold=threshold,
        passes="a note that says why, or the priority as it was",
    )


def _is_lower(event: Event) -> bool:
    try:
        return Priority(str(event.after)) > Priority(str(event.before))
    except ValueError:
        return False


def _late(
    ticket: Ticket, events: Sequence[Event], at: datetime, options: PriorityLoweredLateOptions
) -> tuple[str, str] | None:
    """How late it is, and by which limit; None: in time."""
    if _done_at(ticket, events, at):
        return "with the resolution or after it", "at or after the resolution (default)"
    for sla in ticket.slas if ticket.knows("slas") else []:
        stopped = sla.stopped_at is not None and sla.stopped_at - at <= SAME_STEP
        if sla.breach_at is None or stopped or sla.paused:
            continue
        if timedelta(0) <= sla.breach_at - at < options.before_breach:
            limit = spoken(options.before_breach)
            return f"less than {limit} before a clock ran out", f"{limit} before the breach (option before_breach)"
    return None


def _done_at(ticket: Ticket, events: Sequence[Event], at: datetime) -> bool:
    """Whether the ticket was done then, or became so in the same step."""
    status = None
    changes = [event for event in events if event.field == "status" and event.at is not None]
    for event in changes:
        assert event.at is not None
        if event.at - at > SAME_STEP:
            break
        status = known_status(event.after)
    if changes:
        return status in DONE
    ended = ticket.resolved_at or ticket.closed_at
    return ended is not None and ended - at <= SAME_STEP


def _corrects(event: Event, events: Sequence[Event], options: PriorityLoweredLateOptions) -> bool:
    """Whether the same person takes back what they had just raised."""
    for other in events:
        if other.field != "priority" or other.at is None or event.at is None or other.actor is None:
            continue
        soon = timedelta(0) <= event.at - other.at <= options.corrected_within
        if soon and other.before == event.after and event.actor is not None and other.actor.id == event.actor.id:
            return True
    return False


def _explained(ticket: Ticket, at: datetime, context: Context, options: PriorityLoweredLateOptions) -> bool:
    return any(
        abs(one.at - at) <= options.note_within
        and one.actor in (Actor.AGENT, Actor.UNKNOWN)
        and speaks_of_priority(one.comment.body)
        for one in conversation(ticket, context)
    )
