"""What decoding needs beyond a body: the profile's mappings, and names learned on the way."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from supportctl.adapters.zendesk.mapping import PRIORITIES, STATUSES
from supportctl.adapters.zendesk.types import Json
from supportctl.model import NamedRef, Person, Priority, Role, Status

T = TypeVar("T")

ROLES = {"end-user": Role.END_USER, "agent": Role.AGENT, "admin": Role.AGENT}


class Known(dict[int | None, T | None], Generic[T]):
    """Objects by id. An id nobody has named yet gives an object without a name; no id gives None."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__({None: None})
        self._make = make

    def __missing__(self, number: int | None) -> T:
        found = self[number] = self._make(str(number))
        return found


def _nobody(number: str) -> Person:
    return Person(id=number)


def _nameless(number: str) -> NamedRef:
    return NamedRef(id=number)


class Context(msgspec.Struct, kw_only=True):
    """Shared by everything that decodes for one profile; names are added from any thread."""

    profile: str
    site: str
    """``https://acme.zendesk.com``, without a slash at the end."""
    now: Callable[[], datetime] | None = None
    """Tells whether a running clock is overdue; None: only the platform's word counts."""
    status_labels: dict[int, str] = {}
    """Custom status id -> the label agents see."""
    statuses: dict[str, Status] = {}
    """Overrides of the profile: native status or custom status id -> status."""
    priorities: dict[str, Priority] = msgspec.field(default_factory=PRIORITIES.copy)
    field_names: dict[int, str] = {}
    """Custom field id -> title."""
    mapped: dict[int, str] = {}
    """Custom field id -> portable field, from the profile."""
    people: Known[Person] = msgspec.field(default_factory=lambda: Known(_nobody))
    groups: Known[NamedRef] = msgspec.field(default_factory=lambda: Known(_nameless))
    organizations: Known[NamedRef] = msgspec.field(default_factory=lambda: Known(_nameless))

    def status(self, native: str | None, custom: Any) -> Status | None:
        """The portable status; a custom status has its category in ``native``."""
        if self.statuses:
            override = self.statuses.get(str(custom)) or self.statuses.get(native or "")
            if override is not None:
                return override
        return STATUSES.get(native or "")


def learn(envelope: Json, context: Context) -> None:
    """Take in sideloaded users, groups, organizations and custom statuses."""
    for user in envelope.get("users") or ():
        context.people[user["id"]] = person(user)
    for status in envelope.get("custom_statuses") or ():
        context.status_labels[status["id"]] = status.get("agent_label") or ""
    for table, key in ((context.groups, "groups"), (context.organizations, "organizations")):
        for doc in envelope.get(key) or ():
            table[doc["id"]] = NamedRef(id=str(doc["id"]), name=doc.get("name"))


def person(doc: Json) -> Person:
    """A user; only what tickets need is kept."""
    return Person(
        id=str(doc["id"]),
        name=doc.get("name"),
        email=doc.get("email"),
        role=ROLES.get(doc.get("role") or "", Role.UNKNOWN),
        active=False if doc.get("suspended") else doc.get("active"),
    )
