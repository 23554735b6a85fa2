"""What must not stand in a ticket, told apart without being told.

All passwords look alike when they are masked. So that a known one does not cover the next, findings go by when a value
came in first, and by how many came in then; a quotation of an old one is no new fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from supportctl.audit.texts import Text
from supportctl.model import Evidence


@dataclass
class Leak:
    """Values of one kind that look alike and came in together."""

    kind: str
    masked: str
    first: str
    """When they came in, or where, if nobody knows."""
    evidence: list[Evidence] = field(default_factory=list)
    number: int = 0
    """Different values."""

    @property
    def seen(self) -> str:
        return f"{self.kind} {self.masked} {self.first}" + (f" {self.number}" if self.number > 1 else "")

    @property
    def places(self) -> str:
        return ", ".join(sorted({item.field for item in self.evidence}))


class Leaks:
    """Those of one ticket, in the order they were found. Keeps the values only while the ticket is looked at."""

    def __init__(self) -> None:
        self._leaks: dict[tuple[str, str, str], Leak] = {}
        self._of: dict[tuple[str, str], Leak] = {}

    def __bool__(self) -> bool:
        return bool(self._leaks)

    def __iter__(self) -> Iterator[Leak]:
        return iter(self._leaks.values())

    def add(self, text: Text, kind: str, masked: str, value: str) -> None:
        leak = self._of.get((kind, value))
        if leak is None:
            first = text.place if text.at is None else text.at.isoformat()
            leak = self._leaks.setdefault((kind, masked, first), Leak(kind, masked, first))
            leak.number += 1
            self._of[kind, value] = leak
        leak.evidence.append(Evidence(field=text.place, seen=f"{kind} {masked}", at=text.at))
