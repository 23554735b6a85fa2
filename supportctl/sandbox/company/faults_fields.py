"""Planted faults in what a ticket says about itself: classification, ownership, priority."""

from typing import Any

from supportctl.sandbox.company import stories, terms
from supportctl.sandbox.company.desk import DAY, HOUR, Desk
from supportctl.sandbox.company.draft import Draft
from supportctl.sandbox.company.people import (
    BILLING,
    DEVICES,
    IDENTITY,
    LEFT,
    NETWORK,
    PLATFORM,
    SERVICE_DESK,
)
from supportctl.sandbox.company.phrases import ROUTING_NOTES
from supportctl.sandbox.company.stories import CALM
from supportctl.sandbox.company.topics import BY_SLUG

_ODD_TAGS = ("call-back-anna", "zz_import_2019", "miscellaneous", "ask-finance-thursday")
_MISSPELT = (
    ("terminal_error", "terminal", "termnal"),
    ("invoice_wrong", "invoice", "invoices"),
    ("permissions", "permissions", "permisions"),
    ("wifi_guests", "network", "netwrok"),
)


def either(desk: Desk, n: int, **wishes: Any) -> Draft:
    """Finished tickets and tickets in progress by turns."""
    return stories.resolved(desk, **wishes) if n % 2 else stories.in_progress(desk, **wishes)


def category_missing(desk: Desk, n: int) -> None:
    draft = either(desk, n)
    draft.always("category", None)
    draft.subcategory = draft.service = draft.ci = None
    if desk.platform != "servicenow":
        # Neither a type nor a request type may stand in for the category.
        draft.kind = "other"
    draft.plant("CLS101", "no category, subcategory, service or type")


def category_catch_all(desk: Desk, n: int) -> None:
    draft = stories.resolved(desk, youngest=(4 + n) * DAY)
    draft.always("category", "other")
    draft.subcategory = None
    draft.plant("CLS102", "resolved as category 'other'")


def tag_unknown(desk: Desk, n: int) -> None:
    draft = either(desk, n)
    draft.always("tags", (*draft.tags, _ODD_TAGS[n % len(_ODD_TAGS)]))
    draft.plant("CLS104", f"tag {draft.tags[-1]} is not in the taxonomy")


def tag_misspelt(desk: Desk, n: int) -> None:
    slug, right, wrong = _MISSPELT[n % len(_MISSPELT)]
    draft = either(desk, n, topic=BY_SLUG[slug], language="en")
    draft.always("tags", (*(tag for tag in BY_SLUG[slug].tags if tag != right), wrong))
    draft.plant("CLS105", f"tag {wrong} for {right}")


def unassigned(desk: Desk, n: int) -> None:
    draft = stories.in_progress(desk, age=desk.between(2 * DAY, 4 * DAY), touch=(3 + n) * HOUR, priorities=CALM)
    if n % 2:
        at = desk.now - 31 * HOUR
        draft.change(at, desk.owner(draft), "assignee", None)
        draft.plant("OWN201", f"assignee taken off at {at:%Y-%m-%d %H:%M} UTC")
    else:
        draft.always("assignee", None)
        draft.plant("OWN201", "never assigned")


def no_group(desk: Desk, n: int) -> None:
    draft = either(desk, n)
    draft.always("group", None)
    draft.plant("OWN202", "no group")


def assignee_inactive(desk: Desk, n: int) -> None:
    topic = BY_SLUG[("terminal_error", "receipt_printer")[n % 2]]
    age = desk.between(3 * DAY, 6 * DAY)
    if n == 3:
        draft = stories.in_progress(desk, topic=topic, age=age, touch=20 * HOUR, priorities=CALM)
        outsider = desk.agent_of(NETWORK)
        draft.change(desk.now - 5 * HOUR, desk.owner(draft), "assignee", outsider)
        draft.plant("OWN203", "assignee is not a member of the group")
        return
    draft, at = stories.unfinished(
        desk, topic=topic, age=age, touch=(8 + 5 * n) * HOUR, priorities=CALM, agent=LEFT, cycles=0
    )
    desk.note(draft, at, "Customer called, the device is still down. Who has this now?", desk.agent_of(DEVICES))
    draft.plant("OWN203", "assignee has left")


def hops(desk: Desk, stops: tuple[int, ...], notes: tuple[str, ...] = ROUTING_NOTES, **wishes: Any) -> Draft:
    """A ticket in progress that is handed through groups, each time with a note."""
    draft, final = stories.unfinished(
        desk, age=desk.between(60 * HOUR, 90 * HOUR), touch=3 * HOUR, priorities=CALM, cycles=0, **wishes
    )
    start = draft.last
    for place, group in enumerate(stops, 1):
        at = start + (final - start) * (place / (len(stops) + 1))
        giver, taker = desk.owner(draft), desk.agent_of(group, other_than=draft.assignee)
        desk.note(draft, at, notes[place % len(notes)], giver)
        draft.change(at, giver, "group", group)
        draft.change(at, giver, "assignee", taker)
    desk.update(draft, final)
    return draft


def ping_pong(desk: Desk, n: int) -> None:
    if n == 3:
        draft = hops(desk, (SERVICE_DESK, BILLING, PLATFORM, IDENTITY, NETWORK), topic=BY_SLUG["terminal_error"])
        draft.plant("OWN204", "five hand-overs between groups by people")
        return
    topic = BY_SLUG[("vpn_down", "channel_sync", "settlement")[n % 3]]
    other = (PLATFORM, NETWORK, PLATFORM)[n % 3]
    draft = hops(desk, (other, topic.group, other) if n == 2 else (other, topic.group), topic=topic)
    draft.plant("OWN204", "back to a group it had left, by people")


def priority_missing(desk: Desk, n: int) -> None:
    draft = either(desk, n, priorities=CALM)
    draft.always("priority", None)
    draft.impact = draft.urgency = None
    if draft.channel == "phone":
        draft.channel = "email"
    draft.plant("PRI301", "no priority")


def priority_off_matrix(desk: Desk, n: int) -> None:
    """Lower than the matrix says, or higher; the work was quick enough for either."""
    if n % 2:
        draft = stories.resolved(desk, priorities=("p1", "p2"), cycles=0)
        wrong = "p4"
    else:
        draft = stories.in_progress(
            desk, priorities=("p3",), age=desk.between(5 * HOUR, 7 * HOUR), touch=HOUR, pace=(0.05, 0.2)
        )
        wrong = "p2"
    draft.always("priority", wrong)
    draft.plant(
        "PRI302",
        f"{wrong}, but impact {draft.impact} and urgency {draft.urgency} make "
        f"{terms.priority(desk.platform, draft.impact or 2, draft.urgency or 2)}",
    )


FAULTS = (
    (category_missing, 4),
    (category_catch_all, 3),
    (tag_unknown, 4),
    (tag_misspelt, 4),
    (unassigned, 4),
    (no_group, 3),
    (assignee_inactive, 4),
    (ping_pong, 4),
    (priority_missing, 4),
    (priority_off_matrix, 4),
)
