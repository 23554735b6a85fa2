"""Planted faults in how people are answered, and when."""

from supportctl.sandbox.company import stories
from supportctl.sandbox.company.desk import DAY, HOUR, MINUTE, Desk
from supportctl.sandbox.company.people import BOT, SERVICE_DESK
from supportctl.sandbox.company.stories import CALM, SPAN, moment

_LATE = "First answer is late: the shift was one person short this morning. Told the lead."
_QUIET = "Restarted the service on our side and watched it for an hour, all green. Ending this."
_PAUSE = "Putting this aside for now, the big release is on today."
_SILENCE = "Still nothing from the customer. Looked at the device log again, nothing new."


def no_first_response(desk: Desk, n: int) -> None:
    if n % 2:
        draft = stories.resolved(desk, priorities=("p3",), pace=(1.3, 1.7), cycles=0, youngest=3 * DAY)
        breach = draft.created + desk.first_delay(draft)
        desk.note(draft, breach + 20 * MINUTE, _LATE, desk.agent_of(SERVICE_DESK))
        draft.plant("COM401", "first public answer after the agreed time; explained in a note")
        return
    draft = desk.draft(desk.now - desk.between(9 * HOUR, 18 * HOUR), priorities=("p3",))
    desk.acknowledge(draft)
    agent = desk.agent_of(draft.group or SERVICE_DESK)
    at = draft.created + desk.between(40 * MINUTE, 2 * HOUR)
    draft.change(at, agent, "assignee", agent)
    draft.change(at, agent, "status", "open")
    desk.note(draft, at)
    desk.note(draft, draft.created + desk.first_delay(draft) + 40 * MINUTE, _LATE)
    draft.plant("COM401", "no public answer of a person so far; the acknowledgement is a machine's")


def resolved_without_reply(desk: Desk, n: int) -> None:
    draft = stories.begin(desk, moment(desk, 5 * DAY, SPAN), priorities=CALM)
    desk.ask(draft, draft.last + desk.between(20 * MINUTE, 2 * HOUR))
    desk.answer(draft, draft.last + desk.between(2 * HOUR, 20 * HOUR))
    # The last message is an agent's, but internal: the customer got no answer, yet did not write last.
    desk.solve(draft, draft.last + desk.between(HOUR, 5 * HOUR), text=_QUIET, public=False)
    desk.close(draft)
    draft.plant("COM402", "resolved with an internal note only after the customer's last message")


def customer_waiting(desk: Desk, n: int) -> None:
    on_hold = n == 2 and desk.platform != "zendesk"
    draft = stories.begin(desk, desk.now - desk.between(92 * HOUR, 94 * HOUR), priorities=("p3",))
    at = desk.now - desk.between(86 * HOUR, 87 * HOUR)
    (desk.hold if on_hold else desk.ask)(draft, at)
    desk.answer(draft, at + desk.between(2 * HOUR, 4 * HOUR), reopen=False)
    draft.plant("COM403", f"customer wrote more than three days ago, still {draft.status}")


def waiting_too_long(desk: Desk, n: int) -> None:
    draft = stories.begin(desk, desk.now - desk.between(9 * DAY, 14 * DAY), priorities=CALM)
    desk.ask(draft, draft.last + desk.between(30 * MINUTE, 3 * HOUR))
    desk.note(draft, desk.now - desk.between(20 * HOUR, 50 * HOUR), _SILENCE)
    draft.plant("COM404", "pending for more than a week and the customer was not reminded")


def pending_without_question(desk: Desk, n: int) -> None:
    finished = bool(n % 2)
    oldest = 40 * DAY if finished else 46 * HOUR
    created = moment(desk, 12 * DAY, oldest) if finished else desk.now - desk.between(34 * HOUR, oldest)
    draft = stories.begin(desk, created, priorities=CALM)
    at = draft.last + desk.between(4 * HOUR, 6 * HOUR)
    if draft.channel == "phone":
        draft.channel = "email"
    desk.note(draft, at, _PAUSE)
    draft.change(at, desk.owner(draft), "status", "pending")
    if finished:
        at += desk.between(8 * HOUR, 30 * HOUR)
        draft.say(at, draft.requester.id, desk.phrase(draft, "complaint"))
        draft.change(at, draft.requester.id, "status", "open")
        desk.solve(draft, at + desk.between(HOUR, 5 * HOUR))
        desk.close(draft)
    draft.plant("COM405", "clock stopped by pending with nothing asked in public for hours before and after")


def stale(desk: Desk, n: int) -> None:
    urgent = n == 3
    age = 4 * DAY if urgent else desk.between(18 * DAY, 26 * DAY)
    touch = desk.between(60 * HOUR, 70 * HOUR) if urgent else desk.between(8 * DAY, 12 * DAY)
    draft = stories.in_progress(desk, age=age, touch=touch, cycles=0, priorities=("p2",) if urgent else CALM[:2])
    last = draft.last
    if n % 2 == 0:
        draft.change(desk.now - desk.between(4 * HOUR, 20 * HOUR), BOT, "tags", (*draft.tags, "bump1"))
    draft.plant("TIM501", f"open, last touched by a person at {last:%Y-%m-%d %H:%M} UTC")


def breach_unexplained(desk: Desk, n: int) -> None:
    """Zendesk does not tell that a clock which has been stopped had run out, so there it still runs."""
    if n % 2 and desk.platform != "zendesk":
        draft = stories.begin(desk, moment(desk, 15 * DAY, 50 * DAY), priorities=("p3",))
        desk.solve(draft, draft.last + desk.between(5 * DAY, 7 * DAY))
        desk.close(draft)
    else:
        draft = stories.begin(desk, desk.now - desk.between(7 * DAY, 9 * DAY), priorities=("p3",))
        desk.note(draft, desk.now - desk.between(4 * HOUR, 20 * HOUR))
    draft.explain = False
    draft.plant("TIM503", "resolution time ran out, and nobody wrote anything for days after")


FAULTS = (
    (no_first_response, 4),
    (resolved_without_reply, 4),
    (customer_waiting, 3),
    (waiting_too_long, 4),
    (pending_without_question, 4),
    (stale, 4),
    (breach_unexplained, 4),
)
