from collections.abc import Iterator
from typing import ClassVar, Self

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Watch
from supportctl.audit.rules.cls102_category_catch_all import CategoryCatchAll
from supportctl.audit.verdict import Clean, Fault, Faulty
from supportctl.model import Confidence, Evidence, Platform, Severity, Ticket
from supportctl.model.shares import wilson


class CatchAllShareOptions(Options, frozen=True):
    share: float = 0.15
    """Up to this share of done tickets may be filed under a catch-all."""


class CatchAllShare(QueueRule):
    """Too many tickets end under a category that says nothing.

    ## What it does
    Reports a queue in which more than 15 % of the resolved and closed tickets are filed under a catch-all ("Other",
    "General"). It is sure of it: the lower end of the 95 % interval (Wilson) lies above 15 %.

    ## Why is this bad?
    The category that grows fastest is the one nobody can act upon. It hides the next big topic.

    ## Example
    310 of 1,000 closed tickets have the category "Inquiry / Help".

    ## Fix
    Read fifty of them, and add the two or three categories that are missing; take the catch-all off as a default.

    ## False positives
    Few tickets give a wide interval, so that small queues are left alone. What counts as a catch-all is CLS102's, with
    its options `words` and `allowed`; duplicates, merged and cancelled tickets are left out as there.

    ## Fields
    Those of CLS102: `category`, or the field that stands in for it.
    """

    code = "QUE903"
    name = "catch-all-share"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    whole = True
    wants: ClassVar[frozenset[Need]] = CategoryCatchAll.wants
    options = CatchAllShareOptions

    def start(self, context: Context) -> Watch:
        return ShareWatch(context)


class ShareWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._share = context.options(CatchAllShare.code, CatchAllShareOptions).share
        self._counts: dict[Platform, tuple[int, int]] = {}
        """Under a catch-all, and all."""
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if not ticket.done:
            return
        verdict = _RULE.check(ticket, self._context)
        if isinstance(verdict, Clean | Faulty):
            caught, every = self._counts.get(ticket.platform, (0, 0))
            self._counts[ticket.platform] = (caught + isinstance(verdict, Faulty), every + 1)

    def merge(self, other: Self) -> None:
        for platform, (caught, every) in other._counts.items():
            mine = self._counts.get(platform, (0, 0))
            self._counts[platform] = (mine[0] + caught, mine[1] + every)

    def finish(self) -> Iterator[QueueFault]:
        self.eligible = len(self._counts)
        for platform, (caught, every) in self._counts.items():
            share = wilson(caught, every)
            if share is None or share.low <= self._share:
                continue
            fault = Fault(
                message=f"{share.value:.0%} of {every} done tickets are filed under a catch-all",
                seen="share",
                evidence=[
                    Evidence(field="category", seen=f"{caught} of {every}, surely more than {share.low:.0%}"),
                ],
                threshold=f"{self._share:.0%}, against the lower end of the 95 % interval (option share)",
            )
            yield QueueFault(platform=platform, fault=fault)


_RULE = CategoryCatchAll()
