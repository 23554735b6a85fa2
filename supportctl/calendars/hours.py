"""Working hours as people write them down: ``mon-fri 09:00-17:30``, ``fri 22:00-06:00``, ``12-25``."""

import re
from datetime import date
from typing import Any

import msgspec

from supportctl.errors import ConfigError

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")
_YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})")
_EXAMPLE = 'for example hours = ["mon-fri 09:00-17:30", "sat 10:00-12:00"]'

Shift = tuple[int, int]
"""Minutes after midnight at which a shift begins and ends; the end may lie on the next day."""


class Hours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``[audit.calendars.NAME]`` holds."""

    zone: str
    """Time zone by its IANA name, e.g. ``Europe/Berlin``."""
    hours: tuple[str, ...]
    """Days and times, e.g. ``mon-fri 09:00-12:00, 13:00-17:00``; a time that ends before it begins ends on the
    next day."""
    holidays: tuple[str, ...] = ()
    """Dates (``2026-12-24``) and days of every year (``12-25``). Shifts that begin on one of them do not happen."""
    region: str | None = None
    """Public holidays of a country or a part of it, e.g. ``DE-BY``; needs the extra ``calendars``."""


class Closed(msgspec.Struct, frozen=True):
    """The days on which nobody works."""

    dates: frozenset[date]
    yearly: frozenset[tuple[int, int]]


def read_hours(raw: Any) -> Hours:
    """Raises `ConfigError`, without the calendar's name."""
    if isinstance(raw, Hours):
        return raw
    try:
        return msgspec.convert(raw, Hours)
    except msgspec.ValidationError as error:
        raise ConfigError(
            str(error), hint=f'a calendar has a zone and hours: zone = "Europe/Berlin", {_EXAMPLE}'
        ) from None


def weekly_shifts(lines: tuple[str, ...]) -> tuple[tuple[Shift, ...], ...]:
    """The shifts that begin on each day of the week, Monday first, in order.

    Raises `ConfigError` on lines that cannot be read, on overlaps and where there is no working time at all.
    """
    week: list[set[Shift]] = [set() for _ in _DAYS]
    for line in lines:
        days, spans = _line(line)
        for day in days:
            for span in spans:
                if span in week[day]:
                    raise ConfigError(f"{_said(line)}: these hours are listed twice for {_DAYS[day]}", hint=_EXAMPLE)
                week[day].add(span)
    if not any(week):
        raise ConfigError("there are no hours in it, so no time would ever pass", hint=_EXAMPLE)
    _refuse_overlaps(week)
    return tuple(tuple(sorted(spans)) for spans in week)


def closed_days(words: tuple[str, ...]) -> Closed:
    """Raises `ConfigError` on what is no date."""
    dates, yearly = set(), set()
    for word in words:
        text = word.strip()
        try:
            if match := _YEARLY.fullmatch(text):
                month, day = int(match[1]), int(match[2])
                date(2024, month, day)
                yearly.add((month, day))
            else:
                if len(text) != len("2026-12-24"):
                    raise ValueError
                dates.add(date.fromisoformat(text))
        except ValueError:
            raise ConfigError(
                f"the holiday {_said(word)} is no date", hint='write "2026-12-24", or "12-25" for every year'
            ) from None
    return Closed(frozenset(dates), frozenset(yearly))


def _line(line: str) -> tuple[list[int], list[Shift]]:
    first = re.search(r"[0-9]", line)
    if first is None:
        raise ConfigError(f"{_said(line)} names no times", hint=_EXAMPLE)
    days = _days(line[: first.start()], line)
    spans = []
    for part in line[first.start() :].split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise ConfigError(f"{_said(part.strip())} is no span of time", hint=_EXAMPLE)
        start, end = _minute(match[1], match[2], line), _minute(match[3], match[4], line)
        if start in (end, DAY_MINUTES):
            raise ConfigError(f"{_said(line)} holds a span without length", hint="write 00:00-24:00 for a whole day")
        spans.append((start, end if end > start else end + DAY_MINUTES))
    return days, spans


def _days(text: str, line: str) -> list[int]:
    words = [word.strip() for word in text.strip(" :").split(",")]
    days: list[int] = []
    for word in words:
        ends = [_day(end, line) for end in re.split(r"\s*[-–]\s*", word)]
        if len(ends) > 2:
            raise ConfigError(f"{_said(line)}: {_said(word)} is no day", hint=_EXAMPLE)
        first, last = ends[0], ends[-1]
        days.extend((first + step) % 7 for step in range((last - first) % 7 + 1))
    return days


def _day(word: str, line: str) -> int:
    folded = word.lower().rstrip(".")
    if len(folded) >= 2:
        for number, name in enumerate(_DAYS):
            if name.startswith(folded):
                return number
    raise ConfigError(f"{_said(line)}: {_said(word)} is no day of the week", hint=_EXAMPLE)


def _minute(hour: str, minute: str, line: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > DAY_MINUTES:
        raise ConfigError(f"{_said(line)}: {hour}:{minute} is no time of day", hint=_EXAMPLE)
    return total


def _refuse_overlaps(week: list[set[Shift]]) -> None:
    spans = sorted((day * DAY_MINUTES + start, day * DAY_MINUTES + end) for day in range(7) for start, end in week[day])
    following = [*spans[1:], (spans[0][0] + WEEK_MINUTES, spans[0][1] + WEEK_MINUTES)]
    for (_, end), (start, _) in zip(spans, following, strict=True):
        if start < end:
            day, minute = divmod(start % WEEK_MINUTES, DAY_MINUTES)
            raise ConfigError(
                f"two spans overlap on {_DAYS[day]} at {minute // 60:02}:{minute % 60:02}", hint="join them into one"
            )


def _said(text: str) -> str:
    return f"`{text[:60]}`"
