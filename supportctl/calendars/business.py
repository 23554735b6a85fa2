"""Working time of a team with office hours, holidays and a time zone.

Shifts are turned into moments once, a year at a time, with the working time before each of them beside it; a
question is then two searches in a sorted list. Time is counted as it passes: a night shift over the change to
summer time is an hour shorter.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from supportctl.calendars.hours import DAY_MINUTES, Hours, closed_days, weekly_shifts
from supportctl.errors import ConfigError

FIRST_YEAR, LAST_YEAR = 1970, 2099
"""Times outside of these years are mistakes; nobody worked then."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY = DAY_MINUTES * _MINUTE
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class BusinessCalendar:
    """Raises `ConfigError` for an unknown zone or region, hours that cannot be read and a week without work."""

    def __init__(self, name: str, spec: Hours) -> None:
        self.name = f"business time of {name}"
        self._week = weekly_shifts(spec.hours)
        self._closed = closed_days(spec.holidays)
        self._zone = zone_of(spec.zone)
        self._public = None if spec.region is None else public_holidays(spec.region)
        self._first, self._last = 1, 0
        """Years whose shifts are laid out; none yet."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._worked: list[int] = []
        """Working time before the end of each shift since the first one."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        begin, stop = _ticks(start), _ticks(end)
        if stop <= begin:
            return timedelta(0)
        self._cover(start.year, end.year)
        return (self._until(stop) - self._until(begin)) * _TICK

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The end of a shift rather than the beginning of the next; ``start`` itself for no time at all."""
        if span <= timedelta(0):
            return start
        begin, year = _ticks(start), start.year
        self._cover(year, year)
        target = self._until(begin) + span // _TICK
        while not self._worked or self._worked[-1] < target:
            year = self._last + 1
            if year > LAST_YEAR:
                return datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
            self._cover(year, year)
        place = bisect_left(self._worked, target)
        moment = self._ends[place] - (self._worked[place] - target)
        return (_EPOCH + moment * _TICK).astimezone(start.tzinfo)

    def is_open(self, at: datetime) -> bool:
        self._cover(at.year, at.year)
        moment = _ticks(at)
        place = bisect_right(self._starts, moment) - 1
        return place >= 0 and moment < self._ends[place]

    def _until(self, moment: int) -> int:
        """Working time before ``moment``, from the first shift laid out."""
        place = bisect_right(self._starts, moment) - 1
        if place < 0:
            return 0
        return self._worked[place] - max(0, self._ends[place] - moment)

    def _cover(self, first: int, last: int) -> None:
        """Lay out the years around: a shift, or a zone, may reach over New Year."""
        first, last = max(first - 1, FIRST_YEAR), min(last + 1, LAST_YEAR)
        if self._first <= first and last <= self._last:
            return
        if self._first > self._last:
            first, last = min(first, LAST_YEAR), max(last, FIRST_YEAR)
            self._first, self._last = first, first - 1
        for year in range(self._last + 1, last + 1):
            self._lay(year)
        if first < self._first:
            old, (self._first, self._last) = self._last, (first, first - 1)
            self._starts, self._ends, self._worked = [], [], []
            for year in range(first, old + 1):
                self._lay(year)

    def _lay(self, year: int) -> None:
        worked = self._worked[-1] if self._worked else 0
        for start, end in self._shifts(year):
            worked += end - start
            self._starts.append(start)
            self._ends.append(end)
            self._worked.append(worked)
        self._last = year

    def _shifts(self, year: int) -> Iterator[tuple[int, int]]:
        first = date(year, 1, 1).toordinal()
        for number in range(first, date(year + 1, 1, 1).toordinal()):
            shifts = self._week[(number + 6) % 7]
            midnight = (number - _EPOCH_DAY) * _DAY
            if not shifts or self._is_holiday(date.fromordinal(number)):
                continue
            # The zone is asked twice a day; only where the answers differ does every time of the day need care.
            before, later = self._offset(midnight - _DAY), self._offset(midnight + 2 * _DAY)
            offset = before if before == later else None
            for start, end in shifts:
                opens = self._moment(midnight + start * _MINUTE, offset)
                closes = self._moment(midnight + end * _MINUTE, offset)
                if opens < closes:
                    yield opens, closes

    def _moment(self, wall: int, offset: int | None) -> int:
        """The first moment at which the clock on the wall shows this time or a later one."""
        if offset is not None:
            return wall - offset
        before, later = self._offset(wall - _DAY), self._offset(wall + _DAY)
        for known in (before, later):
            if self._offset(wall - known) == known:
                return wall - known
        low, high = wall - max(before, later), wall - min(before, later)
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset(middle) == later:
                high = middle
            else:
                low = middle
        return high

    def _offset(self, moment: int) -> int:
        found = (_EPOCH + moment * _TICK).astimezone(self._zone).utcoffset()
        assert found is not None
        return found // _TICK

    def _is_holiday(self, day: date) -> bool:
        if day in self._closed.dates or (day.month, day.day) in self._closed.yearly:
            return True
        return self._public is not None and self._public(day)


def _ticks(moment: datetime) -> int:
    return (moment - _EPOCH) // _TICK


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ConfigError(
            f"there is no time zone `{name[:60]}`",
            hint="use a name of the IANA database such as Europe/Berlin; where the system has none: pip install tzdata",
        ) from None


def public_holidays(region: str) -> Callable[[date], bool]:
    country, _, part = region.strip().upper().partition("-")
    try:
        import holidays
    except ImportError:
        raise ConfigError(
            f"the public holidays of `{region[:20]}` need an extra package", hint="pip install 'supportctl[calendars]'"
        ) from None
    try:
        found = holidays.country_holidays(country, subdiv=part or None)
    except (NotImplementedError, KeyError):
        raise ConfigError(
            f"no public holidays are known for the region `{region[:20]}`",
            hint="a country, or a part: DE, DE-BY, US-CA",
        ) from None
    return found.__contains__
