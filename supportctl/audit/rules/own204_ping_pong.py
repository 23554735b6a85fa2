from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.moves import by_machine, chained, place, team_names
from supportctl.audit.rule import Context, HistoryRule, events_of
from supportctl.audit.scope import is_noise
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Event, Evidence, Severity, Ticket

USUAL = 4
"""The 95th percentile measured on a large queue, and the least that is ever learned."""


class PingPong(HistoryRule):
    """A ticket went back to a group it had left, or changed hands too often.

    ## What it does
    Reports tickets that people sent from group A to B and back to A, and tickets with more such changes than 95 % of
    the queue's resolved ones have, but never fewer than 4; the setting `reassignments` wins over both.

    ## Why is this bad?
    Every hop is waiting time for the customer, and a return means that a group was wrong or had no note to go by.

    ## Example
    Service Desk → Network → Service Desk → Network, two days, no reply.

    ## Fix
    Find one owner; write down in the hand-over note what was tried and what is missing.

    ## False positives
    Hops made by automations and triggers are not counted. Groups that hand over around the clock are named
    together in the setting `one_team`. Vendor loops: put the vendor's group into the same list.

    ## Fields
    Zendesk audits of `group_id`; JSM changelog of the team or, where there are no groups, the assignee;
    ServiceNow `sys_audit` of `assignment_group`, else `reassignment_count` for the number alone.
    """

    code = "OWN204"
    name = "ping-pong"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    hears_noise = False
    wants: ClassVar[frozenset[Need]] = frozenset({Need.METRICS})
    learns = True

    def without_history(self, ticket: Ticket, context: Context) -> Verdict:
        """The platform's own counter can convict, but its silence cannot acquit."""
        if is_noise(ticket, context):
            return OUTSIDE
        if ticket.reassignments is not None and ticket.knows("reassignments"):
            limit, origin = _limit(context)
            if ticket.reassignments > limit:
                return _too_many(ticket.reassignments, limit, origin)
        return Unjudged("history")

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        path, times, returned = _path_of(ticket, events, context)
        if returned:
            often = f"{len(returned)} time{'s' if len(returned) > 1 else ''}"
            seen = f"returned {often} in {len(path) - 1} hand-overs"
            return fault(
                "went back to a group it had left"
                if _by_group(ticket, events)
                else "went back to an assignee it had left",
                ">".join(path),
                [Evidence(field="history", seen=seen, at=returned[-1])],
                threshold="A → B → A by people (default)",
            )
        limit, origin = _limit(context)
        if len(path) - 1 > limit:
            return _too_many(len(path) - 1, limit, origin, times[-1])
        return CLEAN

    def case(self, ticket: Ticket, context: Context) -> Hashable | None:
        """How often it changed hands, where that is more than what is ever allowed; or that it came back."""
        if is_noise(ticket, context):
            return None
        if not ticket.knows("history"):
            count = ticket.reassignments if ticket.knows("reassignments") else None
            return count if count is not None and count > _least(context) else None
        path, _, returned = _path_of(ticket, events_of(ticket, context), context)
        if returned:
            return "returned"
        return len(path) - 1 if len(path) - 1 > _least(context) else None


def _least(context: Context) -> int:
    """The lowest limit there can be."""
    return USUAL if context.settings.reassignments is None else context.settings.reassignments


def _limit(context: Context) -> tuple[int, str]:
    """The limit and where it comes from."""
    if context.settings.reassignments is not None:
        return context.settings.reassignments, "setting reassignments"
    learned = context.learned.reassignments
    if learned is None or learned.value <= USUAL:
        return USUAL, "default"
    return int(learned.value), f"95 % of {learned.support} resolved tickets have no more (learned)"


def _too_many(count: int, limit: int, origin: str, at: datetime | None = None) -> Verdict:
    return fault(
        "changed hands too often",
        str(count),
        [Evidence(field="reassignments", seen=str(count), at=at)],
        threshold=f"more than {limit} ({origin})",
    )


def _by_group(ticket: Ticket, events: Sequence[Event]) -> bool:
    """Where there are groups, people of one group may hand over as they like."""
    return ticket.knows("group") or any(event.field == "group" for event in events)


Path = tuple[list[str], list[datetime | None], list[datetime | None]]


def _path_of(ticket: Ticket, events: Sequence[Event], context: Context) -> Path:
    return context.of_ticket(ticket, "hand-overs", lambda: _path(ticket, events, context))


def _path(ticket: Ticket, events: Sequence[Event], context: Context) -> Path:
    """Where people sent the ticket from and to, oldest first, and when; when to a place they had sent it away from.

    A machine's hop moves the ticket and is nobody's hand-over.
    """
    teams = team_names(context)
    field = "group" if _by_group(ticket, events) else "assignee"
    path: list[str] = []
    left: set[str] = set()
    here: str | None = None
    times: list[datetime | None] = []
    returned: list[datetime | None] = []
    for event in chained([event for event in events if event.field == field]):
        start = place(event.before, event.before_label, teams) or here
        stop = place(event.after, event.after_label, teams) or start
        here = stop
        if start is None or stop is None or start == stop or by_machine(event, ticket, context):
            continue
        times.append(event.at)
        if stop in left:
            returned.append(event.at)
        left.add(start)
        path = [*(path or [start]), stop]
    return path, times, returned
