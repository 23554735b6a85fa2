"""Setting one field: which field is meant, what it takes, and what it means for each ticket."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from supportctl.adapters.writing import FieldWish, Prepared
from supportctl.adapters.zendesk import refusals
from supportctl.adapters.zendesk.mapping import KINDS, MAPPABLE, OWN
from supportctl.adapters.zendesk.setup import Setup
from supportctl.adapters.zendesk.types import Json
from supportctl.adapters.zendesk.values import convert, coupled_tags, moment, title
from supportctl.adapters.zendesk.vocabulary import SYSTEM_TYPES
from supportctl.errors import UsageError
from supportctl.model import FieldChange, Kind, Risk, Ticket
from supportctl.model.planned import CUSTOM, empty, gap, same, value_of
from supportctl.text.fold import fold_word

NATIVE = {"title": "subject", "priority": "priority", "kind": "type", "due_at": "due_at"}


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written, the same for all tickets."""

    field: str
    """Our name."""
    native: str
    value: Any
    """As Zendesk takes it."""
    after: Any
    """As a plan holds it."""
    document: Json = {}
    """The ticket field, for custom fields."""


def prepare(setup: Setup, tickets: Sequence[Ticket], wish: FieldWish) -> Mapping[str, Prepared]:
    goal = resolve(setup, wish)
    return {ticket.id: refusals.closed(ticket) or _one(setup, ticket, goal) for ticket in tickets}


def resolve(setup: Setup, wish: FieldWish) -> Goal:
    """Raises `UsageError` for a field or a value that is none."""
    name, value = wish.field.strip(), wish.value
    if value == "":
        value = None
    if name in OWN:
        return _own(setup, name, value)
    document = field_document(setup, name)
    number = document["id"]
    native = convert(document, value)
    after: Any = native
    mapped = setup.account.context.mapped.get(number)
    if mapped is not None:
        after = None if empty(native) else str(native)
    ours = mapped or f"{CUSTOM}{number}"
    return Goal(field=ours, native=str(number), value=native, after=after, document=document)


def field_document(setup: Setup, name: str) -> Json:
    """The ticket field behind a mapped field of ours, ``custom:<id>``, or a title. Raises `UsageError`."""
    account = setup.account
    account.resolve_titles()
    custom = [field for field in setup.fields() if field.get("type") not in SYSTEM_TYPES]
    if name in MAPPABLE:
        found = [field for field in custom if account.context.mapped.get(field["id"]) == name]
        if not found and account.profile.fields.get(name):
            raise UsageError(f"the ticket field mapped to {name} is not active on this account; nothing was changed")
        if not found:
            found = _called(custom, name)
        if not found:
            raise UsageError(
                f"Zendesk has no {name}, and the profile maps none; nothing was changed",
                hint=f"map a ticket field: fields.{name} in the profile {account.profile.name!r}",
            )
    else:
        typed = name.removeprefix(CUSTOM).strip()
        found = [field for field in custom if str(field["id"]) == typed] if re.fullmatch(r"[0-9]+", typed) else []
        found = found or _called(custom, typed)
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"{CUSTOM}{field['id']}" for field in found)
        raise UsageError(f"several ticket fields are called {name!r}; nothing was changed", hint=f"give one of {ids}")
    titles = ", ".join(sorted(title(field) for field in custom)[:30])
    raise UsageError(
        f"this Zendesk has no active ticket field {name!r}; nothing was changed",
        hint=f"it has {', '.join(sorted(OWN))}; {titles}",
    )


def _called(fields: Sequence[Json], name: str) -> list[Json]:
    return [field for field in fields if fold_word(field.get("title") or "") == fold_word(name)]


def _own(setup: Setup, name: str, value: Any) -> Goal:
    match name:
        case "title":
            if value is None or not str(value).strip():
                raise UsageError("a ticket cannot be without a title; nothing was changed", hint="give a text")
            return Goal(field=name, native=NATIVE[name], value=str(value), after=str(value))
        case "priority":
            word = None if value is None else _priority(setup, str(value))
            after = setup.account.context.priorities.get(word) if word else None
            return Goal(field=name, native=NATIVE[name], value=word, after=after.value if after else None)
        case "kind":
            kind = None if value is None else _kind(str(value))
            return Goal(field=name, native=NATIVE[name], value=kind, after=KINDS[kind].value if kind else None)
        case _:
            due = None if value is None else moment(value).replace(microsecond=0)
            text = None if due is None else due.strftime("%Y-%m-%dT%H:%M:%SZ")
            return Goal(field=name, native=NATIVE[name], value=text, after=None if due is None else due.isoformat())


def _priority(setup: Setup, typed: str) -> str:
    """The account's own word for ours or its own. A basic priority field has only two."""
    known = setup.account.context.priorities
    field = setup.system_field("priority", "basic_priority")
    options = [str(each["value"]) for each in (field or {}).get("system_field_options") or () if each.get("value")]
    words = [word for word in known if not options or word in options]
    wanted = typed.strip().lower()
    found = [word for word in words if wanted in (word, known[word].value)]
    if found:
        return found[0]
    taken = ", ".join(f"{known[word].value} ({word})" for word in words)
    raise UsageError("the priority given is none of this account's; nothing was changed", hint=f"it has {taken}")


def _kind(typed: str) -> str:
    wanted = typed.strip().lower()
    found = [word for word, kind in KINDS.items() if wanted in (word, kind.value)]
    if found:
        return found[0]
    raise UsageError("the kind given is none of Zendesk's; nothing was changed", hint=f"it has {', '.join(KINDS)}")


def _one(setup: Setup, ticket: Ticket, goal: Goal) -> Prepared:
    present, unknown = value_of(ticket, goal.field), gap(ticket, goal.field)
    if unknown is None and _already(goal, present):
        return Prepared()
    if goal.field == "priority" and goal.value is None:
        return refusals.obstacle("final", "Zendesk does not take a priority away once it is set")
    if goal.field == "due_at" and goal.value is not None and ticket.kind is not Kind.TASK:
        return refusals.obstacle("kind", "only tasks have a due date")
    stays = {}
    if goal.field == "priority" and unknown is None and present is None:
        stays["priority"] = "Zendesk does not take a priority away once it is set"
    action = FieldChange(field=goal.field, native_field=goal.native, value=goal.value)
    return Prepared(
        actions=[action],
        after={goal.field: goal.after},
        risks=[refusals.MAIL, *_risks(goal, ticket, present)],
        stays=stays,
    )


def _already(goal: Goal, present: Any) -> bool:
    """An empty checkbox is an unticked one."""
    return same(goal.field, goal.after, present) or (goal.value is False and present is None)


def _risks(goal: Goal, ticket: Ticket, present: Any) -> list[Risk]:
    if goal.field == "kind":
        return [Risk(code="coupling", message=message) for message in _bound_to_kind(goal, ticket)]
    if goal.document and coupled_tags(goal.document):
        name = title(goal.document)
        return [
            Risk(code="coupling", message=f"the tags that stand for values of the field {name!r} change with it"),
        ]
    if goal.field == "priority" and ticket.slas:
        return [Risk(code="clock", message="service-level targets may follow the priority")]
    return []


def _bound_to_kind(goal: Goal, ticket: Ticket) -> list[str]:
    found = []
    if ticket.kind is Kind.INCIDENT and ticket.links:
        found.append("only incidents belong to a problem: a link to one goes when the kind changes")
    if ticket.kind is Kind.TASK and ticket.due_at is not None:
        found.append("only tasks have a due date: it goes when the kind changes")
    if ticket.kind is Kind.PROBLEM and ticket.native.get("has_incidents"):
        found.append("incidents are linked to it as their problem")
    return found
