"""Values somebody typed, as Jira takes them and as it will give them back, by the kind of field.

Kinds are those of the field's ``schema`` in ``GET /issue/{key}/editmeta``; choices are its ``allowedValues``.
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from supportctl.adapters.jsm.groups import named, names, objects
from supportctl.adapters.jsm.text import document
from supportctl.adapters.jsm.values import last_second
from supportctl.errors import UsageError

NOBODY = frozenset({"", "none"})


class Taken(NamedTuple):
    """``sent`` is the native form, ``read`` how a ticket shows it afterwards; both None: the field is emptied."""

    sent: Any
    read: Any


class NoChoiceError(Exception):
    """The field has no such choice here; ``choices`` are those it has."""

    def __init__(self, choices: str) -> None:
        super().__init__(choices)
        self.choices = choices


EMPTY = Taken(None, None)


def text_of(value: Any) -> str | None:
    """What is meant by a typed value or one a plan held: the id of an object, None for nothing."""
    if isinstance(value, Mapping):
        for name in ("id", "value", "name"):
            if value.get(name) is not None:
                return str(value[name])
        return None
    if value is None or (isinstance(value, str) and value.strip().casefold() in NOBODY):
        return None
    return str(value)


def take(name: str, value: Any, meta: Mapping[str, Any], *, cloud: bool) -> Taken:
    """A custom or mapped field's value.

    Raises `NoChoiceError` for a choice that is not among the allowed ones, `UsageError` for what is no value of the
    field's kind or a kind that cannot be set.
    """
    schema = meta.get("schema")
    schema = schema if isinstance(schema, Mapping) else {}
    kind, items = schema.get("type"), schema.get("items")
    if kind == "array" and items in ("option", "string"):
        return _several(name, value, meta, str(items))
    text = text_of(value)
    if text is None:
        return EMPTY
    match kind:
        case "option":
            option = choice(text, meta)
            return Taken({"id": str(option["id"])}, _shown(option))
        case "string":
            rich = cloud and str(schema.get("custom")).endswith(":textarea")
            return Taken(document(text) if rich else text, text)
        case "number":
            return _number(name, text)
        case "date":
            found = day(name, text)
            return Taken(found, found)
        case "group":
            return Taken({"name": text}, {"id": text, "name": text})
        case _:
            raise UsageError(
                f"fields of the kind {kind or 'unknown'!r} such as {name} cannot be set; nothing was changed",
                hint="fields of text, numbers, dates and choices can",
            )


def choice(text: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    """The one allowed value with that id or name."""
    allowed = objects(meta.get("allowedValues"))
    found = named(allowed, text)
    if len(found) != 1:
        raise NoChoiceError(names(allowed))
    return found[0]


def _several(name: str, value: Any, meta: Mapping[str, Any], items: str) -> Taken:
    given = value if isinstance(value, list) else str(value or "").split(",")
    texts = [text.strip() for each in given if (text := text_of(each)) is not None]
    if items == "string":
        if any(" " in text for text in texts):
            raise UsageError(f"the values of {name} take no spaces; nothing was changed", hint="use _ instead")
        return Taken(texts, texts)
    options = [choice(text, meta) for text in texts]
    return Taken([{"id": str(option["id"])} for option in options], [_shown(option) for option in options])


def _shown(option: Mapping[str, Any]) -> dict[str, Any]:
    """In the order in which Jira lists the members of an option."""
    return {"value": option.get("value", option.get("name")), "id": str(option["id"])}


def _number(name: str, text: str) -> Taken:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{name} takes a number; nothing was changed")
    whole = int(number) if number.is_integer() else number
    return Taken(whole, whole)


def day(name: str, text: str) -> str:
    """A day as ``2026-03-01``; of a time, its day in UTC."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} takes a day such as 2026-03-31; nothing was changed") from None
    return (at.astimezone(UTC) if at.tzinfo else at).date().isoformat()


def due(name: str, text: str) -> Taken:
    found = day(name, text)
    end = last_second(found)
    return Taken(found, end.isoformat() if end else None)
