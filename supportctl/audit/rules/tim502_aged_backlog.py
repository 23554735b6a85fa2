from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.periods import reopenings
from supportctl.audit.rule import Context, Options, TicketRule, in_order
from supportctl.audit.scope import UNFINISHED, lacks, settling
from supportctl.audit.settings import DAY, spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Outside, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Kind, LinkType, Severity, Status, Ticket

FLOORS = {"p1": 7 * DAY, "p2": 14 * DAY, "p3": 30 * DAY, "p4": 60 * DAY, "p5": 90 * DAY, "other": 60 * DAY}
KNOWN_CAUSE = (LinkType.PROBLEM, LinkType.TRACKED_BY, LinkType.CAUSED_BY, LinkType.BLOCKED_BY)


class AgedBacklogOptions(Options, frozen=True, kw_only=True):
    days: dict[str, timedelta] = msgspec.field(default_factory=dict)
    """Priority (``p1`` … ``p5``; ``other``: none is set) -> how old an unresolved ticket may grow; wins over what was
    learned."""


class AgedBacklog(TicketRule):
    """A ticket is older than nearly all the team has ever finished.

    ## What it does
    Reports unresolved tickets older than the age within which 95 % of the queue's finished tickets of the same
    priority were resolved, and never younger than 7 (P1), 14 (P2), 30 (P3), 60 (P4, no priority) or 90 days (P5).
    With fewer than 20 finished tickets these days are the limit. Ages are calendar time.

    ## Why is this bad?
    Old tickets do not get done by waiting. They hide what is really open, and each is a promise somebody still counts
    on.

    ## Example
    A P3 request from last spring, "in progress", while the others take a week.

    ## Fix
    Decide: finish it, hand it to whoever can, or say no and close it. Set `days` where your work takes longer.

    ## False positives
    A known defect that is parked (pending, on hold) with a link to its problem or bug, and a ticket parked until a
    date ahead, are out of scope; so are problems and changes, which live longer by nature. Where the history was
    read, the age of a reopened ticket counts from its reopening.

    ## Fields
    Zendesk `created_at`, `priority`, `problem_id`; JSM `created`, `priority`, issue links; ServiceNow `opened_at`,
    `priority`, `problem_id`.
    """

    code = "TIM502"
    name = "aged-backlog"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    speaks_of = UNFINISHED
    hears_noise = False
    fields: ClassVar[frozenset[str]] = frozenset({"status", "created_at", "priority"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    options = AgedBacklogOptions
    learns = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.done or ticket.kind in (Kind.PROBLEM, Kind.CHANGE):
            return OUTSIDE
        if (early := settling(ticket, context)) is not None:
            return early
        if ticket.created_at is None:
            return OUTSIDE
        if unknown := lacks(ticket, "priority"):
            return unknown
        since = _since(ticket, ticket.created_at)
        limit, _ = self._limit(ticket, context)
        if context.now - since <= limit:
            return CLEAN
        if parked := _parked(ticket, context):
            return parked
        return fault(
            f"unresolved for more than {spoken(limit)}",
            since.isoformat(),
            [Evidence(field="created_at", seen="unresolved since", at=since)],
            threshold=self.threshold(ticket, context),
        )

    def threshold(self, ticket: Ticket, context: Context) -> str:
        limit, origin = self._limit(ticket, context)
        return f"{spoken(limit)} of calendar time ({origin})"

    def _limit(self, ticket: Ticket, context: Context) -> tuple[timedelta, str]:
        name = "other" if ticket.priority is None else ticket.priority.value
        own = context.options(self.code, AgedBacklogOptions).days
        if name in own:
            return own[name], f"option days, {name}"
        floor, learned = FLOORS[name], context.learned.age.get(name)
        if learned is None or timedelta(seconds=learned.value) <= floor:
            return floor, f"default, {name}"
        whole_days = -(-int(learned.value) // 86_400)
        return whole_days * DAY, f"learned from {learned.support} finished tickets, {name}"


def _since(ticket: Ticket, created: datetime) -> datetime:
    if not ticket.history or not ticket.knows("history"):
        return created
    back = [turn.at for turn in reopenings(in_order(ticket.history)) if turn.at is not None]
    return max(back, default=created)


def _parked(ticket: Ticket, context: Context) -> Outside | Unjudged | None:
    """Whether it waits for something that has a name or a date."""
    if ticket.status not in (Status.PENDING, Status.ON_HOLD):
        return None
    if ticket.due_at is not None and ticket.due_at > context.now:
        return OUTSIDE
    if any(link.type in KNOWN_CAUSE for link in ticket.links):
        return OUTSIDE
    return lacks(ticket, "links")
