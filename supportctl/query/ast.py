"""The shape of a parsed query. Values are parsed; nothing here is evaluated."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec


class Span(msgspec.Struct, frozen=True):
    """Character offsets into the query text."""

    start: int
    end: int


class OneOf(msgspec.Struct, frozen=True, tag="one_of"):
    """Any of these values, compared without case (``status:open,new`` or ``tag:billing``)."""

    values: tuple[str, ...]


class Nothing(msgspec.Struct, frozen=True, tag="none"):
    """The field is empty (``assignee:none``)."""


class Anything(msgspec.Struct, frozen=True, tag="any"):
    """The field is not empty (``assignee:any``)."""


class Phrase(msgspec.Struct, frozen=True, tag="phrase"):
    """Title or description contains this text, without case."""

    text: str


class TimeRange(msgspec.Struct, frozen=True, tag="time"):
    """Half-open: ``since <= t < until``; None is unbounded. Aware, UTC."""

    since: datetime | None = None
    until: datetime | None = None


class Longer(msgspec.Struct, frozen=True, tag="longer"):
    """``age>7d``, ``idle>3d``: at least this much time has passed (``>``: strictly more)."""

    span: timedelta
    or_equal: bool = False


class Shorter(msgspec.Struct, frozen=True, tag="shorter"):
    """``age<7d``: less than this much time has passed."""

    span: timedelta
    or_equal: bool = False


class NumberRange(msgspec.Struct, frozen=True, tag="number"):
    """Inclusive; None is unbounded (``reopens:2..``)."""

    low: float | None = None
    high: float | None = None


Value = OneOf | Nothing | Anything | Phrase | TimeRange | Longer | Shorter | NumberRange


class Term(msgspec.Struct, frozen=True, tag="term"):
    """One condition on one field. ``field`` is the portable name, or ``custom`` with ``custom`` naming it."""

    field: str
    value: Value
    span: Span
    custom: str | None = None
    """Human name or platform id of a custom field, as typed."""


class And(msgspec.Struct, frozen=True, tag="and"):
    items: tuple["Node", ...]


class Or(msgspec.Struct, frozen=True, tag="or"):
    items: tuple["Node", ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    item: "Node"


Node = Term | And | Or | Not


def terms(node: Node) -> Iterator[Term]:
    """Every condition of a query, left to right."""
    match node:
        case Term():
            yield node
        case Not(item=item):
            yield from terms(item)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from terms(item)
