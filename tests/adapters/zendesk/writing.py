"""What the engine does with a writer, without the engine: plan, send, follow, read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supportctl.adapters.reading import get
from supportctl.adapters.writing import Step
from supportctl.changes.making import make_changes, wishes_need
from supportctl.model.planned import missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from supportctl.adapters.base import Adapter
    from supportctl.adapters.writing import Handle, Wish
    from supportctl.changes.making import Made
    from supportctl.model import Change, NewComment, Outcome, Ticket


def plan(adapter: Adapter, keys: Iterable[str], *wishes: Wish, comment: NewComment | None = None) -> Made:
    tickets = get(adapter, list(keys), wishes_need(adapter, wishes)).tickets
    texts = {ticket.id: comment for ticket in tickets} if comment else None
    return make_changes(adapter, tickets, wishes, texts=texts)


def steps_of(adapter: Adapter, changes: Sequence[Change], number: int = 0, **values: Any) -> list[Step]:
    """The steps of this number, of those changes that have one."""
    found = []
    for change in changes:
        groups = adapter.divide(change)
        if number < len(groups):
            version = get(adapter, [change.key]).tickets[0].version if number else change.version
            given = {"op": f"{int(change.id):016x}", "version": version} | values
            found.append(Step(change=change, number=number, actions=groups[number], **given))
    return found


def follow(adapter: Adapter, handles: Sequence[Handle]) -> dict[str, Outcome]:
    """Poll until all are over."""
    found: dict[str, Outcome] = {}
    waiting = list(handles)
    for _ in range(20):
        polls = adapter.poll(waiting) if waiting else {}
        for poll in polls.values():
            found |= poll.outcomes
        waiting = [handle for handle in waiting if not polls[handle.id].done]
    assert not waiting
    return found


def send(adapter: Adapter, changes: Sequence[Change]) -> dict[str, Outcome]:
    """All steps of all changes; the last outcome of each ticket."""
    outcomes: dict[str, Outcome] = {}
    for number in range(max((len(adapter.divide(change)) for change in changes), default=0)):
        handles = []
        for batch in adapter.batches(steps_of(adapter, changes, number)):
            submission = adapter.submit(batch)
            outcomes |= submission.outcomes
            handles += [submission.handle] if submission.handle else []
        outcomes |= follow(adapter, handles)
    return outcomes


def not_as_planned(adapter: Adapter, changes: Sequence[Change], *wishes: Wish) -> dict[str, Any]:
    """By key, planned fields that the tickets do not show, or that cannot be told."""
    found = {}
    for ticket in get(adapter, [change.key for change in changes], wishes_need(adapter, wishes)).tickets:
        change = next(change for change in changes if change.id == ticket.id)
        absent, untold = missing(change, change.actions, ticket, fold=True)
        if absent or untold:
            found[ticket.key] = (absent, untold)
    return found


def carry(adapter: Adapter, keys: Iterable[str], *wishes: Wish, comment: NewComment | None = None) -> list[Change]:
    """Plan, send, and insist that everything is as planned. Returns what was planned."""
    made = plan(adapter, keys, *wishes, comment=comment)
    assert not made.skipped, made.skipped
    outcomes = send(adapter, made.changes)
    assert {type(each).__name__ for each in outcomes.values()} <= {"Applied"}, outcomes
    assert outcomes.keys() == {change.id for change in made.changes}
    assert not_as_planned(adapter, made.changes, *wishes) == {}
    return made.changes


def one(adapter: Adapter, key: str, *wishes: Wish) -> Ticket:
    return get(adapter, [key], wishes_need(adapter, wishes)).tickets[0]
