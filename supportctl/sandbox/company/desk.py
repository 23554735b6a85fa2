"""The service desk at work: the single steps that tickets go through."""

import struct
import zlib
from datetime import datetime, timedelta
from random import Random

from supportctl.sandbox.company import terms
from supportctl.sandbox.company.draft import Attachment, Draft
from supportctl.sandbox.company.people import BOT, SERVICE_DESK, people
from supportctl.sandbox.company.phrases import INTERNAL_NOTES, ROUTING_NOTES, say
from supportctl.sandbox.company.topic import Topic
from supportctl.sandbox.company.topics import TOPICS
from supportctl.sandbox.records import Person

CHANNELS = {
    "zendesk": ("email", "email", "email", "web", "web", "phone"),
    "jsm": ("portal", "portal", "portal", "email", "email"),
    "servicenow": ("portal", "portal", "email", "email", "phone"),
}
_WRITTEN = frozenset({"email", "web", "portal"})
_GRADES = ((2, 2),) * 11 + ((1, 1), (1, 2), (2, 1), (2, 1), (1, 3), (3, 1), (2, 3), (2, 3), (2, 3), (3, 2), (3, 3))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Desk:
    def __init__(self, platform: str, now: datetime, rng: Random) -> None:
        self.platform = platform
        self.now = now
        self.rng = rng
        self.people = {person.id: person for person in people()}
        self.staff = frozenset(each.id for each in self.people.values() if each.role in {"agent", "admin"})
        self.agents = [each for each in self.people.values() if each.role == "agent" and each.active]
        self.customers = [each for each in self.people.values() if each.role == "end_user"]
        self.drafts: list[Draft] = []

    def between(self, low: timedelta, high: timedelta) -> timedelta:
        return timedelta(seconds=round(self.rng.uniform(low.total_seconds(), high.total_seconds())))

    def agent_of(self, group: int, *, other_than: int | None = None) -> int:
        found = [each.id for each in self.agents if group in each.groups and each.id != other_than]
        return self.rng.choice(found or [each.id for each in self.agents if SERVICE_DESK in each.groups])

    def customer(self, language: str | None = None) -> Person:
        return self.rng.choice([each for each in self.customers if language in (None, each.language)])

    def slots(self, at: datetime, requester: Person) -> dict[str, str]:
        rng = self.rng
        return {
            "serial": f"HT-{rng.randrange(20_000, 99_999)}",
            "code": f"{rng.choice(('E', 'TX', 'CM', 'K'))}-{rng.randrange(11, 999)}",
            "booking": f"HB-{rng.randrange(100_000, 999_999)}",
            "invoice": f"RE-{at.year}-{rng.randrange(1000, 9999)}",
            "amount": f"{rng.randrange(18, 900)}.{rng.randrange(100):02d} EUR",
            "room": str(rng.randrange(3, 48)),
            "user": requester.login,
            "version": f"8.{rng.randrange(2, 9)}.{rng.randrange(12)}",
            "day": f"{at + timedelta(days=rng.randrange(1, 6)):%Y-%m-%d}",
            "time": f"{rng.randrange(6, 22):02d}:{rng.randrange(0, 60, 5):02d}",
        }

    def draft(
        self,
        created: datetime,
        *,
        topic: Topic | None = None,
        requester: Person | None = None,
        language: str | None = None,
        slots: dict[str, str] | None = None,
        variant: int | None = None,
        priorities: tuple[str, ...] = (),
    ) -> Draft:
        """A new ticket as its requester sends it. ``priorities``: the ones it may have; empty: any."""
        rng = self.rng
        requester = requester or self.customer(language)
        language = language or requester.language
        topic = topic or rng.choice([each for each in TOPICS if language in each.texts] or TOPICS)
        if language not in topic.texts:
            language = "en"
        slots = slots or self.slots(created, requester)
        texts = topic.texts[language]
        subject, body = texts[variant % len(texts)] if variant is not None else rng.choice(texts)
        impact, urgency = self.grade(priorities)
        kind = "incident" if self.platform == "servicenow" else topic.kind
        draft = Draft(
            uid=len(self.drafts) + 1,
            topic=topic,
            slots=slots,
            language=language,
            requester=requester,
            created=created.replace(microsecond=0),
            kind=kind,
            title=fill(subject, slots),
            description="",
            priority=terms.priority(self.platform, impact, urgency),
            impact=impact,
            urgency=urgency,
            category=topic.category,
            subcategory=topic.subcategory,
            service=topic.service,
            tags=topic.tags[: rng.choice((1, 2, 2))],
            channel=rng.choice(CHANNELS[self.platform]),
            ci=slots["serial"] if topic.category == "devices" and rng.random() < 0.6 else None,
            group=topic.group,
        )
        parts = [self.phrase(draft, "hello"), fill(body, slots), self.phrase(draft, "bye", me=requester.name)]
        draft.description = "\n\n".join(part for part in parts if part)
        self.drafts.append(draft)
        return draft

    def grade(self, priorities: tuple[str, ...]) -> tuple[int, int]:
        """Impact and urgency that make one of the ``priorities``."""
        wanted = [each for each in _GRADES if not priorities or terms.priority(self.platform, *each) in priorities]
        return self.rng.choice(wanted)

    def phrase(self, draft: Draft, kind: str, **more: str) -> str:
        name = draft.requester.name
        you = name if draft.language == "ja" else name.split()[0]
        return fill(say(kind, draft.language, self.rng), {**draft.slots, "you": you, **more})

    def owner(self, draft: Draft) -> int:
        return draft.assignee or self.agent_of(draft.group or SERVICE_DESK)

    def intake(self, draft: Draft) -> None:
        """The automatic acknowledgement, and for some tickets the way through the service desk."""
        at = self.acknowledge(draft)
        roll = self.rng.random()
        category, group = draft.category, draft.group
        if roll < 0.25:
            draft.category, draft.group = None, SERVICE_DESK
            draft.change(at, BOT, "category", category)
            draft.change(at, BOT, "group", group)
        elif roll < 0.4:
            at = draft.created + self.first_delay(draft) * 0.1
            dispatcher = self.agent_of(SERVICE_DESK)
            draft.category, draft.group = None, SERVICE_DESK
            draft.change(at, dispatcher, "category", category)
            draft.change(at, dispatcher, "group", group)
            if group != SERVICE_DESK:
                draft.say(at, dispatcher, self.rng.choice(ROUTING_NOTES), public=False)

    def acknowledge(self, draft: Draft) -> datetime:
        """The machine's word that the request has arrived, if it came in writing."""
        at = draft.created + timedelta(seconds=self.rng.randrange(35, 90))
        if draft.channel in _WRITTEN:
            draft.say(at, BOT, self.phrase(draft, "ack"))
        return at

    def first_delay(self, draft: Draft) -> timedelta:
        """The time agreed for the first answer."""
        return terms.FIRST_RESPONSE[draft.priority or "p3"] * MINUTE

    def pick_up(self, draft: Draft, at: datetime, agent: int | None = None) -> None:
        """An agent takes the ticket and answers in public."""
        agent = agent or self.agent_of(draft.group or SERVICE_DESK)
        draft.change(at, agent, "assignee", agent)
        draft.change(at, agent, "status", "open")
        if self.rng.random() < 0.15 and draft.priority not in (None, "p3"):
            confirmed = draft.priority
            draft.always("priority", "p3")
            draft.change(at, agent, "priority", confirmed)
        if self.rng.random() < 0.2 and len(draft.topic.tags) > len(draft.tags):
            draft.change(at, agent, "tags", draft.topic.tags)
        draft.say(at, agent, self.phrase(draft, "reply"))

    def ask(self, draft: Draft, at: datetime) -> None:
        """A question to the customer, which stops the clock."""
        draft.say(at, self.owner(draft), self.phrase(draft, "question"))
        draft.change(at, self.owner(draft), "status", "pending")

    def answer(self, draft: Draft, at: datetime, *, reopen: bool = True) -> None:
        day = f"{draft.created - self.between(HOUR, 2 * DAY):%Y-%m-%d}"
        attachment = self.attachment(draft) if self.rng.random() < 0.3 else None
        draft.say(at, draft.requester.id, self.phrase(draft, "answer", day=day), attachment=attachment)
        if reopen:
            draft.change(at, draft.requester.id, "status", "open")

    def note(self, draft: Draft, at: datetime, text: str | None = None, author: int | None = None) -> None:
        draft.say(at, author or self.owner(draft), text or self.rng.choice(INTERNAL_NOTES), public=False)

    def update(self, draft: Draft, at: datetime) -> None:
        draft.say(at, self.owner(draft), self.phrase(draft, "update"))

    def hold(self, draft: Draft, at: datetime) -> None:
        until = at + self.between(4 * DAY, 12 * DAY)
        draft.say(at, self.owner(draft), self.phrase(draft, "hold", until=f"{until:%Y-%m-%d}"))
        draft.change(at, self.owner(draft), "status", "on_hold")
        draft.due = until.replace(microsecond=0)

    def solve(self, draft: Draft, at: datetime, *, text: str | None = None, public: bool = True) -> None:
        """The last word of the agent, closure code and notes."""
        agent = self.owner(draft)
        draft.change(at, agent, "assignee", agent)
        draft.say(at, agent, text or self.phrase(draft, "solution"), public=public)
        draft.change(at, agent, "status", "resolved")
        draft.resolved = at.replace(microsecond=0)
        draft.closure_code = self.rng.choice(terms.CODES[self.platform])
        draft.resolution_notes = fill(draft.topic.fix, draft.slots)

    def close(self, draft: Draft) -> None:
        """The automation closes what has been resolved for some days."""
        at = draft.last + self.between(4 * DAY, 5 * DAY)
        if at < self.now:
            draft.change(at, BOT, "status", "closed")
            draft.closed = at.replace(microsecond=0)

    def excuse(self, draft: Draft, at: datetime, *, public: bool = True) -> None:
        """Why an agreed time was missed."""
        draft.say(at, self.owner(draft), self.phrase(draft, "breach"), public=public)

    def attachment(self, draft: Draft) -> Attachment:
        if self.rng.random() < 0.5:
            return ("label.png", "image/png", _image(self.rng.randrange(256)))
        slots = draft.slots
        lines = [
            f"{slots['time']}:{second:02d} {slots['serial']} {slots['code']} retry {second}" for second in range(12)
        ]
        return ("device.log", "text/plain", "\n".join(lines).encode())


def fill(text: str, slots: dict[str, str]) -> str:
    for name, value in slots.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _image(shade: int) -> bytes:
    """A valid picture of one grey dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes((0, shade)))) + chunk(b"IEND", b"")
