"""Tickets that look like faults and are none."""

from supportctl.sandbox.company import stories, terms
from supportctl.sandbox.company.desk import DAY, HOUR, MINUTE, Desk
from supportctl.sandbox.company.faults_end import (
    end_as_duplicate,
    of_problem,
    own_people,
    raise_problem,
    reopen,
)
from supportctl.sandbox.company.faults_fields import hops
from supportctl.sandbox.company.people import BOT, DEVICES, LEFT, NETWORK, PLATFORM, SERVICE_DESK
from supportctl.sandbox.company.stories import CALM, SPAN, moment
from supportctl.sandbox.company.topics import BY_SLUG
from supportctl.sandbox.odd_files import ODD_FILES

_SHIFT = (
    "Follow-the-sun handover: end of shift in Madrid, Tokyo goes on. State and next step are above.",
    "Follow-the-sun handover: end of shift in Tokyo, Madrid goes on. State and next step are above.",
)


def within_grace(desk: Desk) -> None:
    for draft in (stories.fresh(desk), stories.fresh(desk)):
        draft.always("category", None)
        draft.subcategory = draft.service = None
        draft.plant("trap", "OWN201 CLS101 COM401: came in minutes ago")


def merged(desk: Desk) -> None:
    """Tagged as merged, with a link where the platform has one; no code and no notes, which is as it should be."""
    original = stories.resolved(desk, youngest=8 * DAY)
    draft = desk.draft(
        original.created + HOUR,
        topic=original.topic,
        requester=original.requester,
        language=original.language,
        slots=original.slots,
        priorities=CALM,
    )
    desk.acknowledge(draft)
    end_as_duplicate(desk, draft, original, linked=True)
    draft.closure_code = draft.resolution_notes = None
    if "closed_by_merge" not in draft.tags:
        draft.always("tags", (*draft.tags, "closed_by_merge"))
    draft.plant("trap", "RES601 RES603 COM402: merged into another ticket")
    draft.plant("duplicate", f"resend {original.ref}")


def spam(desk: Desk) -> None:
    draft = desk.draft(moment(desk, 6 * DAY, SPAN), language="en", priorities=CALM)
    draft.title = "Your mailbox offer: grow your bookings by 300 % today"
    draft.description = "Dear owner,\n\nwe sell lists of guests. Answer now and save.\n\nGrowth Team"
    draft.always("category", None)
    draft.subcategory = draft.service = draft.ci = None
    at = draft.created + desk.between(5 * MINUTE, 15 * MINUTE)
    agent = desk.agent_of(draft.group or SERVICE_DESK)
    draft.change(at, agent, "assignee", agent)
    draft.change(at, agent, "tags", ("spam",))
    draft.change(at, agent, "status", "closed" if desk.platform == "zendesk" else "cancelled")
    draft.closed = at.replace(microsecond=0)
    draft.closure_code = terms.CANCELLED.get(desk.platform)
    draft.plant("trap", "COM402 CLS101 RES601: spam")


def vacation(desk: Desk) -> None:
    """The customer is away until a day that has been agreed on."""
    draft = stories.begin(desk, desk.now - desk.between(10 * DAY, 13 * DAY), priorities=CALM, language="en")
    at = draft.last + HOUR
    desk.ask(draft, at)
    back = desk.now + 4 * DAY
    text = f"I am on holiday until {back:%Y-%m-%d} and can only send the photo after that."
    draft.say(at + 2 * HOUR, draft.requester.id, text)
    agreed = f"That is fine, we keep this open until {back:%Y-%m-%d}. Enjoy your holiday!"
    draft.say(at + 3 * HOUR, desk.owner(draft), agreed)
    draft.change(at + 3 * HOUR, desk.owner(draft), "tags", (*draft.tags, "skip_autosolve"))
    draft.due = back
    desk.note(draft, desk.now - 40 * HOUR, f"Checked: customer is away until {back:%Y-%m-%d}, nothing to do.")
    draft.plant("trap", "COM404 COM403: customer is away until an agreed day")


def solved_by_phone(desk: Desk) -> None:
    draft = desk.draft(moment(desk, 8 * DAY, SPAN), priorities=("p3",))
    draft.channel = "phone"
    agent = desk.agent_of(draft.group or SERVICE_DESK)
    at = draft.created + desk.between(2 * MINUTE, 8 * MINUTE)
    draft.change(at, agent, "assignee", agent)
    draft.change(at, agent, "status", "open")
    note = "Phone call with the customer, fifteen minutes: looked at it together, agreed on the next steps."
    draft.say(at, agent, note, public=False)
    draft.first_contact = at.replace(microsecond=0)
    desk.solve(draft, at + desk.between(6 * HOUR, 9 * HOUR))
    desk.close(draft)
    draft.plant("trap", "COM401: answered by phone, written down as an internal note")


def asked_by_phone(desk: Desk) -> None:
    draft = stories.begin(desk, desk.now - desk.between(26 * HOUR, 40 * HOUR), priorities=CALM)
    draft.channel = "phone"
    at = draft.last + desk.between(4 * HOUR, 6 * HOUR)
    desk.note(draft, at, "Called the customer and asked for the serial number of the router; they look it up.")
    draft.change(at, desk.owner(draft), "status", "pending")
    draft.plant("trap", "COM405: the question was asked by phone")


def solved_itself(desk: Desk) -> None:
    draft = desk.draft(moment(desk, 8 * DAY, SPAN), priorities=CALM, language="en")
    desk.acknowledge(draft)
    at = draft.created + desk.between(6 * MINUTE, 20 * MINUTE)
    draft.say(at, draft.requester.id, desk.phrase(draft, "withdrawn"))
    agent = desk.agent_of(draft.group or SERVICE_DESK)
    draft.assignee = agent
    text = "Solved itself: the customer writes that it works again. Closing as asked."
    desk.solve(draft, at + desk.between(5 * MINUTE, 15 * MINUTE), text=text, public=False)
    draft.resolution_notes = text
    desk.close(draft)
    draft.plant("trap", "COM402: the customer solved it and asked to close")


def opened_by_agent(desk: Desk) -> None:
    agent = desk.people[desk.agent_of(PLATFORM)]
    topic = BY_SLUG["calendar_slow"]
    draft = desk.draft(moment(desk, 8 * DAY, SPAN), topic=topic, requester=agent, language="en", priorities=CALM)
    at = draft.created + desk.between(10 * MINUTE, 40 * MINUTE)
    draft.change(at, agent.id, "assignee", agent.id)
    draft.change(at, agent.id, "status", "open")
    text = "Index added on the standby first, then on the primary; the page is quick again."
    desk.solve(draft, at + desk.between(HOUR, 2 * HOUR), text=text, public=False)
    desk.close(draft)
    draft.plant("trap", "COM402 COM401: opened by the agent who worked on it")


def thanks_reopen(desk: Desk) -> None:
    """Any message reopens a solved ticket; these only say thanks."""
    draft = stories.resolved(desk, end=False, youngest=9 * DAY, cycles=0)
    desk.solve(draft, draft.last + HOUR)
    for hours in ((1, 5), (2, 9)):
        reopen(desk, draft, hours, "thanks")
        at = draft.last + desk.between(10 * MINUTE, 50 * MINUTE)
        draft.change(at, desk.owner(draft), "status", "resolved")
        draft.resolved = at.replace(microsecond=0)
    desk.close(draft)
    draft.plant("trap", "RES605: reopened by thanks")


def round_the_clock(desk: Desk) -> None:
    draft = hops(desk, (PLATFORM, DEVICES), _SHIFT, topic=BY_SLUG["terminal_error"])
    draft.plant("trap", "OWN204: follow-the-sun handover between Field Devices and Booking Platform")


def machine_hops(desk: Desk) -> None:
    draft, final = stories.unfinished(
        desk, age=50 * HOUR, touch=4 * HOUR, priorities=CALM, cycles=0, topic=BY_SLUG["vpn_down"]
    )
    for hours, group in ((5, SERVICE_DESK), (4, NETWORK)):
        draft.change(final - hours * HOUR, BOT, "group", group)
    desk.update(draft, final)
    draft.plant("trap", "OWN204: the hops were made by a machine")


def passed_on(desk: Desk) -> None:
    draft = stories.in_progress(
        desk,
        topic=BY_SLUG["receipt_printer"],
        agent=LEFT,
        age=5 * DAY,
        touch=60 * HOUR,
        priorities=CALM,
        cycles=0,
    )
    draft.change(desk.now - 8 * HOUR, 1, "assignee", desk.agent_of(DEVICES))
    desk.note(draft, desk.now - 8 * HOUR, "Tomas has left us, taking over his requests.")
    draft.plant("trap", "OWN203: was given to somebody else when the assignee left")


def distinct_tags(desk: Desk) -> None:
    for tag in ("sdo", "sso", "bump1"):
        draft = stories.in_progress(desk, topic=BY_SLUG["permissions"], priorities=CALM)
        draft.always("tags", ("account", tag))
        draft.plant("trap", f"CLS104 CLS105: tag {tag} is meant so")


def catch_all_in_triage(desk: Desk) -> None:
    draft = stories.in_progress(desk, priorities=CALM, age=6 * HOUR, pace=(0.05, 0.2))
    draft.always("category", "other")
    draft.subcategory = None
    draft.plant("trap", "CLS102: still open")


def important_guest(desk: Desk) -> None:
    draft = stories.in_progress(desk, priorities=("p3",), age=6 * HOUR, touch=HOUR, pace=(0.05, 0.2))
    draft.always("priority", "p2")
    draft.always("tags", (*draft.tags, "vip"))
    desk.note(draft, draft.last - 20 * MINUTE, "VIP policy: raised by one step on purpose, please leave it there.")
    draft.plant("trap", "PRI302: raised under the VIP policy")


def chat_without_priority(desk: Desk) -> None:
    if desk.platform != "zendesk":
        return
    draft = stories.resolved(desk, priorities=CALM, cycles=0)
    draft.channel = "chat"
    draft.always("priority", None)
    draft.impact = draft.urgency = None
    draft.plant("trap", "PRI301: chats have no priority by design")


def parked_with_date(desk: Desk) -> None:
    draft, _ = stories.unfinished(desk, age=12 * DAY, touch=9 * DAY, priorities=CALM, cycles=0)
    desk.hold(draft, desk.now - 9 * DAY)
    draft.due = (desk.now + 3 * DAY).replace(microsecond=0)
    draft.plant("trap", "TIM501: on hold until a date ahead")


def only_mentioned(desk: Desk) -> None:
    other = stories.resolved(desk, youngest=10 * DAY)
    draft = stories.resolved(desk, youngest=6 * DAY, oldest=30 * DAY)
    at = draft.created + (min(each.at for each in draft.messages if each.author in desk.staff) - draft.created) / 2
    agent = desk.owner(draft)
    desk.note(draft, at, f"Reads similar to {other.ref}, but that was another device. For reference only.", agent)
    draft.plant("trap", "LNK701: another ticket is only mentioned")


def closed_problem(desk: Desk) -> None:
    """An incident stays resolved when its problem is closed: not closed with it, by design."""
    problem = raise_problem(desk, stories.resolved(desk, youngest=12 * DAY, oldest=30 * DAY, **own_people(desk)))
    draft = of_problem(
        desk, stories.resolved(desk, oldest=3 * DAY, topic=problem.topic, cycles=0, priorities=("p3",)), problem
    )
    draft.plant("trap", "LNK704: resolved under a closed problem")


def signature_with_picture(desk: Desk) -> None:
    draft = stories.resolved(desk)
    draft.description = desk.phrase(draft, "bye", me=draft.requester.name)
    picture = desk.attachment(draft)
    draft.say(draft.created, draft.requester.id, "See the attached file.", attachment=picture, odd=ODD_FILES)
    draft.plant("trap", "TXT812: the message is in the attachment")


TRAPS = (
    within_grace, merged, merged, spam, spam, vacation, vacation, solved_by_phone, solved_by_phone, asked_by_phone,
    solved_itself, opened_by_agent, thanks_reopen, thanks_reopen, round_the_clock, machine_hops, passed_on,
    distinct_tags, catch_all_in_triage, important_guest, chat_without_priority, parked_with_date, only_mentioned,
    closed_problem, signature_with_picture,
)  # fmt: skip
