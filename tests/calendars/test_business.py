"""Business time against an oracle that walks minute by minute with a clock on the wall."""

import pickle
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.calendars import ALWAYS, Calendar, make_calendars
from supportctl.errors import ConfigError

MINUTE = timedelta(minutes=1)
OFFICE = {
    "zone": "Europe/Berlin",
    "hours": ["mon-fri 09:00-12:30, 13:00-17:00", "sat 10:00-12:00"],
    "holidays": ["2026-04-03", "12-25"],
}
SPECS = {
    "office": OFFICE,
    "night": {"zone": "America/New_York", "hours": ["mon,wed,fri 22:00-06:00", "sun 01:30-03:30"]},
    "always": {"zone": "Australia/Lord_Howe", "hours": ["mon-sun 00:00-24:00"]},
    "gap": {"zone": "Europe/Berlin", "hours": ["sat-mon 02:30-10:15"]},
    "far": {"zone": "Pacific/Kiritimati", "hours": ["mo-fr 08:00-16:00"], "holidays": ["02-29", "01-01"]},
}


def calendar(spec: object) -> Calendar:
    return make_calendars({"x": spec})["x"]


CALENDARS = {name: calendar(spec) for name, spec in SPECS.items()}
names = st.sampled_from(sorted(SPECS))
# Around both changes of the clock in Berlin, New York and on Lord Howe, and New Year.
seasons = st.sampled_from(
    [
        datetime.fromisoformat(f"{day}T00:00Z")
        for day in ("2026-03-06", "2026-03-27", "2026-10-03", "2026-10-23", "2026-10-30", "2026-12-30", "2024-02-27")
    ]
)
moments = st.builds(
    lambda season, minutes: season + timedelta(minutes=minutes),
    seasons,
    st.integers(0, 4 * 24 * 60),
)


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)  # type: ignore[arg-type,misc]


class Wall:
    """Opens a shift at the first minute whose wall clock shows its beginning or later, closes it alike."""

    def __init__(self, name: str) -> None:
        spec = SPECS[name]
        self.zone = ZoneInfo(str(spec["zone"]))
        self.shifts = {
            "office": [(d, 540, 750) for d in range(5)] + [(d, 780, 1020) for d in range(5)] + [(5, 600, 720)],
            "night": [(d, 1320, 1800) for d in (0, 2, 4)] + [(6, 90, 210)],
            "always": [(d, 0, 1440) for d in range(7)],
            "gap": [(d, 150, 615) for d in (5, 6, 0)],
            "far": [(d, 480, 960) for d in range(5)],
        }[name]
        self.closed = spec.get("holidays", [])

    def open_minutes(self, start: datetime, end: datetime) -> set[datetime]:
        found: set[datetime] = set()
        day = (start - timedelta(days=2)).date()
        while day <= (end + timedelta(days=2)).date():
            for weekday, opens, closes in self.shifts:
                if day.weekday() == weekday and not {day.isoformat(), f"{day:%m-%d}"} & set(self.closed):
                    at, stop = self.reaches(day, opens), self.reaches(day, closes)
                    while at < stop:
                        found.add(at)
                        at += MINUTE
            day += timedelta(days=1)
        return {minute for minute in found if start <= minute < end}

    def reaches(self, day: date, minutes: int) -> datetime:
        wall = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)
        at = wall - timedelta(hours=15)
        while at.astimezone(self.zone).replace(tzinfo=UTC) < wall:
            at += MINUTE
        return at


@settings(max_examples=40, deadline=None)
@given(names, moments, st.integers(0, 3 * 24 * 60))
def test_agrees_with_a_clock_on_the_wall(name: str, start: datetime, minutes: int) -> None:
    end = start + minutes * MINUTE
    worked = Wall(name).open_minutes(start, end)
    assert CALENDARS[name].between(start, end) == len(worked) * MINUTE
    assert CALENDARS[name].is_open(start) == (start in Wall(name).open_minutes(start, start + MINUTE))


@given(names, moments, moments, moments)
def test_adds_up_and_never_runs_backwards(name: str, one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    between = CALENDARS[name].between
    assert between(first, middle) + between(middle, last) == between(first, last)
    assert timedelta(0) <= between(first, middle) <= middle - first
    assert between(last, first) == timedelta(0)


@given(names, moments, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_after_is_the_first_moment_at_which_the_span_has_passed(name: str, start: datetime, span: timedelta) -> None:
    ready = CALENDARS[name]
    due = ready.after(start, span)
    assert ready.between(start, due) == span
    if span:
        assert ready.between(start, due - timedelta(microseconds=1)) < span


def test_a_day_at_the_office() -> None:
    office = CALENDARS["office"]
    friday, monday = berlin(2026, 3, 6, 16, 0), berlin(2026, 3, 9, 9, 30)
    assert office.between(friday, monday) == timedelta(hours=1 + 2, minutes=30)
    assert office.after(friday, timedelta(hours=1)) == berlin(2026, 3, 6, 17, 0)
    assert office.after(friday, timedelta(hours=4)) == berlin(2026, 3, 9, 10, 0)
    assert office.after(friday, timedelta(0)) == friday
    assert not office.is_open(berlin(2026, 3, 6, 12, 45))
    assert office.name == "business time of x"


def test_holidays_by_date_by_year_and_by_region() -> None:
    office = CALENDARS["office"]
    assert office.between(berlin(2026, 4, 3), berlin(2026, 4, 4)) == timedelta(0)
    assert office.between(berlin(2031, 12, 25), berlin(2031, 12, 26)) == timedelta(0)
    bavaria = calendar({"zone": "Europe/Berlin", "hours": ["mon-sun 09:00-17:00"], "region": "DE-BY"})
    hamburg = calendar({"zone": "Europe/Berlin", "hours": ["mon-sun 09:00-17:00"], "region": "DE-HH"})
    epiphany = berlin(2026, 1, 6), berlin(2026, 1, 7)
    assert bavaria.between(*epiphany) == timedelta(0)
    assert hamburg.between(*epiphany) == timedelta(hours=8)


def test_a_night_shift_lasts_as_long_as_it_lasts() -> None:
    night = calendar({"zone": "Europe/Berlin", "hours": ["sat 22:00-06:00"]})
    assert night.between(berlin(2026, 3, 28), berlin(2026, 3, 30)) == timedelta(hours=7)
    assert night.between(berlin(2026, 10, 24), berlin(2026, 10, 26)) == timedelta(hours=9)
    eve = calendar({"zone": "UTC", "hours": ["thu 22:00-06:00"], "holidays": ["2027-01-01"]})
    assert eve.between(datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)) == timedelta(hours=8)


@pytest.mark.parametrize("year", [1, 1969, 2100, 9999])
def test_impossible_years_take_no_time(year: int) -> None:
    office = calendar(OFFICE)
    edge = datetime(year, 6, 1, tzinfo=UTC)
    started = time.perf_counter()
    assert office.between(edge, edge + timedelta(days=30)) == timedelta(0)
    assert office.between(min(edge, berlin(2026, 1, 1)), max(edge, berlin(2026, 1, 1))) > timedelta(0)
    office.after(edge, timedelta(days=3))
    assert time.perf_counter() - started < 5


def test_years_are_laid_out_once() -> None:
    office = calendar(OFFICE)
    office.between(berlin(2024, 1, 1), berlin(2026, 12, 31))
    started = time.perf_counter()
    for _ in range(1000):
        office.between(berlin(2024, 1, 1), berlin(2026, 12, 31))
    assert time.perf_counter() - started < 1


def test_it_can_be_handed_to_another_process() -> None:
    again = pickle.loads(pickle.dumps(CALENDARS["office"]))
    assert again.between(berlin(2026, 3, 6), berlin(2026, 3, 7)) == timedelta(hours=7, minutes=30)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"zone": "Europe/Berlin", "hours": []}, "no hours"),
        ({"zone": "Europe/Berlin"}, "hours"),
        ({"hours": ["mon 09:00-17:00"]}, "zone"),
        ({"zone": "Europe/Berlin", "hours": "mon 09:00-17:00"}, "hours"),
        ({"zone": "Europe/Atlantis", "hours": ["mon 09:00-17:00"]}, "no time zone"),
        ({"zone": "../secret", "hours": ["mon 09:00-17:00"]}, "no time zone"),
        ({"zone": "", "hours": ["mon 09:00-17:00"]}, "no time zone"),
        ({"zone": "UTC", "hours": ["mon-fri 09:00-17:00", "wed 16:00-18:00"]}, "overlap on wednesday at 16:00"),
        ({"zone": "UTC", "hours": ["sun 22:00-06:00", "mon 05:00-09:00"]}, "overlap on monday at 05:00"),
        ({"zone": "UTC", "hours": ["mon 09:00-17:00", "mon 09:00-17:00"]}, "twice for monday"),
        ({"zone": "UTC", "hours": ["mon 09:00"]}, "no span"),
        ({"zone": "UTC", "hours": ["mon 09:00-09:00"]}, "without length"),
        ({"zone": "UTC", "hours": ["mon 09:75-17:00"]}, "no time of day"),
        ({"zone": "UTC", "hours": ["mon 09:00-25:00"]}, "no time of day"),
        ({"zone": "UTC", "hours": ["funday 09:00-17:00"]}, "no day of the week"),
        ({"zone": "UTC", "hours": ["09:00-17:00"]}, "no day of the week"),
        ({"zone": "UTC", "hours": ["monday"]}, "no times"),
        ({"zone": "UTC", "hours": ["mon 09:00-17:00"], "holidays": ["2026-02-30"]}, "no date"),
        ({"zone": "UTC", "hours": ["mon 09:00-17:00"], "holidays": ["24.12."]}, "no date"),
        ({"zone": "UTC", "hours": ["mon 09:00-17:00"], "region": "XX-1"}, "no public holidays"),
        ({"zone": "UTC", "hours": ["mon 09:00-17:00"], "region": "DE-ZZ"}, "no public holidays"),
        ({"zone": "UTC", "hours": ["mon 09:00-17:00"], "holiday": []}, "holiday"),
        ("mon-fri", "object"),
    ],
)
def test_what_cannot_be_read_is_named(spec: object, told: str) -> None:
    with pytest.raises(ConfigError, match="calendar `x`") as raised:
        calendar(spec)
    assert told in raised.value.message
    assert raised.value.hint


def test_no_calendars_and_calendar_time() -> None:
    assert make_calendars({}) == {}
    assert ALWAYS.between(berlin(2026, 1, 1), berlin(2026, 1, 2)) == timedelta(days=1)
