"""A tracker in memory: bugs are made in it, files attached; its search may lag for ever."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from supportctl.adapters.base import Needs
from supportctl.adapters.writing import Sight, Step, Submission
from supportctl.changes import plan as plans
from supportctl.changes.apply import Report, apply
from supportctl.changes.gates import Settings
from supportctl.changes.journal import Journal
from supportctl.changes.means import Means
from supportctl.config import Auth, Profile
from supportctl.errors import AmbiguousWriteError
from supportctl.model import (
    Action,
    Applied,
    Attachment,
    Change,
    Failed,
    LinkChange,
    LinkType,
    NewComment,
    NewFile,
    NewTicket,
    Platform,
    Status,
    Ticket,
)
from supportctl.model.planned import BUG_KEY, BUG_URL, COMMENT, FILES, MADE

from .memory import EPOCH, MemoryAdapter, StillClock
from .runs import PROFILE

MARK = "supportctl-0123456789abcdef"
JIRA = Profile(name="jira", platform="jsm", url="https://acme.atlassian.net", auth=Auth(kind="api_token"), writes=True)
FILE = NewFile(name="PKT-1-abc.zip", path="/nowhere/PKT-1.zip", size=5, sha256="ab" * 32)
NEW = NewTicket(project="ENG", kind="Bug", title="Sync fails", fields={}, marks=[MARK])


class MemoryTracker(MemoryAdapter):
    """``lagging``: its search never knows what was made; ``deaf_to``: kinds of action that are refused."""

    def __init__(self, *bugs: Ticket, lagging: bool = False) -> None:
        super().__init__(bugs, split=True, size=1)
        self.capabilities = msgspec.structs.replace(self.capabilities, platform=Platform.JSM)
        self.lagging = lagging
        self.lose_making: str | None = None
        """``before`` or ``after``: once, the making of a bug is not answered, before or after it took effect."""
        self.deaf_to: set[type] = set()
        self.known: set[str] = set()
        """Marks of what this process made or found by looking."""

    def divide(self, change: Change) -> list[tuple[Action, ...]]:
        return [(action,) for action in change.actions]

    def get(self, keys: Sequence[str], needs: Needs) -> object:  # type: ignore[override]
        return super().get([f"#{key}" for key in keys], needs)

    def normalize_key(self, text: str) -> str:
        return text.removeprefix("ENG-")

    def find(self, marks: Sequence[str], needs: Needs) -> list[Ticket]:
        self._event("find")
        if self.lagging and not self.known & set(marks):
            return []
        return [each for each in self.tickets.values() if set(marks) & set(each.tags)]

    def submit(self, steps: Sequence[Step]) -> Submission:
        (step,) = steps
        action = step.actions[0]
        if not isinstance(action, NewTicket | NewFile):
            return super().submit(steps)
        self._event("submit")
        if type(action) in self.deaf_to:
            return Submission(outcomes={step.id: Failed(error="it may not")})
        lost, self.lose_making = (self.lose_making, None) if isinstance(action, NewTicket) else (None, self.lose_making)
        if lost == "before":
            raise AmbiguousWriteError("connection reset")
        if isinstance(action, NewTicket):
            self._make(action)
        else:
            held = self.tickets[step.id].attachments
            file = Attachment(id=str(len(held)), filename=action.name, size=action.size)
            self.touch(step.id, attachments=[*held, file])
        self._event("done")
        if isinstance(action, NewTicket) and lost is None:
            self.known |= set(action.marks)
        if lost == "after":
            raise AmbiguousWriteError("connection reset")
        return Submission(outcomes={step.id: Applied()})

    def _make(self, new: NewTicket) -> None:
        number = str(len(self.tickets) + 1)
        self.tickets[number] = Ticket(
            platform=Platform.JSM,
            profile="jira",
            id=number,
            key=f"ENG-{number}",
            url=f"https://acme.atlassian.net/browse/ENG-{number}",
            title=new.title,
            status=Status.NEW,
            tags=list(new.marks),
            version="1",
            updated_at=EPOCH,
        )
        self.comments[number] = []

    def _sight(self, step: Step) -> Sight:
        """Looking reads the store, also while the search lags."""
        if isinstance(step.actions[0], NewTicket):
            there = any(MARK in each.tags for each in self.tickets.values())
            self.known |= {MARK} if there else set()
            return Sight(there=there)
        return super()._sight(step)


def handing_over(desk: MemoryAdapter) -> plans.Plan:
    """A bug with a file and a link, and a note with its name on every ticket of the desk."""
    link = LinkChange(type=LinkType.RELATES, to="#1", native={"url": "https://acme.zendesk.com/1"})
    bug = Change(
        id=MARK,
        key=MARK,
        actions=[NEW, FILE, link],
        version=None,
        before={},
        after={MADE: {"title": NEW.title}, FILES: [FILE.name]},
        tracker=True,
    )
    note = NewComment(body=f"Handed over as {BUG_KEY}: {BUG_URL}", public=False)
    told = [
        Change(
            id=each.id,
            key=each.key,
            actions=[note],
            version=each.version,
            before={},
            after={COMMENT: {"public": False, "body": note.body}},
        )
        for each in desk.tickets.values()
    ]
    return plans.make(PROFILE, "send", [*told, bug], selected=1, query=None, now=EPOCH, tracker=JIRA)


def means_of(desk: MemoryAdapter, tracker: MemoryTracker, journal: Journal) -> Means:
    return Means(desk, journal, StillClock(), settings=Settings(), tracker=tracker)  # type: ignore[arg-type]


def send(plan: plans.Plan, desk: MemoryAdapter, tracker: MemoryTracker, journal: Journal) -> Report:
    return apply(plan, PROFILE, means_of(desk, tracker, journal), tracker=JIRA)
