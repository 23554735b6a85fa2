"""Lines which so many tickets hold that they say nothing of any one, but for the codes in them. Only hashes are kept.

They are counted by their form without numbers: ``Error code: E4711`` and ``Error code: E4712`` are one line of many.
"""

import numpy as np

from supportctl.duplicates.long import Array

LEAST = 8
SHARE = 0.004
SLOTS = 1 << 22
"""Counts that lines are told apart by: two lines in one slot count together, which is rare and does little harm."""


class SharedLines:
    def __init__(self) -> None:
        self.counts = np.zeros(SLOTS, np.int32)
        self.tickets = 0

    def take(self, owner: Array, mark: Array, tickets: int, *, count: bool) -> Array:
        """For each line whether it is kept: by the tickets before its own, those of this page included.

        ``owner`` is the ticket of each line (from 0, ascending), ``mark`` its hash. With `count`
        the page counts from then on.
        """
        slot = (mark & np.uint32(SLOTS - 1)).astype(np.int64)
        key = slot * tickets + owner
        order = np.argsort(key, kind="stable")
        key, slot = key[order], slot[order]
        first = np.diff(key, prepend=-1) > 0
        """Of its ticket and slot."""
        opens = np.nonzero(np.diff(slot, prepend=-1) > 0)[0]
        rank = np.cumsum(first) - 1
        lengths = np.diff(np.append(opens, len(slot)))
        earlier = rank - np.repeat(rank[opens], lengths)
        met = self.counts[slot] + earlier
        keep = np.empty(len(slot), bool)
        keep[order] = met < np.maximum(LEAST, SHARE * (self.tickets + owner[order]))
        if not count:
            return keep
        self.counts += np.bincount(slot[first], minlength=SLOTS).astype(np.int32)
        self.tickets += tickets
        return keep
