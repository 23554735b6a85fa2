"""What is found in a thread: eleven elements of a report, each with where it stands and how sure that is."""

from datetime import datetime
from enum import StrEnum

import msgspec

from supportctl.evidence.moments import Moment


class Element(StrEnum):
    """What an engineer looks for, in the order of a packet."""

    STEPS = "steps"
    ACTUAL = "actual"
    """What happens, with the error word for word."""
    EXPECTED = "expected"
    ENVIRONMENT = "environment"
    """Product and version, system, browser, device."""
    IMPACT = "impact"
    """Users, money, and whether there is a way round."""
    SEVERITY = "severity"
    """With its reason."""
    TIMES = "times"
    """When it happened, with a zone."""
    TRACE = "trace"
    """Request, trace or correlation ids."""
    SINCE = "since"
    """Since when, and how often."""
    EVIDENCE = "evidence"
    """Files, or a log in the text."""
    REPRODUCED = "reproduced"
    """By support."""


class State(StrEnum):
    PRESENT = "present"
    INFERRED = "inferred"
    """Only hinted at, or told in part: to be asked for."""
    MISSING = "missing"
    UNKNOWN = "unknown"
    """Not found, and a part of the ticket (comments, attachments) could not be read."""


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something stands."""

    place: str
    """``description``, ``title``, ``comment 3``, ``field Environment``, ``attachment``, ``priority``, ``file``."""
    comment: int | None = None
    """From 1, in order of time."""
    line: int | None = None
    """From 1, in the text as it is stored."""
    at: datetime | None = None
    support: bool | None = None
    """Written by support; None: the platform does not say who wrote it."""

    def __str__(self) -> str:
        return self.place if self.line is None else f"{self.place}, line {self.line}"


class Passage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of text that tells an element. Not redacted."""

    text: str
    source: Source
    how: str
    """``field``, ``heading``, ``words``, ``shape`` (numbered lines, codes), ``attachment``."""
    confidence: float
    """0 to 1; from `SURE` on it is taken for told."""
    part: str | None = None
    """What of the element it tells: ``error``, ``users``, ``revenue``, ``workaround``, ``browser``, ``since``, …"""
    name: str | None = None
    """Of an environment's part: ``Firefox``. Of an id: ``request id``."""
    version: str | None = None


SURE = 0.6


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    element: Element
    state: State
    text: str = ""
    """All that was found, in the order of the thread; empty when nothing was."""
    passages: list[Passage] = []
    note: str | None = None
    """What is lacking or was denied: ``no exact error``, ``support could not reproduce it``. Plain words of ours."""
    denied: Source | None = None
    """Where somebody says that it is not known or not so."""

    @property
    def source(self) -> Source | None:
        """Of the surest passage."""
        return max(self.passages, key=lambda each: each.confidence).source if self.passages else None

    @property
    def told(self) -> bool:
        return self.state is State.PRESENT


class Extract(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All elements of one ticket. `Element` -> `Found` by ``extract[Element.STEPS]``."""

    key: str
    title: str | None
    language: str | None
    """ISO 639-1, of the customer's words; None where nobody would bet on it."""
    found: list[Found]
    unknown: list[str] = []
    """Parts of the ticket that could not be read: ``comments``, ``attachments``."""
    instants: list[Moment] = []

    def __getitem__(self, element: Element) -> Found:
        return next(each for each in self.found if each.element is element)

    def parts(self, element: Element, part: str) -> list[Passage]:
        return [each for each in self[element].passages if each.part == part]

    def moments(self) -> list[Moment]:
        """Times that people name in the thread with a date, for the timeline. Not redacted."""
        return self.instants
