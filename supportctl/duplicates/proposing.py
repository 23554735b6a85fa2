"""From suggestions to links: of each ticket at most one, to a ticket that is not to be linked away itself.

Nothing here changes anything: `commands/_duplicates_link.py` makes a plan of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from supportctl.duplicates.decisions import Decision, Name, Verdict, name_of
from supportctl.duplicates.suggestion import Suggestion
from supportctl.model import Kind, Link, LinkType, Ticket

MASTER_DONE = "master-done"
"""What `--even-if` lifts: linking to a ticket that is finished."""
HANGS = frozenset({"parent_incident"})
"""Native fields that make a ticket another one's duplicate, though the link reads as parent (ServiceNow)."""
_LATE = datetime.max.replace(tzinfo=UTC)

Place = tuple[str, str]
"""Profile and native id."""


class Relation(StrEnum):
    DUPLICATE_OF = "duplicate-of"
    PROBLEM = "problem"
    MERGE = "merge"
    TRACKED_BY = "tracked-by"


@dataclass(frozen=True)
class Proposal:
    """``ticket`` is to be linked to ``master``, for the reason ``suggestion`` gives."""

    ticket: Ticket
    master: Ticket
    relation: Relation
    suggestion: Suggestion
    decision: Decision | None = None


@dataclass
class Proposed:
    proposals: list[Proposal] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    """``(key, reason)`` of tickets that are not linked."""
    problems: list[str] = field(default_factory=list)
    """Keys of tickets that would have to become problems first."""


@dataclass
class Wanted:
    """Which suggestions are taken at all."""

    taken: list[Suggestion] = field(default_factory=list)
    below: int = 0
    refused: int = 0
    """Somebody said the two are different."""
    linked: int = 0
    decisions: dict[Name, Decision] = field(default_factory=dict)


def want(suggestions: Iterable[Suggestion], decisions: Mapping[Name, Decision], minimum: float) -> Wanted:
    """Those at or above the threshold, and whatever the confidence those a person called the same."""
    out = Wanted()
    best: dict[Name, Suggestion] = {}
    for each in suggestions:
        name = name_of(each)
        decision = decisions.get(name)
        if each.linked:
            out.linked += 1
        elif decision is not None and decision.verdict is Verdict.DIFFERENT:
            out.refused += 1
        elif decision is not None and decision.verdict is Verdict.SAME:
            out.decisions[name] = decision
            best.setdefault(name, each)
        elif each.confidence < minimum:
            out.below += 1
        elif name not in best or best[name].confidence < each.confidence:
            best[name] = each
    out.taken = list(best.values())
    return out


class Proposer:
    """Chooses masters by rule: a problem or major incident, else the oldest open one; none that is linked away."""

    def __init__(
        self,
        tickets: Mapping[Place, Ticket],
        own: str,
        links: frozenset[LinkType],
        *,
        relation: Relation | None = None,
        even_done: bool = False,
    ) -> None:
        """``tickets`` as they are now; ``own``: the profile whose tickets are changed; ``links`` it can make."""
        self._tickets = tickets
        self._own = own
        self._links = links
        self._relation = relation
        self._even_done = even_done
        self._by_key = {(place[0], ticket.key): ticket for place, ticket in tickets.items()}
        self._fate: dict[Place, Proposal] = {}

    def propose(self, wanted: Wanted) -> Proposed:
        out = Proposed()
        pairs: dict[Place, list[tuple[Suggestion, Place]]] = {}
        for each in wanted.taken:
            mine, other = self._ends(each)
            if mine[0] != self._own:
                key = each.ticket.key
                out.left.append((key, f"it is of profile {each.ticket.profile!r}; link it with --profile"))
            else:
                pairs.setdefault(mine, []).append((each, other))
        for place in sorted(pairs, key=lambda each: (self._age(each), each[1])):
            self._one(place, pairs[place], wanted, out)
        self._unchain(out)
        return out

    def _ends(self, each: Suggestion) -> tuple[Place, Place]:
        """Which is to be linked, and to which: a problem or major incident is a master, else the older one is."""
        ends = (each.ticket.profile, each.ticket.id), (each.of.profile, each.of.id)
        if ends[0][0] != ends[1][0]:
            return ends if ends[0][0] == self._own else ends[::-1]
        one, other = (self._tickets.get(place) for place in ends)
        if one is None or other is None:
            return ends
        if _lead(one) != _lead(other):
            return ends[::-1] if _lead(one) > _lead(other) else ends
        return ends[::-1] if _born(one) < _born(other) else ends

    def _unchain(self, out: Proposed) -> None:
        """A master that is younger may have been linked away after it was chosen: nothing is to hang on it."""
        for each in list(out.proposals):
            away = self._fate.get((self._own, each.master.id)) if each.master.profile == self._own else None
            if away is not None and away.relation is not Relation.TRACKED_BY:
                out.proposals.remove(each)
                self._fate.pop((self._own, each.ticket.id))
                out.left.append((each.ticket.key, _chained(each.master, away.master)))

    def _age(self, place: Place) -> datetime:
        ticket = self._tickets.get(place)
        return _LATE if ticket is None or ticket.created_at is None else ticket.created_at

    def _one(self, place: Place, pairs: Sequence[tuple[Suggestion, Place]], wanted: Wanted, out: Proposed) -> None:
        key = _key(pairs[0][0], place)
        ticket = self._tickets.get(place)
        if ticket is None:
            out.left.append((key, "not found, or hidden from this account"))
            return
        reason = _refuses(ticket)
        if reason is not None:
            out.left.append((ticket.key, reason))
            return
        reasons: list[str] = []
        fitting: list[tuple[tuple[bool, int, datetime, float], Proposal]] = []
        for suggestion, other in pairs:
            decision = wanted.decisions.get(name_of(suggestion))
            found = self._master(ticket, other, suggestion, decision, out)
            if isinstance(found, str):
                reasons.append(found)
            else:
                master = found.master
                rank = (bool(master.done), -_lead(master), _born(master), -suggestion.confidence)
                fitting.append((rank, found))
        if fitting:
            chosen = min(fitting, key=lambda each: each[0])[1]
            self._fate[place] = chosen
            out.proposals.append(chosen)
        else:
            out.left.append((ticket.key, "; ".join(dict.fromkeys(reasons))))

    def _master(
        self, ticket: Ticket, other: Place, suggestion: Suggestion, decision: Decision | None, out: Proposed
    ) -> "Proposal | str":
        """What it would be linked to, or why not."""
        master = self._tickets.get(other)
        if master is None:
            return f"{_other_key(suggestion, other)} was not found, or is hidden from this account"
        if other[0] != self._own:
            if LinkType.TRACKED_BY not in self._links or master.platform is ticket.platform:
                return f"{ticket.platform} tickets cannot be linked to {master.key} of profile {other[0]!r}"
            return Proposal(ticket, master, Relation.TRACKED_BY, suggestion, decision)
        away = self._fate.get(other)
        if away is not None and away.relation is not Relation.TRACKED_BY:
            if decision is None or away.decision is None:
                return _chained(master, away.master)
            master = away.master
        elif (above := self._above(master)) is not None:
            master = above
        relation = self._relation or self._usual(ticket, master)
        if relation is Relation.PROBLEM and master.kind is not Kind.PROBLEM:
            problem = self._problem(master)
            if problem is None:
                if master.done is False:
                    out.problems.append(master.key)
                return f"{master.key} is no problem ticket and has none, and only to such can it be linked"
            master = problem
        if master.id == ticket.id:
            return "it cannot be linked to itself"
        if _has(ticket, master):
            return f"it is linked to {master.key} already"
        if relation is not Relation.PROBLEM and (held := _duplicate_link(ticket)) is not None:
            return f"it is a duplicate of {held.key} already"
        if master.done is None:
            return f"the status of {master.key} is unknown"
        if master.done and not self._even_done:
            return f"{master.key} is {master.status} (--even-if {MASTER_DONE} lifts this)"
        return Proposal(ticket, master, relation, suggestion, decision)

    def _usual(self, ticket: Ticket, master: Ticket) -> Relation:
        """A duplicate link where the platform has one; an incident belongs to a problem."""
        if LinkType.DUPLICATE_OF not in self._links:
            return Relation.PROBLEM
        belongs = master.kind is Kind.PROBLEM and ticket.kind is not Kind.PROBLEM
        return Relation.PROBLEM if belongs and LinkType.PROBLEM in self._links else Relation.DUPLICATE_OF

    def _above(self, master: Ticket) -> Ticket | None:
        """What it is itself a duplicate of, as far as that is known here."""
        seen = {master.id}
        found: Ticket | None = None
        link = _duplicate_link(master)
        while link is not None:
            above = self._linked(link)
            if above is None or above.id in seen:
                break
            seen.add(above.id)
            found, link = above, _duplicate_link(above)
        return found

    def _problem(self, master: Ticket) -> Ticket | None:
        return next((found for each in problems(master) if (found := self._linked(each)) is not None), None)

    def _linked(self, link: Link) -> Ticket | None:
        by_id = None if link.id is None else self._tickets.get((self._own, link.id))
        return by_id or self._by_key.get((self._own, link.key)) or self._tickets.get((self._own, link.key))


def further(tickets: Iterable[Ticket]) -> list[str]:
    """Keys (or ids) of what these are duplicates or incidents of: to be read before `Proposer` is asked."""
    links = [link for ticket in tickets for link in (_duplicate_link(ticket), *problems(ticket)) if link is not None]
    return list(dict.fromkeys(link.key for link in links if link.platform is None))


def problems(ticket: Ticket) -> list[Link]:
    return [link for link in ticket.links if link.type is LinkType.PROBLEM]


def _duplicate_link(ticket: Ticket) -> Link | None:
    same = (link for link in ticket.links if link.type is LinkType.DUPLICATE_OF or link.native_type in HANGS)
    return next(same, None)


def _refuses(ticket: Ticket) -> str | None:
    """Why a ticket is not to be linked, whatever it is to be linked to."""
    if ticket.done is None:
        return "its status is unknown"
    if ticket.done:
        return f"it is {ticket.status}"
    if not ticket.knows("links"):
        return f"its links are unknown ({ticket.unknown['links']})"
    return None


def _chained(master: Ticket, above: Ticket) -> str:
    return (
        f"{master.key} is to be linked to {above.key} itself, and the two were not found to be the same; look again "
        "when that is done"
    )


def _has(ticket: Ticket, master: Ticket) -> bool:
    same = {LinkType.DUPLICATE_OF, LinkType.PROBLEM, LinkType.DUPLICATED_BY}
    return any(
        (link.type in same or link.native_type in HANGS) and (link.key == master.key or link.id == master.id)
        for link in ticket.links
    )


def _lead(ticket: Ticket) -> int:
    """Whether it is where the work on many is done: 2 for a problem, 1 for an incident accepted as a major one."""
    if ticket.kind is Kind.PROBLEM:
        return 2
    return int(str(ticket.native.get("major_incident_state")).casefold() == "accepted")


def _born(ticket: Ticket) -> datetime:
    return _LATE if ticket.created_at is None else ticket.created_at


def _key(suggestion: Suggestion, place: Place) -> str:
    return suggestion.ticket.key if (suggestion.ticket.profile, suggestion.ticket.id) == place else suggestion.of.key


def _other_key(suggestion: Suggestion, other: Place) -> str:
    return suggestion.of.key if (suggestion.of.profile, suggestion.of.id) == other else suggestion.ticket.key
