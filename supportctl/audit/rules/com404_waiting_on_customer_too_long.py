from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import ClassVar

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.conversation import Said, conversation, serves_nobody, undated
from supportctl.audit.limits import has_hours, in_words, limit_for
from supportctl.audit.periods import status_periods
from supportctl.audit.rule import Context, Options, TicketRule, in_order
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.settings import DAY, HOUR
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Fix, NoteFix, Severity, Status, Ticket
from supportctl.text.automatic import tells_absence
from supportctl.text.dates import days_in
from supportctl.text.fold import fold_word

USUAL = {"other": 7 * DAY}
IN_HOURS = {"other": 40 * HOUR}
"""Where working hours are set: five working days of eight hours."""


class WaitingOnCustomerTooLongOptions(Options, frozen=True):
    limit: dict[str, timedelta] = msgspec.field(default_factory=dict)
    """Priority (``p1`` … ``p5``, ``other``) -> how long a ticket may be pending without a reminder."""
    reminder_tags: tuple[str, ...] = ("bump*", "nudge*", "remind*")
    """Patterns of tags that an automation sets when it reminds the customer."""
    agreed_tags: tuple[str, ...] = (
        "skip_autosolve",
        "no_autosolve",
        "on_vacation",
        "vacation",
        "do_not_close",
        "pinned",
    )
    """Tags that say that the wait was agreed upon."""
    away: timedelta = 30 * DAY
    """How long an out-of-office reply, or word of a holiday, excuses the customer."""


class WaitingOnCustomerTooLong(TicketRule):
    """A ticket has been waiting for the customer for days, and nobody reminded them.

    ## What it does
    Reports pending tickets on which neither an agent nor an automation wrote to the customer for more than 7 days of
    calendar time (where working hours are set: 40 h of them, five days), and which have been pending that long.

    ## Why is this bad?
    Customers forget, or never saw the question. The ticket ages, and is closed one day without having been solved.

    ## Example
    "Could you send us a photo of the label?", eleven days ago; since then only an internal note.

    ## Fix
    Remind the customer, and say when the ticket will be closed. Two fixes are proposed: an internal nudge to whoever
    has the ticket is safe; the reminder to the customer is not, as a message cannot be called back.

    ## False positives
    An agreed date: a due date ahead, a day ahead named in the last two public messages, a tag of the option
    `agreed_tags`. Customers who are away: an out-of-office reply or word of a holiday excuses them for 30 days.
    Reminders by automations count: public comments, and tags of the option `reminder_tags`. If the customer wrote
    last it is COM403. Merged and duplicate tickets, spam and cancelled tickets are out of scope. A queue in which no
    public comments are written at all is reported once (QUE901).

    ## Fields
    Zendesk `pending`, audits; JSM "Waiting for customer", changelog; ServiceNow On Hold with `hold_reason` Awaiting
    Caller, `sys_audit`.
    """

    code = "COM404"
    name = "waiting-on-customer-too-long"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    speaks_of = frozenset({Status.PENDING})
    hears_noise = False
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.TAGS, Need.PEOPLE, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "comments"})
    empty_field = "comments"
    options = WaitingOnCustomerTooLongOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status is not Status.PENDING or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "comments"):
            return unknown
        if serves_nobody(ticket, context) or (ticket.due_at is not None and ticket.due_at > context.now):
            return OUTSIDE
        options = context.options(self.code, WaitingOnCustomerTooLongOptions)
        if not {fold_word(tag) for tag in ticket.tags}.isdisjoint(map(fold_word, options.agreed_tags)):
            return OUTSIDE
        said = conversation(ticket, context)
        last = _last_message(said)
        if last is not None and last.from_customer and last.wants_answer:
            return OUTSIDE
        since = _pending_since(ticket)
        told = _last_word(ticket, said, options)
        if told is None or (since is not None and since > told):
            told = since
        if told is None:
            return Unjudged("history")
        limit, _ = self._limit(ticket, context)
        if context.elapsed(ticket, told) <= limit:
            return CLEAN
        if _excused(said, context, options):
            return OUTSIDE
        if undated(ticket, context):
            return Unjudged("comments")
        return fault(
            "pending, and the customer was not reminded",
            told.isoformat(),
            [
                Evidence(field="status", seen="pending", at=since),
                Evidence(field="comments", seen="last word to the customer, or begin of the wait", at=told),
            ],
            threshold=self.threshold(ticket, context),
            passes="a reminder to the customer, a due date ahead, or another status",
            fixes=(
                Fix(
                    title="nudge whoever has the ticket in an internal note",
                    safe=True,
                    remedy=NoteFix(template="nudge", public=False),
                ),
                Fix(
                    title="remind the customer in public",
                    safe=False,
                    remedy=NoteFix(template="reminder", public=True),
                ),
            ),
        )

    def threshold(self, ticket: Ticket, context: Context) -> str:
        return in_words(*self._limit(ticket, context), ticket, context)

    def _limit(self, ticket: Ticket, context: Context) -> tuple[timedelta, str]:
        own = context.options(self.code, WaitingOnCustomerTooLongOptions).limit
        return limit_for(ticket.priority, own, IN_HOURS if has_hours(ticket, context) else USUAL, "limit")

    def found_empty(self, ticket: Ticket) -> bool:
        return all(comment.public is False for comment in ticket.comments)


def _last_message(said: list[Said]) -> Said | None:
    """The last one between customer and team; machines, notes and people in copy left aside."""
    talk = (one for one in reversed(said) if one.public is not False and not one.aside and one.actor is not Actor.BOT)
    return next(talk, None)


def _pending_since(ticket: Ticket) -> datetime | None:
    """When the wait began, as far as the history tells."""
    if not ticket.knows("history") or not ticket.history:
        return None
    periods = status_periods(ticket, in_order(ticket.history))
    # ServiceNow's history knows that a ticket went on hold, not for whom it waits.
    waits = (Status.PENDING, Status.ON_HOLD)
    return periods[-1].start if periods and periods[-1].status in waits else None


def _last_word(ticket: Ticket, said: list[Said], options: WaitingOnCustomerTooLongOptions) -> datetime | None:
    """When anybody, or any machine, last wrote to the customer or was seen to remind them."""
    words = [one.at for one in said if one.is_contact or (one.actor is not Actor.CUSTOMER and one.public is not False)]
    for event in ticket.history:
        if event.field != "tags" or event.at is None or not isinstance(event.after, list):
            continue
        before = event.before if isinstance(event.before, list) else []
        if any(_reminds(tag, options) for tag in event.after if tag not in before):
            words.append(event.at)
    return max(words, default=None)


def _reminds(tag: object, options: WaitingOnCustomerTooLongOptions) -> bool:
    return any(fnmatchcase(fold_word(str(tag)), pattern) for pattern in options.reminder_tags)


def _excused(said: list[Said], context: Context, options: WaitingOnCustomerTooLongOptions) -> bool:
    """A date ahead in the last public messages, or a customer who says that they are away."""
    public = [one for one in said if one.public is not False and one.actor is not Actor.BOT]
    today = context.now.date()
    if any(day >= today for one in public[-2:] for day in days_in(one.comment.body[:2000])):
        return True
    return any(
        one.from_customer and context.now - one.at <= options.away and tells_absence(one.comment.body)
        for one in public[-3:]
    )
