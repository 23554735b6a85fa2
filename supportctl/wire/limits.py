"""Rate limits as buckets: what the platform's headers say first, what its documents say second."""

import math
import re
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import httpx

from supportctl.wire.clock import Clock
from supportctl.wire.limit_headers import Observation, Reach, observations, throttled

MAX_BUCKETS = 20_000
BURST_SHARE = 0.9
"""How much of a steadily refilled limit is sent at once: on the way, requests may move closer together."""

_ROUNDING = 1e-6
"""Waiting for the last bit of a whole request would never end."""


class Limit(NamedTuple):
    """A published limit: ``limit`` requests per ``window`` seconds.

    ``bucket`` is the name requests may give explicitly (the vendor's own, e.g. ``tickets-index``); ``*`` is the
    whole host. Requests that name no bucket fall under a limit when ``method`` and ``path`` (a regular expression
    the URL's whole path must match) fit; with neither of the two, only naming it (or ``*``) counts.
    ``per_item``: counted for each ticket alone, and without ``method`` and ``path`` for every write to it.
    ``per_endpoint``: counted for each endpoint alone. ``refills``: steadily, not all at once at a window's end.
    """

    bucket: str
    limit: int
    window: float
    method: str | None = None
    path: str | None = None
    per_item: bool = False
    per_endpoint: bool = False
    refills: bool = False


class Scope(NamedTuple):
    """What one request falls under. ``item`` is the path up to its first id, for writes to one ticket."""

    host: str
    method: str
    path: str
    endpoint: str
    item: str | None = None
    bucket: str | None = None


@dataclass(slots=True)
class Bucket:
    """One limit's state; times are monotonic seconds."""

    limit: float | None = None
    remaining: float | None = None
    window: float | None = None
    reset_at: float | None = None
    fill_rate: float | None = None
    """Tokens per second, for buckets that refill steadily (Jira Data Center)."""
    filled_at: float = 0.0
    blocked_until: float = 0.0
    observed: bool = False
    """Whether ``remaining`` comes from the platform."""
    sent: deque[float] | None = None
    """For a published window: when requests were sent. Nobody says when the platform's windows begin, and an answer
    that would tell may get lost: so in no span of the window's length are there more than the limit."""

    def wait(self, now: float) -> float:
        """Seconds until a request may go; 0 when it may go now."""
        if self.blocked_until > now:
            return self.blocked_until - now
        if (rolling := self._rolling(now)) > 0:
            return rolling
        self._renew(now)
        if self.remaining is None or self.remaining >= 1 - _ROUNDING:
            return 0.0
        if self.fill_rate:
            return (1 - self.remaining) / self.fill_rate
        if self.reset_at is not None:
            return self.reset_at - now
        return 0.0

    def refill(self, capacity: float, rate: float, now: float) -> None:
        """Full at first, refilled by ``rate`` requests a second."""
        self.limit = self.remaining = capacity
        self.fill_rate = rate
        self.filled_at = now

    def _rolling(self, now: float) -> float:
        if self.sent is None or self.window is None or self.limit is None:
            return 0.0
        while self.sent and self.sent[0] <= now - self.window:
            self.sent.popleft()
        if len(self.sent) < self.limit:
            return 0.0
        return max(_ROUNDING, self.sent[len(self.sent) - int(self.limit)] + self.window - now)

    def take(self, now: float) -> None:
        if self.sent is not None:
            self.sent.append(now)
        if self.remaining is not None:
            self.remaining = max(0.0, self.remaining - 1)

    def idle(self, now: float) -> bool:
        """Nothing is known that would hold a request back."""
        waiting = self.reset_at is not None and self.reset_at > now
        busy = self.sent and self.window is not None and self.sent[-1] > now - self.window
        return self.blocked_until <= now and not waiting and not busy

    def _renew(self, now: float) -> None:
        if self.fill_rate and self.remaining is not None:
            full = self.limit if self.limit is not None else float("inf")
            self.remaining = min(full, self.remaining + (now - self.filled_at) * self.fill_rate)
            self.filled_at = now
        elif self.reset_at is not None and now >= self.reset_at:
            self.remaining = self.limit
            self.reset_at = now + self.window if self.window and self.sent is None else None

    def observe(self, seen: Observation, now: float, others: int = 0) -> None:
        """Believe the platform; keep our own lower count, since ``others`` are in flight which it may not count yet."""
        if seen.limit is not None:
            self.limit = float(seen.limit)
        if seen.window is not None:
            self.window = seen.window
        if seen.fill_rate is not None:
            if self.fill_rate:
                self._renew(now)
            self.fill_rate = seen.fill_rate
            self.filled_at = now
        reset_at = now + seen.reset if seen.reset is not None else None
        same_window = reset_at is None or (self.reset_at is not None and abs(self.reset_at - reset_at) <= 1.5)
        if seen.remaining is not None:
            counted_on = self.observed and (self.fill_rate or (same_window and self.reset_at))
            if counted_on and self.remaining is not None:
                # Answers come in another order than requests were counted: an older one knows less.
                self.remaining = min(self.remaining, float(seen.remaining))
            else:
                self.remaining = max(0.0, float(seen.remaining) - (others if self.fill_rate else 0))
            self.observed = True
            if self.sent and self.limit is not None and not same_window:
                # A new window: only what the platform counted in it weighs on.
                counted = max(1, int(self.limit) - seen.remaining)
                while len(self.sent) > counted:
                    self.sent.popleft()
        elif self.remaining is None and self.limit is not None and reset_at is not None:
            # ServiceNow tells the limit and its end, not what is left of it.
            self.remaining = self.limit - 1
        if reset_at is not None:
            self.reset_at = reset_at


class Limiter:
    """All buckets of one transport. Thread safe."""

    def __init__(self, published: Sequence[Limit], clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, ...], Bucket] = {}
        self._learned: dict[tuple[str, str], set[tuple[str, bool]]] = {}
        self._under_way: Counter[str] = Counter()
        """Requests without an answer yet, by host."""
        self._published = [(limit, re.compile(limit.path) if limit.path else None) for limit in published]

    def take(self, scope: Scope) -> float:
        """Count a request in all its buckets and return 0, or count nothing and return the seconds to wait."""
        with self._lock:
            now = self._clock.monotonic()
            buckets = self._buckets_of(scope, now)
            wait = max((bucket.wait(now) for bucket in buckets), default=0.0)
            if wait <= 0:
                for bucket in buckets:
                    bucket.take(now)
                return 0.0
            return wait

    @contextmanager
    def under_way(self, scope: Scope) -> Iterator[None]:
        """While a request is: answers to others may not count it yet."""
        with self._lock:
            self._under_way[scope.host] += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way[scope.host] -= 1

    def learn(self, scope: Scope, headers: httpx.Headers) -> None:
        """Take over what a response's headers say, whatever its status."""
        seen = observations(headers, self._clock.now())
        if not seen:
            return
        with self._lock:
            now = self._clock.monotonic()
            for observation in seen:
                bucket = self._bucket(self._key(scope, observation.reach, observation.name))
                bucket.observe(observation, now, others=self._under_way[scope.host])

    def block(self, scope: Scope, headers: httpx.Headers, seconds: float) -> Reach:
        """After a 429: hold back everything it applies to for ``seconds``; returns how far it reaches."""
        reach, names = throttled(headers)
        if reach is Reach.ITEM and scope.item is None:
            reach = Reach.ENDPOINT
        with self._lock:
            until = self._clock.monotonic() + seconds
            for name in names or [""]:
                bucket = self._bucket(self._key(scope, reach, name))
                bucket.blocked_until = max(bucket.blocked_until, until)
        return reach

    def _buckets_of(self, scope: Scope, now: float) -> list[Bucket]:
        keys = [("host", scope.host), ("endpoint", scope.host, scope.endpoint)]
        if scope.item is not None:
            keys.append(("item", scope.host, scope.item, ""))
        names = set(self._learned.get((scope.host, scope.endpoint), ()))
        if scope.bucket:
            names.add((scope.bucket, False))
        for limit, path in self._published:
            if self._applies(limit, path, scope):
                key = ("host", scope.host) if limit.bucket == "*" else self._named(scope, limit.bucket, limit.per_item)
                if limit.per_endpoint:
                    key = (*key, scope.endpoint)
                bucket = self._bucket(key)
                if limit.refills and bucket.limit is None:
                    bucket.refill(max(1, math.floor(limit.limit * BURST_SHARE)), limit.limit / limit.window, now)
                elif bucket.sent is None and not bucket.fill_rate:
                    bucket.window = limit.window
                    bucket.sent = deque()
                if bucket.limit is None:
                    bucket.limit = float(limit.limit)
                keys.append(key)
        keys += [self._named(scope, name, per_item) for name, per_item in names]
        return [self._buckets[key] for key in dict.fromkeys(keys) if key in self._buckets]

    @staticmethod
    def _applies(limit: Limit, path: re.Pattern[str] | None, scope: Scope) -> bool:
        if limit.per_item and scope.item is None:
            return False
        anything = limit.method is None and path is None
        if limit.bucket == "*" or (limit.per_item and anything):
            return True
        if scope.bucket:
            return limit.bucket == scope.bucket
        if anything:
            return False
        return (limit.method is None or limit.method == scope.method) and (
            path is None or path.fullmatch(scope.path) is not None
        )

    def _key(self, scope: Scope, reach: Reach, name: str) -> tuple[str, ...]:
        if reach is Reach.HOST:
            return ("host", scope.host)
        if reach is Reach.ITEM and not name:
            return ("item", scope.host, scope.item or scope.path, "")
        if not name:
            return ("endpoint", scope.host, scope.endpoint)
        per_item = reach is Reach.ITEM
        self._learned.setdefault((scope.host, scope.endpoint), set()).add((name, per_item))
        return self._named(scope, name, per_item)

    @staticmethod
    def _named(scope: Scope, name: str, per_item: bool) -> tuple[str, ...]:
        if per_item:
            return ("item", scope.host, scope.item or scope.path, name)
        return ("named", scope.host, name)

    def _bucket(self, key: tuple[str, ...]) -> Bucket:
        if key not in self._buckets and len(self._buckets) >= MAX_BUCKETS:
            now = self._clock.monotonic()
            self._buckets = {k: b for k, b in self._buckets.items() if k[0] != "item" or not b.idle(now)}
        return self._buckets.setdefault(key, Bucket())
