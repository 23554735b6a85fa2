"""Planned changes and what became of them, as rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from supportctl.model import Applied, Change, Conflict, Failed, Outcome, Skipped, Unchanged, Unverified
from supportctl.reports.base import Column, Sheet

PLANNED = "planned"
NOT_SENT = "not sent"

STYLES = {"applied": "green", "unchanged": "dim", "failed": "bold red", "conflict": "yellow", "unverified": "yellow"}


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket of a plan. ``outcome`` is ``planned`` until it was applied."""

    key: str
    id: str
    add: list[str]
    remove: list[str]
    before: list[str]
    after: list[str]
    outcome: str
    detail: str | None = None


def rows(changes: Sequence[Change], outcomes: Mapping[str, Outcome | None] | None = None) -> Iterator[ChangeRow]:
    """``outcomes`` by key; None: the plan was only made."""
    for change in changes:
        word, detail = (PLANNED, None) if outcomes is None else words(outcomes.get(change.key))
        yield ChangeRow(
            key=change.key,
            id=change.id,
            add=change.action.add,
            remove=change.action.remove,
            before=change.before["tags"],
            after=change.after["tags"],
            outcome=word,
            detail=detail,
        )


def words(outcome: Outcome | None) -> tuple[str, str | None]:
    """The outcome's name and what is to be said of it."""
    match outcome:
        case None:
            return NOT_SENT, None
        case Applied() | Unchanged():
            detail = None
        case Failed(error=error):
            detail = error
        case Conflict(reason=reason) | Skipped(reason=reason) | Unverified(reason=reason):
            detail = reason
    return type(outcome).__name__.lower(), detail


def _delta(row: ChangeRow) -> str:
    return " ".join([*(f"+{tag}" for tag in row.add), *(f"-{tag}" for tag in row.remove)])


def _pick(row: ChangeRow, fields: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields}


CHANGES: Sheet[ChangeRow] = Sheet(
    name="changes",
    columns=(
        Column(name="key", value=lambda row: row.key, rank=0, width=14),
        Column(name="change", value=_delta, rank=1, width=30),
        Column(name="before", value=lambda row: " ".join(row.before), rank=4, width=0),
        Column(name="after", value=lambda row: " ".join(row.after), rank=6, width=24),
        Column(
            name="outcome",
            value=lambda row: row.outcome,
            style=lambda row: STYLES.get(row.outcome),
            rank=0,
            width=10,
        ),
        Column(name="detail", value=lambda row: row.detail, rank=2, width=40),
    ),
    default=("key", "change", "before", "outcome", "detail"),
    csv=("key", "change", "before", "after", "outcome", "detail"),
    fields=("key", "id", "add", "remove", "before", "after", "outcome", "detail"),
    encode=msgspec.json.encode,
    pick=_pick,
)
