"""Tickets that are one by rule, in one pass and with one look-up each, whatever the number of copies."""

from dataclasses import dataclass, field

from supportctl.duplicates.sameness import Marks
from supportctl.duplicates.suggestion import Kind

DAY = 86_400.0
RESEND_DAYS = 4.0
"""Over a long weekend; the same text a week later is the next request, or the fault come back."""
ALERT_HOURS = 24.0
"""A message that was quiet for so long tells of a new event."""
GAP = {Kind.RESEND: RESEND_DAYS * DAY, Kind.ALERT: ALERT_HOURS * 3600}
"""Seconds after the last copy from which on another is none."""
FLOOD = 5
"""Of a sender not known as a machine so many of the same message within `ALERT_HOURS` are a machine's."""
MOST = 50
"""Other things the same text was sent about that are remembered."""
SURE = 0.95
"""By rule, not fitted: what is left to doubt is the same text sent on purpose about two things."""
LESS_SURE = 0.8
"""Where nothing but the flood tells that a machine sent it: a form that many fill in looks the same."""


@dataclass(frozen=True, slots=True)
class Match:
    kind: Kind
    of: int
    """The first of this text or message."""
    last: int
    """The newest before this one."""
    copies: int
    """Of them so far, without this one."""
    confidence: float


@dataclass(slots=True)
class _Run:
    """Copies that follow each other closely enough."""

    first: int
    last: int
    at: float
    copies: int = 1
    recent: int = 1
    """Of these within `ALERT_HOURS` of the newest, counted from `since`."""
    since: float = 0.0
    fields: dict[str, int] = field(default_factory=dict)
    """What is known of its copies."""

    def fits(self, marks: Marks) -> bool:
        return all(self.fields.get(name, value) == value for name, value in marks.fields.items())


class Exact:
    """Grows at its end; numbers ascend with the time of creation."""

    def __init__(self) -> None:
        self._runs: dict[tuple[Kind, bytes], list[_Run]] = {}
        """Newest last. Several where the same text was sent about different things."""

    def put(self, number: int, born: float, marks: Marks) -> Match | None:
        """Take in a ticket; what it repeats."""
        found = self.look(born, marks)
        for kind, key in keys(marks):
            run = self._run(kind, key, born, marks)
            if run is None:
                near = [each for each in self._runs.get((kind, key), ()) if born - each.at <= GAP[kind]]
                new = _Run(number, number, born, since=born, fields=self._of(kind, marks))
                self._runs[kind, key] = [*near[-MOST:], new]
                continue
            run.fields |= self._of(kind, marks)
            if born - run.since > GAP[kind]:
                run.since, run.recent = born, 0
            run.last, run.at = number, born
            run.copies += 1
            run.recent += 1
        return found

    def look(self, born: float, marks: Marks) -> Match | None:
        """What a ticket of this moment repeats, without taking it in."""
        for kind, key in keys(marks):
            run = self._run(kind, key, born, marks)
            if run is None:
                continue
            if kind is Kind.ALERT and not marks.machine and not is_flood(run.recent):
                continue
            return match_of(kind, marks.machine, run.first, run.last, run.copies)
        return None

    def _run(self, kind: Kind, key: bytes, born: float, marks: Marks) -> _Run | None:
        for run in reversed(self._runs.get((kind, key), ())):
            if born - run.at <= GAP[kind] and (kind is Kind.ALERT or run.fits(marks)):
                return run
        return None

    @staticmethod
    def _of(kind: Kind, marks: Marks) -> dict[str, int]:
        return dict(marks.fields) if kind is Kind.RESEND else {}


def keys(marks: Marks) -> list[tuple[Kind, bytes]]:
    """What a ticket may repeat, the likelier kind first."""
    alert = [(Kind.ALERT, marks.message)] if marks.message is not None else []
    resend = [(Kind.RESEND, marks.sent)] if marks.sent is not None else []
    return alert + resend if marks.machine else resend + alert


def match_of(kind: Kind, machine: bool, first: int, last: int, copies: int) -> Match:
    sure = SURE if kind is Kind.RESEND or machine else LESS_SURE
    return Match(kind, first, last, copies, sure)


def is_flood(recent: int) -> bool:
    """With so many copies lately, and one more."""
    return recent + 1 >= FLOOD
