"""What a kept ticket repeats, looked up: the answers of `Exact` after all tickets, without putting them in.

Copies of a message are one run as long as each follows the last closely enough; so the start of a run is found by
steps of that length, and copies are counted by SQLite, whatever their number. A text that was sent with different
fields may have several runs at one time: then all who sent it are put into an `Exact` of their own.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from supportctl.duplicates.exact import FLOOD, GAP, Exact, Match, is_flood, keys, match_of
from supportctl.duplicates.facts import MESSAGE, SENT, Fact, Facts, Place
from supportctl.duplicates.sameness import Marks
from supportctl.duplicates.suggestion import Kind

REMEMBERED = 100_000
"""Texts and messages of which it is remembered where runs begin, and tickets put into an `Exact`."""
_KIND = {Kind.ALERT: MESSAGE, Kind.RESEND: SENT}
_REPEATING = """
SELECT f.id FROM fact f WHERE f.id IN (*) AND (
  EXISTS (SELECT 1 FROM copy c WHERE c.kind = 0 AND c.hash = f.sent AND c.born >= f.born - ? AND c.born <= f.born
    AND (c.born, c.size, c.id) < (f.born, length(f.id), f.id))
  OR EXISTS (SELECT 1 FROM copy c WHERE c.kind = 1 AND c.hash = f.message AND c.born >= f.born - ? AND c.born <= f.born
    AND (c.born, c.size, c.id) < (f.born, length(f.id), f.id)))
"""
_LAST = """
SELECT born, size, id FROM copy WHERE kind = ? AND hash = ? AND born <= ? AND (born, size, id) < (?, ?, ?)
ORDER BY born DESC, size DESC, id DESC LIMIT 1
"""
_FROM = "SELECT born FROM copy WHERE kind = ? AND hash = ? AND born >= ? ORDER BY born LIMIT 1"
_AFTER = "SELECT born FROM copy WHERE kind = ? AND hash = ? AND born > ? AND born <= ? ORDER BY born LIMIT 1"
_FIRST = "SELECT id FROM copy WHERE kind = ? AND hash = ? AND born = ? ORDER BY size, id LIMIT 1"
_COUNT = """
SELECT count(*) FROM copy WHERE kind = ? AND hash = ? AND born >= ? AND born <= ?
AND (born, size, id) >= (?, ?, ?) AND (born, size, id) < (?, ?, ?)
"""
_SOME = """
SELECT count(*) FROM (SELECT 1 FROM copy WHERE kind = ? AND hash = ? AND born >= ? AND born <= ?
AND (born, size, id) <= (?, ?, ?) LIMIT ?)
"""
_FORMS = "SELECT min(form), max(form) FROM copy WHERE kind = ? AND hash = ?"
_ALL = """
SELECT fact.* FROM copy JOIN fact USING (id) WHERE kind = ? AND hash = ? ORDER BY copy.born, copy.size, copy.id
"""
LATEST: Place = (float("inf"), 0, "")


class _Run(NamedTuple):
    kind: Kind
    key: bytes
    start: float
    """When the first came."""
    last: Place


class Copies:
    def __init__(self, facts: Facts, number: Callable[[str], int | None]) -> None:
        """``number`` of a ticket in the index, by its id."""
        self._facts = facts
        self._number = number
        self._starts: dict[tuple[Kind, bytes], tuple[float, float]] = {}
        """Start of a run, and a later moment of the same run."""
        self._spans: dict[tuple[Kind, bytes], list[float]] = {}
        """Where the times in which a flood is counted begin; of the run of which the first is the start."""
        self._counted: dict[tuple[Kind, bytes], tuple[float, Place, int]] = {}
        """Start of a run, a place in it, and how many copies are before."""
        self._alike: dict[bytes, bool] = {}
        self._put: dict[bytes, tuple[Exact, dict[str, Match]]] = {}
        self._putting = 0

    def repeating(self, ids: Iterable[str]) -> set[str]:
        """Those that may repeat another: a copy is shortly before them."""
        found = self._facts.many(_REPEATING, ids, GAP[Kind.RESEND], GAP[Kind.ALERT])
        return {id_ for (id_,) in found}

    def first(self, fact: Fact) -> int | None:
        """The first of what a ticket repeats."""
        found = self._found(fact.born, fact.marks, fact)
        return self._first(found) if isinstance(found, _Run) else None if found is None else found.of

    def match(self, fact: Fact) -> Match | None:
        return self._matched(self._found(fact.born, fact.marks, fact), fact.marks, fact.place)

    def look(self, born: float, marks: Marks) -> Match | None:
        """Of a ticket that is not kept."""
        return self._matched(self._found(born, marks, None), marks, LATEST)

    def _matched(self, found: _Run | Match | None, marks: Marks, before: Place) -> Match | None:
        if not isinstance(found, _Run):
            return found
        first, last = self._first(found), self._number(found.last[2])
        if first is None or last is None:
            return None
        return match_of(found.kind, marks.machine, first, last, self._copies(found, before))

    def _found(self, born: float, marks: Marks, asked: Fact | None) -> _Run | Match | None:
        self._forget()
        for kind, key in keys(marks):
            if kind is Kind.RESEND and not self._is_alike(key):
                exact, matches = self._all(key)
                sent = Marks(key, None, (), False, fields=marks.fields)
                match = exact.look(born, sent) if asked is None else matches.get(asked.id)
                if match is not None:
                    return match
                continue
            run = self._run(kind, key, born, LATEST if asked is None else asked.place)
            if run is None:
                continue
            if kind is Kind.RESEND and asked is None and not self._fits(run, marks):
                continue
            if kind is Kind.ALERT and not marks.machine and not is_flood(self._recent(run)):
                continue
            return run
        return None

    def _run(self, kind: Kind, key: bytes, born: float, before: Place) -> _Run | None:
        """The last that goes on until then."""
        found = self._one(_LAST, kind, key, before[0], *before)
        if found is None or born - found[0] > GAP[kind]:
            return None
        return _Run(kind, key, self._start(kind, key, found[0]), found)

    def _start(self, kind: Kind, key: bytes, born: float) -> float:
        known = self._starts.get((kind, key))
        start = born
        while known is None or not known[0] <= start <= known[1]:
            found = self._one(_FROM, kind, key, start - GAP[kind])
            earlier = start if found is None else found[0]
            if earlier >= start:
                break
            start = earlier
        else:
            start, born = known[0], max(born, known[1])
        self._starts[kind, key] = start, born
        return start

    def _first(self, run: _Run) -> int | None:
        found = self._one(_FIRST, run.kind, run.key, run.start)
        return None if found is None else self._number(found[0])

    def _copies(self, run: _Run, place: Place) -> int:
        """Before this place."""
        begin: Place = (run.start, 0, "")
        start, known, count = self._counted.get((run.kind, run.key), (run.start, begin, 0))
        if start != run.start:
            known, count = begin, 0
        low, high = min(known, place), max(known, place)
        between = self._number_of(_COUNT, run.kind, run.key, low[0], high[0], *low, *high)
        count += between if place >= known else -between
        self._counted[run.kind, run.key] = run.start, place, count
        return count

    def _recent(self, run: _Run) -> int:
        """Copies that count for a flood, as far as it takes to tell one."""
        spans = self._spans.setdefault((run.kind, run.key), [run.start])
        if spans[0] != run.start:
            spans[:] = [run.start]
        while spans[-1] < run.last[0]:
            following = self._one(_AFTER, run.kind, run.key, spans[-1] + GAP[run.kind], run.last[0])
            if following is None:
                break
            spans.append(following[0])
        since = spans[bisect_right(spans, run.last[0]) - 1]
        return self._number_of(_SOME, run.kind, run.key, since, run.last[0], *run.last, FLOOD)

    def _is_alike(self, sent: bytes) -> bool:
        """Whether all who sent it did with the same fields."""
        if sent not in self._alike:
            forms = self._one(_FORMS, Kind.RESEND, sent) or (None, None)
            self._alike[sent] = bool(forms[0] == forms[1])
        return self._alike[sent]

    def _fits(self, run: _Run, marks: Marks) -> bool:
        last = self._facts.one(run.last[2])
        known = {} if last is None else last.marks.fields
        return all(known.get(name, value) == value for name, value in marks.fields.items())

    def _all(self, sent: bytes) -> tuple[Exact, dict[str, Match]]:
        if sent not in self._put:
            exact, matches = Exact(), dict[str, Match]()
            for each in self._facts.asked(_ALL, (SENT, sent)):
                self._putting += 1
                marks = Marks(sent, None, (), False, fields=each.marks.fields)
                number = self._number(each.id)
                if number is not None and (match := exact.put(number, each.born, marks)) is not None:
                    matches[each.id] = match
            self._put[sent] = exact, matches
        return self._put[sent]

    def _forget(self) -> None:
        if self._putting > REMEMBERED:
            self._put.clear()
            self._putting = 0
        for remembered in (self._starts, self._spans, self._counted, self._alike):
            if len(remembered) > REMEMBERED:
                remembered.clear()

    def _one(self, question: str, kind: Kind, *values: object) -> tuple[Any, ...] | None:
        found = self._facts.ask(question, (_KIND[kind], *values))
        return found[0] if found else None

    def _number_of(self, question: str, kind: Kind, *values: object) -> int:
        found = self._one(question, kind, *values)
        return 0 if found is None else int(found[0])
