"""What arrived at the sandbox, and what became of it."""

import re
import threading
from collections import Counter
from typing import Any

_VARIABLE = re.compile(r"/(?:\d+|[0-9a-f]{32}|V3-[0-9a-f]+|[A-Z][A-Z0-9]+-\d+)(?=/|\.json|$)")


class Stats:
    """Requests since the start (or the last reset), by method and path with ids replaced by ``{id}``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.violations: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def count(self, method: str, path: str) -> None:
        with self._lock:
            self.requests[f"{method} {_VARIABLE.sub('/{id}', path)}"] += 1

    def count_status(self, status: int) -> None:
        with self._lock:
            self.statuses[str(status)] += 1

    def note(self, what: str) -> None:
        """Count something worth a test's attention, e.g. credentials sent to the content host."""
        with self._lock:
            self.notes[what] += 1

    def violation(self, limit: str) -> None:
        """Count a request beyond a published limit."""
        with self._lock:
            self.violations[limit] += 1

    def fault(self, kind: str) -> None:
        """Count an injected fault."""
        with self._lock:
            self.faults[kind] += 1

    def clear(self) -> None:
        with self._lock:
            for counter in (self.requests, self.statuses, self.notes, self.violations, self.faults):
                counter.clear()

    def as_dict(self) -> dict[str, Any]:
        with self._lock:
            return {
                "total": self.requests.total(),
                "requests": dict(sorted(self.requests.items())),
                "statuses": dict(sorted(self.statuses.items())),
                "notes": dict(sorted(self.notes.items())),
                "violations": dict(sorted(self.violations.items())),
                "faults": dict(sorted(self.faults.items())),
            }
