"""The retry table: by what a request means and how it ended, never by verb alone."""

import math
import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from supportctl.wire.response import Intent

RETRIED_STATUSES = frozenset({500, 502, 503, 504, 520, 524})
BASE_DELAY = 0.5
THROTTLED_BASE_DELAY = 2.0
"""First wait after a 429 that does not say how long (Atlassian: 2 to 5 s, doubling, at most 30)."""
MAX_DELAY = 30.0

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)


class End(Enum):
    """How an attempt ended when it did not end well."""

    NOT_SENT = "not sent"
    """No connection: the platform cannot have seen the request."""
    THROTTLED = "throttled"
    """429: refused before execution."""
    SERVER_ERROR = "server error"
    """A 5xx of `RETRIED_STATUSES`: a write may have been made."""
    BROKEN = "broken"
    """Timeout, reset or a cut-off answer after sending began."""


def may_repeat(intent: Intent, end: End) -> bool:
    """Whether the table allows another attempt."""
    if end in {End.NOT_SENT, End.THROTTLED}:
        return True
    return intent is not Intent.ONCE


def backoff(attempt: int, *, base: float = BASE_DELAY, rng: random.Random) -> float:
    """Seconds before attempt ``attempt + 1``: doubling from ``base``, at most `MAX_DELAY`, ×0.7 to ×1.3."""
    return min(MAX_DELAY, base * 2.0 ** min(attempt - 1, 16)) * rng.uniform(0.7, 1.3)


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the platform asks to wait: ``Retry-After``, else ``X-RateLimit-Reset``; None when neither can be read."""
    wait = retry_after(headers.get("retry-after"), now)
    if wait is None:
        wait = reset_after(headers.get("x-ratelimit-reset"), now)
    return wait


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """The platform's own clock, from ``Date``: its dates are meant by that one, not by ours."""
    try:
        when = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def retry_after(value: str | None, now: datetime) -> float | None:
    """``Retry-After`` as seconds (integer or decimal) or an HTTP date; anything else is None (RFC 9110, 10.2.3)."""
    text = (value or "").strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _until(when, now)


def reset_after(value: str | None, now: datetime) -> float | None:
    """A reset as ISO time (Jira), Unix time in s or ms (ServiceNow), or plain seconds (small numbers)."""
    text = (value or "").strip()
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number >= 1e11:
            number /= 1000
        return max(0.0, number - now.timestamp()) if number >= 1e8 else number
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _until(when, now)


def _until(when: datetime, now: datetime) -> float | None:
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    try:
        seconds = (aware - now).total_seconds()
    except OverflowError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
