"""Twelve tickets that were escalated, each with what it tells an engineer and what it does not.

The truth is written down with the text, by its writer: what the words say to a person who reads all of the thread, not
what a program finds in them.
"""

import uuid
from datetime import datetime, timedelta
from random import Random

from supportctl.sandbox.company.desk import HOUR, MINUTE, Desk, fill
from supportctl.sandbox.company.draft import Attachment, Draft
from supportctl.sandbox.company.escalation_stories import STORIES, Story
from supportctl.sandbox.company.topics import BY_SLUG

ELEMENTS = (
    "steps", "actual", "expected", "environment", "impact", "severity", "times", "trace", "since", "evidence",
    "reproduced",
)  # fmt: skip
RULE = "escalation"
"""Of the planted truth: ``steps=present; actual=inferred; …; environment~8.4.2``."""


def plant_escalations(desk: Desk) -> None:
    """Chance of their own, so that the other tickets are the same with and without them."""
    usual = desk.rng
    desk.rng = Random(f"escalations:{desk.platform}:{desk.now:%Y-%m-%d}")  # noqa: S311 (nothing here is secret)
    try:
        for number, story in enumerate(STORIES):
            _plant(desk, number, story)
    finally:
        desk.rng = usual


def _plant(desk: Desk, number: int, story: Story) -> None:
    created = desk.now - desk.between(11 * HOUR, 15 * HOUR) - number * 7 * MINUTE
    topic = BY_SLUG[story.topic]
    slots = {**desk.slots(created, desk.customer(story.language)), **_ids(desk, created)}
    draft = desk.draft(created, topic=topic, language=story.language, slots=slots, variant=0, priorities=("p3",))
    draft.language, draft.ci = story.language, None
    draft.channel = "web" if desk.platform == "zendesk" else "portal"
    draft.title = fill(story.title, slots)
    draft.description = fill(story.description, slots)
    desk.acknowledge(draft)
    agent = desk.agent_of(draft.group or 1)
    at = created + desk.between(25 * MINUTE, 70 * MINUTE)
    draft.change(at, agent, "assignee", agent)
    draft.change(at, agent, "status", "open")
    for who, text, *files in story.thread:
        author = draft.requester.id if who == "customer" else agent
        draft.say(at, author, fill(text, slots), public=who != "note", attachment=_file(desk, draft, files))
        at += desk.between(35 * MINUTE, 80 * MINUTE)
    draft.change(at, agent, "tags", (*draft.tags, "escalated"))
    draft.plant(RULE, fill(_truth(story), slots))


def _truth(story: Story) -> str:
    told, partly = story.told.split(), story.partly.split()
    states = {name: "present" if name in told else "inferred" if name in partly else "missing" for name in ELEMENTS}
    values = [f"{name}~{value}" for name, value in story.values]
    return "; ".join([*(f"{name}={state}" for name, state in states.items()), *values])


def _ids(desk: Desk, created: datetime) -> dict[str, str]:
    def some() -> str:
        return str(uuid.UUID(bytes=desk.rng.randbytes(16), version=4))

    at = created - timedelta(minutes=desk.rng.randrange(20, 50))
    return {
        "request": some(),
        "other": some(),
        "trace": desk.rng.randbytes(16).hex(),
        "stamp": f"{at:%Y-%m-%dT%H:%M}",
        "date": f"{at:%Y-%m-%d}",
        "clock": f"{at:%H:%M}",
        "older": "8.1.4",
    }


def _file(desk: Desk, draft: Draft, names: list[str]) -> Attachment | None:
    """The kind of file a name stands for: a device's log, or the picture in a signature."""
    if not names:
        return None
    name = names[0]
    if name.endswith(".png"):
        picture = desk.attachment(draft)
        while picture[1] != "image/png":
            picture = desk.attachment(draft)
        return (name, "image/png", picture[2])
    lines = [f"{draft.slots['stamp']}:{second:02d}Z {draft.slots['serial']} retry {second}" for second in range(20)]
    return (name, "text/plain", "\n".join(lines).encode())
