"""The register of dialects: one package per platform, loaded when first needed; and of the doors they are served by."""

import importlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from supportctl.sandbox.front import Front
    from supportctl.sandbox.records import Company, Record
    from supportctl.sandbox.store import Store

DIALECTS = {
    "zendesk": "supportctl.sandbox.zendesk",
    "jsm": "supportctl.sandbox.jira",
    "servicenow": "supportctl.sandbox.servicenow",
}
FURTHER_DOORS = {"jira_dc": "supportctl.sandbox.jira.data_center"}
"""Other deployments of a platform, which serve the tickets of its dialect in their own manner."""
PREFIXES = {"zendesk": "zd_", "jsm": "jira_", "servicenow": "sn_"}
"""How the names of a platform's tables begin."""


@dataclass
class LoadReport:
    """What became of the records of a file."""

    loaded: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """Reason -> number of records left out."""
    replaced: int = 0
    """Tickets the platform had before, which are gone."""
    events: int = 0
    """History entries made from the file, where it has any."""


class Door(Protocol):
    """One way to the tickets of a platform."""

    PATHS: tuple[str, ...]
    """Path prefixes whose 404 is this door's."""
    front: "Front"
    """Its rate limits, and how it refuses and fails."""

    def routes(self, store: "Store") -> "list[BaseRoute]": ...

    def not_found(self, request: "Request") -> "Response":
        """The answer to a path the platform does not have."""


class Dialect(Door, Protocol):
    """What each dialect package exposes."""

    SCHEMA: str
    """``CREATE TABLE IF NOT EXISTS`` and indexes; names begin with the platform's prefix."""

    def seed(self, store: "Store", company: "Company") -> None:
        """Add the company to the dialect's tables; called again with further records, it adds those."""

    def load(self, store: "Store", records: Iterable[dict[str, Any]], *, as_of: datetime | None) -> LoadReport:
        """Add native records (the platform's own JSON or CSV rows) to tables that may be empty of configuration."""

    def key(self, record: "Record") -> str:
        """What people type to name the ticket made from this record."""


_DOOR = ("PATHS", "front", "routes", "not_found")
_PARTS = (*_DOOR, "SCHEMA", "seed", "load", "key")


@cache
def dialects() -> dict[str, Dialect]:
    """All dialects by platform."""
    found: dict[str, Dialect] = {}
    for platform, name in DIALECTS.items():
        try:
            found[platform] = cast("Dialect", _taken(name, _PARTS))
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    return found


@cache
def doors() -> dict[str, Door]:
    """All ways to the tickets by name: each dialect's own by its platform, then the others."""
    return {**dialects(), **{name: cast("Door", _taken(room, _DOOR)) for name, room in FURTHER_DOORS.items()}}


def _taken(name: str, parts: tuple[str, ...]) -> SimpleNamespace:
    """Parts of a package as of now: a later import of a submodule of the same name would hide a function."""
    module = importlib.import_module(name)
    return SimpleNamespace(**{part: getattr(module, part) for part in parts})
