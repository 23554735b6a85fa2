"""From what somebody typed to what a ticket field takes, by the field's type.

(developer.zendesk.com, "Ticket Fields": types and their values; "Creating and updating tickets": setting custom fields)
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from supportctl.adapters.zendesk.types import Json
from supportctl.errors import UsageError
from supportctl.text.fold import fold_word

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})
_SHOWN = 30


def convert(field: Json, value: Any) -> Any:
    """The field's value in its own form; None (or empty text) empties it. Raises `UsageError`, naming what it takes."""
    kind = field.get("type")
    if kind == "checkbox":
        return _checkbox(field, value)
    if kind == "multiselect":
        return [_option(field, each) for each in _several(value)]
    if value is None or value == "":
        return None
    match kind:
        case "tagger":
            return _option(field, value)
        case "text" | "textarea":
            return str(value)
        case "regexp":
            return _matching(field, str(value))
        case "integer":
            if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,18}", str(value).strip()):
                raise _refused(field, "a whole number")
            return int(value)
        case "decimal":
            if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+", str(value).strip()):
                raise _refused(field, "a number, as in 12.5")
            return float(value)
        case "date":
            return _day(field, str(value))
        case "lookup":
            if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", str(value)):
                raise _refused(field, "the id of a record")
            return str(value)
        case _:
            raise UsageError(
                f"the ticket field {title(field)!r} is of the type {kind!r}, which is not written here",
                hint="change it in Zendesk",
            )


def title(field: Json) -> str:
    return str(field.get("title") or field["id"])


def moment(typed: Any) -> datetime:
    """An instant; a day alone means its noon in UTC. Raises `UsageError`."""
    text = str(typed).strip()
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("the due date is no date", hint="give it as 2026-03-31 or 2026-03-31T16:00:00Z") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def coupled_tags(field: Json) -> frozenset[str]:
    """Tags that stand for a value of this field: options' values, or the tag of a checkbox."""
    if field.get("type") in ("tagger", "multiselect"):
        return frozenset(str(option.get("value")) for option in field.get("custom_field_options") or ())
    if field.get("type") == "checkbox" and field.get("tag"):
        return frozenset({str(field["tag"])})
    return frozenset()


def _checkbox(field: Json, value: Any) -> bool:
    word = str(value).strip().lower() if value is not None else "false"
    if word in _YES or word in _NO or word == "":
        return word in _YES
    raise _refused(field, "yes or no")


def _several(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [part.strip() for part in str(value).split(",") if part.strip()]


def _option(field: Json, value: Any) -> str:
    """An option's value, for its value or its name (``Billing::Refund``, or what follows the last ``::``)."""
    options = field.get("custom_field_options") or []
    typed = str(value).strip()
    word = fold_word(typed)
    by_value = [str(each["value"]) for each in options if each.get("value") == typed]
    by_name = [str(each["value"]) for each in options if fold_word(str(each.get("name") or "")) == word]
    by_leaf = [str(each["value"]) for each in options if fold_word(str(each.get("name") or "").split("::")[-1]) == word]
    folded = [str(each["value"]) for each in options if fold_word(str(each.get("value"))) == word]
    for found in (by_value, by_name, folded, by_leaf):
        if len(set(found)) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"several options of the ticket field {title(field)!r} are called so: {', '.join(found[:_SHOWN])}",
                hint="give the option's value",
            )
    known = [str(each.get("value")) for each in options]
    raise _refused(field, f"one of {', '.join(known[:_SHOWN])}{' …' if len(known) > _SHOWN else ''}")


def _matching(field: Json, text: str) -> str:
    """Zendesk's patterns are Ruby's; one that Python cannot read is left for Zendesk to judge."""
    pattern = field.get("regexp_for_validation")
    try:
        refused = bool(pattern) and re.search(str(pattern).replace(r"\A", "^").replace(r"\z", "$"), text) is None
    except re.error:
        refused = False
    if refused:
        raise _refused(field, f"text that matches {pattern}")
    return text


def _day(field: Json, text: str) -> str:
    try:
        return date.fromisoformat(text.strip()[:10]).isoformat()
    except ValueError:
        raise _refused(field, "a day, as in 2026-03-31") from None


def _refused(field: Json, wanted: str) -> UsageError:
    return UsageError(
        f"the ticket field {title(field)!r} does not take the value given; nothing was changed",
        hint=f"it takes {wanted}",
    )
