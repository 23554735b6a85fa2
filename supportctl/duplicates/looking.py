"""What is known by rule of the tickets of an index, looked up in its facts when it is asked for."""

from collections.abc import Sequence

import numpy as np

from supportctl.duplicates.copies import LATEST, Copies
from supportctl.duplicates.exact import Match
from supportctl.duplicates.facts import Fact, Facts, Place
from supportctl.duplicates.joined import Joined
from supportctl.duplicates.linked import Name
from supportctl.duplicates.long import Array
from supportctl.duplicates.naming import FEW, near
from supportctl.duplicates.ruling import Ruling
from supportctl.duplicates.sameness import Marks
from supportctl.duplicates.store import Store

UNKNOWN, NOTHING = -2, -1
_NAMED = """
SELECT born, id FROM name WHERE hash = ? AND (born, size, id) < (?, ?, ?) ORDER BY born, size, id LIMIT ?
"""


class Looking(Ruling):
    """Answers as `Noted` would after all tickets, but for rare names: none is forgotten."""

    def __init__(self, store: Store, facts: Facts, where: Name) -> None:
        """``where``: profile and platform."""
        self._ids = store.index.ids
        self._number = store.place
        self._facts = facts
        self._copies = Copies(facts, store.place)
        self._joined = Joined(facts, store.place, where)
        self._first = np.full(len(store.index), UNKNOWN, np.int64)
        self._set = np.arange(len(store.index), dtype=np.int64)
        """What `learn` found, by number."""
        self._joined_up = np.zeros(len(store.index), bool)
        """Whose set is known: all of a set are met together."""

    def learn(self, numbers: Array) -> None:
        new = np.unique(numbers[self._first[numbers] == UNKNOWN])
        if not len(new):
            return
        ids = dict(zip(self._ids.of(new), new.tolist(), strict=True))
        found = [(ids[each.id], self._copies.first(each)) for each in self._facts.of(self._copies.repeating(ids))]
        self._first[new] = NOTHING  # After the questions: one that fails is asked again.
        for number, first in found:
            if first is not None:
                self._first[number] = first
        for number, of in self._joined.sets(id_ for id_, number in ids.items() if not self._joined_up[number]).items():
            self._set[number] = of
            self._joined_up[number] = True

    def first(self, number: int) -> int | None:
        if (known := int(self._first[number])) == UNKNOWN:
            self.learn(np.array([number]))
            known = int(self._first[number])
        return None if known == NOTHING else known

    def linked_set(self, number: int) -> int:
        self.first(number)
        return int(self._set[number])

    def repeats(self, number: int) -> Match | None:
        if self.first(number) is None or (fact := self._fact(number)) is None:
            return None
        return self._copies.match(fact)

    def named(self, number: int) -> Sequence[int]:
        fact = self._fact(number)
        return [] if fact is None else self._sharing(fact.born, fact.marks, fact.place)

    def look(self, born: float, found: Marks) -> Match | None:
        return self._copies.look(born, found)

    def look_named(self, born: float, found: Marks) -> Sequence[int]:
        return self._sharing(born, found, LATEST)

    def _fact(self, number: int) -> Fact | None:
        return self._facts.one(self._ids[number])

    def _sharing(self, born: float, found: Marks, before: Place) -> list[int]:
        sharing: set[int] = set()
        for name in found.names:
            rows = self._facts.ask(_NAMED, (name, *before, FEW))
            if len(rows) < FEW:
                sharing.update(
                    number for at, id_ in rows if near(born, at) and (number := self._number(id_)) is not None
                )
        return sorted(sharing)
