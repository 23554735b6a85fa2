import hashlib
import math
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar, Self

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of, is_bot
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Watch
from supportctl.audit.scope import is_duplicate, is_noise
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, Persona, Platform, Severity, Status, Ticket

_KINDS = {
    "reopened": "reopened",
    "unanswered": "closed without a public reply",
    "at once": "resolved within a minute",
}


_MANY = 200
"""From so many expected on the binomial distribution is as good as normal."""


class AgentOutlierOptions(Options, frozen=True):
    enabled: bool = False
    """Off unless somebody decides, with those concerned, that it may be looked at."""
    tickets: int = 30
    """Agents with fewer done tickets are not looked at."""
    agents: int = 5
    """With fewer agents there is nobody to compare with."""
    limit: float = 3.0
    """How sure, as standard errors of a normal distribution; 3 is once in 740 agents by chance."""
    by_id: bool = False
    """Whether findings tell the agent's id. Otherwise a mark that stays the same and names nobody."""


class AgentOutlier(QueueRule):
    """An agent's share of reopened, unanswered or instantly resolved tickets is far from the others'.

    ## What it does
    Off by default; on with the option `enabled`. Compares agents with at least 30 done tickets by three rates:
    reopened, closed without a public reply, resolved within a minute of coming in. Reports a rate above the upper
    limit of a funnel plot (exact binomial, three standard errors), without the agent's name.

    ## Why is this bad?
    It may be a habit that hurts customers, and one that a talk mends. It may as well be the agent who takes what
    nobody else wants.

    ## Example
    Twelve agents see 2 % of their tickets reopened; one sees 14 % of 210.

    ## Fix
    Look at ten of the tickets together before anything else. A rate says where to look, never who is bad.

    ## False positives
    Case mix: whoever works on returns, spam or password resets has other rates. Few tickets make wide limits.
    Duplicates, merged and cancelled tickets and machines are left out. In some countries such figures need the
    consent of those concerned.

    ## Fields
    Assignee, reopens, comments with their visibility, times of creation and resolution on all platforms.
    """

    code = "QUE905"
    name = "agent-outlier"
    severity = Severity.INFO
    confidence = Confidence.LOW
    whole = True
    persona = Persona.AUDITOR
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.METRICS, Need.PEOPLE, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"assignee"})
    options = AgentOutlierOptions

    def unmet(self, context: Context) -> str | None:
        if not context.options(self.code, AgentOutlierOptions).enabled:
            return "compares people: off unless the option enabled is set"
        return super().unmet(context)

    def start(self, context: Context) -> Watch:
        return AgentWatch(context)


class AgentWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._options = context.options(AgentOutlier.code, AgentOutlierOptions)
        self._counts: dict[tuple[Platform, str, str], dict[str, tuple[int, int]]] = {}
        """By platform, profile and agent, and by kind: tickets of that kind, and those that could be."""
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if not self._options.enabled or ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return
        if ticket.assignee is None or is_noise(ticket, self._context) or is_duplicate(ticket):
            return
        if is_bot(ticket.assignee, self._context):
            return
        key = (ticket.platform, ticket.profile, ticket.assignee.id)
        counts = self._counts.setdefault(key, {})
        for kind, hit in (
            ("reopened", _reopened(ticket)),
            ("unanswered", self._unanswered(ticket)),
            ("at once", _at_once(ticket)),
        ):
            if hit is not None:
                hits, every = counts.get(kind, (0, 0))
                counts[kind] = (hits + hit, every + 1)

    def merge(self, other: Self) -> None:
        for key, theirs in other._counts.items():
            counts = self._counts.setdefault(key, {})
            for kind, (hits, every) in theirs.items():
                mine = counts.get(kind, (0, 0))
                counts[kind] = (mine[0] + hits, mine[1] + every)

    def finish(self) -> Iterator[QueueFault]:
        queues = sorted({(platform, profile) for platform, profile, _ in self._counts})
        for platform, profile in queues:
            agents = {
                agent: counts
                for (where, whose, agent), counts in sorted(self._counts.items())
                if (where, whose) == (platform, profile)
            }
            for kind in _KINDS:
                yield from self._compare(
                    platform, kind, {agent: each.get(kind, (0, 0)) for agent, each in agents.items()}
                )

    def _compare(self, platform: Platform, kind: str, rates: dict[str, tuple[int, int]]) -> Iterator[QueueFault]:
        options = self._options
        rates = {agent: rate for agent, rate in rates.items() if rate[1] >= options.tickets}
        if len(rates) < options.agents:
            return
        self.eligible += len(rates)
        usual = sum(hits for hits, _ in rates.values()) / sum(every for _, every in rates.values())
        for agent, (hits, every) in rates.items():
            limit = funnel_limit(usual, every, options.limit)
            if hits < limit:
                continue
            mark = agent if options.by_id else hashlib.sha256(f"{platform}:{agent}".encode()).hexdigest()[:8]
            fault = Fault(
                message=f"agent {mark}: {hits / every:.0%} of {every} tickets {_KINDS[kind]}, {usual:.0%} of all",
                seen=f"{kind} {mark}",
                evidence=[Evidence(field="assignee", seen=f"{hits} of {every}; by chance fewer than {limit}")],
                threshold=f"{options.limit:g} standard errors above all agents with at least {options.tickets} tickets "
                "(options limit, tickets)",
            )
            yield QueueFault(platform=platform, fault=fault)

    def _unanswered(self, ticket: Ticket) -> bool | None:
        """None: it cannot be told."""
        if not ticket.knows("comments"):
            return None
        unsure = False
        for comment in ticket.comments:
            if comment.public is False or actor_of(comment.author, ticket, self._context) is not Actor.AGENT:
                continue
            if comment.public is True:
                return False
            unsure = True
        return None if unsure else True


def funnel_limit(rate: float, tickets: int, errors: float) -> int:
    """The smallest count that so many standard errors of a normal distribution would not leave to chance."""
    if rate >= 1:
        return tickets + 1
    if tickets * rate > _MANY:
        return math.ceil(tickets * rate + errors * math.sqrt(tickets * rate * (1 - rate)))
    chance = math.erfc(errors / math.sqrt(2)) / 2
    term = math.exp(tickets * math.log1p(-rate))
    below, count = 0.0, 0
    while count <= tickets and 1 - below > chance:
        below += term
        term *= (tickets - count) / (count + 1) * rate / (1 - rate)
        count += 1
    return count


def _reopened(ticket: Ticket) -> bool | None:
    return None if ticket.reopens is None or not ticket.knows("reopens") else ticket.reopens > 0


def _at_once(ticket: Ticket) -> bool | None:
    if ticket.created_at is None or ticket.resolved_at is None:
        return None
    return timedelta(0) <= ticket.resolved_at - ticket.created_at <= timedelta(minutes=1)
