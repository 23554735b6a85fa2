"""What tests of runs share: a mixed plan, carrying one out, being killed."""

from __future__ import annotations

from supportctl.adapters.writing import CommentWish, FieldWish, StatusWish, TagWish, Wish
from supportctl.changes import plan as plans
from supportctl.changes.apply import Report, apply
from supportctl.changes.gates import Settings
from supportctl.changes.journal import Journal
from supportctl.changes.making import make_changes
from supportctl.changes.means import Means
from supportctl.config import Auth, Profile
from supportctl.model import (
    NewComment,
    Priority,
    Status,
)

from .memory import EPOCH, MemoryAdapter, StillClock

PROFILE = Profile(name="demo", platform="zendesk", url="https://acme.zendesk.com", auth=Auth(kind="oauth"), writes=True)


NOTE = NewComment(body="Closed after the outage.", public=False)


MIXED: tuple[Wish, ...] = (
    TagWish(add=["vpn"]), FieldWish(field="priority", value="p2"), CommentWish(public=False),
    StatusWish(goal=Status.RESOLVED),
)  # fmt: skip


def plan_of(adapter: MemoryAdapter, *wishes: Wish) -> plans.Plan:
    tickets = list(adapter.tickets.values())
    texts = {each.id: [NOTE] for each in tickets}
    made = make_changes(adapter, tickets, wishes or (TagWish(add=["vpn"]),), texts=texts)
    return plans.make(PROFILE, "test", made.changes, selected=made.selected, query=None, now=EPOCH)


def run(plan: plans.Plan, adapter: MemoryAdapter, journal: Journal, **how: object) -> Report:
    settings = Settings(**how)  # type: ignore[arg-type]
    return apply(plan, PROFILE, Means(adapter, journal, StillClock(), settings=settings))  # type: ignore[arg-type]


def is_mixed(adapter: MemoryAdapter) -> bool:
    """Whether every ticket is as the mixed plan wants it, with one comment each."""
    return all(
        each.tags == ["vpn"]
        and each.priority is Priority.P2
        and each.status is Status.RESOLVED
        and [body for _, body, _ in adapter.comments[each.id]] == [NOTE.body]
        for each in adapter.tickets.values()
    )


class Killed(BaseException):
    """The process is gone: nothing of ours runs after it."""
