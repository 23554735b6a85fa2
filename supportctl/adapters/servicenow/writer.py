"""The writing half: records by PATCH, tags as labels, many of either in one batch.

Labels hang on a record without touching it: no version moves, no clock restarts, nobody gets mail. Everything else of
a ticket goes into one PATCH, so that it happens together or not at all. Answers are read against what was sent, since
ServiceNow drops what an account may not write and still answers with success.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from supportctl.adapters.base import Needs
from supportctl.adapters.servicenow.labelling import Tagger
from supportctl.adapters.servicenow.looking import Looker
from supportctl.adapters.servicenow.patching import outcome_of, patch_of
from supportctl.adapters.servicenow.platform import BATCH_SIZE, CAPABILITIES
from supportctl.adapters.servicenow.preparing import Preparer
from supportctl.adapters.servicenow.sending import Sender, Write
from supportctl.adapters.writing import Handle, Poll, Prepared, Sight, Step, Submission, Touch, Wish
from supportctl.model import Action, Change, Outcome, Status, TagChange, Ticket, Transition
from supportctl.model.ticket import DONE

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.reader import ServiceNowReader

READ_AHEAD = 5
"""Batches whose label entries are read together (two requests of `bulk.CHUNK` tickets)."""


class ServiceNowWriter:
    """The Writer of ServiceNow."""

    capabilities = CAPABILITIES

    def __init__(self, reader: "ServiceNowReader") -> None:
        self._reading = reader
        self._field = reader.tag_field
        self._tagger = Tagger(reader.client, reader.labels)
        self._sender = Sender(reader.client)
        self._looker = Looker(reader.client, reader.session)
        self._preparer = Preparer(reader)

    def needs(self, wish: Wish) -> Needs:
        return self._preparer.needs(wish)

    def prepare(self, tickets: Sequence[Ticket], wish: Wish) -> Mapping[str, Prepared]:
        return self._preparer.prepare(tickets, wish)

    def divide(self, change: Change) -> list[tuple[Action, ...]]:
        """Reopening first, since a done record takes little else; then labels, which touch no record; then the rest."""
        reopening = tuple(each for each in change.actions if isinstance(each, Transition) and _reopens(change, each))
        labels = tuple(each for each in change.actions if isinstance(each, TagChange) and self._field is None)
        rest = tuple(each for each in change.actions if each not in reopening and each not in labels)
        return [group for group in (reopening, labels, rest) if group]

    def batches(self, steps: Sequence[Step]) -> Iterator[list[Step]]:
        """As many tickets as their requests fit into one call."""
        made: list[list[Step]] = []
        room = 0
        for step in steps:
            weight = self._weight(step)
            if room < weight:
                if len(made) == READ_AHEAD:
                    yield from self._expected(made)
                    made = []
                made.append([])
                room = BATCH_SIZE
            made[-1].append(step)
            room -= weight
        yield from self._expected(made)

    def _expected(self, batches: list[list[Step]]) -> list[list[Step]]:
        self._tagger.expect([step for batch in batches for step in batch if self._is_labels(step)])
        return batches

    def _weight(self, step: Step) -> int:
        if not self._is_labels(step):
            return 1
        return max(1, sum(len(each.add) + len(each.remove) for each in step.actions if isinstance(each, TagChange)))

    def _is_labels(self, step: Step) -> bool:
        return self._field is None and any(isinstance(each, TagChange) for each in step.actions)

    def submit(self, steps: Sequence[Step]) -> Submission:
        """Raises `AuthError` and `TemporaryError`; every other fate is a ticket's own."""
        outcomes: dict[str, Outcome] = {}
        writes: list[Write] = []
        places: dict[str, range] = {}

        def add(step: Step, own: Sequence[Write]) -> None:
            places[step.id] = range(len(writes), len(writes) + len(own))
            writes.extend(own)

        labels = [step for step in steps if self._is_labels(step)]
        planned = self._tagger.plan(labels) if labels else {}
        patches = {step.id: patch_of(step, self._field) for step in steps if step.id not in planned}
        for step in steps:
            if step.id in patches:
                add(step, [patches[step.id].write(step.id)])
            elif (outcome := planned[step.id].outcome) is not None:
                outcomes[step.id] = outcome
            else:
                add(step, planned[step.id].writes)
        fates = self._sender.send(writes) if writes else []
        for step in steps:
            if step.id not in places:
                continue
            own = places[step.id]
            if step.id in patches:
                found = outcome_of(step, patches[step.id], fates[own.start])
            else:
                found = self._tagger.judge(step, writes[own.start : own.stop], fates[own.start : own.stop])
            if found is not None:
                outcomes[step.id] = found
        return Submission(outcomes=outcomes)

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        """Nothing is ever left running: every handle is done and its tickets are to be verified."""
        return {handle.id: Poll(done=True, message="ServiceNow runs no jobs") for handle in handles}

    def look(self, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> Mapping[str, Sight]:
        return self._looker.look(steps, tickets)

    def touched(self, tickets: Sequence[Ticket]) -> Mapping[str, Touch]:
        """``sys_updated_by`` is a login; names are looked up for all of them at once."""
        logins = {ticket.id: str(ticket.native.get("sys_updated_by") or "") for ticket in tickets}
        people = self._reading.around.people
        people.learn(login for login in logins.values() if login)
        touched: dict[str, Touch] = {}
        for ticket in tickets:
            login = logins[ticket.id]
            person = people.known(login)
            who = (person.name if person is not None else None) or login or None
            touched[ticket.id] = Touch(who=who, at=_in_utc(ticket.updated_at))
        return touched


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _reopens(change: Change, transition: Transition) -> bool:
    was = change.before.get("status")
    return was is not None and Status(was) in DONE and transition.status not in DONE
