"""What Zendesk measures by itself: metric sets, and the clocks of service levels."""

from datetime import datetime, timedelta

import msgspec

from supportctl.adapters.zendesk.types import Json, MetricSet, text_id, when
from supportctl.model import DONE, Sla, Status, Ticket

SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60}
METRIC_FIELDS = ("first_response_at", "resolved_at", "closed_at", "reopens", "reassignments")
ENDED_BY = {
    "first_reply_time": "first_response_at",
    "requester_wait_time": "resolved_at",
    "agent_work_time": "resolved_at",
    "total_resolution_time": "resolved_at",
    "resolution_time": "resolved_at",
}
"""Which of the ticket's moments ends a clock for good."""


def sla(doc: Json, now: datetime | None = None) -> Sla:
    """One entry of the ``slas`` sideload.

    The time left is told in whole days, hours or minutes. Of an ``achieved`` metric it goes on counting and says
    nothing; whether such a metric was met in time is told by `ended`.
    """
    rest = dict(doc)
    stage = rest.get("stage")
    breach_at = when(rest.pop("breach_at", None))
    unit = next((name for name in SECONDS if rest.get(name) is not None), None)
    remaining = None if unit is None or stage == "achieved" else int(rest[unit] * SECONDS[unit])
    breached: bool | None = None
    if remaining:
        breached = remaining < 0
    elif stage == "active" and breach_at is not None and now is not None:
        breached = now > breach_at
    return Sla(
        metric=str(rest.pop("metric", "")),
        remaining=remaining,
        breach_at=breach_at,
        breached=breached,
        paused={"paused": True, "active": False}.get(str(stage)),
        native=rest,
    )


def ended(clock: Sla, found: Ticket) -> Sla:
    """An achieved clock with the moment it stopped, where the ticket's own times tell it, and so whether in time."""
    if clock.native.get("stage") != "achieved":
        return clock
    stopped = getattr(found, ENDED_BY.get(clock.metric, "closed_at"))
    if clock.metric not in ENDED_BY or stopped is None:
        return clock
    late = None if clock.breach_at is None else stopped > clock.breach_at
    return msgspec.structs.replace(clock, stopped_at=stopped, breached=late, paused=False)


def metric_set(doc: Json) -> MetricSet:
    """A ticket's metric set. Takes ``doc`` apart."""
    pop = doc.pop
    minutes = (doc.get("reply_time_in_minutes") or {}).get("calendar")
    seconds = (doc.get("reply_time_in_seconds") or {}).get("calendar")
    return MetricSet(
        ticket_id=text_id(pop("ticket_id", None)),
        reopens=pop("reopens", None),
        assignee_stations=pop("assignee_stations", None),
        solved_at=when(pop("solved_at", None)),
        status_updated_at=when(pop("status_updated_at", None)),
        first_reply=seconds or (None if minutes is None else minutes * 60),
        native=doc,
    )


def metric_values(counted: MetricSet, found: Ticket) -> Json:
    """Portable fields from a metric set. The first reply is known to the minute (messaging: to the second)."""
    stations, created, reply = counted.assignee_stations, found.created_at, counted.first_reply
    done = found.status in DONE
    return {
        "first_response_at": created + timedelta(seconds=reply) if created and reply is not None else None,
        "resolved_at": counted.solved_at if done else None,
        "closed_at": counted.status_updated_at if found.status is Status.CLOSED else None,
        "reopens": counted.reopens,
        "reassignments": None if stations is None else max(0, stations - 1),
    }
