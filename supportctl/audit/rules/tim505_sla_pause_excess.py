from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.conversation import conversation
from supportctl.audit.periods import Period, status_periods
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.settings import DAY, spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Fault, Faulty, Unjudged, Verdict
from supportctl.model import DONE, Confidence, Event, Evidence, LinkType, Severity, Status, Ticket
from supportctl.text.fold import fold_word

PAUSED = (Status.PENDING, Status.ON_HOLD)
WAITS_FOR = (LinkType.PROBLEM, LinkType.TRACKED_BY, LinkType.CAUSED_BY, LinkType.BLOCKED_BY)
CLOSE = timedelta(minutes=15)
"""What is written so soon before a pause belongs to it."""


class SlaPauseExcessOptions(Options, frozen=True, kw_only=True):
    share: float = 0.75
    """Part of the time in work that may be spent on hold."""
    least: timedelta = 10 * DAY
    """Tickets that were in work for less time are not measured by their share."""
    toggles: int = 5
    """So many pauses that end within ``short`` without a word of the customer are too many."""
    short: timedelta = timedelta(minutes=15)
    unexplained: timedelta = DAY
    """How long a ticket may be on hold before it says for what or until when."""
    excused_tags: tuple[str, ...] = ("vendor", "supplier", "third-party", "third_party", "3rd-party", "external")
    """Tags of tickets that wait for somebody outside."""


class SlaPauseExcess(HistoryRule):
    """The clock was stopped more than the work explains.

    ## What it does
    Reports tickets that spent more than 75 % of at least 10 days of work on hold; tickets that have been on hold for
    more than a day and say neither for what nor until when; and tickets paused 5 times or more for less than 15
    minutes each.

    ## Why is this bad?
    A stopped clock makes the report green while the customer waits. A hold without reason or date is a place where
    tickets are forgotten.

    ## Example
    On hold since the ninth, no note, no date, no problem linked.

    ## Fix
    Write down what the ticket waits for and until when (a note, a due date, a link), or take it off hold.

    ## False positives
    True waits for a vendor, a problem or a change: a link to a problem or bug, a due date ahead and tags such as
    `vendor` (option `excused_tags`) excuse a ticket, and a hold with a reason in ServiceNow's `hold_reason` does not
    count. Waiting for the customer is not
    counted as a hold: other rules look after that (COM404, COM405). Short pauses that the customer's answer ended do
    not count, nor those machines made. Merged tickets, duplicates, spam and cancelled tickets are out of scope.

    ## Fields
    Zendesk audits of `status` (on-hold); JSM changelog of the statuses the profile maps to on hold; ServiceNow
    `sys_audit` of `state` and `hold_reason`.
    """

    code = "TIM505"
    name = "sla-pause-excess"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.LINKS, Need.TAGS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "created_at"})
    options = SlaPauseExcessOptions

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "status", "created_at"):
            return unknown
        if ticket.status not in PAUSED and not any(event.after in PAUSED for event in events):
            return CLEAN
        options = context.options(self.code, SlaPauseExcessOptions)
        periods = status_periods(ticket, events)
        faults = _toggles(ticket, periods, options, context)
        unsure: Unjudged | None = None
        if not _excused(ticket, options, context):
            faults += _share(periods, options, context)
            silent = _silent(ticket, periods, options, context)
            if isinstance(silent, Unjudged):
                unsure = silent
            elif silent is not None:
                faults.append(silent)
        if faults:
            if unknown := lacks(ticket, "links"):
                return unknown
            return Faulty(tuple(faults))
        return unsure or CLEAN


def _excused(ticket: Ticket, options: SlaPauseExcessOptions, context: Context) -> bool:
    """Whether it says for what it waits, or until when."""
    if ticket.due_at is not None and ticket.due_at > context.now:
        return True
    if ticket.native.get("hold_reason") or any(link.type in WAITS_FOR for link in ticket.links):
        return True
    tags = {fold_word(tag) for tag in options.excused_tags}
    return any(fold_word(tag) in tags for tag in ticket.tags)


def _toggles(ticket: Ticket, periods: list[Period], options: SlaPauseExcessOptions, context: Context) -> list[Fault]:
    short: list[Period] = []
    for pause, following in pairwise(periods):
        if pause.status not in PAUSED or pause.length(context.now) >= options.short:
            continue
        if actor_of(pause.entered_by, ticket, context) is Actor.BOT or following.status in (None, *DONE, *PAUSED):
            continue
        if actor_of(following.entered_by, ticket, context) in (Actor.CUSTOMER, Actor.BOT):
            continue
        if not any(
            one.from_customer and pause.start <= one.at <= following.start for one in conversation(ticket, context)
        ):
            short.append(pause)
    if len(short) < options.toggles:
        return []
    return [
        Fault(
            message=f"was paused {len(short)} times for a few minutes",
            seen=f"toggles {short[-1].start.isoformat()}",
            evidence=[Evidence(field="status", seen="short pause", at=pause.start) for pause in short[:20]],
            threshold=f"{options.toggles} pauses of less than {spoken(options.short)} ({_from(options, 'toggles')})",
        )
    ]


def _share(periods: list[Period], options: SlaPauseExcessOptions, context: Context) -> list[Fault]:
    held = [period for period in periods if period.status is Status.ON_HOLD and period.reason is None]
    work = sum((p.length(context.now) for p in periods if p.status not in DONE), timedelta(0))
    paused = sum((period.length(context.now) for period in held), timedelta(0))
    if not held or work < options.least or paused <= options.share * work:
        return []
    return [
        Fault(
            message=f"spent more than {options.share:.0%} of its time on hold",
            seen=f"share {held[-1].start.isoformat()}",
            evidence=[Evidence(field="status", seen="last put on hold", at=held[-1].start)],
            threshold=f"{options.share:.0%} of at least {spoken(options.least)} in work ({_from(options, 'share')})",
        )
    ]


def _silent(
    ticket: Ticket, periods: list[Period], options: SlaPauseExcessOptions, context: Context
) -> Fault | Unjudged | None:
    """On hold now, for long enough, and nobody wrote anything since."""
    now = periods[-1] if periods else None
    if now is None or ticket.status is not Status.ON_HOLD or now.status is not Status.ON_HOLD or now.reason is not None:
        return None
    if context.elapsed(ticket, now.start) <= options.unexplained:
        return None
    if actor_of(now.entered_by, ticket, context) is Actor.BOT:
        return None
    if unknown := lacks(ticket, "comments"):
        return unknown
    if any(one.at >= now.start - CLOSE and one.actor is not Actor.BOT for one in conversation(ticket, context)):
        return None
    return Fault(
        message="is on hold and says neither for what nor until when",
        seen=f"hold {now.start.isoformat()}",
        evidence=[Evidence(field="status", seen="on hold, no comment since", at=now.start)],
        threshold=f"{spoken(options.unexplained)} of {context.calendar(ticket).name} ({_from(options, 'unexplained')})",
        passes="a note, a due date ahead, or a link to what it waits for",
    )


def _from(options: SlaPauseExcessOptions, name: str) -> str:
    return "default" if getattr(options, name) == getattr(SlaPauseExcessOptions(), name) else f"setting {name}"
