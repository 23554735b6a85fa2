"""Times as programs write them, read by a table of forms; what a time leaves open is said, not guessed in silence."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Literal

from supportctl.evidence.logs.stamp_forms import FORMS, MONTHS, ZONES, Form

if TYPE_CHECKING:
    import re

Order = Literal["dmy", "mdy", "ymd"]
LOOKED_AT = 160
"""Characters of a line in which its time is looked for; a time further in is part of the message."""
_EARLIEST, _LATEST = 1970, 2200


@dataclass(frozen=True, slots=True)
class Stamp:
    start: int
    end: int
    naive: datetime
    """As written. The year is 1900 where none is written, the day 1900-01-01 where no date is."""
    offset: timedelta | None
    """From UTC, where the source says it."""
    form: str
    ambiguous: bool = False
    """Day and month could change places."""
    no_year: bool = False
    no_date: bool = False

    def moment(self, zone: tzinfo, reference: datetime | None = None) -> tuple[datetime | None, bool]:
        """The time in UTC, and whether its zone was assumed. A missing year is the last one that is not in the future.

        None where no date is written. ``reference``: what "now" is, aware.
        """
        if self.no_date:
            return None, True
        naive = self.naive
        try:
            if self.no_year:
                naive = _dated(naive, reference or datetime.now(UTC))
            if self.offset is not None:
                return (naive - self.offset).replace(tzinfo=UTC), False
            return naive.replace(tzinfo=zone).astimezone(UTC), True
        except (ValueError, OverflowError):
            return None, True


def _dated(naive: datetime, reference: datetime) -> datetime:
    latest = reference.replace(tzinfo=None) + timedelta(days=2)
    for year in range(latest.year, latest.year - 9, -1):  # A 29 February needs up to eight years.
        try:
            dated = naive.replace(year=year)
        except ValueError:
            continue
        if dated <= latest:
            return dated
    raise ValueError


def parse(line: str, *, order: Order | None = None) -> Stamp | None:
    """The first time in the beginning of a line. ``order`` decides what is ambiguous; else the day comes first."""
    best: Stamp | None = None
    head = line[:LOOKED_AT]
    for form in FORMS:
        found = read(form, head, order)
        if found is not None and (best is None or found.start < best.start):
            best = found
            if best.start == 0:
                break
    return best


def read(form: Form, head: str, order: Order | None = None) -> Stamp | None:
    """The first time of this form."""
    match = form.pattern.search(head)
    while match is not None:
        stamp = of_match(form, match, order)
        if stamp is not None:
            return stamp
        match = form.pattern.search(head, match.start() + 1)
    return None


def of_match(form: Form, match: "re.Match[str]", order: Order | None = None) -> Stamp | None:
    """None where the numbers are no time."""
    got = {name: value for name, value in match.groupdict().items() if value}
    end = match.end()
    try:
        if "epoch" in got:
            return Stamp(match.start(), end, _epoch(got["epoch"]), timedelta(0), form.name)
        offset = _offset(got.get("z"))
        if "z" in got and offset is None:
            end = match.start("z")
        year, month, day, ambiguous = _date(form, got, order)
        naive = datetime(  # noqa: DTZ001 - as written; the zone is kept beside it
            year,
            month,
            day,
            _hour(int(got["h"]), got.get("p")),
            int(got.get("m", 0)),
            min(int(got.get("s", 0)), 59),  # Leap seconds.
            int((got.get("f", "") + "000000")[:6]),
        )
    except (ValueError, OverflowError):
        return None
    return Stamp(
        match.start(), end, naive, offset, form.name, ambiguous, "no-year" in form.flags, "no-date" in form.flags
    )


def _epoch(digits: str) -> datetime:
    """Seconds, milli-, micro- or nanoseconds, told by their length."""
    whole, _, fraction = digits.replace(",", ".").partition(".")
    number = int(whole) / 10 ** max(0, len(whole) - 10) if len(whole) > 10 else float(f"{whole}.{fraction or 0}")
    return datetime(1970, 1, 1) + timedelta(seconds=round(number, 6))  # noqa: DTZ001 - the offset is told beside it


def _date(form: Form, got: dict[str, str], order: Order | None) -> tuple[int, int, int, bool]:
    if "no-date" in form.flags:
        return 1900, 1, 1, False
    if "a" in got:
        return _unordered(form, got, order)
    month = int(got["M"]) if "M" in got else MONTHS[got["N"].rstrip(".").lower()] if "N" in got else 0
    year = 1904 if "Y" not in got else _year(got["Y"])  # A leap year.
    return year, month, int(got["D"]), False


def _unordered(form: Form, got: dict[str, str], order: Order | None) -> tuple[int, int, int, bool]:
    """Three numbers of which the order must be told or inferred."""
    a, b, c = int(got["a"]), int(got["b"]), got["c"]
    if order == "ymd" and len(c) == 2:
        return 2000 + a, b, int(c), True
    year = _year(c)
    short = order is None and len(c) == 2 and int(c) <= 31 and got.get("sep") != "."
    if got.get("sep") == "." or a > 12:
        return year, b, a, short  # With a short year it could come first.
    if b > 12:
        return year, a, b, False
    first_is_month = order == "mdy" or (order is None and "p" in got)
    month, day = (a, b) if first_is_month else (b, a)
    return year, month, day, order is None and a != b


def _year(text: str) -> int:
    year = int(text) + (0 if len(text) > 2 else 2000 if int(text) < 70 else 1900)
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError
    return year


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _offset(text: str | None) -> timedelta | None:
    if not text:
        return None
    if text[0] in "+-\u2212":
        digits = text[1:].replace(":", "")
        minutes = int(digits) if len(digits) == 3 else int(digits[:2]) * 60 + int(digits[2:] or 0)
        if minutes > 14 * 60 or minutes % 15:
            return None
        return timedelta(minutes=minutes if text[0] == "+" else -minutes)
    hours = ZONES.get(text.upper())
    return None if hours is None else timedelta(hours=hours)


def zone_named(text: str) -> tzinfo:
    """``Europe/Berlin``, ``UTC``, ``+02:00``. Raises `ValueError`."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    offset = _offset(text) if text[:1] in ("+", "-") or text.upper() in ZONES else None
    if offset is not None:
        return timezone(offset)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(text) from None
