"""Counting requests against limits, by the sandbox's clock."""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """``requests`` in ``seconds``: in windows that begin with the clock's, or steadily refilled when ``bucket``."""

    name: str
    requests: int
    seconds: float
    bucket: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """One limit after a request was counted, or refused, by it."""

    limit: Limit
    key: str
    remaining: int
    resets: float
    """Seconds until the window ends, or until a bucket has room for one request more."""
    over: bool = False
    at: float = 0.0
    """The sandbox's Unix time."""


class Meter:
    """All counters of one server. Thread safe. A request is counted by all its limits, or refused and by none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, charges: Sequence[tuple[Limit, str]], now: float, *, enforced: bool) -> list[State]:
        """``now`` is Unix time. Not enforced, no state is ever over and at least half of each limit remains."""
        with self._lock:
            used = [self._level(limit, key, now) for limit, key in charges]
            over = [enforced and level + 1 > limit.requests for (limit, _), level in zip(charges, used, strict=True)]
            if any(over):
                taken = used
            else:
                taken = [level + 1 for level in used]
                for (limit, key), level in zip(charges, taken, strict=True):
                    self._used[limit.name, key] = (now, level)
        return [
            State(limit, key, self._left(limit, level, enforced=enforced), self._resets(limit, level, now), full, now)
            for (limit, key), level, full in zip(charges, taken, over, strict=True)
        ]

    def clear(self) -> None:
        with self._lock:
            self._used.clear()

    def _level(self, limit: Limit, key: str, now: float) -> float:
        at, level = self._used.get((limit.name, key), (now, 0.0))
        if limit.bucket:
            return max(0.0, level - max(0.0, now - at) * limit.requests / limit.seconds)
        return level if math.floor(at / limit.seconds) == math.floor(now / limit.seconds) else 0.0

    @staticmethod
    def _left(limit: Limit, level: float, *, enforced: bool) -> int:
        left = max(0, math.floor(limit.requests - level))
        return left if enforced else max(left, (limit.requests + 1) // 2)

    @staticmethod
    def _resets(limit: Limit, level: float, now: float) -> float:
        if limit.bucket:
            return max(0.0, level + 1 - limit.requests) * limit.seconds / limit.requests
        return limit.seconds - now % limit.seconds
