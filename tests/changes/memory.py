"""An adapter over a dictionary, with switches for what can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec

from supportctl.adapters.base import Capabilities, Handle, Need, Needs, Page, Poll, Selection, Submission
from supportctl.errors import AmbiguousWriteError
from supportctl.model import (
    Applied,
    Change,
    Failed,
    Outcome,
    Platform,
    Status,
    Ticket,
    Unchanged,
    Unverified,
)
from supportctl.wire import Stats

EPOCH = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ticket(number: int, tags: Sequence[str] = (), **fields: object) -> Ticket:
    values: dict[str, object] = {
        "platform": Platform.ZENDESK,
        "profile": "demo",
        "id": str(number),
        "key": f"#{number}",
        "status": Status.OPEN,
        "tags": list(tags),
        "updated_at": EPOCH,
        "version": "1",
    }
    return Ticket(**{**values, **fields})  # type: ignore[arg-type]


class MemoryAdapter:
    """Tags only. ``lost`` ids raise after (``lost_after``) or before the change took effect; ``failing`` ids fail."""

    def __init__(self, tickets: Sequence[Ticket], *, jobs: bool = False, size: int = 3) -> None:
        self.capabilities = Capabilities(
            platform=Platform.ZENDESK, reads=frozenset(Need), writes=frozenset({"tags"}), bulk_size=size
        )
        self.transport = SimpleNamespace(stats=Stats())
        self.tickets = {ticket.id: ticket for ticket in tickets}
        self.jobs = jobs
        self.failing: set[str] = set()
        self.lost_after: set[str] = set()
        self.lost_before: set[str] = set()
        self.deaf: set[str] = set()
        """Ids whose change is accepted and has no effect."""
        self.sent: list[str] = []
        self.polls_needed = 2
        self.on_submit: Callable[[], None] = lambda: None
        self.on_poll: Callable[[], None] = lambda: None
        self.on_verify: Callable[[], None] = lambda: None
        self._handles: dict[str, tuple[int, dict[str, Outcome]]] = {}

    def normalize_key(self, text: str) -> str:
        return "#" + text.lstrip("#")

    def search(self, selection: Selection, needs: Needs, cursor: str | None = None) -> Iterator[Page]:
        yield Page(items=list(self.tickets.values()))

    def close(self) -> None:
        pass

    def get(self, keys: Sequence[str], needs: Needs) -> Iterator[Page]:
        yield Page(items=[self.tickets[key[1:]] for key in keys if key[1:] in self.tickets])

    def batches(self, changes: Sequence[Change]) -> Iterator[list[Change]]:
        size = self.capabilities.bulk_size
        for start in range(0, len(changes), size):
            yield list(changes[start : start + size])

    def submit(self, changes: Sequence[Change]) -> Submission:
        self.on_submit()
        outcomes: dict[str, Outcome] = {}
        for change in changes:
            self.sent.append(change.id)
            if change.id in self.lost_before:
                raise AmbiguousWriteError("connection reset")
            if change.id in self.failing:
                outcomes[change.id] = Failed(error="no such field")
                continue
            if change.id not in self.deaf:
                self._change(change)
            if change.id in self.lost_after:
                raise AmbiguousWriteError("connection reset")
            outcomes[change.id] = Applied(version=self.tickets[change.id].version)
        if not self.jobs:
            return Submission(outcomes=outcomes)
        handle = Handle(id=f"job{len(self._handles)}", kind="job", ids=tuple(change.id for change in changes))
        self._handles[handle.id] = (self.polls_needed, outcomes)
        return Submission(handle=handle)

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        self.on_poll()
        answers = {}
        for handle in handles:
            left, outcomes = self._handles[handle.id]
            self._handles[handle.id] = (left - 1, outcomes)
            answers[handle.id] = Poll(done=left <= 1, outcomes=outcomes if left <= 1 else {})
        return answers

    def verify(self, changes: Sequence[Change]) -> Mapping[str, Outcome]:
        self.on_verify()
        return {change.id: self._verdict(change) for change in changes}

    def _verdict(self, change: Change) -> Outcome:
        now = self.tickets[change.id]
        if set(now.tags) == set(change.after["tags"]):
            return Applied(version=now.version)
        return Unverified(reason="the tags are not as planned")

    def _change(self, change: Change) -> None:
        old = self.tickets[change.id]
        tags = [tag for tag in old.tags if tag not in change.action.remove] + list(change.action.add)
        self.touch(change.id, tags=tags)

    def touch(self, ticket_id: str, **fields: object) -> None:
        old = self.tickets[ticket_id]
        version = str(int(old.version or 0) + 1)
        moved = {"version": version, "updated_at": (old.updated_at or EPOCH) + timedelta(seconds=1)}
        self.tickets[ticket_id] = msgspec.structs.replace(old, **{**moved, **fields})


class StillClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


__all__ = ["EPOCH", "MemoryAdapter", "StillClock", "Unchanged", "ticket"]
