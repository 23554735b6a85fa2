"""Which kept tickets are linked, looked up: the sets of `Known` after all tickets, of those that may be linked to some.

Two may be linked only when a name of one (id or key) is named by a link of the other, or both name the same. All that
hang together so are put into a `Known` of their own, which knows what a link leads to.
"""

from collections.abc import Callable, Iterable

from supportctl.duplicates.facts import NONE, Fact, Facts, targets
from supportctl.duplicates.linked import Known, Name


class Joined:
    def __init__(self, facts: Facts, number: Callable[[str], int | None], where: Name) -> None:
        """``number`` of a ticket in the index, by its id; ``where``: profile and platform."""
        self._facts = facts
        self._number = number
        self._where = where

    def sets(self, ids: Iterable[str]) -> dict[int, int]:
        """By number, for these that are linked and all that are linked to them: the smallest number of the set."""
        every = self._near(ids)
        known = Known()
        numbered = [(each, number) for each in every if (number := self._number(each.id)) is not None]
        for each, number in sorted(numbered, key=lambda pair: pair[0].place):
            known.add(number, self._where, (each.id, each.key), each.links)
        known.settle()
        return {number: known.sets.of(number) for _, number in numbered}

    def _near(self, ids: Iterable[str]) -> list[Fact]:
        found: dict[str, Fact] = {}
        waiting = self._beginning(list(ids))
        names: set[str] = set()
        while waiting:
            new = self._facts.of(waiting)
            found |= {each.id: each for each in new}
            fresh = {name for each in new for name in (each.id, each.key, *targets(each.links))} - names
            names |= fresh
            waiting = (self._naming(fresh) | self._called(fresh)) - found.keys()
        return list(found.values())

    def _beginning(self, ids: list[str]) -> set[str]:
        """Those of these that have links, or are named by one."""
        linked: set[str] = set()
        owner: dict[str, list[str]] = {}
        for id_, key, links in self._facts.many("SELECT id, key, links FROM fact WHERE id IN (*)", ids):
            if links != NONE:
                linked.add(id_)
            for name in (id_, key):
                owner.setdefault(name, []).append(id_)
        named = self._facts.many("SELECT DISTINCT name FROM target WHERE name IN (*)", owner)
        return linked.union(*(owner[name] for (name,) in named))

    def _naming(self, names: Iterable[str]) -> set[str]:
        return {source for (source,) in self._facts.many("SELECT source FROM target WHERE name IN (*)", names)}

    def _called(self, names: set[str]) -> set[str]:
        by_id = self._facts.many("SELECT id FROM fact WHERE id IN (*)", names)
        by_key = self._facts.many("SELECT id FROM fact WHERE key IN (*)", names)
        return {id_ for found in (by_id, by_key) for (id_,) in found}
