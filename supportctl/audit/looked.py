"""What became of the tickets that a baseline or the last run names: read or not, and by which rules not judged.

Kept for those tickets only; nothing is done where nobody compares.
"""

from collections.abc import Iterable

from supportctl.model import Ticket


class Looked:
    """It is pickled with the tally, and parts are added up."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.keys = frozenset(keys)
        self.read: set[str] = set()
        self.unjudged: set[tuple[str, str]] = set()
        """Rule and ticket: the verdict hung on something unknown."""
        self.excused: set[tuple[str, str]] = set()
        """Rule and ticket: the fault is there, and excused."""
        self.hidden: set[str] = set()
        """Fields that were unknown of any ticket of the run: rules about the queue did not see it all."""

    def saw(self, ticket: Ticket) -> None:
        if ticket.unknown:
            self.hidden.update(ticket.unknown)
        if ticket.key in self.keys:
            self.read.add(ticket.key)

    def could_not_judge(self, rule: str, ticket: Ticket) -> None:
        if ticket.key in self.keys:
            self.unjudged.add((rule, ticket.key))

    def excuses(self, rule: str, ticket: Ticket) -> None:
        if ticket.key in self.keys:
            self.excused.add((rule, ticket.key))

    def merge(self, other: "Looked") -> None:
        self.read |= other.read
        self.unjudged |= other.unjudged
        self.excused |= other.excused
        self.hidden |= other.hidden
