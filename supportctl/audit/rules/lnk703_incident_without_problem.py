from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar, Self

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import is_bot
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Ref, Watch, ref
from supportctl.audit.scope import is_noise
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, Kind, LinkType, Platform, Severity, Ticket
from supportctl.query.major import is_major
from supportctl.text.fold import fold_word
from supportctl.text.similar import Sketch, alike, foreign_marks, sketch

_PROBLEM = frozenset({LinkType.PROBLEM, LinkType.CAUSED_BY, LinkType.TRACKED_BY})
_ONE_CASE = frozenset({LinkType.PARENT, LinkType.DUPLICATE_OF})
"""An incident that hangs on another says the same once more; the other one counts."""


class IncidentWithoutProblemOptions(Options, frozen=True):
    incidents: int = 5
    """So many similar incidents ask for a problem."""
    requesters: int = 3
    """From so many different people."""
    window: timedelta = timedelta(days=7)
    """How far apart the first and the last may be."""
    recent: timedelta = timedelta(days=30)
    """Incidents older than this are not looked at."""
    burst: float = 3.0
    """How many times as many as usual: what comes in every week at this rate is an ordinary topic."""
    similarity: float = 0.7
    """From 0 to 1: how many words their titles must share, numbers aside."""


class IncidentWithoutProblem(QueueRule):
    """Incidents repeat, or one was a major, and nobody opened a problem.

    ## What it does
    Reports at least 5 incidents of the last 30 days that came in within 7 days from at least 3 people, have the same
    category and the same service or component, and nearly the same title, when these are three times as many as usual
    and none of the kind is linked to a problem, a cause or a bug. The finding stands on the first of them. Also
    reports a major incident that is done and linked to none.

    ## Why is this bad?
    Each incident is solved by itself, and the cause stays. The next ones come next week.

    ## Example
    Nine "VPN drops" of one service in four days, each closed with "reconnected".

    ## Fix
    Open a problem (or a bug) and link the incidents to it.

    ## False positives
    Ordinary incidents need no problem: only repeats and majors are looked at, and what comes in at the same rate in
    the other weeks of the 30 days is no repeat but a topic. Requests and questions, machines'
    tickets, duplicates, children of another incident, and incidents without a category, service and component are
    left out. Titles that name numbers and codes are alike only when they have one in common: the same error on two
    devices is, another error on another device is not. One linked incident of a set is enough.

    ## Fields
    Zendesk `problem_id`, type incident and links to Jira; JSM issue links; ServiceNow `problem_id`, `caused_by`,
    `major_incident_state`. Memory: about 0.5 kB for each incident of the last 30 days.
    """

    code = "LNK703"
    name = "incident-without-problem"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.TAGS, Need.PEOPLE, Need.CUSTOM})
    options = IncidentWithoutProblemOptions

    def start(self, context: Context) -> Watch:
        return IncidentWatch(context)


class Incident(msgspec.Struct, frozen=True):
    """What is kept of a recent incident."""

    at: datetime
    ref: Ref
    sketch: Sketch
    requester: str
    linked: bool


Place = tuple[Platform, str, str, str, str]


class IncidentWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._options = context.options(IncidentWithoutProblem.code, IncidentWithoutProblemOptions)
        self._since = context.now - self._options.recent
        self._places: dict[Place, list[Incident]] = {}
        self._majors: list[tuple[datetime, Ref]] = []
        self._earliest = context.now
        """Where what was read begins: how far back "usual" can be told."""
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if ticket.kind is not Kind.INCIDENT or ticket.created_at is None:
            return
        self._earliest = min(self._earliest, ticket.created_at)
        if ticket.created_at < self._since:
            return
        if not ticket.knows("links") or is_noise(ticket, self._context):
            return
        if any(link.type in _ONE_CASE for link in ticket.links):
            return
        linked = any(link.type in _PROBLEM for link in ticket.links)
        self.eligible += 1
        if not linked and ticket.done and is_major(ticket):
            self._majors.append((ticket.created_at, ref(ticket, self._context)))
            return
        place = _place(ticket)
        if place is None or not ticket.title or ticket.requester is None or is_bot(ticket.requester, self._context):
            return
        made = sketch(ticket.title, pairs=False, digits=False)
        if len(made.pieces) < 2:
            return
        kept = Incident(ticket.created_at, ref(ticket, self._context), made, ticket.requester.id, linked)
        self._places.setdefault(place, []).append(kept)

    def merge(self, other: Self) -> None:
        self.eligible += other.eligible
        self._majors += other._majors
        self._earliest = min(self._earliest, other._earliest)
        for place, incidents in other._places.items():
            self._places.setdefault(place, []).extend(incidents)

    def finish(self) -> Iterator[QueueFault]:
        for at, major in sorted(self._majors, key=lambda each: (each[0], each[1].id)):
            fault = Fault(
                message="a major incident without a problem",
                seen="major",
                evidence=[Evidence(field="links", seen="none to a problem, cause or bug", at=at)],
            )
            yield QueueFault(platform=major.platform, fault=fault, ticket=major)
        for place, incidents in self._places.items():
            if len(incidents) < self._options.incidents:
                continue
            incidents.sort(key=lambda each: (each.at, each.ref.id))
            for topic in alike(
                incidents, lambda each: each.sketch, self._options.similarity, lambda *_: True, foreign_marks
            ):
                if (found := self._repeat(topic)) is not None:
                    yield QueueFault(platform=place[0], fault=self._fault(found), ticket=found[0].ref)

    def _repeat(self, topic: list[Incident]) -> list[Incident] | None:
        """The fullest window of a topic, if it is out of the ordinary; ``topic`` oldest first."""
        options = self._options
        if len(topic) < options.incidents or any(each.linked for each in topic):
            return None
        first, last, stop = 0, 0, 0
        for start, each in enumerate(topic):
            while stop < len(topic) and topic[stop].at - each.at <= options.window:
                stop += 1
            if stop - start > last - first:
                first, last = start, stop
        found = topic[first:last]
        if len(found) < max(options.incidents, options.burst * self._usual(len(topic) - len(found))):
            return None
        return found if len({each.requester for each in found}) >= options.requesters else None

    def _usual(self, others: int) -> float:
        """How many of a topic come in per window outside of its fullest one."""
        options = self._options
        rest = self._context.now - max(self._earliest, self._since) - options.window
        return others / max(1.0, rest / options.window)

    def _fault(self, found: list[Incident]) -> Fault:
        options = self._options
        others = ", ".join(each.ref.key for each in found[1:11])
        more = f" and {len(found) - 11} more" if len(found) > 11 else ""
        return Fault(
            message=f"the first of {len(found)} similar incidents without a problem",
            seen="repeats",
            evidence=[
                Evidence(field="links", seen="none to a problem, cause or bug"),
                Evidence(field="title", seen=f"alike: {others}{more}", at=found[-1].at),
            ],
            threshold=f"{options.incidents} of {options.requesters} people within {spoken(options.window)}, and "
            f"{options.burst:g} times the usual (options incidents, requesters, window, burst)",
            passes="one of them linked to a problem",
        )


def _place(ticket: Ticket) -> Place | None:
    """Category, subcategory, and service or component; None where nothing is filled in."""
    where = ticket.component or ticket.service
    thing = "" if where is None else where.name or where.id
    if not ticket.category and not thing:
        return None
    category = fold_word(ticket.category or ""), fold_word(ticket.subcategory or "")
    return ticket.platform, ticket.profile, *category, fold_word(thing)
