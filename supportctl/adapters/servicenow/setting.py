"""Setting fields: from what somebody typed to the value the Table API takes.

The API stores whatever it is given: a choice nobody listed, half a text, a reference to nothing. So values are looked
up and measured here, before anything is sent.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.adapters.servicenow.choices import Choice
from supportctl.adapters.servicenow.dictionary import FieldDef
from supportctl.adapters.servicenow.finding import Finder
from supportctl.adapters.servicenow.tables import NAMED_FIELDS, PRIORITIES
from supportctl.adapters.writing import FieldWish
from supportctl.errors import UsageError
from supportctl.model.planned import CUSTOM

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.reader import ServiceNowReader

COMPUTED = frozenset({"incident", "problem"})
"""Tables whose priority a lookup rule works out from impact and urgency whenever either changes."""
REFERENCES = {"component": "cmdb_ci", "service": "cmdb_ci_service"}
WHEN = frozenset({"glide_date_time", "due_date", "datetime"})
NUMBERS = frozenset({"integer", "longint", "decimal", "float", "long"})
_YES = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}


class Value(msgspec.Struct, frozen=True):
    """One field's value for one table: ``sent`` as the API takes it, ``shown`` as a plan holds it."""

    field: str
    native: str
    sent: str | None
    shown: Any
    lasting: bool = False
    """Whether the field cannot be emptied again."""
    of: str = ""
    """For a dependent choice: the only value of the other field it goes with."""


class Setter:
    def __init__(self, reader: "ServiceNowReader", finder: Finder) -> None:
        self._reader = reader
        self._finder = finder

    def custom(self, name: str) -> bool:
        """Whether a wish's field is none of ours."""
        return name.startswith(CUSTOM) or name not in self._reader.capabilities.settable

    def value(self, table: str, wish: FieldWish) -> Value:
        """Raises `UsageError` when the table has no such field, or it cannot hold the value."""
        field, definition = self._field(table, wish.field)
        native = definition.name
        if field == "priority" and table in COMPUTED:
            raise UsageError(
                f"the priority of {table} records is worked out from impact and urgency; nothing was changed",
                hint="set impact and urgency instead",
            )
        if definition.read_only:
            raise UsageError(f"{table}.{native} is read-only on this instance; nothing was changed")
        typed = _typed(wish.value)
        if typed is None or typed == "":
            if definition.choice:
                raise UsageError(f"{table}.{native} is a choice, which this API cannot empty; nothing was changed")
            return Value(field, native, None, None)
        found = self._read(table, field, definition, typed)
        return msgspec.structs.replace(found, lasting=definition.choice)

    def _read(self, table: str, field: str, definition: FieldDef, typed: str) -> Value:
        native = definition.name
        choices = self._reader.choices.listed(table, native) if not definition.reference else []
        if choices:
            return self._choice(table, field, native, choices, typed)
        target = definition.reference or REFERENCES.get(field)
        if target:
            found = self._finder.record(target, typed, definition.label or native)
            named = field in NAMED_FIELDS
            shown = found.plain() if named else {"value": found.id, "display_value": found.name}
            return Value(field, native, found.id, shown)
        return self._plain(table, field, definition, typed)

    def _field(self, table: str, name: str) -> tuple[str, FieldDef]:
        """Our name (or ``custom:<id>``) and the field behind it."""
        known = self._reader.dictionary.fields(table)
        layout = self._reader.decoder(table, frozenset())[0].layout(table)
        if not self.custom(name):
            native = layout.fields.get(name)
            if native is None or (known and native not in known):
                raise UsageError(f"{table} records have no {name}; nothing was changed")
            return name, known.get(native) or FieldDef(native, native)
        asked = name.removeprefix(CUSTOM)
        found = self._reader.dictionary.by_label(table, asked)
        if found is None:
            fields = ", ".join(sorted(self._reader.dictionary.custom(table))[:20]) or "none"
            raise UsageError(
                f"{table} records have no field {asked!r}; nothing was changed", hint=f"fields of its own: {fields}"
            )
        ours = {native: name for name, native in layout.fields.items()}
        if ours.get(found.name) in self._reader.capabilities.settable:
            return ours[found.name], found
        if not found.name.startswith(("u_", "x_")):
            raise UsageError(
                f"{table}.{found.name} is a field of the platform that this tool does not set; nothing was changed"
            )
        return f"{CUSTOM}{found.name}", found

    def _choice(self, table: str, field: str, native: str, choices: list[Choice], typed: str) -> Value:
        wanted = typed
        if field == "priority":
            wanted = next((code for code, ours in PRIORITIES.items() if ours.value == typed.casefold()), typed)
        exact = [each for each in choices if each.value == wanted]
        folded = wanted.casefold()
        found = exact or [each for each in choices if folded in {each.value.casefold(), each.label.casefold()}]
        if not found:
            listed = ", ".join(_said(each) for each in choices[:40])
            raise UsageError(
                f"{table}.{native} has no choice {typed!r} on this instance; nothing was changed",
                hint=f"it has: {listed}",
            )
        value, label = found[0].value, found[0].label
        # The same value may be listed under several others; only one that stands under one alone is bound to it.
        of = {each.dependent for each in found}
        shown: Any = value
        if field == "priority":
            shown = PRIORITIES[value].value if value in PRIORITIES else None
        elif field.startswith(CUSTOM) and label and label != value:
            shown = {"value": value, "display_value": label}
        return Value(field, native, value, shown, of=of.pop() if len(of) == 1 else "")

    def _plain(self, table: str, field: str, definition: FieldDef, typed: str) -> Value:
        native, kind = definition.name, definition.type or ""
        if field == "due_at" or kind in WHEN:
            moment = _moment(typed)
            sent = f"{moment:%Y-%m-%d %H:%M:%S}"
            return Value(field, native, sent, moment.isoformat() if field == "due_at" else sent)
        if kind == "glide_date":
            day = f"{_moment(typed):%Y-%m-%d}"
            return Value(field, native, day, day)
        if kind == "boolean":
            if typed.casefold() not in _YES:
                raise UsageError(f"{table}.{native} takes true or false; nothing was changed")
            return Value(field, native, _YES[typed.casefold()], _YES[typed.casefold()])
        if kind in NUMBERS:
            try:
                float(typed)
            except ValueError:
                raise UsageError(f"{table}.{native} takes a number; nothing was changed") from None
        text = typed.replace("\r\n", "\n").replace("\r", "\n")
        if definition.length is not None and len(text) > definition.length:
            raise UsageError(
                f"{table}.{native} holds {definition.length} characters, and this text has {len(text)}; nothing was "
                "changed"
            )
        return Value(field, native, text, text)


def _typed(value: Any) -> str | None:
    """What somebody typed, or what an earlier plan held: ``{"id", "name"}`` or ``{"value", "display_value"}``."""
    if isinstance(value, Mapping):
        value = value.get("id", value.get("value"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _moment(text: str) -> datetime:
    """ISO 8601; a time without zone is UTC, a day begins at midnight UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.combine(date.fromisoformat(text), datetime.min.time())
        except ValueError:
            raise UsageError(
                "this is no date; nothing was changed", hint="write 2026-03-31 or 2026-03-31T17:00:00+02:00"
            ) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(microsecond=0)


def _said(choice: Choice) -> str:
    return choice.label if choice.label in {"", choice.value} else f"{choice.value} ({choice.label})"
