"""Verdicts that wait for what the queue teaches: most are settled case by case, and their tickets not read again.

Tickets that are one case to a rule get the same verdict from it. So one of them is judged when the queue is known, and
only the tickets of cases that are faulty are gone through a second time.
"""

from array import array
from collections.abc import Callable, Hashable, Iterator, Mapping

from supportctl.model import Ticket

Settled = Mapping[str, frozenset[Hashable]]
"""By rule the cases whose tickets need no second look."""
MOST = 256
"""Cases of one rule; where there are more, all tickets are judged again."""
ALONE = "alone"
"""A ticket that is like no other: it has to be looked at again."""


class Case:
    """``numbers``: which tickets of the stream, counted from 0; 4 bytes each."""

    __slots__ = ("numbers", "sample")

    def __init__(self, sample: Ticket) -> None:
        self.sample = sample
        self.numbers = array("I")


class Waiting:
    """It is pickled with the tally; memory: 4 bytes for a ticket and rule, and a ticket for a case."""

    def __init__(self) -> None:
        self._cases: dict[str, dict[Hashable, Case] | None] = {}
        """By rule; None: all its tickets are judged again."""

    def add(self, rule: str, case: Hashable, ticket: Ticket, number: int) -> None:
        cases = self._cases.setdefault(rule, {})
        if cases is None:
            return
        found = cases.get(case)
        if found is None:
            if case is ALONE or len(cases) == MOST:
                self._cases[rule] = None
                return
            found = cases[case] = Case(ticket)
        found.numbers.append(number)

    def merge(self, other: "Waiting") -> None:
        """Add the cases of a later part; the numbers are of each part's own stream, and only how many counts here."""
        for rule, theirs in other._cases.items():
            mine = self._cases.setdefault(rule, {})
            if mine is None or theirs is None or len(mine.keys() | theirs.keys()) > MOST:
                self._cases[rule] = None
                continue
            for name, case in theirs.items():
                mine.setdefault(name, Case(case.sample)).numbers.extend(case.numbers)

    def settle(self, judge: Callable[[str, Ticket, int], bool]) -> Settled:
        """``judge`` is given rule, ticket and how many are like it; False: each must be looked at."""
        return {
            rule: frozenset(name for name, case in cases.items() if judge(rule, case.sample, len(case.numbers)))
            for rule, cases in self._cases.items()
            if cases is not None
        }

    def wanted(self, tickets: int, settled: Settled) -> bytes | None:
        """Of each ticket of the stream whether it must be looked at again, a byte each; None: of all."""
        marks = bytearray(tickets)
        for numbers in self._open(settled):
            if numbers is None:
                return None
            for number in numbers:
                marks[number] = 1
        return bytes(marks)

    def _open(self, settled: Settled) -> Iterator["array[int] | None"]:
        for rule, cases in self._cases.items():
            done = settled.get(rule, frozenset())
            if cases is None:
                yield None
            else:
                yield from (case.numbers for name, case in cases.items() if name not in done)
