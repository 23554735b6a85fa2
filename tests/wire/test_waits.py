"""Reading how long to wait: every form seen in the field, and junk."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.wire.retry import MAX_DELAY, asked_wait, backoff, reset_after, retry_after, server_time

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("0.5", 0.5),
        ("Mon, 02 Mar 2026 12:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        ("Monday, 02-Mar-26 12:00:30 GMT", 30.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e3", None),
        ("nan", None),
        ("inf", None),
        ("٣", None),
        ("99, 12", None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-03-02T12:00:45Z", 45.0),
        ("2026-03-02T12:00Z", 0.0),
        ("2026-03-02T13:00:45+01:00", 45.0),
        ("2026-03-02T12:00:45.500Z", 45.5),
        (str(int(NOW.timestamp()) + 90), 90.0),
        (str((int(NOW.timestamp()) + 90) * 1000), 90.0),
        (str(int(NOW.timestamp()) - 90), 0.0),
        ("17", 17.0),
        ("tomorrow", None),
        (None, None),
    ],
)
def test_resets(value, seconds):
    assert reset_after(value, NOW) == seconds


def test_a_reset_counts_only_without_a_readable_retry_after():
    reset = {"x-ratelimit-reset": "2026-03-02T12:00:45Z"}
    assert asked_wait({**reset, "retry-after": "3"}, NOW) == 3.0
    assert asked_wait({**reset, "retry-after": "whenever"}, NOW) == 45.0
    assert asked_wait(reset, NOW) == 45.0
    assert asked_wait({}, NOW) is None


@given(st.text(max_size=60))
def test_junk_is_no_wait_and_no_error(text):
    for read in (retry_after, reset_after):
        wait = read(text, NOW)
        assert wait is None or 0 <= wait < float("inf")
    server_time({"date": text})


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001
def test_dates_read_back(when):
    aware = when.replace(tzinfo=UTC, microsecond=0)
    expected = max(0.0, (aware - NOW).total_seconds())
    assert retry_after(format_datetime(aware, usegmt=True), NOW) == expected
    assert server_time({"date": format_datetime(aware, usegmt=True)}) == aware


@given(st.integers(1, 200), st.integers())
def test_backoff_grows_within_bounds(attempt, seed):
    seconds = backoff(attempt, rng=random.Random(seed))
    assert 0 < seconds <= MAX_DELAY * 1.3
    if attempt > 12:
        assert seconds >= MAX_DELAY * 0.7


def test_dates_are_read_by_the_platforms_clock(serve, clock):
    from supportctl.wire import Transport

    from .servers import reply

    ahead = clock.start + timedelta(hours=5)
    throttled = reply(
        429,
        headers={
            "Date": format_datetime(ahead, usegmt=True),
            "Retry-After": format_datetime(ahead + timedelta(seconds=10), usegmt=True),
        },
    )
    server = serve(throttled, reply(200, {}))
    Transport(server.url, clock=clock).request("GET", "/x")
    assert 10 <= sum(clock.slept) <= 11
