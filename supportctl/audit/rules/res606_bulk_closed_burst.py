from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Self

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.closing import is_ours, resolved_by
from supportctl.audit.periods import SOLVED, ending
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Ref, Watch, in_order, ref
from supportctl.audit.scope import is_duplicate, is_noise
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, LinkType, Person, Severity, Ticket
from supportctl.text.fold import fold_word

SHARED = (LinkType.PARENT, LinkType.PROBLEM, LinkType.CAUSED_BY, LinkType.TRACKED_BY, LinkType.DUPLICATE_OF)
"""Tickets with the same one at the other end are one incident."""
TOGETHER = timedelta(minutes=1)
"""A comment or an event so close to the end belongs to it."""

_PACK, _UNPACK = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Ref)


class BulkClosedBurstOptions(Options, frozen=True, kw_only=True):
    tickets: int = 5
    """So many tickets ended by one person within ``within`` were not looked at one by one."""
    within: timedelta = timedelta(minutes=1)


class BulkClosedBurst(QueueRule):
    """One person ended many tickets at the same moment.

    ## What it does
    Reports every ticket of a burst: 5 tickets or more that one person resolved, or closed at once, less than 60
    seconds apart from first to last.

    ## Why is this bad?
    Nobody reads five tickets in a minute. Lists that are swept away like this hold customers who were never answered.

    ## Example
    Thirty tickets selected in a list, state set to Resolved, code and notes the same on all.

    ## Fix
    Look through them again and reopen what was not done. Close in bulk by a plan that says which and why
    (`supportctl close --plan`).

    ## False positives
    Only the step that ended the work counts: not the automatic closing of resolved tickets, which some platforms
    book on an administrator. What machines or the customer ended does not count, nor do tickets that share a parent,
    problem, cause or bug (a mass incident counts once), merged tickets, duplicates, spam and cancelled tickets.
    Runs of our own change plans bear a mark in Zendesk's audits and, where comments show their properties, in
    Jira's; on ServiceNow they cannot be told from a person's work: exempt them by tag or name the account in
    `bot_ids`.

    ## Fields
    Zendesk audits of `status`; JSM changelog of `status`; ServiceNow `resolved_by` with `resolved_at`, else
    `sys_audit` of `state`.
    """

    code = "RES606"
    name = "bulk-closed-burst"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    wants: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.LINKS, Need.TAGS})
    fields: ClassVar[frozenset[str]] = frozenset({"status"})
    options = BulkClosedBurstOptions

    def unmet(self, context: Context) -> str | None:
        if Need.HISTORY not in context.capabilities.reads:
            return "needs history, which cannot be read here"
        return super().unmet(context)

    def start(self, context: Context) -> Watch:
        return BurstWatch(context)


class End(msgspec.Struct, frozen=True, array_like=True):
    """One ticket's end: seconds since 1970, what it shares with others, and the ticket, packed to stay small."""

    at: float
    shared: str | None
    ticket: bytes


class BurstWatch:
    """Keeps one small record per ticket that a person ended."""

    def __init__(self, context: Context) -> None:
        options = context.options(BulkClosedBurst.code, BulkClosedBurstOptions)
        self._context = context
        self._least = options.tickets
        self._within = options.within.total_seconds()
        self._usual = options == BulkClosedBurstOptions()
        self._ends: dict[str, list[End]] = {}
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if ticket.status not in SOLVED or not ticket.knows("status"):
            return
        if is_noise(ticket, self._context) or is_duplicate(ticket):
            return
        found = _ended(ticket, self._context)
        if found is None:
            return
        who, at = found
        self.eligible += 1
        shared = next((f"{link.type}/{link.id or link.key}" for link in ticket.links if link.type in SHARED), None)
        packed = _PACK.encode(ref(ticket, self._context))
        actor = f"{ticket.platform}/{ticket.profile}/{fold_word(who.id)}"
        self._ends.setdefault(actor, []).append(End(at.timestamp(), shared, packed))

    def merge(self, other: Self) -> None:
        self.eligible += other.eligible
        for actor, ends in other._ends.items():
            self._ends.setdefault(actor, []).extend(ends)

    def finish(self) -> Iterator[QueueFault]:
        for _, ends in sorted(self._ends.items()):
            if len(ends) < self._least:
                continue
            ends.sort(key=lambda end: (end.at, end.ticket))
            for burst in self._bursts(ends):
                yield from self._tell(burst)

    def _bursts(self, ends: list[End]) -> Iterator[list[End]]:
        """Runs of tickets every one of which lies in some full window; windows that overlap are one burst."""
        shared: Counter[str] = Counter()
        alone = start = reach = 0
        burst: list[End] = []
        for number, end in enumerate(ends):
            if end.shared is None:
                alone += 1
            else:
                shared[end.shared] += 1
            while end.at - ends[start].at >= self._within:
                if (gone := ends[start].shared) is None:
                    alone -= 1
                else:
                    shared[gone] -= 1
                    if not shared[gone]:
                        del shared[gone]
                start += 1
            if alone + len(shared) < self._least:
                continue
            if burst and start >= reach:
                yield burst
                burst = []
            burst += ends[max(start, reach) : number + 1]
            reach = number + 1
        if burst:
            yield burst

    def _tell(self, burst: list[End]) -> Iterator[QueueFault]:
        counts = Counter(end.shared for end in burst if end.shared is not None)
        origin = "default" if self._usual else "settings tickets, within"
        span = spoken(timedelta(seconds=self._within))
        for end in burst:
            if end.shared is not None and counts[end.shared] > 1:
                continue
            named = _UNPACK.decode(end.ticket)
            at = datetime.fromtimestamp(end.at, UTC)
            yield QueueFault(
                platform=named.platform,
                ticket=named,
                fault=Fault(
                    message=f"was ended together with {len(burst) - 1} others by one person",
                    seen=at.isoformat(),
                    evidence=[Evidence(field="status", seen=f"one of {len(burst)} within moments", at=at)],
                    threshold=f"{self._least} tickets by one person within {span} ({origin})",
                    passes="an end of its own, a link to what they have in common, or an exemption",
                ),
            )


def _ended(ticket: Ticket, context: Context) -> tuple[Person, datetime] | None:
    """The person who ended the work, and when; None: a machine, the customer, our own run, or nobody knows."""
    known = resolved_by(ticket)
    if known is not None and actor_of(known.by, ticket, context) is not Actor.BOT:
        who, at = known.by, known.at
    else:
        if not ticket.knows("history"):
            return None
        turn = ending(in_order(ticket.history))
        if turn is None or turn.at is None or turn.actor is None:
            return None
        who, at = turn.actor, turn.at
    if actor_of(who, ticket, context) in (Actor.BOT, Actor.CUSTOMER):
        return None
    near = (
        *((event.at, event.native) for event in ticket.history if event.field == "status"),
        *((comment.created_at, comment.native) for comment in ticket.comments),
    )
    if any(when is not None and abs(when - at) <= TOGETHER and is_ours(native) for when, native in near):
        return None
    return who, at
