from collections.abc import Iterator
from typing import ClassVar, Self

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Watch
from supportctl.audit.scope import is_noise
from supportctl.audit.verdict import Fault
from supportctl.calendars import ALWAYS
from supportctl.model import Confidence, Evidence, Persona, Platform, Severity, Sla, Ticket
from supportctl.model.shares import wilson

_WORDS = {
    "zero": "breached with a clock that stands at 0 s",
    "negative": "run backwards",
    "target": "have a target of 0 s",
    "closed": "were breached outside working hours",
}


class SlaClockMisconfiguredOptions(Options, frozen=True):
    clocks: int = 5
    """From so many odd clocks of one target on they are no accident."""
    share: float = 0.1
    """And from this share of its breached clocks on."""
    outside: float = 0.5
    """More than this share of breaches outside working hours: the clock does not know them."""


class SlaClockMisconfigured(QueueRule):
    """A service-level clock gives answers that cannot be right.

    ## What it does
    Reports a service-level target when at least 5 of its breached clocks, and more than 10 % of them, are breached
    after exactly 0 seconds, show a negative time, or have a target of 0 seconds. Where working hours are set, also
    when more than half of its breaches (the lower end of the 95 % interval) fall outside of them.

    ## Why is this bad?
    A clock with a wrong start, pause or calendar breaches tickets nobody was late on, and hides those somebody was.

    ## Example
    140 first-response clocks breached at 0 s: the start condition fires after the ticket is assigned.

    ## Fix
    Look at the target's start, pause and stop conditions, its calendar and time zone, and at imported tickets.

    ## False positives
    A few odd clocks come from imports and merges. Targets that run around the clock breach at night by right: their
    tickets' group then has no working hours in the settings. Clocks without a time are left out.

    ## Fields
    Zendesk SLA metrics; JSM SLA cycles; ServiceNow `task_sla`.
    """

    code = "QUE906"
    name = "sla-clock-misconfigured"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    whole = True
    persona = Persona.PEDANTIC
    needs: ClassVar[frozenset[Need]] = frozenset({Need.SLAS})
    fields: ClassVar[frozenset[str]] = frozenset({"slas"})
    options = SlaClockMisconfiguredOptions

    def start(self, context: Context) -> Watch:
        return ClockWatch(context)


class ClockWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._options = context.options(SlaClockMisconfigured.code, SlaClockMisconfiguredOptions)
        self._counts: dict[tuple[Platform, str], dict[str, int]] = {}
        """By target: breached clocks, those with hours to compare with, and odd ones by kind."""
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if not ticket.slas or is_noise(ticket, self._context):
            return
        for clock in ticket.slas:
            kinds = _kinds(clock)
            if clock.breached is not True and "negative" not in kinds:
                continue
            counts = self._counts.setdefault((ticket.platform, clock.metric), {})
            kinds += ["breached", *self._hours(ticket, clock)]
            for kind in kinds:
                counts[kind] = counts.get(kind, 0) + 1

    def merge(self, other: Self) -> None:
        for key, theirs in other._counts.items():
            counts = self._counts.setdefault(key, {})
            for kind, number in theirs.items():
                counts[kind] = counts.get(kind, 0) + number

    def finish(self) -> Iterator[QueueFault]:
        self.eligible = len(self._counts)
        for (platform, metric), counts in sorted(self._counts.items()):
            odd = [kind for kind in ("negative", "target", "zero") if self._is_odd(counts, kind)]
            if self._is_outside(counts):
                odd.append("closed")
            if odd:
                yield QueueFault(platform=platform, fault=self._fault(metric, counts, odd))

    def _hours(self, ticket: Ticket, clock: Sla) -> list[str]:
        calendar = self._context.calendar(ticket)
        if calendar is ALWAYS or clock.breach_at is None or clock.breached is not True:
            return []
        return ["timed"] if calendar.is_open(clock.breach_at) else ["timed", "closed"]

    def _is_odd(self, counts: dict[str, int], kind: str) -> bool:
        number = counts.get(kind, 0)
        return number >= self._options.clocks and number > self._options.share * counts["breached"]

    def _is_outside(self, counts: dict[str, int]) -> bool:
        number = counts.get("closed", 0)
        share = wilson(number, counts.get("timed", 0))
        return number >= self._options.clocks and share is not None and share.low > self._options.outside

    def _fault(self, metric: str, counts: dict[str, int], odd: list[str]) -> Fault:
        options = self._options
        every = counts["breached"]
        return Fault(
            message=f"clocks of `{metric[:60]}` {' and '.join(_WORDS[kind] for kind in odd)}",
            seen=f"{metric} {' '.join(odd)}",
            evidence=[
                Evidence(
                    field="slas", seen=f"{counts[kind]} of {counts['timed'] if kind == 'closed' else every}: {kind}"
                )
                for kind in odd
            ],
            threshold=f"at least {options.clocks}, and more than {options.share:.0%} of those breached, outside hours "
            f"{options.outside:.0%} (options clocks, share, outside)",
        )


def _kinds(clock: Sla) -> list[str]:
    """What is odd about it."""
    if (clock.elapsed is not None and clock.elapsed < 0) or (
        clock.breach_at is not None and clock.started_at is not None and clock.breach_at < clock.started_at
    ):
        return ["negative"]
    if clock.breached is not True:
        return []
    if clock.target is not None and clock.target <= 0:
        return ["target"]
    at_once = clock.breach_at is not None and clock.breach_at == clock.started_at
    return ["zero"] if clock.elapsed == 0 or at_once else []
