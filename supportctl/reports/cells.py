"""Values as text: for people (relative, short) and for machines (ISO 8601, UTC)."""

from datetime import UTC, datetime

from supportctl.reports.base import Scalar

MINUTE, HOUR, DAY = 60, 3600, 86400


def machine(value: Scalar) -> str:
    """One unambiguous form for files and pipes: times in UTC, ``true``/``false``, empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return timestamp(value)
    return str(value)


def timestamp(moment: datetime) -> str:
    """``2026-03-02T12:00:00Z``; fractions are kept when there are any."""
    text = moment.astimezone(UTC).isoformat(timespec="microseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: ``5m``, ``3h``, ``12d``, ``14mo``; ``in 2h`` for the future."""
    if moment is None:
        return ""
    seconds = (now - moment).total_seconds()
    return f"in {duration(-seconds)}" if seconds < 0 else duration(seconds)


def duration(seconds: float) -> str:
    """A length of time in its largest unit that is not misleading."""
    sign = "-" if seconds < 0 else ""
    seconds = abs(seconds)
    if seconds < MINUTE:
        return f"{sign}{int(seconds)}s"
    if seconds < 2 * HOUR:
        return f"{sign}{int(seconds // MINUTE)}m"
    if seconds < 2 * DAY:
        return f"{sign}{int(seconds // HOUR)}h"
    if seconds < 400 * DAY:
        return f"{sign}{int(seconds // DAY)}d"
    return f"{sign}{int(seconds // (365.25 * DAY))}y"


def clock(moment: datetime | None) -> str:
    """``2026-03-02 12:00 UTC`` for people."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
