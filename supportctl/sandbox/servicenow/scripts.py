"""The server-side expressions a query value may be (``javascript:gs.daysAgoStart(7)``), and date literals."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

FORMAT = "%Y-%m-%d %H:%M:%S"
_CALL = re.compile(r"javascript:\s*(?:gs|GlideSystem)\.(\w+)\(([^)]*)\)\s*;?\s*\Z")
_LITERAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?\Z")


def to_value(moment: datetime) -> str:
    """A moment as the database keeps it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(FORMAT)


def literal(text: str, zone: tzinfo) -> str | None:
    """A date (and time) in the session user's zone as the database keeps it; None when it is none."""
    match = _LITERAL.match(text.strip())
    if match is None:
        return None
    clock = match.group(2) or "00:00:00"
    clock = clock if len(clock) == 8 else f"{clock}:00"
    try:
        moment = datetime.strptime(f"{match.group(1)} {clock}", FORMAT)  # noqa: DTZ007
    except ValueError:
        return None
    return to_value(moment.replace(tzinfo=zone))


def evaluate(text: str, now: datetime, zone: tzinfo, user: str) -> str | None:
    """The value of a ``javascript:`` expression; None when it is not among those known."""
    match = _CALL.match(text)
    if match is None:
        return None
    name = match.group(1)
    args = [arg.strip().strip("'\"") for arg in match.group(2).split(",") if arg.strip()]
    if name in {"getUserID", "getUserId"}:
        return user
    if name == "dateGenerate" and args:
        return literal(" ".join([args[0], {"start": "00:00:00", "end": "23:59:59"}.get(args[-1], args[-1])]), zone)
    local = now.astimezone(zone)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    count = int(args[0]) if args and re.fullmatch(r"-?\d{1,5}", args[0]) else 0
    last = timedelta(days=1) - timedelta(seconds=1)
    week = day - timedelta(days=day.weekday())
    month = day.replace(day=1)
    known: dict[str, datetime] = {
        "now": local,
        "nowDateTime": local,
        "beginningOfToday": day,
        "endOfToday": day + last,
        "beginningOfYesterday": day - timedelta(days=1),
        "endOfYesterday": day - timedelta(seconds=1),
        "beginningOfThisWeek": week,
        "endOfThisWeek": week + timedelta(days=6) + last,
        "beginningOfLastWeek": week - timedelta(days=7),
        "endOfLastWeek": week - timedelta(seconds=1),
        "beginningOfThisMonth": month,
        "endOfThisMonth": (month + timedelta(days=32)).replace(day=1) - timedelta(seconds=1),
        "beginningOfLastMonth": (month - timedelta(days=1)).replace(day=1),
        "endOfLastMonth": month - timedelta(seconds=1),
        "beginningOfThisYear": day.replace(month=1, day=1),
        "daysAgo": local - timedelta(days=count),
        "daysAgoStart": day - timedelta(days=count),
        "daysAgoEnd": day - timedelta(days=count) + last,
        "hoursAgo": local - timedelta(hours=count),
        "hoursAgoStart": local.replace(minute=0, second=0) - timedelta(hours=count),
        "hoursAgoEnd": local.replace(minute=59, second=59) - timedelta(hours=count),
        "minutesAgo": local - timedelta(minutes=count),
        "minutesAgoStart": local.replace(second=0) - timedelta(minutes=count),
        "minutesAgoEnd": local.replace(second=59) - timedelta(minutes=count),
    }
    moment = known.get(name)
    return None if moment is None else to_value(moment)


_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "dayofweek": timedelta(days=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "quarter": timedelta(days=91),
    "year": timedelta(days=365),
}


def relative(text: str, now: datetime) -> str | None:
    """``@hour@ago@1``: the moment it names; None when it cannot be read."""
    parts = [part for part in text.split("@") if part]
    if len(parts) != 3 or parts[0] not in _UNITS or not parts[2].isdigit():
        return None
    try:
        span = _UNITS[parts[0]] * int(parts[2])
        return to_value(now - span if parts[1] == "ago" else now + span)
    except OverflowError:
        return None
