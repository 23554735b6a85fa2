"""What a rule is: a class with its documentation in its docstring and one method that judges.

Three granularities. A `TicketRule` looks at a ticket and what was fetched with it; a `HistoryRule` is handed
the ticket's events in order; a `QueueRule` watches the whole stream and speaks at its end.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol, Self, TypeVar

import msgspec

from supportctl.adapters.base import Capabilities, Need
from supportctl.audit.learned import NOTHING_LEARNED, Learned
from supportctl.audit.settings import Settings
from supportctl.audit.verdict import Fault, Unjudged, Verdict
from supportctl.audit.waiting import ALONE
from supportctl.calendars import ALWAYS, Calendar
from supportctl.model import Confidence, Event, Persona, Platform, Severity, Status, Ticket
from supportctl.text.fold import fold_word


class Options(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A rule's own options, declared beside the rule. The docstring under each field is its documentation."""


OptionsT = TypeVar("OptionsT", bound=Options)
T = TypeVar("T")


class Context(msgspec.Struct, frozen=True, dict=True):
    """What a run knows besides the ticket."""

    now: datetime
    settings: Settings
    capabilities: Capabilities
    learned: Learned = NOTHING_LEARNED
    calendars: dict[str, Calendar] = {}
    """Ready-made, by name as in the settings."""

    def options(self, code: str, kind: type[OptionsT]) -> OptionsT:
        """The options of the rule ``code``: what the settings say, and the defaults of ``kind``."""
        made: dict[str, Any] = self.of_run("options_made", dict)
        if code not in made:
            made[code] = msgspec.convert(self.settings.options.get(code, {}), kind, strict=False)
        return made[code]  # type: ignore[no-any-return]

    def of_run(self, name: str, make: Callable[[], T]) -> T:
        """Something made once for the whole run."""
        kept = self.__dict__
        if name not in kept:
            kept[name] = make()
        return kept[name]  # type: ignore[no-any-return]

    def of_ticket(self, ticket: Ticket, name: str, make: Callable[[], T]) -> T:
        """Something that several rules ask of the same ticket, made once: it is kept until another ticket comes."""
        kept = self.__dict__
        if kept.get("ticket") is not ticket:
            kept["ticket"], kept["facts"] = ticket, {}
        facts: dict[str, Any] = kept["facts"]
        if name not in facts:
            facts[name] = make()
        return facts[name]  # type: ignore[no-any-return]

    def calendar(self, ticket: Ticket) -> Calendar:
        """The hours of the ticket's group, else the usual ones; calendar time where none are set."""
        if not self.calendars:
            return ALWAYS
        name = self.settings.calendar
        if self.settings.group_calendars and ticket.group is not None:
            for called in (ticket.group.name, ticket.group.id):
                if called is not None and (
                    found := self.of_run("group calendars", self._groups).get(fold_word(called))
                ):
                    name = found
        return ALWAYS if name is None else self.calendars[name]

    def elapsed(self, ticket: Ticket, start: datetime, end: datetime | None = None) -> timedelta:
        """Working time from ``start`` to ``end`` (now, when left out) in the ticket's calendar."""
        return self.calendar(ticket).between(start, self.now if end is None else end)

    def _groups(self) -> dict[str, str]:
        return {fold_word(group): name for group, name in self.settings.group_calendars.items()}


class Rule(ABC):
    """Metadata that every rule has. The docstring's sections are the rule's page (see `audit.docs`)."""

    code: ClassVar[str]
    name: ClassVar[str]
    """Names the bad pattern, never the fix."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Former codes and names; exemptions and ``--rule`` take them."""
    severity: ClassVar[Severity]
    confidence: ClassVar[Confidence]
    persona: ClassVar[Persona] = Persona.REGULAR
    since: ClassVar[str] = "0.1"
    needs: ClassVar[frozenset[Need]] = frozenset()
    """Without these the rule cannot run at all."""
    wants: ClassVar[frozenset[Need]] = frozenset()
    """Fetched where the platform can; without them the rule sees less."""
    fields: ClassVar[frozenset[str]] = frozenset()
    """Ticket fields a finding hangs on: if one of them is unknown there is no finding."""
    platforms: ClassVar[frozenset[Platform]] = frozenset(Platform)
    empty_field: ClassVar[str | None] = None
    """Set by rules that report this field as missing: they come under the adoption guard (QUE901), see
    `TicketRule.found_empty`."""
    options: ClassVar[type[Options] | None] = None
    """The rule's own options, for ``[audit.rules.CODE]``; read with `Context.options`."""
    learns: ClassVar[bool] = False
    """Whether the rule looks at `Context.learned`: then it judges in the second pass, when the queue is known."""
    speaks_of: ClassVar[frozenset[Status]] = frozenset(Status)
    """Tickets with another status are outside for certain: the rule is not even asked."""
    hears_noise: ClassVar[bool] = True
    """False: merged, cancelled, spam and the like (`scope.is_noise`) are outside for certain, as far as their status
    is known."""
    reads_text: ClassVar[bool] = False
    """Whether its cost grows with the text of the ticket."""

    def unmet(self, context: Context) -> str | None:
        """Why the rule cannot run on this platform; None: it can."""
        capabilities = context.capabilities
        if capabilities.platform is not Platform.FILES and capabilities.platform not in self.platforms:
            return f"does not apply to {capabilities.platform}"
        if unreadable := sorted(self.needs - capabilities.reads):
            return f"needs {', '.join(unreadable)}, which cannot be read here"
        if missing := sorted(self.fields & capabilities.unknown_fields):
            return f"{capabilities.platform} has no {', '.join(missing)}"
        return None


class TicketRule(Rule):
    @abstractmethod
    def check(self, ticket: Ticket, context: Context) -> Verdict:
        """Judge one ticket."""

    def found_empty(self, ticket: Ticket) -> bool:
        """Whether this faulty ticket's `empty_field` is empty: then the adoption guard has a say."""
        return self.empty_field is not None

    def case(self, ticket: Ticket, context: Context) -> Hashable | None:
        """Of a rule that learns: equal for tickets that get the same verdict whatever the queue teaches (its faults
        apart). None: the verdict does not hang on it, and is given at once.
        """
        return ALONE

    def threshold(self, ticket: Ticket, context: Context) -> str | None:
        """The limit that holds for this ticket, in which time, and its origin; None: the rule has no limit of time.

        It is told where nothing is found as well.
        """
        return None


class HistoryRule(TicketRule):
    needs: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY})

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if not ticket.knows("history"):
            return self.without_history(ticket, context)
        return self.check_history(ticket, events_of(ticket, context), context)

    def without_history(self, ticket: Ticket, context: Context) -> Verdict:
        """The verdict on a ticket whose history is hidden."""
        return Unjudged("history")

    @abstractmethod
    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        """Judge one ticket by its events, oldest first."""


class Ref(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a queue rule keeps of a ticket it may have to name: small, and no text."""

    platform: Platform
    profile: str
    id: str
    key: str
    url: str | None = None
    group: str | None = None
    tags: tuple[str, ...] = ()
    """Only those that excuse it."""


def ref(ticket: Ticket, context: Context | None = None) -> Ref:
    """Without a context: without the tags that excuse it."""
    excuses: tuple[str, ...] = ()
    if context is not None and ticket.tags:
        excuses = tuple(tag for tag in ticket.tags if excuse(tag, context.settings))
    return Ref(
        platform=ticket.platform,
        profile=ticket.profile,
        id=ticket.id,
        key=ticket.key,
        url=ticket.url,
        group=None if ticket.group is None else ticket.group.name or ticket.group.id,
        tags=excuses,
    )


ALL = "hygiene-exempt"
ONE = "exempt:"


def excuse(tag: str, settings: Settings) -> bool:
    """Whether a tag excuses its ticket from anything."""
    folded = fold_word(tag)
    return folded == ALL or folded.startswith(ONE) or folded in settings.exempt_tags


class QueueFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault of the queue, or of one ticket as seen among the others.

    The findings of ``instead_of`` on that platform are withheld, and counted.
    """

    platform: Platform
    fault: Fault
    ticket: Ref | None = None
    instead_of: str | None = None


class Watch(Protocol):
    """One run of a `QueueRule`. It is pickled, so that parts of a queue can be watched side by side.

    Memory: counters and small records, never tickets.
    """

    eligible: int
    """What was looked at: tickets, or scopes (a queue, a code, a family of tags) of a rule about the whole queue.
    It is read after `finish`."""

    def see(self, ticket: Ticket) -> None: ...

    def merge(self, other: Self) -> None:
        """Add what another watch of the same rule saw of a later part of the same queue."""
        ...

    def finish(self) -> Iterator[QueueFault]: ...


class QueueRule(Rule):
    whole: ClassVar[bool] = False
    """Whether it speaks of the queue as a whole and counts scopes: then there is no share of clean tickets."""

    @abstractmethod
    def start(self, context: Context) -> Watch:
        """Begin to watch; called once per run (or per part of a queue)."""


_START = datetime.min.replace(tzinfo=UTC)


def events_of(ticket: Ticket, context: Context) -> list[Event]:
    """The ticket's history, `in_order`."""
    return context.of_ticket(ticket, "events", lambda: in_order(ticket.history))


def in_order(events: Sequence[Event]) -> list[Event]:
    """Oldest first; events without a time stay where they are, at the beginning."""
    return sorted(events, key=lambda event: event.at or _START)
