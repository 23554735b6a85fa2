from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar, Self

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import is_bot
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Ref, Watch, ref
from supportctl.audit.scope import is_noise, settling
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, Kind, LinkType, Persona, Priority, Severity, Ticket
from supportctl.query.major import is_proposed, says
from supportctl.text.fold import fold_word

_UP = frozenset({LinkType.PROBLEM, LinkType.PARENT, LinkType.DUPLICATE_OF, LinkType.CAUSED_BY})


class MajorCandidateUnflaggedOptions(Options, frozen=True):
    linked: int = 5
    """So many incidents linked to one ticket make a candidate."""
    within: timedelta = timedelta(hours=1)
    """When they came in within this time of each other."""
    priority: Priority = Priority.P1
    """An open incident of this priority is a candidate by itself."""


class MajorCandidateUnflagged(QueueRule):
    """An incident looks like a major one, and nobody has proposed it as such.

    ## What it does
    Reports tickets to which at least 5 incidents are linked (as problem, parent, cause or original) that came in
    within an hour, when neither the ticket nor one of them is marked or proposed as a major incident. Also reports
    open P1 incidents that are not marked, where the queue marks majors at all: the ticket has such a field, or some
    ticket of the queue is marked.

    ## Why is this bad?
    Nobody is called, nobody writes to all customers, and twenty agents answer the same question.

    ## Example
    Eleven incidents hang on one problem since nine o'clock; the problem is in the normal queue with P3.

    ## Fix
    Propose it as a major incident (ServiceNow), or mark it as your team does (tag `major_incident`, a field called
    "Major incident"); a proposal that was turned down counts as well.

    ## False positives
    Alert storms: machines' tickets are not counted. Incidents that came in over days are no outage. Teams that mark
    no majors hear nothing about single P1 tickets.

    ## Fields
    Priority, kind and links on all platforms; tags, a custom field "Major incident"; ServiceNow
    `major_incident_state`. Memory: about 0.3 kB for each linked incident.
    """

    code = "ESC803"
    name = "major-candidate-unflagged"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    persona = Persona.PEDANTIC
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.TAGS, Need.CUSTOM, Need.PEOPLE})
    options = MajorCandidateUnflaggedOptions

    def start(self, context: Context) -> Watch:
        return MajorWatch(context)


class Linked(msgspec.Struct, frozen=True):
    """An incident that hangs on another ticket."""

    at: datetime
    ref: Ref
    major: bool
    key: str


Target = tuple[str, str, str]
"""Profile, platform, and id or key."""


class MajorWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._options = context.options(MajorCandidateUnflagged.code, MajorCandidateUnflaggedOptions)
        self._linked: dict[Target, list[Linked]] = {}
        self._majors: set[Target] = set()
        self._targets: dict[Target, Ref] = {}
        """Tickets that others may hang on."""
        self._urgent: list[tuple[datetime, Ref, bool]] = []
        """Open ones of the highest priority, and whether they have a place for the mark."""
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        major = is_proposed(ticket)
        if major or ticket.kind in (Kind.PROBLEM, Kind.INCIDENT):
            self._know(ticket, major)
        if ticket.kind is not Kind.INCIDENT or ticket.created_at is None or not ticket.knows("links"):
            return
        if is_noise(ticket, self._context):
            return
        self.eligible += 1
        if ticket.requester is not None and is_bot(ticket.requester, self._context):
            return
        targets = {(link.id or fold_word(link.key)): link.key for link in ticket.links if link.type in _UP}
        if targets:
            for name, key in targets.items():
                found = Linked(ticket.created_at, ref(ticket, self._context), major, key)
                self._linked.setdefault((ticket.profile, ticket.platform, name), []).append(found)
        elif self._is_urgent(ticket) and not major:
            self._urgent.append((ticket.created_at, ref(ticket, self._context), says(ticket)))

    def merge(self, other: Self) -> None:
        self.eligible += other.eligible
        self._majors |= other._majors
        self._targets |= other._targets
        self._urgent += other._urgent
        for target, found in other._linked.items():
            self._linked.setdefault(target, []).extend(found)

    def finish(self) -> Iterator[QueueFault]:
        told: set[str] = set()
        for target in sorted(self._linked):
            found = sorted(self._linked[target], key=lambda each: (each.at, each.ref.id))
            many = self._burst(found)
            if many and target not in self._majors and not any(each.major for each in found):
                about = self._targets.get(target, many[0].ref)
                if about.id not in told:
                    told.add(about.id)
                    yield QueueFault(platform=about.platform, fault=self._many(many), ticket=about)
        marks = bool(self._majors)
        for at, urgent, place in sorted(self._urgent, key=lambda each: (each[0], each[1].id)):
            if (marks or place) and urgent.id not in told:
                yield QueueFault(platform=urgent.platform, fault=self._one(at), ticket=urgent)

    def _is_urgent(self, ticket: Ticket) -> bool:
        urgent = ticket.priority is self._options.priority and ticket.done is False and ticket.knows("tags")
        return urgent and settling(ticket, self._context) is None

    def _know(self, ticket: Ticket, major: bool) -> None:
        names = ((ticket.profile, ticket.platform, name) for name in (ticket.id, fold_word(ticket.key)))
        if major:
            self._majors.update(names)
        if any(link.type in (LinkType.CHILD, LinkType.INCIDENT, LinkType.DUPLICATED_BY) for link in ticket.links) or (
            ticket.kind is Kind.PROBLEM
        ):
            known = ref(ticket, self._context)
            self._targets |= dict.fromkeys(
                ((ticket.profile, ticket.platform, name) for name in (ticket.id, fold_word(ticket.key))), known
            )

    def _burst(self, found: list[Linked]) -> list[Linked]:
        """The first run of enough incidents within the time; empty: there is none."""
        size = self._options.linked
        for start in range(len(found) - size + 1):
            if found[start + size - 1].at - found[start].at <= self._options.within:
                end = found[start].at + self._options.within
                return [each for each in found[start:] if each.at <= end]
        return []

    def _many(self, many: list[Linked]) -> Fault:
        options = self._options
        return Fault(
            message=f"{len(many)} incidents within {spoken(options.within)} hang on {many[0].key}, and it is not "
            "proposed as a major incident",
            seen=f"linked {many[0].at.isoformat()}",
            evidence=[Evidence(field="links", seen=f"{len(many)} incidents", at=many[0].at)],
            threshold=f"{options.linked} within {spoken(options.within)} (options linked, within)",
            passes="it, or one of the incidents, marked or proposed as a major incident",
        )

    def _one(self, at: datetime) -> Fault:
        priority = self._options.priority
        return Fault(
            message=f"an open {priority} incident that is not proposed as a major incident",
            seen=f"open {priority}",
            evidence=[Evidence(field="priority", seen=priority, at=at)],
            threshold=f"{priority} (option priority)",
            passes="marked or proposed as a major incident, or another priority",
        )
