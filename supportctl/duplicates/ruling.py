"""What is known of tickets by rule: which repeat another, which share a rare name, which the platforms have linked."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from supportctl.duplicates.exact import Exact, Match
from supportctl.duplicates.linked import Known
from supportctl.duplicates.naming import Names
from supportctl.duplicates.sameness import Marks

if TYPE_CHECKING:
    from supportctl.duplicates.rows import Array


class Ruling(ABC):
    """Of tickets by their numbers in the index."""

    @abstractmethod
    def repeats(self, number: int) -> Match | None:
        """What a ticket repeats by rule."""

    @abstractmethod
    def first(self, number: int) -> int | None:
        """The first of what it repeats."""

    @abstractmethod
    def named(self, number: int) -> Sequence[int]:
        """Older tickets that share a rare name with it, ascending."""

    @abstractmethod
    def look(self, born: float, found: Marks) -> Match | None:
        """What a ticket that is not among them would repeat, after all of them."""

    @abstractmethod
    def look_named(self, born: float, found: Marks) -> Sequence[int]:
        """Those that share a rare name with a ticket that is not among them."""

    @abstractmethod
    def linked_set(self, number: int) -> int:
        """The same number for all that are linked: the smallest."""

    def learn(self, numbers: "Array") -> None:  # noqa: B027 (nothing to do where all is at hand)
        """`first` and `linked_set` are going to be asked for these."""

    def unit(self, number: int) -> int:
        """The first of the tickets that are one by rule."""
        while (of := self.first(number)) is not None:
            number = of
        return number


class Noted(Ruling):
    """Held for all tickets: `take` each in the order of creation, then `known.settle`."""

    def __init__(self) -> None:
        self.known = Known()
        self._exact = Exact()
        self._names = Names()
        self._repeats: dict[int, Match] = {}
        self._named: dict[int, list[int]] = {}

    def take(self, number: int, born: float, found: Marks) -> None:
        if (match := self._exact.put(number, born, found)) is not None:
            self._repeats[number] = match
        if shared := self._names.put(number, born, found.names):
            self._named[number] = shared

    def repeats(self, number: int) -> Match | None:
        return self._repeats.get(number)

    def first(self, number: int) -> int | None:
        match = self._repeats.get(number)
        return None if match is None else match.of

    def named(self, number: int) -> Sequence[int]:
        return self._named.get(number, [])

    def look(self, born: float, found: Marks) -> Match | None:
        return self._exact.look(born, found)

    def look_named(self, born: float, found: Marks) -> Sequence[int]:
        return self._names.look(born, found.names)

    def linked_set(self, number: int) -> int:
        return self.known.sets.of(number)
