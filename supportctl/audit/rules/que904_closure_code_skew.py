import math
from collections.abc import Iterator
from typing import ClassVar, Self

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Watch
from supportctl.audit.scope import is_duplicate, is_noise
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, Persona, Platform, Severity, Status, Ticket
from supportctl.model.shares import wilson
from supportctl.query.custom_values import custom_value, names_custom

_MOST = 1000
"""Different codes counted; a free text in place of a code has more, and is no code."""


class ClosureCodeSkewOptions(Options, frozen=True):
    share: float = 0.6
    """Up to this share of done tickets may have one and the same code."""
    evenness: float = 0.35
    """Entropy of the codes over that of equal use: below this they tell nothing. Asked from four codes on."""
    tickets: int = 100
    """With fewer tickets with a code the shares say nothing."""


class ClosureCodeSkew(QueueRule):
    """One closure code fits everything.

    ## What it does
    Reports a queue of at least 100 done tickets with a closure code when one code stands on more than 60 % of them
    (the lower end of the 95 % interval does), or when the codes are used so unevenly (normalised entropy below 0.35)
    that they tell nothing.

    ## Why is this bad?
    The code that is first in the list is what people take when they are in a hurry. Reports by closure code then show
    the list's order, not the work.

    ## Example
    "Solved (Permanently)" on 91 % of the incidents, eight other codes on the rest.

    ## Fix
    Take the default away, split the code that fits everything, remove those nobody uses.

    ## False positives
    A queue that does one thing only (password resets) has one code by right; raise `share`. Tickets without a code
    belong to RES601. Duplicates, merged and cancelled tickets are left out.

    ## Fields
    Zendesk: the field named by `closure_field`; JSM `resolution`; ServiceNow `close_code`.
    """

    code = "QUE904"
    name = "closure-code-skew"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    whole = True
    persona = Persona.PEDANTIC
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM, Need.LINKS})
    options = ClosureCodeSkewOptions

    def unmet(self, context: Context) -> str | None:
        if "closure_code" in context.capabilities.unknown_fields and context.settings.closure_field is None:
            return f"{context.capabilities.platform} has no closure code; name yours in the setting closure_field"
        return super().unmet(context)

    def start(self, context: Context) -> Watch:
        return CodeWatch(context)


class CodeWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._options = context.options(ClosureCodeSkew.code, ClosureCodeSkewOptions)
        self._counts: dict[Platform, dict[str, int]] = {}
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return
        code = self._code(ticket)
        if not code or is_noise(ticket, self._context) or is_duplicate(ticket):
            return
        counts = self._counts.setdefault(ticket.platform, {})
        counts[code] = counts.get(code, 0) + 1

    def merge(self, other: Self) -> None:
        for platform, theirs in other._counts.items():
            counts = self._counts.setdefault(platform, {})
            for code, number in theirs.items():
                counts[code] = counts.get(code, 0) + number

    def finish(self) -> Iterator[QueueFault]:
        options = self._options
        for platform, counts in self._counts.items():
            total = sum(counts.values())
            if total < options.tickets or len(counts) > _MOST:
                continue
            self.eligible += 1
            top, most = max(counts.items(), key=lambda item: (item[1], item[0]))
            share, even = wilson(most, total), evenness(counts)
            top = top[:60]
            if share is not None and share.low > options.share:
                message = f"`{top}` stands on {share.value:.0%} of {total} done tickets"
                threshold = f"{options.share:.0%}, against the lower end of the 95 % interval (option share)"
            elif len(counts) > 3 and even < options.evenness:
                message = f"{len(counts)} closure codes are used so unevenly that they tell little; most is `{top}`"
                threshold = f"normalised entropy below {options.evenness:.2f} (option evenness)"
            else:
                continue
            fault = Fault(
                message=message,
                seen=f"code {top}",
                evidence=[
                    Evidence(field="closure_code", seen=f"{most} of {total}; {len(counts)} codes, evenness {even:.2f}")
                ],
                threshold=threshold,
            )
            yield QueueFault(platform=platform, fault=fault)

    def _code(self, ticket: Ticket) -> str | None:
        if ticket.closure_code is not None:
            return ticket.closure_code
        name = self._context.settings.closure_field
        if name is None or not names_custom(ticket, name):
            return None
        value = custom_value(ticket, name)
        return None if value is None else str(value)


def evenness(counts: dict[str, int]) -> float:
    """Shannon's entropy of the counts, as a share of what equal counts would have; 0 of one code."""
    if len(counts) < 2:
        return 0.0
    total = sum(counts.values())
    entropy = -math.fsum(number / total * math.log(number / total) for number in sorted(counts.values()))
    return entropy / math.log(len(counts))
