"""What every form of output is made of: a sheet says how things become cells and JSON, a reporter writes them.

A sheet knows nothing about forms, a reporter nothing about tickets, so findings and outcomes use the same reporters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from supportctl.errors import UsageError

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

Scalar = str | int | float | bool | datetime | None

UNKNOWN = "?"
"""How a cell shows a value that nobody may reason about; an empty one is blank."""


def pick_fields(item: Any, fields: Sequence[str]) -> dict[str, Any]:
    """Some attributes of a row as plain JSON."""
    import msgspec

    return {name: msgspec.to_builtins(getattr(item, name)) for name in fields}


@dataclass(frozen=True, kw_only=True)
class Column(Generic[T]):
    """One column of a sheet."""

    name: str
    value: Callable[[T], Scalar]
    """The machine's value; None is empty."""
    human: Callable[[T, datetime], str] | None = None
    """The terminal's text, given the time it is; the machine's value when left out."""
    style: Callable[[T], str | None] | None = None
    """A style of `console.STYLES` that carries meaning (severity), never decoration."""
    rank: int = 5
    """On a narrow terminal columns of a higher rank go first; 0 never goes."""
    width: int = 24
    """Most columns of the terminal it takes before others are dropped; 0 takes what is left over."""
    right: bool = False
    short: str | None = None
    """The table's header, where the name is wider than what stands below it."""
    link: Callable[[T], str | None] | None = None
    field: str | None = None
    """The model's field it shows, when named differently: what ``unknown`` speaks of."""


@dataclass(frozen=True, kw_only=True)
class Sheet(Generic[T]):
    """How one kind of thing is shown."""

    name: str
    """Plural; ``supportctl/<name>/v1`` is the schema of the JSON form."""
    columns: tuple[Column[T], ...]
    default: tuple[str, ...]
    """Columns of the table and plain forms."""
    csv: tuple[str, ...]
    fields: tuple[str, ...]
    """What ``--json`` takes."""
    encode: Callable[[T], bytes]
    """The whole thing as JSON."""
    pick: Callable[[T, Sequence[str]], dict[str, Any]]
    """Some fields of it, as plain JSON values."""
    unknown: Callable[[T, str], bool] = lambda _item, _field: False

    def column(self, name: str) -> Column[T]:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def schema(self) -> str:
        return f"supportctl/{self.name}/v1"

    def named_columns(self, names: str) -> tuple[str, ...]:
        """``--columns``: raises `UsageError` with the list of columns."""
        return _chosen(names, [column.name for column in self.columns], "--columns", "column")

    def named_fields(self, names: str) -> tuple[str, ...]:
        """``--json``: raises `UsageError` with the list of fields."""
        return _chosen(names, self.fields, "--json", "field")

    def is_unknown(self, item: T, column: Column[T]) -> bool:
        return self.unknown(item, column.field or column.name)


def _chosen(names: str, known: Sequence[str], option: str, what: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    listing = f"{what}s: {', '.join(known)}"
    if chosen == ("all",):
        return tuple(known)
    if not chosen:
        raise UsageError(f"{option} names no {what}", hint=listing)
    for name in chosen:
        if name not in known:
            from difflib import get_close_matches

            close = get_close_matches(name, known, n=1)
            guess = f": did you mean {close[0]!r}?" if close else ""
            raise UsageError(f"unknown {what} {name!r} in {option}{guess}", hint=listing)
    return chosen


class Reporter(Protocol[T_contra]):
    """Takes one thing after the other; streams where its form allows."""

    def row(self, item: T_contra) -> None: ...

    def close(self, more: Mapping[str, Any] | None = None) -> None:
        """Nothing follows. ``more``: facts about the whole (``notices``, ``truncated``), where the form has room."""
        ...
