"""Whether the recording computer's clock agrees with the servers' (their ``Date`` header)."""

from datetime import timedelta
from statistics import median

from supportctl.evidence.har.exchange import Exchange

TOLERATED = 60.0
"""Seconds: what sign-ins usually allow. The header has whole seconds, and answers take their time."""
_PER_HOST = 50
_HOSTS = 500


class Skew:
    def __init__(self) -> None:
        self._by_host: dict[str, list[float]] = {}

    def add(self, one: Exchange) -> None:
        """Answers from caches carry an old date and do not count."""
        written = one.got.get("date")
        if not written or one.at is None or one.assumed_zone or one.cached or one.status in (None, 304):
            return
        if (age := one.got.get("age", "0")).strip() not in ("", "0") and not age.startswith("-"):
            return
        if "hit" in one.got.get("x-cache", "").lower() or "hit" in one.got.get("cf-cache-status", "").lower():
            return
        from supportctl.evidence.logs import stamps

        stamp = stamps.parse(written)
        if stamp is None or stamp.offset is None or stamp.no_year or stamp.no_date:
            return
        receive = one.phases.get("receive", 0.0)
        answered = one.at + timedelta(milliseconds=min(max(one.millis - receive, 0.0), 1e9))
        told = (stamp.naive - stamp.offset) - answered.replace(tzinfo=None)
        samples = self._by_host.setdefault(one.host, []) if len(self._by_host) < _HOSTS else self._by_host.get(one.host)
        if samples is not None and len(samples) < _PER_HOST:
            samples.append(told.total_seconds())

    def seconds(self) -> float | None:
        """Servers minus computer, where most hosts agree within the tolerance; None where it cannot be told."""
        hosts = [median(samples) for samples in self._by_host.values()]
        if not hosts:
            return None
        middle = median(hosts)
        agree = sum(1 for each in hosts if abs(each - middle) <= TOLERATED)
        return round(middle, 1) if agree * 3 >= len(hosts) * 2 else None

    def odd(self) -> dict[str, float]:
        """Hosts whose clock differs from that of all others by more than is tolerated, in seconds."""
        middle = self.seconds()
        if middle is None or len(self._by_host) < 4:
            return {}
        found = {}
        for host, samples in self._by_host.items():
            off = median(samples) - middle
            if len(samples) >= 2 and abs(off) > TOLERATED and max(samples) - min(samples) < TOLERATED:
                found[host] = round(off, 1)
        return found


def worded(seconds: float) -> str:
    """``2 minutes 5 seconds``."""
    whole = round(abs(seconds))
    parts = []
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        number, whole = divmod(whole, size)
        if number:
            parts.append(f"{number} {unit}{'s' if number > 1 else ''}")
    return " ".join(parts[:2]) or "0 seconds"
