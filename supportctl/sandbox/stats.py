"""What arrived at the sandbox, and what became of it."""

import re
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

from supportctl.sandbox.kinds import BATCH, kind_of, kind_of_batch

_VARIABLE = re.compile(r"/(?:\d+|[0-9a-f]{32}|V3-[0-9a-f]+|[A-Z][A-Z0-9]+-\d+)(?=/|\.json|$)")


class Stats:
    """Requests since the start (or the last reset), by method and path with ids replaced by ``{id}``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        """By what they are for (`supportctl.sandbox.kinds`); those inside batches once more, as ``inner read`` ..."""
        self.statuses: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.violations: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def count(self, method: str, path: str) -> None:
        with self._lock:
            self.requests[f"{method} {_VARIABLE.sub('/{id}', path)}"] += 1
            if not BATCH.fullmatch(path):
                self.kinds[kind_of(method, path)] += 1

    def count_batch(self, inner: Sequence[tuple[str, str]]) -> None:
        """Count the requests inside one (method, path), and the batch itself as what they are for."""
        with self._lock:
            self.kinds[kind_of_batch(inner)] += 1
            for method, path in inner:
                self.kinds[f"inner {kind_of(method, path)}"] += 1

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
        self.taken()

    def as_dict(self) -> dict[str, Any]:
        with self._lock:
            return self._told()

    def taken(self) -> dict[str, Any]:
        """As `as_dict`, and counting begins anew; no request is lost between."""
        with self._lock:
            told = self._told()
            for counter in self._counters().values():
                counter.clear()
            return told

    def _told(self) -> dict[str, Any]:
        counters = {name: dict(sorted(counter.items())) for name, counter in self._counters().items()}
        return {"total": self.requests.total(), **counters}

    def _counters(self) -> dict[str, Counter[str]]:
        return {
            "requests": self.requests,
            "kinds": self.kinds,
            "statuses": self.statuses,
            "notes": self.notes,
            "violations": self.violations,
            "faults": self.faults,
        }
