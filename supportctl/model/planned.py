"""Fields of a ticket as a plan holds them: plain JSON, comparable across reads.

The forms are those of `supportctl.model.change`.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from supportctl.model.change import (
    Action,
    Assignment,
    Change,
    FieldChange,
    LinkChange,
    Merge,
    NewComment,
    NewFile,
    NewTicket,
    TagChange,
    Transition,
)
from supportctl.model.ticket import Link, NamedRef, Person, Status, Ticket, Unknown

CUSTOM = "custom:"
COMMENT = "comment"
FILES = "files"
"""In ``after``: names of files that are attached."""
MADE = "made"
"""In ``after``: the ticket that is made; in `Ticket.native`: what is known of one that was."""
BESIDE = frozenset({COMMENT, FILES, MADE})
"""What ``after`` may hold that is no field of a ticket: it has no ``before``."""
BUG_KEY, BUG_ID, BUG_URL = "{bug.key}", "{bug.id}", "{bug.url}"
"""What stands in comments and links of a plan for the ticket it makes, until that is there."""
TRANSITION_FIELDS = ("status", "native_status", "closure_code", "resolution_notes")


def value_of(ticket: Ticket, name: str) -> Any:
    """The field in plain JSON; meaningless when `gap` has a reason."""
    if name.startswith(CUSTOM):
        wanted = name.removeprefix(CUSTOM)
        return next((plain(field.value) for field in ticket.custom if field.id == wanted), None)
    return plain(getattr(ticket, name, None))


def gap(ticket: Ticket, name: str) -> Unknown | None:
    """Why the field's value is unknown; None when it is known."""
    if name.startswith(CUSTOM):
        if reason := ticket.unknown.get("custom"):
            return reason
        known = any(field.id == name.removeprefix(CUSTOM) for field in ticket.custom)
        return None if known else ticket.unknown.get(name)
    if name == "native_status":
        name = "status"
    return ticket.unknown.get(name)


def plain(value: Any) -> Any:
    match value:
        case Person() | NamedRef():
            return {"id": value.id, "name": value.name}
        case Link():
            return {"type": value.type.value, "key": value.key}
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case list():
            return [plain(each) for each in value]
        case _:
            return msgspec.to_builtins(value)


def same(name: str, left: Any, right: Any, *, fold: bool = False) -> bool:
    """Whether two plain values of a field mean the same. ``fold``: tags that differ in case are one tag."""
    if name == "tags":
        return folded(left or (), fold=fold) == folded(right or (), fold=fold)
    if name == "links":
        return {_link(each) for each in left or ()} == {_link(each) for each in right or ()}
    if isinstance(left, dict) and isinstance(right, dict) and "id" in left and "id" in right:
        return bool(left["id"] == right["id"])
    if name == "description" and isinstance(left, str) and isinstance(right, str):
        return _lines(left) == _lines(right)
    left, right = _stored(left), _stored(right)
    if isinstance(left, list) and isinstance(right, list):
        return sorted(map(repr, left)) == sorted(map(repr, right))
    return bool(left == right) or (empty(left) and empty(right)) or _same_number(left, right)


def _same_number(left: Any, right: Any) -> bool:
    """A number may be read back as text (``42.50`` for 42.5)."""
    if bool in (type(left), type(right)) or not {type(left), type(right)} & {int, float}:
        return False
    try:
        return float(left) == float(right)
    except (TypeError, ValueError):
        return False


def _stored(value: Any) -> Any:
    """A custom field's value (``{"value", "display_value"}``) without the text people see, which differs by reader."""
    return value["value"] if isinstance(value, dict) and value.keys() == {"value", "display_value"} else value


def _lines(text: str) -> list[str]:
    """A long text as a platform may give it back: with other line ends, and without blanks at the end."""
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")]


def is_stand_in(ticket: Ticket) -> bool:
    """Whether this stands for a ticket that a plan is still to make."""
    return ticket.id == BUG_ID


def empty(value: Any) -> bool:
    """Whether a platform that says this means that there is no value."""
    return value is None or value in ("", [])


def folded(tags: Iterable[str], *, fold: bool) -> set[str]:
    return {tag.casefold() for tag in tags} if fold else set(tags)


def _link(each: dict[str, Any]) -> tuple[str, str]:
    return str(each.get("type")), str(each.get("key"))


def fields_of(action: Action) -> tuple[str, ...]:
    """The planned fields an action has to do with."""
    match action:
        case TagChange():
            return ("tags",)
        case FieldChange(field=field):
            return (field,)
        case Assignment():
            return ("assignee", "group")
        case LinkChange():
            return ("links",)
        case Transition():
            return TRANSITION_FIELDS
        case Merge():
            return ("status",)
        case NewComment():
            return (COMMENT,)
        case NewTicket():
            return (MADE,)
        case NewFile():
            return (FILES,)


def missing(change: Change, actions: Iterable[Action], ticket: Ticket, *, fold: bool) -> tuple[list[str], list[str]]:
    """``(not in effect, not to be told)``: planned fields of these actions, as this ticket shows them.

    Tags and links are judged by what was to be added and removed, so that what others did besides is no failure.
    Comments are not to be seen in a ticket and count as neither.
    """
    absent: list[str] = []
    untold: list[str] = []
    own = {action.field for action in change.actions if isinstance(action, FieldChange)}
    for action in actions:
        for name in fields_of(action):
            if name == COMMENT or name not in change.after or (isinstance(action, Transition) and name in own):
                continue
            if gap(ticket, "attachments" if name == FILES else name) is not None:
                untold.append(name)
            elif not _in_effect(change, action, name, ticket, fold=fold):
                absent.append(name)
    return absent, untold


def _in_effect(change: Change, action: Action, name: str, ticket: Ticket, *, fold: bool) -> bool:
    match action:
        case TagChange(add=add, remove=remove):
            held = folded(ticket.tags, fold=fold)
            return folded(add, fold=fold) <= held and not folded(remove, fold=fold) & held
        case LinkChange(type=kind, to=to, to_id=to_id, remove=remove):
            ends = {to, to_id} - {None}
            found = any(link.type is kind and (link.key in ends or link.id in ends) for link in ticket.links)
            return found is not remove
        case Merge():
            return ticket.status is Status.CLOSED
        case NewTicket():
            return MADE in ticket.native
        case NewFile(name=filename, size=size):
            return any(each.filename == filename and each.size in (size, None) for each in ticket.attachments)
        case _:
            return same(name, change.after[name], value_of(ticket, name), fold=fold)


def unseen(change: Change, action: Action) -> bool:
    """Whether a ticket cannot show that this was done already: comments, and links that are kept beside it."""
    return isinstance(action, NewComment) or (isinstance(action, LinkChange) and "links" not in change.after)
