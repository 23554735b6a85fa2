"""From wishes to what came of them, the way the engine goes about it: plan, send group by group, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from supportctl.adapters.base import Need, Needs
from supportctl.adapters.jsm.adapter import JiraAdapter
from supportctl.adapters.reading import get
from supportctl.adapters.writing import Step, Wish
from supportctl.changes.making import Made, make_changes, wishes_need
from supportctl.model import Applied, Change, NewComment, Outcome, Ticket
from supportctl.model.planned import missing

OP = "0123456789abcdef"
SEEN: Needs = frozenset({Need.TAGS, Need.PEOPLE, Need.LINKS, Need.CUSTOM})


def read(adapter: JiraAdapter, keys: Sequence[str], needs: Needs = SEEN) -> list[Ticket]:
    return get(adapter, list(keys), needs).tickets


def plan(
    adapter: JiraAdapter,
    keys: Sequence[str],
    *wishes: Wish,
    comment: NewComment | None = None,
    lifted: Sequence[str] = (),
) -> Made:
    tickets = read(adapter, keys, wishes_need(adapter, wishes) | {Need.TAGS})
    texts = {ticket.id: [comment] for ticket in tickets} if comment is not None else None
    return make_changes(adapter, tickets, wishes, texts=texts, lifted=frozenset(lifted))


def steps_of(
    adapter: JiraAdapter, changes: Sequence[Change], number: int = 0, *, notify: bool = False, op: str = OP
) -> list[Step]:
    """The steps of that number of these changes."""
    groups = {change.id: adapter.divide(change) for change in changes}
    return [
        Step(
            change=change,
            number=number,
            actions=groups[change.id][number],
            op=op,
            version=change.version,
            notify=notify,
        )
        for change in changes
        if number < len(groups[change.id])
    ]


def send(adapter: JiraAdapter, steps: Sequence[Step]) -> dict[str, Outcome]:
    """Outcomes by ticket id; tickets in doubt are missing."""
    outcomes: dict[str, Outcome] = {}
    for batch in adapter.batches(steps):
        submission = adapter.submit(batch)
        outcomes |= submission.outcomes
        if submission.handle is not None:
            poll = adapter.poll([submission.handle])[submission.handle.id]
            assert poll.done
            outcomes |= poll.outcomes
    return outcomes


def apply(adapter: JiraAdapter, changes: Sequence[Change], *, notify: bool = False) -> dict[str, Outcome]:
    """All steps, until one goes wrong; by ticket id the outcome of the last."""
    found: dict[str, Outcome] = {}
    going = list(changes)
    for number in range(max(len(adapter.divide(change)) for change in changes)):
        found |= send(adapter, steps_of(adapter, going, number, notify=notify))
        going = [change for change in going if isinstance(found[change.id], Applied)]
    return found


def not_in_effect(adapter: JiraAdapter, changes: Sequence[Change]) -> Mapping[str, tuple[list[str], list[str]]]:
    """By ticket key, what a reading does not show as planned, and what it cannot tell; nothing when all is well."""
    tickets = {ticket.id: ticket for ticket in read(adapter, [change.id for change in changes])}
    judged = {change.key: missing(change, change.actions, tickets[change.id], fold=False) for change in changes}
    return {key: verdict for key, verdict in judged.items() if verdict != ([], [])}
