"""SLA clocks from what happened to a ticket, and the word of excuse when one ran out."""

from datetime import datetime, timedelta

from supportctl.sandbox.company.draft import DONE, Draft
from supportctl.sandbox.company.terms import FIRST_RESPONSE, RESOLUTION
from supportctl.sandbox.records import Clock

WITHIN = timedelta(hours=8)
"""A missed time is explained within this, or not at all."""
_Span = tuple[datetime, datetime]


def first_answer(draft: Draft, staff: frozenset[int]) -> datetime | None:
    said = [each.at for each in draft.messages if each.public and each.author in staff]
    if draft.first_contact is not None:
        said.append(draft.first_contact)
    return min(said, default=None)


def _running(draft: Draft, now: datetime, waits: frozenset[str]) -> list[_Span]:
    """When the resolution clock ran: neither done nor in one of the statuses ``waits``."""
    spans: list[_Span] = []
    since = draft.created
    changes = sorted((each for each in draft.history if each.field == "status"), key=lambda change: change.at)
    status = changes[0].before if changes else draft.status
    for change in changes:
        if status not in waits and status not in DONE:
            spans.append((since, change.at))
        status, since = change.after, change.at
    if status not in waits and status not in DONE:
        spans.append((since, now))
    return spans


def _resolution(draft: Draft, now: datetime, waits: frozenset[str]) -> Clock:
    target = RESOLUTION[draft.priority or "p3"] * 60
    spent = 0.0
    breach: datetime | None = None
    for start, end in _running(draft, now, waits):
        length = (end - start).total_seconds()
        if breach is None and spent + length > target:
            breach = start + timedelta(seconds=target - spent)
        spent += length
    stopped = (draft.resolved or draft.closed or draft.last) if draft.status in DONE else None
    left = timedelta(seconds=target - spent)
    return Clock(
        name="resolution",
        target=target,
        started=draft.created,
        stopped=stopped,
        breach_at=breach or (stopped or now) + left,
        breached=breach is not None,
        paused=stopped is None and draft.status in waits,
        elapsed=int(spent),
    )


def _first_response(draft: Draft, now: datetime, staff: frozenset[int]) -> Clock:
    target = FIRST_RESPONSE[draft.priority or "p3"] * 60
    stopped = first_answer(draft, staff)
    if stopped is None and draft.status in DONE:
        stopped = draft.resolved or draft.closed or draft.last
    elapsed = int(((stopped or now) - draft.created).total_seconds())
    return Clock(
        name="first_response",
        target=target,
        started=draft.created,
        stopped=stopped,
        breach_at=draft.created + timedelta(seconds=target),
        breached=elapsed > target,
        elapsed=elapsed,
    )


def clocks(draft: Draft, platform: str, now: datetime, staff: frozenset[int]) -> list[Clock]:
    """Both clocks; none where there is no priority to take the targets from."""
    if draft.priority is None:
        return []
    # Zendesk measures the requester's waiting time, which goes on while a ticket is on hold.
    waits = frozenset({"pending"}) if platform == "zendesk" else frozenset({"pending", "on_hold"})
    return [_first_response(draft, now, staff), _resolution(draft, now, waits)]


def unexplained(draft: Draft, found: list[Clock], now: datetime, staff: frozenset[int]) -> Clock | None:
    """The first clock that ran out without a word of an agent soon after."""
    for clock in found:
        if not clock.breached or clock.breach_at > now - timedelta(hours=3):
            continue
        until = clock.breach_at + WITHIN
        if not any(each.author in staff and clock.breach_at <= each.at <= until for each in draft.messages):
            return clock
    return None


def excuse_time(draft: Draft, clock: Clock, delay: timedelta) -> datetime:
    """When to explain: ``delay`` after the breach, but before the ticket was done."""
    end = draft.resolved or draft.closed
    if end is not None and clock.breach_at + delay >= end:
        return clock.breach_at + (end - clock.breach_at) / 2
    return clock.breach_at + delay
