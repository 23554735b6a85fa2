"""A rule that a project applies to some tickets only: ``where`` and ``except`` of ``[audit.rules.CODE]``."""

from collections.abc import Hashable, Iterator
from datetime import datetime
from typing import Self

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.own_rules import outside, query_needs, unknown_of
from supportctl.audit.rule import Context, QueueFault, QueueRule, Rule, TicketRule, Watch
from supportctl.audit.verdict import OUTSIDE, Outside, Unjudged, Verdict
from supportctl.audit.wrapped import WrappedQueueRule, WrappedRule
from supportctl.model import Ticket
from supportctl.query.ast import Node
from supportctl.query.evaluate import evaluate


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Which tickets a rule looks at."""

    where: Node | None = None
    unless: Node | None = None

    @property
    def needs(self) -> frozenset[Need]:
        found: frozenset[Need] = frozenset()
        for node in (self.where, self.unless):
            found |= frozenset() if node is None else query_needs(node)
        return found

    def apart(self, ticket: Ticket, context: Context) -> Outside | Unjudged | None:
        """None: the ticket is certainly within."""
        if self.where is not None and (apart := outside(self.where, ticket, context)) is not None:
            return apart
        if self.unless is None:
            return None
        match evaluate(self.unless, ticket, context.now):
            case False:
                return None
            case True:
                return OUTSIDE
            case _:
                return Unjudged(unknown_of(self.unless, ticket))

    def holds(self, ticket: Ticket, now: datetime) -> bool:
        """Whether a rule about the queue counts the ticket: certainly within."""
        if self.where is not None and evaluate(self.where, ticket, now) is not True:
            return False
        return self.unless is None or evaluate(self.unless, ticket, now) is False


def narrow(rule: Rule, where: Node | None, unless: Node | None) -> Rule:
    """The same rule, looking at fewer tickets."""
    bounds = Bounds(where=where, unless=unless)
    if isinstance(rule, TicketRule):
        return _Narrowed(rule, bounds)
    return _NarrowedQueue(rule, bounds) if isinstance(rule, QueueRule) else rule


class _Narrowed(WrappedRule):
    def __init__(self, inner: TicketRule, bounds: Bounds) -> None:
        super().__init__(inner)
        self._bounds = bounds
        self.wants = inner.wants | bounds.needs  # type: ignore[misc]

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        return self._bounds.apart(ticket, context) or self.inner.check(ticket, context)

    def case(self, ticket: Ticket, context: Context) -> Hashable | None:
        return None if self._bounds.apart(ticket, context) else self.inner.case(ticket, context)


class _NarrowedQueue(WrappedQueueRule):
    def __init__(self, inner: QueueRule, bounds: Bounds) -> None:
        super().__init__(inner)
        self._bounds = bounds
        self.wants = inner.wants | bounds.needs  # type: ignore[misc]

    def start(self, context: Context) -> Watch:
        return _NarrowedWatch(self.inner.start(context), self._bounds, context.now)


class _NarrowedWatch:
    def __init__(self, inner: Watch, bounds: Bounds, now: datetime) -> None:
        self._inner, self._bounds, self._now = inner, bounds, now
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if self._bounds.holds(ticket, self._now):
            self._inner.see(ticket)

    def merge(self, other: Self) -> None:
        self._inner.merge(other._inner)

    def finish(self) -> Iterator[QueueFault]:
        yield from self._inner.finish()
        self.eligible = self._inner.eligible
