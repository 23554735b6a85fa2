"""Texts that are written per ticket: Jinja2, with the ticket's own fields and nothing else.

A text can print fields, choose by them and go through a list. It cannot call, compute or keep anything, so that
writing it takes bounded time. Names are checked before any ticket is read. A field that is empty or unknown stops the
text for that ticket; ``{{ ticket.x | default('…') }}`` and ``{% if ticket.x is defined %}`` say what to do instead.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from supportctl.changes.wording import FILTERS, check
from supportctl.errors import UsageError
from supportctl.model import CustomField, LinkType, NamedRef, Person, Ticket

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs

LONGEST_SOURCE = 20_000
_LINKS = frozenset(each.value for each in LinkType)
_DATE = re.compile(r"(?:%[YmdeHMBbAajpIyZz%-]|[^%])*")


class CannotWriteError(Exception):
    """Why one ticket gets no text; holds names of fields, never their content."""


class _Absent(StrictUndefined):
    """A field that is unknown: whatever is done with it but ``default`` and ``is defined`` stops the text."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _name: Any) -> Any:
        return self


class _Empty(_Absent):
    """A field that is known to be empty: it may be asked about, not printed."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


class _View:
    """Named values; a name that is not there is `_Absent`, never an empty space."""

    __slots__ = ("_path", "_values")

    def __init__(self, path: str, values: Mapping[str, Any]) -> None:
        self._path = path
        self._values = values

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            return _Absent(hint=f"{self._path}.{name} is unknown")
        value = self._values[name]
        return _Empty(hint=f"{self._path}.{name} is empty") if value in (None, "", []) else value


class Message:
    """A text that was read and checked, ready to be written for tickets."""

    def __init__(self, source: str, name: str, *, profile: str, given: Mapping[str, str] | None = None) -> None:
        """``name`` is what errors call it; ``given`` are the values of ``var``. Raises `UsageError`."""
        if len(source) > LONGEST_SOURCE:
            raise UsageError(f"{name} is longer than {LONGEST_SOURCE:,} characters; nothing was changed")
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, finalize=_printed
        )
        environment.filters = {word: each for word, each in environment.filters.items() if word in FILTERS}
        environment.filters["date"] = _date
        self._given = dict(given or {})
        try:
            tree = environment.parse(source)
            self.needs: Needs = check(tree, name, self._given)
            self._template = environment.from_string(source)
        except RecursionError:
            raise UsageError(f"{name} is nested too deeply; nothing was changed") from None
        except TemplateSyntaxError as error:
            raise UsageError(
                f"{name}, line {error.lineno}: {error.message}; nothing was changed",
                hint="fields are printed as {{ ticket.key }}; a text with braces of its own goes between "
                "{% raw %} and {% endraw %}",
            ) from None
        self._profile = profile

    def write(self, ticket: Ticket, *, now: datetime, limit: int) -> str:
        """Raises `CannotWriteError`."""
        values = {
            "ticket": _View("ticket", _Fields(ticket)),
            "now": now,
            "profile": self._profile,
            "var": _View("var", self._given),
        }
        parts: list[str] = []
        size = 0
        try:
            for part in self._template.generate(values):
                size += len(part)
                if size > limit + 1000:
                    break
                parts.append(part)
        except TemplateError as error:
            raise CannotWriteError(f"its text cannot be written: {error.message}") from None
        except (TypeError, ValueError, ArithmeticError) as error:
            raise CannotWriteError(f"its text cannot be written ({type(error).__name__})") from None
        text = "".join(parts).strip()
        if not text:
            raise CannotWriteError("its text would be empty")
        if size > limit + 1000 or len(text) > limit:
            raise CannotWriteError(f"its text is longer than the {limit:,} characters a comment may have")
        return text


class _Fields(Mapping[str, Any]):
    """A ticket's fields by the names texts use; what is unknown is not among them."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket

    def __getitem__(self, name: str) -> Any:
        ticket = self._ticket
        if name == "custom":
            if "custom" in ticket.unknown:
                raise KeyError(name)
            return _Custom(ticket.custom)
        if name in _LINKS:
            if "links" in ticket.unknown:
                raise KeyError(name)
            return ", ".join(link.key for link in ticket.links if link.type.value == name)
        if name in ticket.unknown:
            raise KeyError(name)
        value = getattr(ticket, name)
        match value:
            case Person():
                return _View(f"ticket.{name}", _known({"id": value.id, "name": value.name, "email": value.email}))
            case NamedRef():
                return _View(f"ticket.{name}", _known({"id": value.id, "name": value.name}))
            case _:
                return value

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except (KeyError, AttributeError):
            return False
        return True

    def __iter__(self) -> Any:
        return iter(Ticket.__struct_fields__)

    def __len__(self) -> int:
        return len(Ticket.__struct_fields__)


class _Custom:
    """Custom fields by name or id. One the ticket does not mention is unknown, not empty."""

    __slots__ = ("_fields",)

    def __init__(self, fields: list[CustomField]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> Any:
        wanted = name.casefold()
        for field in self._fields:
            if field.id == name or (field.name is not None and field.name.casefold() == wanted):
                value = _plain(field.value)
                return _Empty(hint=f"the field {name!r} is empty") if value in (None, "") else value
        return _Absent(hint=f"the field {name!r} is unknown")


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Names and addresses the platform did not tell are unknown, not empty."""
    return {name: value for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return _plain(value.get("value") or value.get("name") or value.get("label") or value.get("id"))
        case list():
            return ", ".join(str(_plain(each)) for each in value)
        case _:
            return value


def _printed(value: Any) -> Any:
    """How a value stands in a text."""
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        case Enum():
            return value.value
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(str(_printed(each)) for each in value)
        case _:
            return value


def _date(value: Any, form: str = "%Y-%m-%d") -> str:
    """A time as a date, or in another ``strftime`` form, in UTC."""
    if not isinstance(value, datetime):
        return str(value)
    if len(form) > 100 or not _DATE.fullmatch(form):
        raise ValueError("form")
    return value.astimezone(UTC).strftime(form)
