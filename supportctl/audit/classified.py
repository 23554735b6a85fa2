"""What a ticket is filed under: the platform's category, else the field that stands in for it."""

from typing import Any

import msgspec

from supportctl.audit.rule import Context
from supportctl.audit.verdict import Unjudged
from supportctl.model import Ticket, Unknown
from supportctl.query.custom_values import custom_value, names_custom

REQUEST_TYPES = ("Request Type", "Customer Request Type")
_LEVELS = ("::", "__")
"""Between the levels of a nested drop-down: in its name, and in the tag that is its value."""


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """``path``: category, subcategory and so on, as far as it is filled."""

    field: str
    path: tuple[str, ...]
    deeper: Unknown | None = None
    """Why there is no telling whether a subcategory is set; None: the path says all."""

    @property
    def category(self) -> str:
        return self.path[0]

    @property
    def subcategory(self) -> str | None:
        return self.path[1] if len(self.path) > 1 else None


def filed(ticket: Ticket, context: Context) -> Filed | Unjudged | None:
    """None: under nothing. Several values of one field count as the first, which is the one people see."""
    if ticket.category:
        path = _split(ticket.category)
        if len(path) == 1 and ticket.subcategory:
            path = (*path, ticket.subcategory)
        deeper = ticket.unknown.get("subcategory") if len(path) == 1 else None
        return Filed(field="category", path=path, deeper=deeper)
    if name := context.settings.category_field:
        return _of_field(ticket, name) if names_custom(ticket, name) else Unjudged("custom")
    if ticket.knows("category"):
        return None
    if ticket.unknown["category"] is not Unknown.ABSENT:
        return Unjudged("category")
    for name in ("Category", *REQUEST_TYPES):
        if found := _of_field(ticket, name):
            return found
    return None


def _of_field(ticket: Ticket, name: str) -> Filed | None:
    path = _path(custom_value(ticket, name))
    return Filed(field=name, path=path, deeper=_deeper(path)) if path else None


def _deeper(path: tuple[str, ...]) -> Unknown | None:
    """One level says nothing about a second one, which may live in another field."""
    return Unknown.ABSENT if len(path) == 1 else None


def _path(value: Any) -> tuple[str, ...]:
    match value:
        case str():
            return _split(value)
        case [first, *_]:
            return _path(first)
        case {"value": str(top), "child": {"value": str(below)}}:
            return (top, below)
        case {"value": str(top)} | {"name": str(top)} | {"label": str(top)}:
            return _split(top)
    return ()


def _split(value: str) -> tuple[str, ...]:
    for mark in _LEVELS:
        if mark in value:
            return tuple(part for part in value.split(mark) if part.strip()) or (value,)
    return (value,)
