"""A ticket in the making: what is said and done to it becomes messages and history."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from supportctl.sandbox.company.topic import Topic
from supportctl.sandbox.records import Clock, FieldChange, Message, OddFile, Person, Record

Attachment = tuple[str, str, bytes]
TRACKED = ("status", "assignee", "group", "priority", "category", "tags")
"""The fields whose changes are kept."""
DONE = frozenset({"resolved", "closed", "cancelled"})
_REFERENCE = re.compile("\x02([0-9]+)\x03")


@dataclass(slots=True, eq=False)
class Draft:
    uid: int
    topic: Topic
    slots: dict[str, str]
    language: str
    requester: Person
    created: datetime
    kind: str
    title: str
    description: str
    priority: str | None
    impact: int | None
    urgency: int | None
    category: str | None
    subcategory: str | None
    service: str | None
    tags: tuple[str, ...]
    channel: str
    ci: str | None = None
    status: str = "new"
    assignee: int | None = None
    group: int | None = None
    resolved: datetime | None = None
    closed: datetime | None = None
    due: datetime | None = None
    closure_code: str | None = None
    resolution_notes: str | None = None
    satisfaction: tuple[str, str | None] | None = None
    first_contact: datetime | None = None
    """When the customer was first reached by other means than a public message, such as a call."""
    explain: bool = True
    """Whether the agents say why an agreed time was missed."""
    duplicate_of: "Draft | None" = None
    problem: "Draft | None" = None
    parent: "Draft | None" = None
    messages: list[Message] = field(default_factory=list)
    history: list[FieldChange] = field(default_factory=list)
    plants: list[tuple[str, str]] = field(default_factory=list)
    """(rule, detail) of what was planted here on purpose."""

    @property
    def last(self) -> datetime:
        """When anything last happened."""
        times = [message.at for message in self.messages] + [change.at for change in self.history]
        return max(times, default=self.created)

    @property
    def ref(self) -> str:
        """Stands for the ticket's key in texts, until numbers are given out."""
        return f"\x02{self.uid}\x03"

    def say(
        self, at: datetime, author: int, text: str, *, public: bool = True, attachment: Attachment | None = None,
        odd: tuple[OddFile, ...] = (),
    ) -> None:  # fmt: skip
        self.messages.append(Message(at.replace(microsecond=0), author, public, text, attachment, odd))

    def change(self, at: datetime, actor: int, name: str, value: object) -> None:
        """Set a tracked field to ``value``; nothing is noted when it has that value already."""
        before, after = _as_text(getattr(self, name)), _as_text(value)
        if before != after:
            self.history.append(FieldChange(at.replace(microsecond=0), actor, name, before, after))
        setattr(self, name, value)

    def always(self, name: str, value: object) -> None:
        """Let a tracked field have had ``value`` since creation."""
        self.history = [change for change in self.history if change.field != name]
        setattr(self, name, value)

    def plant(self, rule: str, detail: str) -> None:
        self.plants.append((rule, detail))

    def record(self, number: int, numbers: dict[int, int], key: Callable[[int], str], clocks: list[Clock]) -> Record:
        """The finished ticket. ``numbers``: uid -> number; ``key``: uid -> what people type."""

        def number_of(other: "Draft | None") -> int | None:
            return None if other is None else numbers[other.uid]

        messages = tuple(
            Message(each.at, each.author, each.public, finished(each.text, key), each.attachment, each.odd)
            for each in sorted(self.messages, key=lambda message: message.at)
        )
        return Record(
            number=number,
            kind=self.kind,
            title=finished(self.title, key),
            description=finished(self.description, key),
            language=self.language,
            status=self.status,
            priority=self.priority,
            impact=self.impact,
            urgency=self.urgency,
            category=self.category,
            subcategory=self.subcategory,
            service=self.service,
            ci=self.ci,
            tags=self.tags,
            requester=self.requester.id,
            assignee=self.assignee,
            group=self.group,
            organization=self.requester.organization,
            channel=self.channel,
            created=self.created,
            updated=self.last,
            resolved=self.resolved,
            closed=self.closed,
            due=self.due,
            closure_code=self.closure_code,
            resolution_notes=None if self.resolution_notes is None else finished(self.resolution_notes, key),
            satisfaction=self.satisfaction,
            messages=messages,
            history=tuple(sorted(self.history, key=lambda change: change.at)),
            clocks=tuple(clocks),
            duplicate_of=number_of(self.duplicate_of),
            problem=number_of(self.problem),
            parent=number_of(self.parent),
        )


def finished(text: str, key: Callable[[int], str]) -> str:
    """The text with tickets called by their keys."""
    return _REFERENCE.sub(lambda match: key(int(match[1])), text)


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    return " ".join(value) if isinstance(value, tuple) else str(value)
