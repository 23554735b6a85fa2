"""Rules that others wrote: a mistake of theirs is told, and is never the end of a run."""

from collections.abc import Iterator
from typing import Self

from supportctl.audit.rule import Context, QueueFault, Rule, TicketRule, Watch
from supportctl.audit.verdict import Fault, Unjudged, Verdict
from supportctl.audit.wrapped import WrappedQueueRule, WrappedRule
from supportctl.model import Evidence, Platform, Ticket


class Foreign(WrappedRule):
    def unmet(self, context: Context) -> str | None:
        return _unmet(self.inner, context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        try:
            return self.inner.check(ticket, context)
        except Exception as error:  # noqa: BLE001
            return Unjudged(f"what the rule says ({type(error).__name__})")

    def found_empty(self, ticket: Ticket) -> bool:
        try:
            return self.inner.found_empty(ticket)
        except Exception:  # noqa: BLE001
            return False


class ForeignQueue(WrappedQueueRule):
    def unmet(self, context: Context) -> str | None:
        return _unmet(self.inner, context)

    def start(self, context: Context) -> Watch:
        watch = _ForeignWatch(context.capabilities.platform)
        try:
            watch.inner = self.inner.start(context)
        except Exception as error:  # noqa: BLE001
            watch.failed = type(error).__name__
        return watch


class _ForeignWatch:
    """After its first failure it sees no more, and says that it failed."""

    def __init__(self, platform: Platform) -> None:
        self.inner: Watch | None = None
        self.failed: str | None = None
        self.eligible = 0
        self._platform = platform

    def see(self, ticket: Ticket) -> None:
        if self.inner is None or self.failed:
            return
        try:
            self.inner.see(ticket)
        except Exception as error:  # noqa: BLE001
            self.failed = type(error).__name__

    def merge(self, other: Self) -> None:
        self.failed = self.failed or other.failed
        if self.inner is None or other.inner is None or self.failed:
            return
        try:
            self.inner.merge(other.inner)
        except Exception as error:  # noqa: BLE001
            self.failed = type(error).__name__

    def finish(self) -> Iterator[QueueFault]:
        found: list[QueueFault] = []
        if self.inner is not None and not self.failed:
            try:
                found = list(self.inner.finish())
                self.eligible = self.inner.eligible
            except Exception as error:  # noqa: BLE001
                self.failed = type(error).__name__
        if self.failed:
            self.eligible = 1
            found = [QueueFault(platform=self._platform, fault=_failure(self.failed))]
        yield from found


def _unmet(rule: Rule, context: Context) -> str | None:
    try:
        return rule.unmet(context)
    except Exception as error:  # noqa: BLE001
        return f"the rule failed ({type(error).__name__})"


def _failure(name: str) -> Fault:
    return Fault(
        message=f"the rule failed ({name}): what it would say of this queue is not known",
        seen=f"failed {name}",
        evidence=[Evidence(field="rule", seen=name)],
        passes="the package that brings the rule is corrected, or the rule is left out: audit.ignore",
    )


def guarded(rule: Rule) -> Rule:
    return Foreign(rule) if isinstance(rule, TicketRule) else ForeignQueue(rule)  # type: ignore[arg-type]
