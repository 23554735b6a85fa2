"""Data Center's history names people by their key, everything else by their user name: one name for both.

Most keys are told by the people in the same answers; the others are asked for, each once.
"""

from collections.abc import Iterable

import msgspec

from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.model import Event, Person, Ticket

_PEOPLE = frozenset({"assignee", "requester"})


class Accounts:
    """The user names behind the keys of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._names: dict[str, str] = {}

    def learn(self, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            self._met(ticket.assignee)
            self._met(ticket.requester)

    def name(self, events: list[Event]) -> list[Event]:
        """The same events, with the assignees and requesters they tell of as `Person.id` has them."""
        for event in events:
            self._met(event.actor)
        return [
            msgspec.structs.replace(event, before=self._of(event.before), after=self._of(event.after))
            if event.field in _PEOPLE
            else event
            for event in events
        ]

    def _met(self, person: Person | None) -> None:
        key = person.native.get("key") if person is not None else None
        if person is not None and isinstance(key, str):
            self._names[key] = person.id

    def _of(self, key: object) -> object:
        if not isinstance(key, str) or not key:
            return key
        if key not in self._names:
            self._names[key] = self._ask(key)
        return self._names[key]

    def _ask(self, key: str) -> str:
        """The key itself for people who are gone."""
        try:
            found = self._site.get(f"{self._site.api}/user", key=key).json()
        except REFUSALS:
            return key
        name = found.get("name") if isinstance(found, dict) else None
        return name if isinstance(name, str) and name else key
