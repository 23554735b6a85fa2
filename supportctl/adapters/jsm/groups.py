"""Issues that have their configuration in common: asked about once, not once each."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from supportctl.adapters.jsm.details import HIDDEN
from supportctl.adapters.jsm.site import Site
from supportctl.model import Ticket

T = TypeVar("T")

TRIES = 3
"""Issues of a group that are asked before it is given up: some may be gone meanwhile."""


def project_of(ticket: Ticket) -> str:
    """The key of its project."""
    project = ticket.native.get("project")
    key = project.get("key") if isinstance(project, dict) else None
    return key if isinstance(key, str) else ticket.key.rpartition("-")[0]


def native_id(ticket: Ticket, name: str, otherwise: str | None) -> str:
    """The id of a native object such as ``status``; what people call it where the id is not known."""
    value = ticket.native.get(name)
    id_ = value.get("id") if isinstance(value, dict) else None
    return str(id_) if id_ is not None else str(otherwise)


def grouped(tickets: Iterable[Ticket]) -> dict[tuple[str, str, str], list[Ticket]]:
    """By project, issue type and status, on which workflow and screens depend."""
    found: dict[tuple[str, str, str], list[Ticket]] = {}
    for ticket in tickets:
        kind = native_id(ticket, "issuetype", ticket.native_kind)
        status = native_id(ticket, "status", ticket.native_status)
        found.setdefault((project_of(ticket), kind, status), []).append(ticket)
    return found


def ask_one(
    site: Site, what: str, key: tuple[str, ...], tickets: Sequence[Ticket], ask: Callable[[str], T]
) -> T | None:
    """The answer of the first issue of a group that answers; None when all that are tried are gone or hidden."""

    def read() -> T | None:
        for ticket in tickets[:TRIES]:
            try:
                return ask(ticket.id)
            except HIDDEN:
                continue
        return None

    return site.once(f"{what} {'/'.join(key)}", read)


def objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def named(choices: Iterable[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Those with this id, else those with this name, in any case."""
    listed = list(choices)
    found = [each for each in listed if str(each.get("id")) == text]
    wanted = text.strip().casefold()
    return found or [
        each
        for each in listed
        if any(str(each[name]).casefold() == wanted for name in ("name", "value", "untranslatedName") if name in each)
    ]


def names(choices: Iterable[dict[str, Any]], most: int = 30) -> str:
    found = list(dict.fromkeys(str(each.get("name", each.get("value", each.get("id")))) for each in choices))
    return ", ".join(found[:most]) + (" …" if len(found) > most else "") if found else "none"
