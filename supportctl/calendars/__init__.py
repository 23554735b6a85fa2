"""Working time: how long it is from one moment to another for people who go home."""

from datetime import datetime, timedelta
from typing import Any, Protocol


class Calendar(Protocol):
    """When a team works. All moments are aware."""

    @property
    def name(self) -> str:
        """What findings call it: ``calendar time``, ``business time of support``."""
        ...

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from ``start`` to ``end``; zero when ``end`` is not later."""
        ...

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The moment at which ``span`` of working time has passed since ``start``."""
        ...

    def is_open(self, at: datetime) -> bool: ...


class Always:
    """Around the clock: calendar time."""

    name = "calendar time"

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(end - start, timedelta(0))

    def after(self, start: datetime, span: timedelta) -> datetime:
        return start + span

    def is_open(self, at: datetime) -> bool:
        return True


ALWAYS = Always()


def make_calendars(raw: dict[str, Any]) -> dict[str, Calendar]:
    """Ready-made calendars by name, from what the settings say (see `calendars.hours`).

    Raises `ConfigError` naming the calendar.
    """
    if not raw:
        return {}
    from supportctl.calendars.business import BusinessCalendar
    from supportctl.calendars.hours import read_hours
    from supportctl.errors import ConfigError

    made: dict[str, Calendar] = {}
    for name, spec in raw.items():
        try:
            made[name] = BusinessCalendar(name, read_hours(spec))
        except ConfigError as error:
            raise ConfigError(f"calendar `{name[:40]}`: {error.message}", hint=error.hint) from None
    return made


__all__ = ["ALWAYS", "Always", "Calendar", "make_calendars"]
