"""Where in the index the ticket of a key is; sorted numbers, since a million names would take a hundred megabytes."""

from typing import Any

import numpy as np

from supportctl.duplicates.long import Array, Growing

RECENT = 100_000


class KnownKeys:
    def __init__(self) -> None:
        self._marks = Growing(np.uint64)
        """By place; 0 for a ticket that no longer counts."""
        self._digests = Growing(np.uint64)
        self._order = np.zeros(0, np.int64)
        self._sorted = np.zeros(0, np.uint64)
        self._recent: dict[int, int] = {}

    def add(self, first: int, marks: Array, digests: Array) -> None:
        """Tickets from place ``first`` on."""
        self._marks.add(marks)
        self._digests.add(digests)
        for place, mark in enumerate(marks.tolist(), first):
            self._recent[mark] = place
        if len(self._recent) > RECENT:
            self._sort()

    def _sort(self) -> None:
        self._order = np.argsort(self._marks.all, kind="stable")
        self._sorted = self._marks.all[self._order]
        self._recent.clear()

    def place(self, mark: int) -> int | None:
        if (found := self._recent.get(mark)) is not None:
            return found
        at = int(np.searchsorted(self._sorted, np.uint64(mark)))
        if at < len(self._sorted) and int(self._sorted[at]) == mark:
            place = int(self._order[at])
            return place if int(self._marks.all[place]) == mark else None
        return None

    def digest(self, place: int) -> int:
        return int(self._digests.all[place])

    def remove(self, mark: int) -> int | None:
        """The place it had."""
        if (place := self.place(mark)) is not None:
            self._marks.all[place] = 0
            self._recent.pop(mark, None)
        return place

    def of(self, places: Array) -> "KnownKeys":
        """Those of these places, in this order."""
        made = KnownKeys()
        made._marks.add(self._marks.all[places])
        made._digests.add(self._digests.all[places])
        made._sort()
        return made

    def arrays(self) -> dict[str, Array]:
        return {"marks": self._marks.all, "digests": self._digests.all}

    @classmethod
    def restored(cls, arrays: Any) -> "KnownKeys":
        made = cls()
        made._marks.add(arrays["marks"])
        made._digests.add(arrays["digests"])
        made._sort()
        return made
