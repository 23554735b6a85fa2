"""The tracker of a plan as a run sees it: its tickets go by the mark they carry, also before they are there.

A ticket that is still to be made has no id, and one of a tracker may have the id of another on the plan's own
platform. So a tracker's changes are named by a mark, and here marks are turned into ids and back. What a mark stands
for is kept in the version (``10012@...``), which the journal stores after every step: nothing has to be searched for
after an interruption.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from supportctl.adapters.base import Capabilities, Need, Needs, Page, Tracker
from supportctl.adapters.reading import get
from supportctl.adapters.writing import Handle, Poll, Sight, Step, Submission, Touch
from supportctl.model import Action, Change, NewTicket, Ticket, Unknown
from supportctl.model.planned import MADE

SEPARATOR = "@"
_KNOWN = frozenset({"platform", "profile", "id", "key", "version", "unknown", "native"})
_ABSENT = {name: Unknown.ABSENT for name in Ticket.__struct_fields__ if name not in _KNOWN}


def version_of(ticket: Ticket) -> str:
    """The version a plan keeps of a tracker's ticket."""
    return f"{ticket.id}{SEPARATOR}{ticket.version or ''}"


def id_in(version: str | None) -> str | None:
    """The native id in such a version."""
    return version.partition(SEPARATOR)[0] or None if version else None


class Marked:
    """The `Adapter` of a run on a tracker. ``versions``: what the journal has of each change, by mark."""

    def __init__(self, tracker: Tracker, changes: Sequence[Change], versions: Mapping[str, str | None]) -> None:
        self._tracker = tracker
        self._changes = {change.id: change for change in changes}
        found = {change.id: id_in(versions.get(change.id)) or id_in(change.version) for change in changes}
        self._ids = {mark: id_ for mark, id_ in found.items() if id_ is not None}
        self._tickets: dict[str, Ticket] = {}

    @property
    def capabilities(self) -> Capabilities:
        return self._tracker.capabilities

    @property
    def transport(self) -> Any:
        return self._tracker.transport

    def normalize_key(self, text: str) -> str:
        return text

    def ticket(self, mark: str) -> Ticket | None:
        """The ticket itself, as it was last read."""
        return self._tickets.get(mark)

    def get(self, keys: Sequence[str], needs: Needs) -> Iterator[Page]:
        """Tickets under their marks. One that is still to be made is shown as one of which nothing is known."""
        shown: list[Ticket] = []
        for mark in keys:
            change = self._changes[mark]
            ticket = self._read(mark, needs)
            if ticket is not None:
                self._ids[mark], self._tickets[mark] = ticket.id, ticket
                shown.append(_shown(ticket, mark))
            elif _makes(change):
                platform = self._tracker.capabilities.platform
                shown.append(Ticket(platform=platform, profile="", id=mark, key=mark, unknown=dict(_ABSENT)))
        yield Page(items=shown)

    def _read(self, mark: str, needs: Needs) -> Ticket | None:
        id_ = self._ids.get(mark)
        if id_ is None:
            return next(iter(self._tracker.find([mark], needs)), None)
        found = get(self._tracker, [id_], needs & self._tracker.capabilities.reads | {Need.TAGS}).tickets
        return found[0] if found else None

    def divide(self, change: Change) -> list[tuple[Action, ...]]:
        return self._tracker.divide(change)

    def batches(self, steps: Sequence[Step]) -> Iterator[list[Step]]:
        yield from ([step] for step in steps)

    def submit(self, steps: Sequence[Step]) -> Submission:
        names = {self._real(step).id: step.id for step in steps}
        found = self._tracker.submit([self._real(step) for step in steps])
        return Submission(
            outcomes={names[id_]: outcome for id_, outcome in found.outcomes.items()},
            unsent=tuple(names[id_] for id_ in found.unsent),
            trouble=found.trouble,
        )

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        return self._tracker.poll(handles)

    def look(self, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> Mapping[str, Sight]:
        names = {self._real(step).id: step.id for step in steps}
        real = {self._ids.get(mark, mark): self._tickets.get(mark, ticket) for mark, ticket in tickets.items()}
        found = self._tracker.look([self._real(step) for step in steps], real)
        return {names[id_]: sight for id_, sight in found.items()}

    def touched(self, tickets: Sequence[Ticket]) -> Mapping[str, Touch]:
        real = {ticket.id: self._tickets[ticket.id] for ticket in tickets if ticket.id in self._tickets}
        found = self._tracker.touched(list(real.values()))
        return {mark: found[ticket.id] for mark, ticket in real.items() if ticket.id in found}

    def _real(self, step: Step) -> Step:
        """The step as the tracker knows its ticket; one that makes it keeps the mark."""
        ticket = self._tickets.get(step.id)
        if ticket is None or any(isinstance(action, NewTicket) for action in step.actions):
            return step
        change = msgspec.structs.replace(step.change, id=ticket.id, key=ticket.key)
        version = step.version.partition(SEPARATOR)[2] if step.version else None
        return msgspec.structs.replace(step, change=change, version=version)


def _shown(ticket: Ticket, mark: str) -> Ticket:
    made = {"id": ticket.id, "key": ticket.key, "url": ticket.url}
    native = {**ticket.native, MADE: made}
    return msgspec.structs.replace(ticket, id=mark, key=mark, version=version_of(ticket), native=native)


def _makes(change: Change) -> bool:
    return any(isinstance(action, NewTicket) for action in change.actions)
