"""An adapter over a dictionary, with switches for what can go wrong."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec

from supportctl.adapters.base import Capabilities, Need, Needs, Page, Selection
from supportctl.adapters.writing import (
    AssignWish,
    CommentWish,
    FieldWish,
    Handle,
    LinkWish,
    MergeWish,
    Poll,
    Prepared,
    Sight,
    StatusWish,
    Step,
    Submission,
    TagWish,
    Touch,
    Wish,
)
from supportctl.errors import AmbiguousWriteError
from supportctl.model import (
    Action,
    Applied,
    Assignment,
    Change,
    Conflict,
    Failed,
    FieldChange,
    Link,
    LinkChange,
    LinkType,
    Merge,
    NewComment,
    Outcome,
    Person,
    Platform,
    Priority,
    Risk,
    Status,
    TagChange,
    Ticket,
    Transition,
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
        "native_status": "open",
        "tags": list(tags),
        "updated_at": EPOCH,
        "version": "1",
    }
    return Ticket(**{**values, **fields})  # type: ignore[arg-type]


class MemoryAdapter:
    """Tickets and their comments. ``split``: tags and fields, comment, links, status are sent apart, as on Jira.

    ``lost_after`` ids raise after the change took effect, ``lost_before`` ids before (each once, or for ever with
    ``for_ever``); ``failing`` ids fail; the change of ``deaf`` ids is accepted and has no effect.
    """

    def __init__(
        self,
        tickets: Sequence[Ticket],
        *,
        jobs: bool = False,
        size: int = 3,
        split: bool = False,
        concurrency: int = 1,
        flights: int = 1,
    ) -> None:
        self.capabilities = Capabilities(
            platform=Platform.ZENDESK,
            reads=frozenset(Need),
            writes=frozenset({"tags", "set", "assign", "comment", "link", "transition", "merge"}),
            bulk_size=size,
            jobs_in_flight=flights,
            concurrency=concurrency,
            settable=frozenset({"priority", "title", "closure_code", "resolution_notes"}),
            links=frozenset({LinkType.RELATES}),
        )
        self.transport = SimpleNamespace(stats=Stats())
        self.tickets = {ticket.id: ticket for ticket in tickets}
        self.comments: dict[str, list[tuple[str, str, bool]]] = {ticket.id: [] for ticket in tickets}
        """By ticket: ``(op, body, public)``."""
        self.clears_code = False
        """Whether opening a ticket again takes its closure code away."""
        self.jobs = jobs
        self.split = split
        self.failing: set[str] = set()
        self.lost_after: set[str] = set()
        self.lost_before: set[str] = set()
        self.for_ever = False
        self.unable: set[type] = set()
        """Kinds of action that are refused."""
        self.deaf: set[str] = set()
        self.blind = False
        """Whether comments cannot be read."""
        self.sent: list[str] = []
        self.took_effect: Counter[str] = Counter()
        """By `Step.op`."""
        self.batch_sizes: list[int] = []
        self.most_flights = 0
        self.polls_needed = 2
        self.delay = 0
        """A job does its work only after so many further events; it refuses tickets that moved since they were read."""
        self.guarded = True
        """Whether a delayed job refuses tickets that moved."""
        self._due: list[tuple[int, Sequence[Step], dict[str, Outcome]]] = []
        self._events = 0
        self.hook: Callable[[str], None] = lambda event: None
        """Called with ``read``, ``submit``, ``done`` (took effect), ``held`` (a job was taken), ``poll``, ``look``."""
        self._handles: dict[str, tuple[int, dict[str, Outcome]]] = {}
        self._lock = threading.Lock()

    def _event(self, name: str) -> None:
        self._events += 1
        for at, steps, outcomes in list(self._due):
            if self._events >= at:
                self._due.remove((at, steps, outcomes))
                for step in steps:
                    outcomes[step.id] = self._guarded(step)
        self.hook(name)

    def _guarded(self, step: Step) -> Outcome:
        now = self.tickets[step.id].version
        if self.guarded and now != step.version:
            return Conflict(was=step.version, now=now, reason="it moved")
        self._change(step)
        return Applied()

    def normalize_key(self, text: str) -> str:
        return "#" + text.lstrip("#")

    def search(self, selection: Selection, needs: Needs, cursor: str | None = None) -> Iterator[Page]:
        yield Page(items=list(self.tickets.values()))

    def close(self) -> None:
        pass

    def get(self, keys: Sequence[str], needs: Needs) -> Iterator[Page]:
        self._event("read")
        yield Page(items=[self.tickets[key[1:]] for key in keys if key[1:] in self.tickets])

    def needs(self, wish: Wish) -> Needs:
        return frozenset()

    def prepare(self, tickets: Sequence[Ticket], wish: Wish) -> Mapping[str, Prepared]:
        return {each.id: self._prepared(each, wish) for each in tickets}

    def _prepared(self, each: Ticket, wish: Wish) -> Prepared:
        action: Action
        match wish:
            case TagWish() | CommentWish():
                return Prepared(risks=[Risk(code="mail", message="somebody may get mail")])
            case FieldWish(field=field, value=value):
                if getattr(each, field) == value:
                    return Prepared()
                action = FieldChange(field=field, native_field=field, value=value)
                return Prepared(actions=[action], after={field: value})
            case AssignWish(assignee=who):
                action = Assignment(assignee=who, unassign=who in (None, "none"))
                after = None if who in (None, "none") else {"id": who, "name": None}
                return Prepared(actions=[action], after={"assignee": after})
            case StatusWish(goal=goal, closure_code=code):
                if each.status is goal:
                    return Prepared()
                fields = {} if code is None else {"closure_code": code}
                action = Transition(status=goal, native_status=wish.native or goal.value, fields=fields)
                after_status = {"status": goal.value, "native_status": wish.native or goal.value, **fields}
                if self.clears_code and goal is Status.OPEN and each.closure_code:
                    after_status["closure_code"] = None  # type: ignore[assignment]
                final = ["closing for good"] if goal is Status.CLOSED else []
                return Prepared(actions=[action], after=after_status, final=final)
            case LinkWish(type=kind, to=to, remove=remove):
                action = LinkChange(type=kind, to=to.key, remove=remove)
                held = [{"type": link.type.value, "key": link.key} for link in each.links]
                mine = {"type": kind.value, "key": to.key}
                links = [one for one in held if one != mine] if remove else [*held, mine]
                return Prepared(actions=[action], after={"links": links})
            case MergeWish(into=into, note=note):
                merge = Merge(into=into.key, into_id=into.id, note=note)
                return Prepared(actions=[merge], after={"status": "closed"}, final=["merging"])
            case _:
                raise AssertionError(wish)

    def divide(self, change: Change) -> list[tuple[Action, ...]]:
        if not self.split:
            return [tuple(change.actions)]
        edits = tuple(a for a in change.actions if isinstance(a, TagChange | FieldChange | Assignment))
        rest = [a for a in change.actions if a not in edits]
        rest.sort(key=lambda action: isinstance(action, Transition))
        if any(isinstance(a, Transition) and a.status is Status.OPEN for a in rest):
            return [group for group in (*((each,) for each in reversed(rest)), edits) if group]
        return [group for group in (edits, *((each,) for each in rest)) if group]

    def batches(self, steps: Sequence[Step]) -> Iterator[list[Step]]:
        size = self.capabilities.bulk_size
        for start in range(0, len(steps), size):
            yield list(steps[start : start + size])

    def submit(self, steps: Sequence[Step]) -> Submission:
        with self._lock:
            return self._submit(steps)

    def _submit(self, steps: Sequence[Step]) -> Submission:
        self._event("submit")
        self.batch_sizes.append(len(steps))
        outcomes: dict[str, Outcome] = {}
        if self.jobs and self.delay:
            self.sent += [step.id for step in steps]
            self._due.append((self._events + self.delay, steps, outcomes))
            return self._held(steps, outcomes)
        for step in steps:
            self.sent.append(step.id)
            if step.id in self.lost_before:
                self.lost_before -= set() if self.for_ever else {step.id}
                raise AmbiguousWriteError("connection reset")
            if step.id in self.failing or {type(action) for action in step.actions} & self.unable:
                outcomes[step.id] = Failed(error="no such field")
                continue
            if step.id not in self.deaf:
                self._change(step)
            self._event("done")
            if step.id in self.lost_after:
                self.lost_after -= set() if self.for_ever else {step.id}
                raise AmbiguousWriteError("connection reset")
            outcomes[step.id] = Applied(version=self.tickets[step.id].version)
        if not self.jobs:
            return Submission(outcomes=outcomes)
        return self._held(steps, outcomes)

    def _held(self, steps: Sequence[Step], outcomes: dict[str, Outcome]) -> Submission:
        handle = Handle(id=f"job{len(self._handles)}", kind="job", ids=tuple(step.id for step in steps))
        self._handles[handle.id] = (self.polls_needed, outcomes)
        self._event("held")
        return Submission(handle=handle)

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        self._event("poll")
        self.most_flights = max(self.most_flights, len(handles))
        answers = {}
        for handle in handles:
            left, outcomes = self._handles[handle.id]
            self._handles[handle.id] = (left - 1, outcomes)
            done = left <= 1 and not any(outcomes is due for _, _, due in self._due)
            answers[handle.id] = Poll(done=done, outcomes=outcomes if done else {})
        return answers

    def look(self, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> Mapping[str, Sight]:
        self._event("look")
        return {step.id: self._sight(step) for step in steps}

    def _sight(self, step: Step) -> Sight:
        if self.blind:
            return Sight(there=None, reason="comments are hidden")
        if any(isinstance(action, NewComment) for action in step.actions):
            return Sight(there=any(op == step.op for op, *_ in self.comments[step.id]))
        links = {(link.type, link.key) for link in self.tickets[step.id].links}
        wanted = [action for action in step.actions if isinstance(action, LinkChange)]
        return Sight(there=all(((a.type, a.to) in links) is not a.remove for a in wanted))

    def touched(self, tickets: Sequence[Ticket]) -> Mapping[str, Touch]:
        return {each.id: Touch(who="Ana", at=each.updated_at) for each in tickets}

    def _change(self, step: Step) -> None:
        self.took_effect[step.op] += 1
        fields: dict[str, Any] = {}
        for action in step.actions:
            match action:
                case TagChange(add=add, remove=remove):
                    held = [tag for tag in self.tickets[step.id].tags if tag not in remove]
                    fields["tags"] = held + [tag for tag in add if tag not in held]
                case FieldChange(field=field, value=value):
                    fields[field] = Priority(value) if field == "priority" and value else value
                case Assignment(assignee=who, unassign=gone):
                    fields["assignee"] = None if gone or who is None else Person(id=who)
                case NewComment(body=body, public=public):
                    self.comments[step.id].append((step.op, body, public))
                case Merge():
                    fields["status"] = Status.CLOSED
                case LinkChange(type=kind, to=to, remove=remove):
                    kept = [link for link in self.tickets[step.id].links if (link.type, link.key) != (kind, to)]
                    fields["links"] = kept if remove else [*kept, Link(type=kind, key=to)]
                case Transition(status=status, native_status=native, fields=sent):
                    old = self.tickets[step.id]
                    reopened = old.status in (Status.RESOLVED, Status.CLOSED)
                    fields |= {"status": status, "native_status": native, **sent}
                    fields |= {"closure_code": None} if self.clears_code and status is Status.OPEN else {}
                    fields |= {"reopens": (old.reopens or 0) + 1} if reopened else {}
        self.touch(step.id, **fields)

    def touch(self, ticket_id: str, **fields: object) -> None:
        old = self.tickets[ticket_id]
        version = str(int(old.version or 0) + 1)
        moved = {"version": version, "updated_at": (old.updated_at or EPOCH) + timedelta(seconds=1)}
        self.tickets[ticket_id] = msgspec.structs.replace(old, **{**moved, **fields})


class StillClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


__all__ = ["EPOCH", "MemoryAdapter", "StillClock", "ticket"]
