"""The working hours a project names, checked and made ready."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.audit import declared
from supportctl.audit.declared import Problem
from supportctl.audit.project import Reading
from supportctl.audit.settings import Settings
from supportctl.calendars import Calendar
from supportctl.calendars import make_calendars as make
from supportctl.calendars.business import public_holidays, zone_of
from supportctl.calendars.hours import Hours, closed_days, weekly_shifts
from supportctl.errors import ConfigError

if TYPE_CHECKING:
    from supportctl.text.toml_places import Path


def make_calendars(settings: Settings) -> dict[str, Calendar]:
    """Raises `ConfigError` for a calendar without hours, and for one that is used and does not exist."""
    if not settings.calendars and settings.calendar is None and not settings.group_calendars:
        return {}
    made = make({name: _plain_calendar(name, spec) for name, spec in settings.calendars.items()})
    for name in (settings.calendar, *settings.group_calendars.values()):
        if name is not None and name not in made:
            raise ConfigError(
                f"there is no calendar {name[:40]!r}; no ticket was read",
                hint=f"calendars: {', '.join(made)}" if made else "add one: [audit.calendars.NAME]",
            )
    return made


def _plain_calendar(name: str, spec: Any) -> dict[str, Any]:
    """Raises `ConfigError` with the first mistake."""
    found: list[Problem] = []
    _check(spec, ("audit", "calendars", name), found)
    if found:
        raise ConfigError(f"{found[0].message}; no ticket was read", hint=found[0].hint)
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in spec.items()}
    if isinstance(days := spec.get("holidays"), list | tuple):
        plain["holidays"] = [day.isoformat() if isinstance(day, date) else day for day in days]
    return plain


def _check(spec: Any, here: "Path", found: list[Problem]) -> None:
    """Notes everything that is wrong with one calendar."""
    name = str(here[-1])[:40]
    told = f"the calendar {name!r}"
    if not isinstance(spec, dict):
        found.append(Problem(path=here, message=f"{told} is no table", hint=f"[audit.calendars.{name}]"))
        return
    known = [field.encode_name for field in msgspec.structs.fields(Hours)]
    for key in spec:
        if declared.is_forbidden(key):
            found.append(declared.forbidden((*here, key)))
        elif key not in known:
            found.append(declared.unknown_key((*here, key), known))
    for key, example in _EXAMPLES.items():
        if not spec.get(key):
            found.append(Problem(path=here, message=f"{told} has no {key}", hint=example))
    for key, read in (("zone", zone_of), ("region", public_holidays)):
        if spec.get(key) is None:
            continue
        if not isinstance(spec[key], str):
            found.append(Problem(path=(*here, key), message=f"{told}: {key} is a text in quotes"))
        elif spec[key]:
            _try(read, spec[key], (*here, key), told, found)
    _check_list("hours", spec, here, weekly_shifts, found)
    _check_list("holidays", spec, here, closed_days, found)


def _check_list(
    key: str, spec: dict[str, Any], here: "Path", read: Callable[[tuple[str, ...]], Any], found: list[Problem]
) -> None:
    """Each member by itself; what they say together when each is right."""
    told, members = f"the calendar {str(here[-1])[:40]!r}", spec.get(key)
    if members is None:
        return
    if not isinstance(members, list | tuple):
        found.append(Problem(path=(*here, key), message=f"{told}: {key} is a list", hint=f'{key} = ["…"]'))
        return
    before = len(found)
    texts = [each.isoformat() if type(each) is date else each for each in members]
    for number, text in enumerate(texts):
        path = (*here, key, number)
        if isinstance(text, str):
            _try(read, (text,), path, told, found)
        else:
            found.append(Problem(path=path, message=f"{told}: {key} are texts in quotes"))
    if members and len(found) == before:
        _try(read, tuple(texts), (*here, key), told, found)


def _try(read: Callable[[Any], Any], value: Any, path: "Path", told: str, found: list[Problem]) -> None:
    try:
        read(value)
    except ConfigError as error:
        found.append(Problem(path=path, message=f"{told}: {error.message}", hint=error.hint))


_EXAMPLES = {"zone": 'zone = "Europe/Berlin"', "hours": 'hours = ["mon-fri 09:00-17:00"]'}


def check_calendars(reading: Reading) -> None:
    settings = reading.settings
    for name, spec in settings.get("calendars", {}).items():
        _check(spec, ("audit", "calendars", name), reading.problems)
    used: list[tuple[Path, str | None]] = [(("audit", "calendar"), settings.get("calendar"))]
    used += [(("audit", "group_calendars", group), name) for group, name in settings.get("group_calendars", {}).items()]
    there = settings.get("calendars", {})
    for path, name in used:
        if name is not None and name not in there:
            close = f"calendars: {', '.join(there)}" if there else "add one: [audit.calendars.NAME]"
            reading.note(path, f"there is no calendar {name[:40]!r}", close)
