"""One ticket's change while it is carried out: which step is next, what was sent, what was said of it."""

import hashlib
from collections.abc import Sequence

from supportctl.adapters.base import Need, Needs
from supportctl.adapters.writing import Step
from supportctl.changes.records import Entry
from supportctl.model import (
    Action,
    Assignment,
    Change,
    FieldChange,
    LinkChange,
    Merge,
    NewComment,
    NewFile,
    NewTicket,
    Outcome,
    TagChange,
    Transition,
)
from supportctl.model.planned import BESIDE, CUSTOM, gap, same, value_of
from supportctl.model.ticket import Ticket


class Work:
    """``doubt``: the step under way was sent and nobody answered."""

    __slots__ = (
        "again",
        "as_of",
        "attempts",
        "before",
        "change",
        "checked",
        "doubt",
        "fresh",
        "groups",
        "looked",
        "outcome",
        "said",
        "step",
        "version",
    )

    def __init__(self, entry: Entry, groups: Sequence[tuple[Action, ...]]) -> None:
        self.change = entry.change
        self.groups = groups
        self.step = entry.step
        self.attempts = 0
        """How often this process has sent the step."""
        self.version = entry.version
        self.as_of = entry.as_of
        self.outcome: Outcome | None = entry.outcome if entry.state == "done" else None
        self.said: Outcome | None = None
        self.doubt = False
        self.fresh = entry.step == 0
        """Whether nothing of the change has been sent yet."""
        self.checked = False
        """Whether the ticket was just read and may be sent to."""
        self.again = False
        """Whether the step is sent a second time, so that a refusal may mean that the first had come through."""
        self.looked = 0
        """How often the step was looked for and not found."""
        self.before: dict[str, str] | None = None

    @property
    def id(self) -> str:
        return self.change.id

    @property
    def actions(self) -> tuple[Action, ...]:
        return self.groups[self.step]

    @property
    def talks(self) -> bool:
        """Whether the step holds a comment, which a ticket does not show."""
        return any(isinstance(action, NewComment) for action in self.actions)

    @property
    def makes(self) -> bool:
        """Whether the step makes a ticket."""
        return any(isinstance(action, NewTicket) for action in self.actions)

    @property
    def last(self) -> bool:
        return self.step + 1 >= len(self.groups)

    def parts_done(self) -> list[str]:
        """The steps before the one under way, in words; nothing when the last one is done."""
        names = {
            TagChange: "tags", FieldChange: "fields", Assignment: "assignment", LinkChange: "link", Merge: "merge",
            Transition: "status", NewTicket: "making it", NewFile: "attachment",
        }  # fmt: skip
        done = []
        for actions in self.groups[: self.step]:
            words = [
                f"{'public' if action.public else 'internal'} comment"
                if isinstance(action, NewComment)
                else names[type(action)]
                for action in actions
            ]
            done.append(" and ".join(dict.fromkeys(words)))
        return done

    def sending(self, plan: str, *, notify: bool) -> Step:
        return Step(
            change=self.change,
            number=self.step,
            actions=self.actions,
            op=mark(plan, self.change.id, self.step),
            version=self.version,
            as_of=self.as_of,
            notify=notify,
        )


def mark(plan: str, ticket: str, step: int) -> str:
    """What marks a comment as made by this step of this plan, whichever run sends it."""
    return hashlib.sha256(f"{plan}\n{ticket}\n{step}".encode()).hexdigest()[:16]


def needs_of(changes: Sequence[Change]) -> Needs:
    """What has to be read of tickets to check and verify these changes."""
    needs: set[Need] = set()
    for change in changes:
        for action in change.actions:
            match action:
                case TagChange():
                    needs.add(Need.TAGS)
                case LinkChange():
                    needs.add(Need.LINKS)
                case FieldChange(field=field):
                    needs |= {Need.CUSTOM} if field.startswith(CUSTOM) else set()
                case NewFile():
                    needs.add(Need.ATTACHMENTS)
                case Assignment() | Merge() | NewComment():
                    pass
                case _:
                    pass
    return frozenset(needs)


def drifted(work: Work, ticket: Ticket, *, fold: bool) -> list[str]:
    """Planned fields that are neither as they were nor as they will be.

    A status that was just changed may have moved the fields of closing by itself: those are set by a later step.
    """
    change = work.change
    moved = any(isinstance(action, Transition) for group in work.groups[: work.step + 1] for action in group)
    loose = {"closure_code", "resolution_notes"} if moved else set()
    return [
        name
        for name in change.after
        if name not in BESIDE
        and name not in loose
        and gap(ticket, name) is None
        and not same(name, change.before.get(name), value_of(ticket, name), fold=fold)
        and not same(name, change.after[name], value_of(ticket, name), fold=fold)
    ]
