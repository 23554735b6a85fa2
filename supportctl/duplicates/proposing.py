"""From suggestions to links: of each ticket at most one, to a ticket that is not to be linked away itself.

Nothing here changes anything: `commands/_duplicates_link.py` makes a plan of it.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from supportctl.duplicates.decisions import Decision, Name, name_of
from supportctl.duplicates.hanging import duplicate_link, has, problems
from supportctl.duplicates.leading import lead
from supportctl.duplicates.suggestion import OfCluster, Suggestion
from supportctl.duplicates.taking import Wanted
from supportctl.model import Kind, Link, LinkType, Ticket

MASTER_DONE = "master-done"
"""What `--even-if` lifts: linking to a ticket that is finished."""
CALLED = 2.0
"""Surer than any confidence."""
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


@dataclass(frozen=True)
class _Weighed:
    """One of several tickets it may be linked to."""

    other: Place
    sure: float
    """Confidence; `CALLED` where a person said so."""
    found: "Proposal | str"

    @property
    def rank(self) -> tuple[bool, bool, int, datetime]:
        """The least leads: what can be linked to, is open, is a problem or major incident, is old."""
        if isinstance(self.found, str):
            return True, True, 0, _LATE
        master = self.found.master
        return False, bool(master.done), -lead(master), _born(master)


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
        selected: Set[Place] | None = None,
    ) -> None:
        """``tickets`` as they are now; ``own``: the profile whose tickets are changed; ``links`` it can make.

        ``selected``: those that may be changed at all; None: any.
        """
        self._tickets = tickets
        self._own = own
        self._links = links
        self._relation = relation
        self._even_done = even_done
        self._selected = selected
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
            elif self._selected is not None and mine not in self._selected:
                # Turned round: the ticket asked about leads, and the one that would hang on it was not asked about.
                reason = f"the query did not select it (found like {_other_key(each, other)})"
                out.left.append((_key(each, mine), reason))
            else:
                pairs.setdefault(mine, []).append((each, other))
        for place in sorted(pairs, key=lambda each: (self._age(each), each[1])):
            self._one(place, pairs[place], wanted, out)
        self._unchain(out)
        return out

    def _ends(self, each: Suggestion) -> tuple[Place, Place]:
        """Which is to be linked, and to which: a problem or major incident is a master, else the older one is.

        The master of a cluster stays one, though another member is older: every member is like this one.
        """
        ends = (each.ticket.profile, each.ticket.id), (each.of.profile, each.of.id)
        if ends[0][0] != ends[1][0]:
            return ends if ends[0][0] == self._own else ends[::-1]
        one, other = (self._tickets.get(place) for place in ends)
        if one is None or other is None:
            return ends
        if lead(one) != lead(other):
            return ends[::-1] if lead(one) > lead(other) else ends
        return ends[::-1] if _born(one) < _born(other) and not isinstance(each, OfCluster) else ends

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
        weighed: list[_Weighed] = []
        for suggestion, other in pairs:
            decision = wanted.decisions.get(name_of(suggestion))
            found = self._master(ticket, other, suggestion, decision, out, wanted.different)
            weighed.append(_Weighed(other, suggestion.confidence if decision is None else CALLED, found))
        fitting = [each for each in weighed if isinstance(each.found, Proposal)]
        # What cannot be linked to from this profile at all says nothing of what else there is.
        competing = [each for each in weighed if each in fitting or each.other[0] == self._own]
        if competing:
            surest = min(competing, key=lambda each: (-each.sure, each.rank))
            one = [each for each in competing if self._one_story(surest, each, wanted)]
            fitting = [each for each in one if isinstance(each.found, Proposal)]
            weighed = one
        if fitting:
            chosen = min(fitting, key=lambda each: (each.rank, -each.sure)).found
            assert isinstance(chosen, Proposal)
            self._fate[place] = chosen
            out.proposals.append(chosen)
        else:
            reasons = dict.fromkeys(each.found for each in weighed if isinstance(each.found, str))
            out.left.append((ticket.key, "; ".join(reasons)))

    def _one_story(self, surest: "_Weighed", each: "_Weighed", wanted: Wanted) -> bool:
        """Whether two masters were found (or called, or linked) to be the same: else at most one of them is right."""
        if each is surest or each.sure == CALLED == surest.sure or _name(surest.other, each.other) in wanted.together:
            return True
        one, other = self._end(surest), self._end(each)
        return one is not None and other is not None and (one.id == other.id or has(one, other) or has(other, one))

    def _end(self, each: "_Weighed") -> Ticket | None:
        return each.found.master if isinstance(each.found, Proposal) else self._tickets.get(each.other)

    def _master(
        self,
        ticket: Ticket,
        other: Place,
        suggestion: Suggestion,
        decision: Decision | None,
        out: Proposed,
        different: frozenset[Name],
    ) -> "Proposal | str":
        """What it would be linked to, or why not."""
        master = self._tickets.get(other)
        if master is None:
            return f"{_other_key(suggestion, other)} was not found, or is hidden from this account"
        if other[0] != self._own:
            if LinkType.TRACKED_BY not in self._links or master.platform is ticket.platform:
                return f"{ticket.platform} tickets cannot be linked to {master.key} of profile {other[0]!r}"
            return Proposal(ticket, master, Relation.TRACKED_BY, suggestion, decision)
        way = [master]
        away = self._fate.get(other)
        if away is not None and away.relation is not Relation.TRACKED_BY:
            if decision is None or away.decision is None:
                return _chained(master, away.master)
            way.append(away.master)
        else:
            way += self._above(master)
        master = way[-1]
        relation = self._relation or self._usual(ticket, master)
        if relation is Relation.PROBLEM and master.kind is not Kind.PROBLEM:
            problem = self._problem(master)
            if problem is None:
                if master.done is False:
                    out.problems.append(master.key)
                return f"{master.key} is no problem ticket and has none, and only to such can it be linked"
            master = problem
            way.append(master)
        if master.id == ticket.id:
            return "it cannot be linked to itself"
        for each in way:
            if _name((ticket.profile, ticket.id), (each.profile, each.id)) in different:
                return f"somebody said that it and {each.key} are different"
        if has(ticket, master):
            return f"it is linked to {master.key} already"
        if relation is not Relation.PROBLEM and (held := duplicate_link(ticket)) is not None:
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

    def _above(self, master: Ticket) -> list[Ticket]:
        """What it is itself a duplicate of, and so on, as far as that is known here."""
        seen = {master.id}
        found: list[Ticket] = []
        link = duplicate_link(master)
        while link is not None:
            above = self._linked(link)
            if above is None or above.id in seen:
                break
            seen.add(above.id)
            found.append(above)
            link = duplicate_link(above)
        return found

    def _problem(self, master: Ticket) -> Ticket | None:
        return next((found for each in problems(master) if (found := self._linked(each)) is not None), None)

    def _linked(self, link: Link) -> Ticket | None:
        by_id = None if link.id is None else self._tickets.get((self._own, link.id))
        return by_id or self._by_key.get((self._own, link.key)) or self._tickets.get((self._own, link.key))


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


def _name(one: Place, other: Place) -> Name:
    return min(one, other), max(one, other)


def _born(ticket: Ticket) -> datetime:
    return _LATE if ticket.created_at is None else ticket.created_at


def _key(suggestion: Suggestion, place: Place) -> str:
    return suggestion.ticket.key if (suggestion.ticket.profile, suggestion.ticket.id) == place else suggestion.of.key


def _other_key(suggestion: Suggestion, other: Place) -> str:
    return suggestion.of.key if (suggestion.of.profile, suggestion.of.id) == other else suggestion.ticket.key
