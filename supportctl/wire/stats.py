"""What a run cost: requests by endpoint, repeats, waiting; and what the platform warned of."""

import threading
from collections import Counter

MAX_WARNINGS = 100
MAX_WARNING_LENGTH = 400


class Stats:
    """Counted while requests run, from any thread. ``waited`` is in seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests = 0
        self.by_endpoint: Counter[str] = Counter()
        self.retries = 0
        self.waited = 0.0
        self.warnings: list[str] = []
        """What warning headers said, each once."""

    def sent(self, endpoint: str) -> None:
        """One request left for ``endpoint`` (verb and template)."""
        with self._lock:
            self.requests += 1
            self.by_endpoint[endpoint] += 1

    def retried(self) -> None:
        with self._lock:
            self.retries += 1

    def slept(self, seconds: float) -> None:
        with self._lock:
            self.waited += seconds

    def warn(self, text: str) -> None:
        """Keep a warning once; control characters and excess length are dropped."""
        clean = "".join(c if c.isprintable() else " " for c in text).strip()[:MAX_WARNING_LENGTH]
        with self._lock:
            if clean and clean not in self.warnings and len(self.warnings) < MAX_WARNINGS:
                self.warnings.append(clean)
