"""Suggestions from what is known of all tickets: the ranking, what is one by rule, and rare names in common.

What is only known later (status, resolution, links, comments) is shown, but no score is made of it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.exact import Match
from supportctl.duplicates.index import Index
from supportctl.duplicates.naming import floor
from supportctl.duplicates.query import Query, fresh, known
from supportctl.duplicates.rank import Candidate, Ranker
from supportctl.duplicates.reasons import Explainer
from supportctl.duplicates.ruling import Ruling
from supportctl.duplicates.sameness import marks
from supportctl.duplicates.suggestion import Brief, Kind, Suggestion
from supportctl.duplicates.told import brief, plain_ticket, written
from supportctl.duplicates.weights import Weights
from supportctl.model import LinkType, Ticket

if TYPE_CHECKING:
    from supportctl.duplicates import ticket as plain
    from supportctl.duplicates.rows import Array

UNCALIBRATED = "uncalibrated"
EXACT = "exact"
LOOKED = 0.1
"""Confidence from which on the two texts are looked at."""
SIBLING = 0.5
"""What is left of a confidence where each of the two names another device, code or number of one form: the usual false
alarm is the same text about another thing."""


class Named(Candidate):
    """Whose confidence comes from a rare name: by rule of thumb, whatever the ranking was fitted to."""

    __slots__ = ()


class Suggesting(ABC):
    """What is known of all tickets, by their numbers in the index."""

    def __init__(
        self,
        index: Index,
        ruling: Ruling,
        *,
        window: float,
        weights: Weights | None = None,
        calibration: str | None = None,
    ) -> None:
        """``window`` in seconds. ``calibration`` names what the confidence of ``weights`` was fitted to; pairs of
        two profiles were not among it.
        """
        self.window = window
        self.calibration = calibration or UNCALIBRATED
        self._index = index
        self._ruling = ruling
        self._ranker = Ranker(index, weights)
        self._explain = Explainer(self.now)

    @abstractmethod
    def __len__(self) -> int:
        """Tickets searched."""

    @abstractmethod
    def ticket(self, number: int) -> Ticket:
        """By its number. Raises `LookupError` when it is not there any more."""

    def fetch(self, numbers: Iterable[int]) -> None:  # noqa: B027 (nothing to do where all are at hand)
        """`ticket` is going to be asked for these."""

    @abstractmethod
    def number(self, ticket: Ticket) -> int | None:
        """Its number; None when it is not among those searched."""

    @abstractmethod
    def now(self) -> AsOf | None:
        """Statistics of all tickets; None when there are none."""

    @abstractmethod
    def close(self) -> None: ...

    def repeats(self, number: int) -> Match | None:
        """What a ticket repeats by rule."""
        return self._ruling.repeats(number)

    def linked(self, one: int, other: int) -> bool:
        """Whether the platforms know that they belong together."""
        return self.linked_set(one) == self.linked_set(other)

    def linked_set(self, number: int) -> int:
        """The same number for all that are linked."""
        return self._ruling.linked_set(number)

    def suggest(self, ticket: Ticket | str, most: int = 5) -> list[Suggestion]:
        """At most `most`, best first; what is the same by rule comes before what is likely.

        A text may be what somebody is typing: its first line is the title.
        """
        if not len(self):
            return []
        if isinstance(ticket, str):
            ticket = written(ticket)
        if ticket.key and (number := self.number(ticket)) is not None:
            return self.of(number, ticket, most, thorough=True)
        asked = plain_ticket(ticket)
        query = self._new(asked)
        found = marks(ticket)
        named = self._ruling.look_named(query.born, found)
        return self._told(ticket, asked, query, self._ruling.look(query.born, found), named, most)

    def asked(self, ticket: Ticket, most: int) -> list[Suggestion]:
        """As `suggest`, but what repeats another by rule is not looked at further."""
        number = self.number(ticket)
        return self.suggest(ticket, most) if number is None else self.of(number, ticket, most, thorough=False)

    def candidates(self, number: int, sets: "Callable[[Array], Array]", most: int) -> list[Candidate]:
        """Likely older tickets of one, best first; `sets` tells which of them are already known to be one story."""
        ticket, query = self.ticket(number), known(self._index, number, self.window)
        return self._likely(ticket, plain_ticket(ticket), query, self._ruling.named(number), sets, most)

    def _likely(
        self,
        ticket: Ticket,
        asked: "plain.Ticket",
        query: Query,
        named: Sequence[int],
        sets: "Callable[[Array], Array]",
        most: int,
    ) -> list[Candidate]:
        """By the ranking. A rare name that both tell gives a confidence of its own, another name in each takes some."""
        now = self.now()
        assert now is not None
        found = {each.ticket: each for each in self._ranker.rank(now, query, most, sets)}
        near = [number for number, each in found.items() if each.confidence >= LOOKED]
        self.fetch([*near, *named])
        for number in near:
            of = self._there(number)
            if of is not None and self._explain.siblings(asked, plain_ticket(of)):
                found[number] = replace(found[number], confidence=found[number].confidence * SIBLING)
        own = self._names_of(ticket) if named else frozenset[str]()
        for number in named:
            if self._index.born[number] < query.oldest or (of := self._there(number)) is None:
                continue
            least = floor(ticket, of, (asked.fields, plain_ticket(of).fields), own, self._names_of(of))
            before = found.get(number) or Candidate(number, 0.0, 0.0)
            if least > before.confidence:
                found[number] = Named(number, before.score, least)
        return sorted(found.values(), key=lambda each: -each.confidence)

    def _there(self, number: int) -> Ticket | None:
        try:
            return self.ticket(number)
        except LookupError:
            return None

    @staticmethod
    def _names_of(ticket: Ticket) -> frozenset[str]:
        return marks(ticket).called

    def story(self, number: int) -> int:
        """The same number for tickets that are one by rule or by link."""
        return self.linked_set(self.unit(number))

    def unit(self, number: int) -> int:
        """The first of the tickets that are one by rule."""
        return self._ruling.unit(number)

    def suggestion(
        self, ticket: Ticket, of: Ticket, kind: Kind, confidence: float, score: float, *, linked: bool, copies: int = 0
    ) -> Suggestion:
        """With its reasons."""
        return self._suggestion(ticket, plain_ticket(ticket), of, kind, confidence, score, linked, copies)

    def _new(self, asked: "plain.Ticket") -> Query:
        return fresh(self._index, asked, self.window)

    def of(self, number: int, ticket: Ticket, most: int, *, thorough: bool) -> list[Suggestion]:
        """Of one of the tickets searched. Not `thorough`: what repeats another by rule is not looked at further."""
        match = self._ruling.repeats(number)
        query = known(self._index, number, self.window)
        if match is not None and not thorough:
            return self._exactly(ticket, plain_ticket(ticket), match, query.oldest, number)[:most]
        named = self._ruling.named(number)
        return self._told(ticket, plain_ticket(ticket), query, match, named, most, number)

    def _exactly(
        self, ticket: Ticket, asked: "plain.Ticket", match: Match, oldest: float, number: int | None
    ) -> list[Suggestion]:
        for first in (match.of, match.last):
            if self._index.born[first] >= oldest and (of := self._there(first)) is not None:
                linked = number is not None and self.linked(number, first)
                return [self._suggestion(ticket, asked, of, match.kind, match.confidence, 0.0, linked, match.copies)]
        return []

    def _told(
        self,
        ticket: Ticket,
        asked: "plain.Ticket",
        query: Query,
        match: Match | None,
        named: Sequence[int],
        most: int,
        number: int | None = None,
    ) -> list[Suggestion]:
        found: list[Suggestion] = []
        stories: set[int] = set()
        if match is not None:
            found = self._exactly(ticket, asked, match, query.oldest, number)
            stories.add(self.story(match.of))
        chosen: list[tuple[int, Candidate]] = []
        for each in self._likely(ticket, asked, query, named, self._stories, 10 * most):
            story = self.story(each.ticket)
            if story not in stories and len(found) + len(chosen) < most:
                stories.add(story)
                copied = self._ruling.first(each.ticket)
                older = copied is not None and self._index.born[copied] >= query.oldest
                chosen.append((copied if copied is not None and older else each.ticket, each))
        self.fetch(of for of, _ in chosen)
        for number_of, each in chosen:
            if (of := self._there(number_of)) is None:
                continue
            linked = number is not None and self.linked(number, number_of)
            told = self._suggestion(ticket, asked, of, Kind.TEXT, each.confidence, each.score, linked, 0)
            found.append(msgspec.structs.replace(told, calibration=UNCALIBRATED) if isinstance(each, Named) else told)
        return found

    def _stories(self, numbers: "Array") -> "Array":
        self._ruling.learn(numbers)
        return np.array([self.story(number) for number in numbers.tolist()], np.int64)

    def _suggestion(
        self,
        ticket: Ticket,
        asked: "plain.Ticket",
        of: Ticket,
        kind: Kind,
        confidence: float,
        score: float,
        linked: bool,
        copies: int,
    ) -> Suggestion:
        reasons, differs = self._explain.pair(ticket, asked, of, plain_ticket(of), kind, copies)
        across = bool(ticket.key) and (ticket.platform, ticket.profile) != (of.platform, of.profile)
        return Suggestion(
            ticket=brief(ticket) if ticket.key else _typed(of),
            of=brief(of),
            kind=kind,
            confidence=round(confidence, 4),
            calibration=EXACT if kind is not Kind.TEXT else UNCALIBRATED if across else self.calibration,
            score=round(score, 4),
            reasons=reasons,
            differs=differs,
            linked=linked,
            relation=LinkType.TRACKED_BY if across else LinkType.DUPLICATE_OF,
        )


def _typed(of: Ticket) -> Brief:
    """Stands for a ticket that is not written yet."""
    return msgspec.structs.replace(brief(of), id="", key="", url=None, title=None, status=None, created_at=None)
