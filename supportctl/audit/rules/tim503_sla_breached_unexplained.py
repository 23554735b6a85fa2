from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.conversation import conversation
from supportctl.audit.periods import next_working_day
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Fault, Faulty, Unjudged, Verdict
from supportctl.model import Confidence, Evidence, Severity, Sla, Ticket
from supportctl.query.custom_values import custom_value


class SlaBreachedUnexplainedOptions(Options, frozen=True, kw_only=True):
    reason_field: str | None = None
    """Name or id of the custom field that holds the reason of a breach: if it is filled, that is the explanation."""


class SlaBreachedUnexplained(TicketRule):
    """A service-level target was missed, and nobody wrote a word about it.

    ## What it does
    Reports tickets with a breached clock and no comment of an agent, public or internal, within one working day after
    the breach.

    ## Why is this bad?
    A missed target happens; silence about it costs the customer's trust, and nobody can tell later whether it was the
    vendor, the queue or the clock.

    ## Example
    The resolution time ran out on Tuesday; the next note is from Friday.

    ## Fix
    Write within a working day why the time was missed and when it will be done. A reason kept in a field of its own
    counts too: name it in the option `reason_field`.

    ## False positives
    A breach of less than a working day ago is not held against the ticket yet. Working days are those of the
    ticket's calendar; without one, Saturdays and Sundays do not count. Clocks that were cancelled, merged tickets,
    duplicates, spam and cancelled tickets are out of scope. Where the platform does not tell when or whether a clock
    ran out, or who wrote the one comment in question, the ticket is not judged. Clocks that count wrongly are
    another rule's (QUE906).

    ## Fields
    Zendesk the `slas` sideload (a clock that has stopped does not tell whether it had run out) and comments; JSM SLA
    cycles and comments; ServiceNow `task_sla` and the journal.
    """

    code = "TIM503"
    name = "sla-breached-unexplained"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.SLAS, Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE, Need.METRICS})
    fields: ClassVar[frozenset[str]] = frozenset({"slas", "comments"})
    options = SlaBreachedUnexplainedOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "slas"):
            return OUTSIDE if is_noise(ticket, context) else unknown
        clocks = [clock for clock in ticket.slas if clock.native.get("stage") != "cancelled"]
        if not clocks or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        breached = [clock for clock in clocks if clock.breached]
        if not breached:
            return Unjudged("slas") if any(clock.breached is None for clock in clocks) else CLEAN
        if unknown := lacks(ticket, "comments"):
            return unknown
        reason = context.options(self.code, SlaBreachedUnexplainedOptions).reason_field
        if reason is not None and custom_value(ticket, reason):
            return CLEAN
        faults: dict[str, Fault] = {}
        others: list[Verdict] = []
        for clock in breached:
            found = _judge(ticket, clock, context)
            if isinstance(found, Fault):
                faults.setdefault(found.seen, found)
            else:
                others.append(found)
        if faults:
            return Faulty(tuple(faults.values()))
        unsure = next((one for one in others if isinstance(one, Unjudged)), None)
        return unsure or (GRACE if GRACE in others else CLEAN)


def _judge(ticket: Ticket, clock: Sla, context: Context) -> Fault | Verdict:
    try:
        span = _breach(clock, context.now)
        until = None if span is None else next_working_day(context.calendar(ticket), span[1])
    except OverflowError:
        span = until = None
    if span is None or until is None:
        return Unjudged("slas")
    first, last = span
    if context.now < until:
        return GRACE
    unsure = False
    for said in conversation(ticket, context):
        if not first <= said.at <= until or said.actor not in (Actor.AGENT, Actor.UNKNOWN):
            continue
        if said.actor is Actor.AGENT and said.at >= last:
            return CLEAN
        unsure = True
    if unsure:
        return Unjudged("comments" if first == last else "slas")
    if ticket.resolution_notes and ticket.resolved_at is not None and first <= ticket.resolved_at <= until:
        return CLEAN
    return Fault(
        message="a target was missed, and no agent wrote anything within a working day",
        seen=f"{clock.metric} {(clock.breach_at or clock.started_at or last).isoformat()}",
        evidence=[
            Evidence(field="slas", seen="ran out", at=last),
            Evidence(field="comments", seen="none by an agent until", at=until),
        ],
        threshold=f"one working day of {context.calendar(ticket).name} after the breach (default)",
        passes="a comment of an agent in that time, or a reason in the field named by reason_field",
    )


def _breach(clock: Sla, now: datetime) -> tuple[datetime, datetime] | None:
    """The earliest and the latest moment at which the clock can have run out.

    Pauses and nights only ever make it later than start and target say, and earlier than the overdue time says.
    """
    if clock.breach_at is not None:
        return clock.breach_at, clock.breach_at
    if clock.started_at is None or clock.target is None:
        return None
    late = timedelta(seconds=max(0, -(clock.remaining or 0)))
    first = clock.started_at + timedelta(seconds=clock.target)
    return first, max(first, (clock.stopped_at or now) - late)
