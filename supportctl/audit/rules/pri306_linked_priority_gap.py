from collections.abc import Iterator
from typing import ClassVar, Self

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Ref, Watch, ref
from supportctl.audit.scope import is_noise
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, FieldFix, Fix, Link, LinkType, Persona, Priority, Severity, Ticket

_BACK = {
    LinkType.BLOCKED_BY: LinkType.BLOCKS,
    LinkType.CAUSED_BY: LinkType.CAUSES,
    LinkType.PARENT: LinkType.CHILD,
    LinkType.PROBLEM: LinkType.INCIDENT,
}
"""A link read from its lower end -> the same link read from the ticket that should be as urgent."""
_BETWEEN = "\x1f"
_WORDS = {
    LinkType.BLOCKS: "blocks",
    LinkType.CAUSES: "causes",
    LinkType.CHILD: "is the parent of",
    LinkType.INCIDENT: "is the problem behind",
}


class LinkedPriorityGapOptions(Options, frozen=True):
    across_projects: bool = False
    """Compare priorities of different projects (the letters before the number of a key), too."""
    steps: int = 1
    """How many steps of priority apart are a gap."""


class LinkedPriorityGap(QueueRule):
    """A ticket is less urgent than one that waits for it.

    ## What it does
    Compares the priorities of unresolved tickets that are linked: one that blocks or causes another, a parent and its
    child, a problem and its incident. The ticket others wait for is reported when its priority is lower than theirs,
    whichever of the two has the link.

    ## Why is this bad?
    The urgent ticket cannot move before the other one does, and the other one is at the end of somebody's list.

    ## Example
    A P1 incident is blocked by a P4 task.

    ## Fix
    Raise the priority of the ticket others wait for, or lower theirs. The proposed value wants a person's eye.

    ## False positives
    Different projects may use different scales: tickets of different projects are not compared unless
    `across_projects` is set. A link to a ticket that was not read decides nothing, nor does one whose priority is
    unknown or empty. Done, cancelled and merged tickets and spam are out of scope on both ends. Each ticket is
    reported once, for the widest gap; the more urgent end is never reported.

    ## Fields
    Zendesk `problem_id`; JSM issue links and parent; ServiceNow `parent_incident`, `problem_id`, `caused_by`;
    priority on all. Memory: up to 1 kB for each unresolved ticket that has a priority.
    """

    code = "PRI306"
    name = "linked-priority-gap"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    persona = Persona.PEDANTIC
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "priority"})
    options = LinkedPriorityGapOptions

    def start(self, context: Context) -> Watch:
        return LinkedPriorities(context)


class LinkedPriorities:
    """Priorities of unresolved tickets by place and key, their links, and those of them that may be reported."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._options = context.options(LinkedPriorityGap.code, LinkedPriorityGapOptions)
        self.eligible = 0
        self._priorities: dict[str, Priority] = {}
        self._links: dict[str, tuple[tuple[LinkType, str], ...]] = {}
        self._refs: dict[str, Ref] = {}

    def see(self, ticket: Ticket) -> None:
        if ticket.done is not False or ticket.priority is None:
            return
        if not ticket.knows("status") or not ticket.knows("priority") or is_noise(ticket, self._context):
            return
        place = _place(ticket.platform, ticket.profile, ticket.key)
        self._priorities[place] = ticket.priority
        # Nothing is more urgent than the first priority, so that such a ticket is never the one to be named.
        if ticket.priority is not Priority.P1:
            self._refs[place] = ref(ticket, self._context)
        if ticket.links and ticket.knows("links"):
            links = tuple((link.type, link.key) for link in ticket.links if _counts(link, ticket))
            if links:
                self._links[place] = links

    def merge(self, other: Self) -> None:
        self._priorities.update(other._priorities)
        self._links.update(other._links)
        self._refs.update(other._refs)

    def finish(self) -> Iterator[QueueFault]:
        """Each ticket others wait for is told of once, whichever end has the link."""
        pairs: dict[tuple[str, str], LinkType] = {}
        for place, links in self._links.items():
            for kind, key in links:
                # Keys have no profile of their own: the other end is where this one is.
                other = f"{place.rpartition(_BETWEEN)[0]}{_BETWEEN}{key.upper()}"
                upper, lower = (other, place) if kind in _BACK else (place, other)
                if upper in self._priorities and lower in self._priorities and self._comparable(upper, lower):
                    pairs.setdefault((upper, lower), _BACK.get(kind, kind))
        waited_for: dict[str, list[tuple[int, str, LinkType]]] = {}
        for (upper, lower), kind in sorted(pairs.items()):
            gap = _gap(self._priorities[upper], self._priorities[lower])
            waited_for.setdefault(upper, []).append((-gap, lower, kind))
        self.eligible = len(waited_for)
        for upper in sorted(waited_for):
            gap, lower, kind = min(waited_for[upper])
            # A gap of no step is none, whatever the option says; less urgent than the first there is a record to name.
            if -gap >= max(1, self._options.steps):
                yield self._fault(upper, lower, kind)

    def _fault(self, upper: str, lower: str, kind: LinkType) -> QueueFault:
        priority, wanted = self._priorities[upper], self._priorities[lower]
        here, other = self._refs[upper], lower.rpartition(_BETWEEN)[2]
        fix = Fix(
            title=f"set the priority to {wanted}", safe=False, remedy=FieldFix(field="priority", value=wanted.value)
        )
        found = Fault(
            message=f"priority {priority}, but it {_WORDS[kind]} {other}, which is {wanted}",
            seen=f"{priority} {kind} {other} {wanted}",
            evidence=[
                Evidence(field="priority", seen=priority.value),
                Evidence(field="links", seen=f"{other}: priority {wanted}"),
            ],
            threshold=f"{self._options.steps} or more steps of priority apart (option steps)",
            passes=f"the same priority as {other}, or a more urgent one",
            fixes=(fix,),
        )
        return QueueFault(platform=here.platform, fault=found, ticket=here)

    def _comparable(self, upper: str, lower: str) -> bool:
        return self._options.across_projects or _project(upper) == _project(lower)


def _counts(link: Link, ticket: Ticket) -> bool:
    """Links to other platforms are left out: their priorities are another scale."""
    return (link.type in _WORDS or link.type in _BACK) and link.platform in (None, ticket.platform)


def _place(platform: str, profile: str, key: str) -> str:
    return _BETWEEN.join((platform, profile, key.upper()))


def _project(place: str) -> str:
    """``SUP`` of ``SUP-12``; one for all where keys have no project."""
    project, dash, _ = place.rpartition(_BETWEEN)[2].rpartition("-")
    return project if dash else ""


def _gap(priority: Priority, other: Priority) -> int:
    order = list(Priority)
    return order.index(priority) - order.index(other)
