"""Durations and dates as a query writes them.

A date or timestamp names everything it does not spell out: ``2026-01-15`` is that whole day in UTC,
``2026-01`` the month, ``2026-01-15T10:30Z`` the minute. Ranges include both ends to the precision written.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from supportctl.query.ast import TimeRange

_DURATION = re.compile(r"([0-9]{1,9})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?",
    re.IGNORECASE,
)


class BadTimeError(ValueError):
    """Says what is wrong with the text, for a person."""


def duration(text: str) -> timedelta:
    """``7d``, ``12h``, ``30m`` (minutes), ``2w``. Raises `BadTimeError`."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise BadTimeError("a duration is a whole number and a unit: m (minutes), h, d or w")
    try:
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        raise BadTimeError("that is longer than the calendar") from None


def period(text: str) -> TimeRange:
    """A date, month, year or timestamp, or a range of two with either end open. Raises `BadTimeError`."""
    low, dots, high = text.partition("..")
    if not dots:
        return TimeRange(*moment(text))
    if not low and not high:
        raise BadTimeError("a range needs at least one end")
    since = moment(low)[0] if low else None
    until = moment(high)[1] if high else None
    if since is not None and until is not None and since >= until:
        raise BadTimeError("the range ends before it starts")
    return TimeRange(since, until)


def moment(text: str) -> tuple[datetime, datetime]:
    """The half-open interval that ``text`` names; without a zone it is UTC. Raises `BadTimeError`."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise BadTimeError("a date is written 2026-01-31, a time 2026-01-31T14:05Z or 2026-01-31T14:05+02:00")
    part = {name: value for name, value in match.groupdict().items() if value is not None}
    if int(part["year"]) > 9998:
        raise BadTimeError("that year is out of range")
    try:
        start = datetime(
            int(part["year"]),
            int(part.get("month", 1)),
            int(part.get("day", 1)),
            int(part.get("hour", 0)),
            int(part.get("minute", 0)),
            int(part.get("second", 0)),
            int(part.get("fraction", "0").ljust(6, "0")),
            tzinfo=_zone(part.get("zone", "Z")),
        ).astimezone(UTC)
        return start, _end(start, part)
    except (ValueError, OverflowError):
        raise BadTimeError("there is no such date or time") from None


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _end(start: datetime, part: dict[str, str]) -> datetime:
    if "fraction" in part:
        return start + timedelta(microseconds=10 ** (6 - len(part["fraction"])))
    for name, step in (("second", timedelta(seconds=1)), ("minute", timedelta(minutes=1)), ("day", timedelta(days=1))):
        if name in part:
            return start + step
    if "month" in part:
        return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return start.replace(year=start.year + 1)


def written(value: TimeRange) -> str:
    """The text that `period` reads as ``value``."""
    since = "" if value.since is None else _day_or_time(value.since)
    if value.until is None:
        return f"{since}.."
    until = value.until
    for step in (timedelta(days=1), timedelta(seconds=1), timedelta(microseconds=1)):
        last = until - step
        text = _day_or_time(last) if step >= timedelta(days=1) else _stamp(last, micro=step < timedelta(seconds=1))
        if moment(text)[1] == until:
            return f"{since}..{text}"
    raise AssertionError("every instant ends some microsecond")


def _day_or_time(value: datetime) -> str:
    if (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0):
        return f"{value.year:04}-{value.month:02}-{value.day:02}"
    return _stamp(value, micro=value.microsecond != 0)


def _stamp(value: datetime, *, micro: bool) -> str:
    return value.replace(tzinfo=None).isoformat(timespec="microseconds" if micro else "seconds") + "Z"


def span_text(value: timedelta) -> str:
    """The text that `duration` reads as ``value`` (whole minutes)."""
    minutes = int(value.total_seconds()) // 60
    for unit, size in (("w", 7 * 24 * 60), ("d", 24 * 60), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
