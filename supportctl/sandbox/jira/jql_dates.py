"""Dates in JQL: absolute in the user's time zone, relative (``-7d``), and the functions ``startOfDay()`` and kin."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

_ABSOLUTE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: (\d{1,2}):(\d{2})(?::\d{2})?)?$")
_RELATIVE = re.compile(r"([+-]?)((?:\s*\d{1,9}\s*[wdhm])+)$")
_STEP = re.compile(r"([+-]?)(\d{1,3})([yMwdhm]?)$")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def moment_of(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment a JQL date literal means; None when it is no date."""
    text = text.strip()
    absolute = _ABSOLUTE.match(text)
    if absolute:
        year, month, day, hour, minute = (int(part or 0) for part in absolute.groups())
        try:
            return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)
        except ValueError:
            return None
    relative = _RELATIVE.match(text)
    if relative:
        try:
            span = _span(relative.group(2))
            return now - span if relative.group(1) == "-" else now + span
        except OverflowError:
            return None
    return None


def duration(text: str) -> timedelta | None:
    """``2h``, ``1d 4h``: the span named in ``remaining("2h")``."""
    if not _RELATIVE.match(text.strip()):
        return None
    try:
        return _span(text)
    except OverflowError:
        return None


def _span(text: str) -> timedelta:
    found = re.findall(r"(\d+)\s*([wdhm])", text)
    return sum((int(count) * _UNITS[unit] for count, unit in found), timedelta())


def function(name: str, args: tuple[str, ...], now: datetime, zone: tzinfo) -> datetime | None:
    """``now()``, ``startOfDay("-1d")``, ``endOfMonth(1)`` ...; None when the name is no date function."""
    lowered = name.lower()
    if lowered == "now":
        return now
    match = re.fullmatch(r"(start|end)of(day|week|month|year)", lowered)
    if match is None:
        return None
    unit = match.group(2)
    local = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        local -= timedelta(days=(local.weekday() + 1) % 7)
    elif unit == "month":
        local = local.replace(day=1)
    elif unit == "year":
        local = local.replace(month=1, day=1)
    if args:
        step = _STEP.match(args[0].strip())
        if step is None:
            return None
        count = int(step.group(2)) * (-1 if step.group(1) == "-" else 1)
        local = _shift(local, count, step.group(3) or {"day": "d", "week": "w", "month": "M", "year": "y"}[unit])
    if match.group(1) == "end":
        local = _shift(local, 1, {"day": "d", "week": "w", "month": "M", "year": "y"}[unit]) - timedelta(seconds=1)
    return local.astimezone(UTC)


def _shift(moment: datetime, count: int, unit: str) -> datetime:
    if unit in _UNITS:
        return moment + count * _UNITS[unit]
    months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "y" else 1)
    last = (datetime(months // 12 + (months % 12 == 11), (months + 1) % 12 + 1, 1, tzinfo=UTC) - timedelta(days=1)).day
    return moment.replace(year=months // 12, month=months % 12 + 1, day=min(moment.day, last))
