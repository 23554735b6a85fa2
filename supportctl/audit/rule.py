"""What a rule is: a class with its documentation in its docstring and one method that judges.

Three granularities. A `TicketRule` looks at a ticket and what was fetched with it; a `HistoryRule` is handed
the ticket's events in order; a `QueueRule` watches the whole stream and speaks at its end.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Protocol

import msgspec

from supportctl.adapters.base import Capabilities, Need
from supportctl.audit.settings import Settings
from supportctl.audit.verdict import Fault, Unjudged, Verdict
from supportctl.model import Confidence, Event, Persona, Platform, Severity, Ticket


class Context(msgspec.Struct, frozen=True):
    """What a run knows besides the ticket."""

    now: datetime
    settings: Settings
    capabilities: Capabilities


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


class HistoryRule(TicketRule):
    needs: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY})

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if not ticket.knows("history"):
            return self.without_history(ticket, context)
        return self.check_history(ticket, in_order(ticket.history), context)

    def without_history(self, ticket: Ticket, context: Context) -> Verdict:
        """The verdict on a ticket whose history is hidden."""
        return Unjudged("history")

    @abstractmethod
    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        """Judge one ticket by its events, oldest first."""


class QueueFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault of the queue; the findings of ``instead_of`` on that platform are withheld, and counted."""

    platform: Platform
    fault: Fault
    instead_of: str | None = None


class Watch(Protocol):
    """One run of a `QueueRule`."""

    def see(self, ticket: Ticket, rule: TicketRule, verdict: Verdict) -> None: ...

    def finish(self) -> Iterator[QueueFault]: ...


class QueueRule(Rule):
    @abstractmethod
    def start(self, context: Context) -> Watch:
        """Begin to watch; called once per run."""


_START = datetime.min.replace(tzinfo=UTC)


def in_order(events: Sequence[Event]) -> list[Event]:
    """Oldest first; events without a time stay where they are, at the beginning."""
    return sorted(events, key=lambda event: event.at or _START)
