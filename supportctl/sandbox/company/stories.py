"""Ordinary tickets from the first word to the last: nothing in them breaks a rule."""

from datetime import datetime, timedelta
from typing import Any

from supportctl.sandbox.company import terms
from supportctl.sandbox.company.desk import DAY, HOUR, MINUTE, Desk
from supportctl.sandbox.company.draft import Draft

SPAN = 60 * DAY
_WEEK = (1.0, 0.95, 0.8, 0.8, 0.9, 0.35, 0.3)
_HOURS = (.1, .1, .1, .1, .2, .3, .5, .8, 1, 1, .9, .8, .7, .8, .9, .8, .7, .6, .5, .4, .3, .3, .2, .1)  # fmt: skip
_AGES = {"p1": (HOUR, 9 * HOUR), "p2": (2 * HOUR, 36 * HOUR), "p3": (6 * HOUR, 8 * DAY)}
_OLD = (14 * HOUR, 15 * DAY)
URGENT = frozenset({"p1", "p2"})
CALM = ("p3", "p4", "p5")
_REMARKS = ("Quick and friendly.", "Solved on the first try, thank you!", "Clear instructions.", None, None, None)
_COMPLAINTS = ("It took too long.", "I had to explain it twice.", None)


def moment(desk: Desk, youngest: timedelta, oldest: timedelta) -> datetime:
    """When a ticket comes in: more on Mondays and in the mornings, few at night and at weekends (UTC)."""
    at = desk.now - oldest
    for _ in range(40):
        at = desk.now - desk.between(youngest, oldest)
        if desk.rng.random() < _WEEK[at.weekday()] * _HOURS[at.hour]:
            break
    return at


def resolved(desk: Desk, *, youngest: timedelta = DAY, oldest: timedelta = SPAN, **wishes: Any) -> Draft:
    """A ticket that came to its end, closed by now if that was long enough ago.

    ``wishes``: as of `begin`, and ``cycles`` of questions to the customer, ``after``: False for no word after
    the resolution, ``end``: False to leave the last steps to the caller.
    """
    for attempt in range(8):
        draft = _resolved(desk, moment(desk, min(youngest + attempt * DAY, oldest / 2), oldest), **wishes)
        if draft.last < desk.now - 20 * MINUTE:
            return draft
        desk.drafts.remove(draft)
    return _resolved(desk, moment(desk, oldest * 0.8, oldest), **wishes)


def begin(
    desk: Desk,
    created: datetime,
    *,
    agent: int | None = None,
    pace: tuple[float, float] = (0.15, 0.8),
    **wishes: Any,
) -> Draft:
    """Intake and first answer. ``pace``: the part of the agreed time it takes; ``wishes``: as of a draft."""
    draft = desk.draft(created, **wishes)
    desk.intake(draft)
    desk.pick_up(draft, draft.created + desk.first_delay(draft) * desk.rng.uniform(*pace), agent)
    return draft


def _resolved(
    desk: Desk, created: datetime, *, cycles: int | None = None, after: bool = True, end: bool = True, **wishes: Any
) -> Draft:
    rng = desk.rng
    draft = begin(desk, created, **wishes)
    urgent = draft.priority in URGENT
    if cycles is None:
        cycles = rng.choice((0, 0, 1) if urgent else (0, 0, 1, 1, 2))
    share = rng.uniform(0.2, 0.9) if rng.random() < 0.88 else rng.uniform(1.15, 1.7)
    left = terms.RESOLUTION[draft.priority or "p3"] * MINUTE * share - (draft.last - draft.created)
    part = max(left, 40 * MINUTE) / (cycles + 1)
    at = draft.last
    for _ in range(cycles):
        at += part * rng.uniform(0.6, 0.9)
        desk.ask(draft, at)
        at += desk.between(20 * MINUTE, 3 * HOUR) if urgent else desk.between(HOUR, 40 * HOUR)
        desk.answer(draft, at)
    if rng.random() < 0.5:
        (desk.note if rng.random() < 0.6 else desk.update)(draft, at + part * 0.4)
    at += part * rng.uniform(0.8, 1.0)
    if end:
        desk.solve(draft, at)
        if after:
            aftermath(desk, draft)
        desk.close(draft)
    return draft


def aftermath(desk: Desk, draft: Draft) -> None:
    """Thanks and a rating, from some."""
    rng = desk.rng
    at = draft.last + desk.between(15 * MINUTE, 9 * HOUR)
    if at > desk.now - 10 * MINUTE:
        return
    if rng.random() < 0.35:
        draft.say(at, draft.requester.id, desk.phrase(draft, "thanks"))
    if rng.random() < 0.3:
        good = rng.random() < 0.85
        draft.satisfaction = ("good", rng.choice(_REMARKS)) if good else ("bad", rng.choice(_COMPLAINTS))


def unfinished(
    desk: Desk,
    *,
    age: timedelta | None = None,
    touch: timedelta | None = None,
    priorities: tuple[str, ...] = (),
    cycles: int | None = None,
    agent: int | None = None,
    **wishes: Any,
) -> tuple[Draft, datetime]:
    """A ticket in progress without its last step, and when that is due: ``touch`` before now."""
    rng = desk.rng
    grade = terms.priority(desk.platform, *desk.grade(priorities))
    youngest, oldest = _AGES.get(grade, _OLD)
    created = desk.now - age if age is not None else moment(desk, youngest, oldest)
    draft = begin(desk, created, agent=agent, priorities=(grade,), **wishes)
    if touch is None:
        touch = desk.between(10 * MINUTE, 9 * HOUR) if grade in URGENT else desk.between(30 * MINUTE, 3 * DAY)
    since = draft.last
    final = desk.now - min(touch, (desk.now - since) / 2)
    if cycles is None:
        cycles = 0 if final - since < 8 * HOUR else rng.choice((0, 1, 1, 2))
    step = (final - since) / (2 * cycles + 1)
    at = since
    for _ in range(cycles):
        desk.ask(draft, at + step * rng.uniform(0.3, 0.9))
        desk.answer(draft, at + step * rng.uniform(1.1, 1.7))
        at += 2 * step
    return draft, final


def in_progress(desk: Desk, **wishes: Any) -> Draft:
    draft, at = unfinished(desk, **wishes)
    (desk.note if desk.rng.random() < 0.5 else desk.update)(draft, at)
    return draft


def waiting(desk: Desk, **wishes: Any) -> Draft:
    """The customer has been asked something not long ago."""
    draft, at = unfinished(desk, **wishes)
    desk.ask(draft, at)
    return draft


def parked(desk: Desk, **wishes: Any) -> Draft:
    """Waits for a part or a supplier, with a date."""
    draft, at = unfinished(desk, **wishes)
    desk.hold(draft, at)
    return draft


def fresh(desk: Desk) -> Draft:
    """Came in minutes ago; nobody has had the time to pick it up."""
    draft = desk.draft(desk.now - desk.between(4 * MINUTE, 24 * MINUTE), priorities=CALM)
    desk.acknowledge(draft)
    return draft


def withdrawn(desk: Desk) -> Draft:
    """The customer needs it no more: cancelled where the platform has that, else resolved by word of the customer."""
    draft = begin(desk, moment(desk, 6 * DAY, SPAN), priorities=CALM)
    at = draft.last + desk.between(10 * MINUTE, 3 * HOUR)
    draft.say(at, draft.requester.id, desk.phrase(draft, "withdrawn"))
    agent = desk.owner(draft)
    at += desk.between(5 * MINUTE, HOUR)
    draft.say(at, agent, desk.phrase(draft, "goodbye"))
    if desk.platform == "zendesk":
        draft.change(at, agent, "status", "resolved")
        draft.resolved = at.replace(microsecond=0)
        draft.closure_code, draft.resolution_notes = "no_fault", "Withdrawn by the customer: it works again."
        desk.close(draft)
    else:
        draft.change(at, agent, "status", "cancelled")
        draft.closed = at.replace(microsecond=0)
        draft.closure_code = terms.CANCELLED.get(desk.platform)
    return draft


def ordinary(desk: Desk, *, done: int = 162, running: int = 18, pending: int = 12, on_hold: int = 9) -> None:
    for _ in range(done):
        resolved(desk)
    for _ in range(running):
        in_progress(desk)
    for _ in range(pending):
        waiting(desk, priorities=("p2", *CALM))
    for _ in range(on_hold):
        parked(desk, priorities=CALM)
    for _ in range(6):
        fresh(desk)
    for _ in range(5):
        withdrawn(desk)
