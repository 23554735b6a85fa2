from datetime import datetime
from fnmatch import fnmatchcase
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.conversation import Said, conversation, serves_nobody, undated, unsure
from supportctl.audit.limits import business_days
from supportctl.audit.periods import known_status
from supportctl.audit.rule import Context, Options, TicketRule, in_order
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import DONE, Confidence, Evidence, Fix, Severity, Status, StatusFix, Ticket
from supportctl.text.fold import fold_word
from supportctl.text.silence import closes_for_silence, names_silence


class ClosedNoResponseTooEarlyOptions(Options, frozen=True):
    reminders: int = 1
    """How often the customer must have been reminded after the question."""
    days: int = 5
    """How many working days the customer must have had since the question."""
    calendar: str | None = None
    """The calendar of the customers, with the holidays of where they are; else the ticket's own."""
    reminder_tags: tuple[str, ...] = ("bump*", "nudge*", "remind*")
    """Patterns of tags that an automation sets when it reminds the customer."""


class ClosedNoResponseTooEarly(TicketRule):
    """A ticket was closed for want of an answer before the customer had a fair chance to give one.

    ## What it does
    Of tickets closed because nobody answered (by closure code, tag, or the words of the last public comment) reports
    those where the customer had answered, was reminded less than once, or had fewer than 5 working days since the
    question.

    ## Why is this bad?
    The problem is still there. The customer comes back angry, with a new ticket, and the statistics call it solved.

    ## Example
    Question on Thursday at 16:00; closed as "no response" on Monday at 9:00.

    ## Fix
    Reopen and remind (the proposed fix reopens); let an automation send the reminders and close after a week.

    ## False positives
    Working days are Monday to Friday, or those of the calendar that is set; name the customers' own in the option
    `calendar`. Reminders by automations count: public comments, and tags of the option `reminder_tags`. Customers
    who said thanks or took the request back, and noted calls, take the ticket out of scope, as do tickets in which
    nothing was ever asked in public. Merged and duplicate tickets, spam and cancelled tickets are out of scope.

    ## Fields
    Zendesk tags, the field mapped to the closure code, comments, audits; JSM resolution, comments, changelog;
    ServiceNow `close_code`, journal `comments`, `sys_audit`.
    """

    code = "COM407"
    name = "closed-no-response-too-early"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.TAGS, Need.METRICS, Need.PEOPLE, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "requester", "comments"})
    options = ClosedNoResponseTooEarlyOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status not in (Status.RESOLVED, Status.CLOSED) or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        by = _silence(ticket)
        if by is None and not ticket.knows("comments"):
            return Unjudged("comments")
        said = conversation(ticket, context)
        ended = _ended(ticket)
        before = [one for one in said if ended is None or one.at <= ended]
        if by is None:
            last = next((one for one in reversed(before) if _speaks_for_team(one)), None)
            if last is None or not closes_for_silence(last.comment.body):
                return OUTSIDE
            by = "comments"
            before = [one for one in before if one is not last]
        if unknown := lacks(ticket, "requester", "comments"):
            return unknown
        if serves_nobody(ticket, context):
            return OUTSIDE
        if ended is None:
            return Unjudged("resolved_at")
        if undated(ticket, context):
            return Unjudged("comments")
        return _judge(ticket, before, ended, by, context)


def _judge(ticket: Ticket, said: list[Said], ended: datetime, by: str, context: Context) -> Verdict:
    options = context.options(ClosedNoResponseTooEarly.code, ClosedNoResponseTooEarlyOptions)
    talk = [one for one in said if (one.from_customer and not one.aside) or _speaks_for_team(one)]
    # The farewell itself, sent in the step that closed the ticket, is no reminder.
    talk = [one for one in talk if not (_speaks_for_team(one) and closes_for_silence(one.comment.body))]
    customer = next((n for n in reversed(range(len(talk))) if talk[n].from_customer), -1)
    asked = [
        one for one in talk[customer + 1 :] if one.actor is not Actor.BOT or customer >= 0 or _after_agent(one, talk)
    ]
    if customer >= 0 and not talk[customer].wants_answer and not asked:
        return OUTSIDE
    if any(one.is_contact and one.public is not True for one in asked):
        return OUTSIDE
    if not asked:
        answered = customer >= 0 and any(one.is_reply for one in talk[:customer])
        if not answered or any(map(unsure, said)):
            return OUTSIDE
        message, seen, at = "closed for want of an answer, and the customer had answered", "answered", talk[customer].at
        evidence = [Evidence(field="comments", seen="last message, by the customer", at=at)]
    else:
        at = asked[0].at
        reminders = len(asked) - 1 + _tagged(ticket, at, ended, options)
        days = business_days(at, ended, options.calendar, ticket, context)
        if reminders >= options.reminders and days >= options.days:
            return CLEAN
        if any(map(unsure, said)):
            return Unjudged("comments")
        message, seen = "closed for want of an answer too early", "early"
        evidence = [
            Evidence(field="comments", seen=f"reminders after the question: {reminders}", at=at),
            Evidence(field="resolved_at", seen=f"working days since the question: {days}", at=ended),
        ]
    return fault(
        message,
        f"{seen} {at.isoformat()} {ended.isoformat()}",
        [Evidence(field=by, seen="closed because nobody answered"), *evidence],
        threshold=f"reminders: {options.reminders}, working days: {options.days} "
        f"({'default' if options == ClosedNoResponseTooEarlyOptions() else 'options reminders and days'})",
        passes="reopen it, remind the customer, and give the days",
        fixes=(Fix(title="reopen the ticket", safe=False, remedy=StatusFix(goal=Status.OPEN)),),
    )


def _speaks_for_team(one: Said) -> bool:
    """A public word to the customer, by whomever, or a noted call."""
    return one.is_contact or (one.actor is Actor.BOT and one.public is True)


def _after_agent(one: Said, talk: list[Said]) -> bool:
    """A machine's word before any agent's is the acknowledgement, after one it reminds."""
    return any(other.is_reply and other.at < one.at for other in talk)


def _silence(ticket: Ticket) -> str | None:
    """The field that says that it was closed for want of an answer."""
    if ticket.closure_code and ticket.knows("closure_code") and names_silence(ticket.closure_code):
        return "closure_code"
    if ticket.native_status and names_silence(ticket.native_status):
        return "status"
    if ticket.knows("tags") and any(names_silence(tag) for tag in ticket.tags):
        return "tags"
    return None


def _ended(ticket: Ticket) -> datetime | None:
    """When it was first done for good: the last change from not done to done, else the platform's own time."""
    for event in reversed(in_order(ticket.history) if ticket.knows("history") else []):
        if event.field == "status" and known_status(event.after) in DONE and known_status(event.before) not in DONE:
            return event.at
    return ticket.resolved_at or ticket.closed_at


def _tagged(ticket: Ticket, since: datetime, ended: datetime, options: ClosedNoResponseTooEarlyOptions) -> int:
    """Reminders an automation left as tags; without a history, those the ticket still has."""

    def reminds(tag: object) -> bool:
        return any(fnmatchcase(fold_word(str(tag)), pattern) for pattern in options.reminder_tags)

    times = [
        event.at
        for event in ticket.history
        if event.field == "tags"
        and event.at is not None
        and isinstance(event.after, list)
        and any(reminds(tag) for tag in event.after if tag not in (event.before or []))
    ]
    if times:
        return sum(since <= at <= ended for at in times)
    return sum(map(reminds, ticket.tags)) if ticket.knows("tags") else 0
