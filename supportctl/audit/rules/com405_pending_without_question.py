from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.conversation import Said, conversation, serves_nobody, undated, unsure
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.settings import HOUR, spoken
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Fault, Faulty, Unjudged, Verdict
from supportctl.model import Confidence, Event, Evidence, Severity, Status, Ticket
from supportctl.text.contact import asks

SAME_STEP = timedelta(seconds=5)
HOLD_FOR_CALLER = "1"
"""ServiceNow's hold reason Awaiting Caller; On Hold by itself waits for anybody."""


class PendingWithoutQuestionOptions(Options, frozen=True):
    before: timedelta = HOUR
    """A public comment up to this long before the change of status is the question."""
    after: timedelta = HOUR
    """And up to this long after it."""


class PendingWithoutQuestion(HistoryRule):
    """A ticket was set to wait for the customer, and the customer was asked nothing.

    ## What it does
    Reports tickets that an agent set to pending (awaiting caller, waiting for customer) without a public comment in
    the hour before and after, and without a question of theirs that was still open.

    ## Why is this bad?
    Pending stops the clock of the service level. The customer does not know that it is their turn, and waits as well.

    ## Example
    An internal note "putting this aside for the release", and the status goes to pending for two days.

    ## Fix
    Ask what you wait for, in public, in the same step. What waits for somebody else is on hold.

    ## False positives
    Questions by phone or chat count when a note tells of them. Changes by machines and by customers are passed
    over. An earlier public question that the customer had not answered yet is still the question. Changes of the last
    hour get their time. Where it is not known who changed the status, or who wrote in public around that time, the
    ticket is not judged. Problems and changes, merged and duplicate tickets, spam and cancelled tickets are out of
    scope. A queue in which no public comments are written at all is reported once (QUE901).

    ## Fields
    Zendesk audits of `status`, public comments; JSM changelog of the status, public comments; ServiceNow `sys_audit`
    of `state` and `hold_reason`, journal `comments`.
    """

    code = "COM405"
    name = "pending-without-question"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"history", "comments", "requester"})
    empty_field = "comments"
    options = PendingWithoutQuestionOptions

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        stops = [event for event in events if event.field == "status" and _stops_clock(event, events)]
        if not stops:
            return OUTSIDE
        if unknown := lacks(ticket, "comments", "requester"):
            return unknown
        if serves_nobody(ticket, context):
            return OUTSIDE
        options = context.options(self.code, PendingWithoutQuestionOptions)
        said = conversation(ticket, context)
        faults: list[Fault] = []
        doubt: str | None = None
        grace = False
        for event in stops:
            actor = actor_of(event.actor, ticket, context)
            if event.at is None or actor in (Actor.BOT, Actor.CUSTOMER) or _asked(event.at, said, options):
                continue
            if context.now - event.at < options.after:
                grace = True
            elif actor is Actor.UNKNOWN:
                doubt = "history"
            elif any(unsure(one) for one in _around(event.at, said, options)) or undated(ticket, context):
                doubt = "comments"
            else:
                faults.append(_fault(event.at, options))
        if faults:
            return Faulty(tuple(faults))
        if doubt is not None:
            return Unjudged(doubt)
        return GRACE if grace else CLEAN

    def found_empty(self, ticket: Ticket) -> bool:
        return all(comment.public is False for comment in ticket.comments)


def _fault(at: datetime, options: PendingWithoutQuestionOptions) -> Fault:
    limit = f"{spoken(options.before)} before to {spoken(options.after)} after (default)"
    if options != PendingWithoutQuestionOptions():
        limit = limit.replace("default", "options before and after")
    return Fault(
        message="set to wait for the customer, who was asked nothing",
        seen=at.isoformat(),
        evidence=[
            Evidence(field="status", seen="pending", at=at),
            Evidence(field="comments", seen="no public comment by an agent around this time, and no open question"),
        ],
        threshold=limit,
        passes="a public question at the time of the change",
    )


def _stops_clock(event: Event, events: Sequence[Event]) -> bool:
    """A change of status to one that waits for the customer. How a ticket was opened is no change."""
    if event.before is None:
        return False
    if event.after == Status.PENDING:
        return bool(event.before != Status.PENDING)
    if event.after != Status.ON_HOLD or event.at is None:
        return False
    return any(
        other.native_field == "hold_reason"
        and str(other.after) == HOLD_FOR_CALLER
        and other.at is not None
        and abs(other.at - event.at) <= SAME_STEP
        for other in events
    )


def _around(at: datetime, said: list[Said], options: PendingWithoutQuestionOptions) -> list[Said]:
    return [one for one in said if -options.after <= at - one.at <= options.before]


def _asked(at: datetime, said: list[Said], options: PendingWithoutQuestionOptions) -> bool:
    if any(one.is_contact for one in _around(at, said, options)):
        return True
    earlier = [one for one in said if one.at <= at and (one.is_contact or one.from_customer)]
    if not earlier or not earlier[-1].is_contact:
        return False
    # What was asked in a call is not in the note word by word.
    return earlier[-1].public is not True or asks(earlier[-1].comment.body)
