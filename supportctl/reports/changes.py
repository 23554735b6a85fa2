"""Planned changes and what became of them, as rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from supportctl.model import (
    Applied,
    Assignment,
    Change,
    Conflict,
    Failed,
    FieldChange,
    LinkChange,
    Merge,
    NewComment,
    NewFile,
    NewTicket,
    Outcome,
    Risk,
    Skipped,
    TagChange,
    Transition,
    Unchanged,
    Unverified,
)
from supportctl.model.planned import BESIDE, CUSTOM, TRANSITION_FIELDS
from supportctl.reports.base import Column, Sheet, pick_fields

PLANNED = "planned"
NOT_SENT = "not sent"
LEFT_OUT = "left out"
NOTHING = "—"
LONGEST_VALUE = 60
"""Characters of a value a summary shows."""

STYLES = {"applied": "green", "unchanged": "dim", "failed": "bold red", "conflict": "yellow", "unverified": "yellow"}


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket of a plan. ``outcome`` is ``planned`` until it was applied."""

    key: str
    id: str
    change: str
    """In words, for a person; ``actions`` says the same exactly."""
    add: list[str]
    """Tags."""
    remove: list[str]
    before: dict[str, Any]
    """The planned fields as they were, and ``after`` as they will be."""
    after: dict[str, Any]
    actions: list[dict[str, Any]]
    outcome: str
    detail: str | None = None
    reason: str | None = None
    risks: list[Risk] = []
    final: list[str] = []
    """What cannot be undone."""


def left_out(key: str, reason: str) -> ChangeRow:
    """A ticket that was chosen and is not part of the plan."""
    return ChangeRow(
        key=key, id="", change="", add=[], remove=[], before={}, after={}, actions=[], outcome=LEFT_OUT, detail=reason
    )


def rows(changes: Sequence[Change], outcomes: Mapping[str, Outcome | None] | None = None) -> Iterator[ChangeRow]:
    """``outcomes`` by key; None: the plan was only made."""
    for change in changes:
        word, detail = (PLANNED, None) if outcomes is None else words(outcomes.get(change.key))
        tags = [action for action in change.actions if isinstance(action, TagChange)]
        yield ChangeRow(
            key=change.key,
            id=change.id,
            change=summary(change),
            add=[tag for action in tags for tag in action.add],
            remove=[tag for action in tags for tag in action.remove],
            before=change.before,
            after=change.after,
            actions=msgspec.to_builtins(change.actions),
            outcome=word,
            detail=detail,
            reason=change.reason,
            risks=change.risks,
            final=change.final,
        )


def words(outcome: Outcome | None) -> tuple[str, str | None]:
    """The outcome's name and what is to be said of it."""
    match outcome:
        case None:
            return NOT_SENT, None
        case Applied(note=note):
            detail = note
        case Unchanged():
            detail = None
        case Failed(error=error):
            detail = error
        case Conflict(reason=reason) | Skipped(reason=reason) | Unverified(reason=reason):
            detail = reason
    return type(outcome).__name__.lower(), detail


def summary(change: Change) -> str:
    """``+vpn -old``, ``status: open → resolved``, ``comment (internal, 212 characters)``; parts joined by `` · ``."""
    parts: list[str] = []
    told: set[str] = set()

    if change.before.get("status") != change.after.get("status"):
        told.add("native_status")

    def moved(*names: str) -> None:
        for name in names:
            if name in change.after and name not in told:
                told.add(name)
                parts.append(_moved(name, change.before.get(name), change.after[name]))

    for action in change.actions:
        match action:
            case TagChange(add=add, remove=remove):
                parts.append(" ".join([*(f"+{tag}" for tag in add), *(f"-{tag}" for tag in remove)]))
            case NewComment(public=public, body=body):
                parts.append(f"comment ({'public' if public else 'internal'}, {_characters(len(body))})")
            case LinkChange(type=kind, to=to, remove=remove):
                parts.append(f"{'unlink' if remove else 'link'} {kind.value} {to}")
            case NewTicket(project=project, kind=kind, title=title):
                parts.append(f"new {kind} in {project}: {value_text(title)}")
            case NewFile(name=name, size=size):
                parts.append(f"attach {name} ({size:,} bytes)")
            case Merge(into=into):
                parts.append(f"merge into {into}")
            case FieldChange(field=field):
                moved(field)
            case Assignment():
                moved("assignee", "group")
            case Transition():
                moved(*TRANSITION_FIELDS)
    moved(*(name for name in change.after if name not in ("tags", "links", *BESIDE)))
    return " · ".join(parts)


def _moved(name: str, before: Any, after: Any) -> str:
    label = name.removeprefix(CUSTOM)
    if name in ("resolution_notes", "description"):
        return f"{label} ({_characters(len(after))})" if isinstance(after, str) else f"{label}: {value_text(after)}"
    return f"{label}: {value_text(before)} → {value_text(after)}"


def value_text(value: Any) -> str:
    """A planned value in few words."""
    match value:
        case None | "" | []:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case {"name": str(name)} if name:
            text = name
        case {"value": str(label)} if label:
            text = label
        case {"id": identity}:
            text = str(identity)
        case list():
            text = ", ".join(value_text(each) for each in value)
        case dict():
            text = str(value.get("key") or msgspec.json.encode(value).decode())
        case _:
            text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _characters(number: int) -> str:
    return f"{number:,} character{'' if number == 1 else 's'}"


def _side(fields: Mapping[str, Any]) -> str:
    """One side of a change in a cell: tags as words, other fields with their names, long texts by their length."""
    parts = []
    for name, value in fields.items():
        if name == "tags":
            parts.append(" ".join(value or ()))
        elif name == "links":
            parts.append(" ".join(f"{each.get('type')}:{each.get('key')}" for each in value or ()))
        elif name == "description":
            parts.append(f"{name}={_characters(len(value)) if isinstance(value, str) else NOTHING}")
        elif name not in BESIDE:
            parts.append(f"{name.removeprefix(CUSTOM)}={value_text(value)}")
    return "; ".join(part for part in parts if part)


def _detail(row: ChangeRow) -> str | None:
    """Of a change that is only planned, why it is: the last look before it happens."""
    return row.reason if row.outcome == PLANNED else row.detail


CHANGES: Sheet[ChangeRow] = Sheet(
    name="changes",
    columns=(
        Column(name="key", value=lambda row: row.key, rank=0, width=14),
        Column(name="change", value=lambda row: row.change, rank=1, width=44),
        Column(name="before", value=lambda row: _side(row.before), rank=4, width=0),
        Column(name="after", value=lambda row: _side(row.after), rank=6, width=24),
        Column(name="reason", value=lambda row: row.reason, rank=5, width=30),
        Column(name="risks", value=lambda row: "; ".join(risk.message for risk in row.risks) or None, rank=7, width=40),
        Column(name="final", value=lambda row: "; ".join(row.final) or None, rank=7, width=20),
        Column(
            name="outcome",
            value=lambda row: row.outcome,
            style=lambda row: STYLES.get(row.outcome),
            rank=0,
            width=10,
        ),
        Column(name="detail", value=_detail, rank=2, width=40),
    ),
    default=("key", "change", "before", "outcome", "detail"),
    csv=("key", "change", "before", "after", "reason", "outcome", "detail"),
    fields=ChangeRow.__struct_fields__,
    encode=msgspec.json.encode,
    pick=pick_fields,
)
