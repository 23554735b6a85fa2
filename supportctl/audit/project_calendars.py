"""The working hours a project names, checked and made ready."""

from datetime import date
from typing import TYPE_CHECKING, Any

from supportctl.audit import declared
from supportctl.audit.project import Reading
from supportctl.audit.settings import Settings
from supportctl.calendars import Calendar
from supportctl.calendars import make_calendars as make
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
    if not isinstance(spec, dict):
        raise ConfigError(f"the calendar {name[:40]!r} is no table", hint=f"[audit.calendars.{name[:40]}]")
    hours = spec.get("hours")
    if not hours:
        raise ConfigError(f"the calendar {name[:40]!r} has no hours", hint='hours = ["mon-fri 09:00-17:00"]')
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in spec.items()}
    if isinstance(days := spec.get("holidays"), list):
        plain["holidays"] = [day.isoformat() if isinstance(day, date) else day for day in days]
    return plain


def check_calendars(reading: Reading) -> None:
    settings = reading.settings
    for name, spec in settings.get("calendars", {}).items():
        if isinstance(spec, dict) and (bad := next(filter(declared.is_forbidden, spec), None)):
            reading.problems.append(declared.forbidden(("audit", "calendars", name, bad)))
            continue
        try:
            make_calendars(Settings(calendars={name: spec}))
        except ConfigError as error:
            reading.note(("audit", "calendars", name), error.message, error.hint)
    used: list[tuple[Path, str | None]] = [(("audit", "calendar"), settings.get("calendar"))]
    used += [(("audit", "group_calendars", group), name) for group, name in settings.get("group_calendars", {}).items()]
    there = settings.get("calendars", {})
    for path, name in used:
        if name is not None and name not in there:
            close = f"calendars: {', '.join(there)}" if there else "add one: [audit.calendars.NAME]"
            reading.note(path, f"there is no calendar {name[:40]!r}", close)
