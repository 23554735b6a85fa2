"""A rule around another rule: it bears the other's name and facts, and judges in its place."""

from supportctl.audit.rule import Context, QueueRule, Rule, TicketRule, Watch
from supportctl.audit.verdict import Verdict
from supportctl.model import Ticket

_FACTS = (
    "code",
    "name",
    "aliases",
    "severity",
    "confidence",
    "persona",
    "since",
    "needs",
    "wants",
    "fields",
    "platforms",
    "empty_field",
    "options",
    "learns",
    "reads_text",
)


class WrappedRule(TicketRule):
    def __init__(self, inner: TicketRule) -> None:
        self.inner = inner
        _copy(self, inner)

    def unmet(self, context: Context) -> str | None:
        return self.inner.unmet(context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        return self.inner.check(ticket, context)

    def found_empty(self, ticket: Ticket) -> bool:
        return self.inner.found_empty(ticket)

    def threshold(self, ticket: Ticket, context: Context) -> str | None:
        return self.inner.threshold(ticket, context)


class WrappedQueueRule(QueueRule):
    def __init__(self, inner: QueueRule) -> None:
        self.inner = inner
        _copy(self, inner)
        self.whole = inner.whole  # type: ignore[misc]  # one wrapper, one rule

    def unmet(self, context: Context) -> str | None:
        return self.inner.unmet(context)

    def start(self, context: Context) -> Watch:
        return self.inner.start(context)


def unwrapped(rule: Rule) -> Rule:
    """The rule within."""
    while isinstance(rule, WrappedRule | WrappedQueueRule):
        rule = rule.inner
    return rule


def _copy(own: Rule, inner: Rule) -> None:
    for fact in _FACTS:
        setattr(own, fact, getattr(inner, fact))
    own.__doc__ = inner.__doc__
