"""Times of logs: forms, zones, and what is open about them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.evidence.logs import stamps
from supportctl.evidence.logs.clock import Clock

MOMENT = datetime(2024, 5, 1, 10, 0, 0, tzinfo=UTC)
NOW = datetime(2024, 6, 1, tzinfo=UTC)
BERLIN = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("line", "offset"),
    [
        ("2024-05-01T10:00:00Z x", 0),
        ("2024-05-01 12:00:00,000 +0200 ERROR x", 0),
        ("[2024-05-01 12:00:00+02:00] x", 0),
        ("web-1  | 2024-05-01T10:00:00.000000000Z x", 0),
        ('127.0.0.1 - - [01/May/2024:12:00:00 +0200] "GET / HTTP/1.1" 200 1', 0),
        ("1714557600 x", 0),
        ("1714557600000 x", 0),
        ('{"level":"error","ts":1714557600.0,"msg":"x"}', 0),
        ('{"msg":"x","time":"2024-05-01T10:00:00Z"}', 0),
        ("Wed May  1 12:00:00 CEST 2024 x", 0),
        ("Wed, 01 May 2024 10:00:00 GMT", 0),
        ("2024-05-01-12.00.00.000000+120 x", 0),
        ("2024/05/01 10:00:00 [error] x", None),
        ("2024-05-01 10:00:00 ERROR x", None),
        ("[Wed May 01 10:00:00.000000 2024] [error] x", None),
        ("01.05.2024 10:00:00 x", None),
        ("May 01, 2024 10:00:00 AM com.x", None),
        ("01-MAY-2024 10:00:00 x", None),
        ("1. Mai 2024 10:00 x", None),
        ("20240501T100000 x", None),
        ("20240501-10:00:00:000|x", None),
        ("240501 100000 12 INFO x", None),
        ("2024年5月1日 10:00:00 エラー", None),
        ("May  1 10:00:00 host app[1]: x", None),
        ("E0501 10:00:00.000000 1 x", None),
        ("05-01 10:00:00.000  12  34 E Tag: x", None),
    ],
)
def test_forms(line: str, offset: int | None) -> None:
    stamp = stamps.parse(line)
    assert stamp is not None
    assert stamp.moment(UTC, NOW) == (MOMENT, offset is None)
    if offset is None:
        assert stamp.moment(BERLIN, NOW)[0] == MOMENT - timedelta(hours=2)
    clock = Clock([line] * 3, None, NOW)
    assert clock.at(line)[0] == MOMENT
    assert clock.zone_assumed is (offset is None)


@pytest.mark.parametrize(
    "line", ["", "12:3", "version 2024.05.01", "2024-02-30 10:00:00 x", "10.0.0.1 99:99:99", "1234567890123456789012"]
)
def test_no_times(line: str) -> None:
    assert stamps.parse(line) is None


def test_day_or_month_first() -> None:
    assert Clock(["13/04/2024 10:00:00 x"]).order == "dmy"
    assert Clock(["04/13/2024 10:00:00 x"]).order == "mdy"
    open_ = Clock(["03/04/2024 10:00:00 x"])
    assert open_.ambiguous
    runs_on = [f"04/{day:02}/2024 10:00:00 x" for day in range(1, 10)]
    told = Clock(runs_on)
    assert (told.order, told.ambiguous, told.inferred) == ("mdy", False, True)
    assert told.at(runs_on[0])[0] == datetime(2024, 4, 1, 10, tzinfo=UTC)
    spark = Clock([f"17/06/{day:02} 20:10:40 INFO x" for day in (8, 9, 10)])
    assert spark.at("17/06/09 20:10:40 INFO x")[0] == datetime(2017, 6, 9, 20, 10, 40, tzinfo=UTC)


def test_years_that_are_not_written() -> None:
    clock = Clock(["Dec 31 23:59:59 h x", "Jan  1 00:00:01 h x"], None, datetime(2024, 1, 2, tzinfo=UTC))
    assert clock.at("Dec 31 23:59:59 h x")[0] == datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert clock.at("Jan  1 00:00:01 h x")[0] == datetime(2024, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert clock.no_year == 2


def test_fractions_are_kept_and_times_of_day_have_no_moment() -> None:
    clock = Clock(["2024-05-01 10:00:00.250 x"])
    assert clock.at("2024-05-01 10:00:00.250 x")[0] == MOMENT.replace(microsecond=250_000)
    assert clock.at("2024-05-01 10:00:00.750 x")[0] == MOMENT.replace(microsecond=750_000)
    moment, place = Clock(["10:00:00 x"]).at("10:00:00 x")
    assert moment is None
    assert place == (0, 8)


@given(st.datetimes(*(datetime(year, 1, 1) for year in (1990, 2090))), st.integers(-48, 48))  # noqa: DTZ001
def test_iso_with_any_offset(naive: datetime, quarters: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=15 * quarters)))
    stamp = stamps.parse(f"{moment.isoformat()} x")
    assert stamp is not None
    assert stamp.moment(UTC) == (moment.astimezone(UTC), False)


@given(st.text(alphabet="0123456789-/.: TZ+[]JanMay,", max_size=40))
def test_anything_may_look_like_a_time(text: str) -> None:
    stamp = stamps.parse(text)
    if stamp is not None:
        assert 0 <= stamp.start < stamp.end <= len(text)
        stamp.moment(UTC, NOW)
    Clock([text], None, NOW).at(text)


def test_zones() -> None:
    assert stamps.zone_named("+02:00").utcoffset(None) == timedelta(hours=2)
    assert stamps.zone_named("UTC").utcoffset(None) == timedelta(0)
    assert stamps.zone_named("Europe/Berlin").utcoffset(datetime(2024, 7, 1)) == timedelta(hours=2)  # noqa: DTZ001
    for bad in ("Mars/Base", "", "../etc/passwd", "+99:00"):
        with pytest.raises(ValueError):
            stamps.zone_named(bad)
