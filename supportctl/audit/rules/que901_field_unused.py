from collections.abc import Iterator
from typing import Self

from supportctl.audit.rule import Context, QueueFault, QueueRule, TicketRule, Watch
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, Platform, Severity, Ticket


class FieldUnused(QueueRule):
    """A field that rules ask for is empty on nearly every ticket.

    ## What it does
    When more than 90 % of at least 50 tickets a rule judged violate it because a field is empty, reports the field
    once and withholds those findings (their number is shown). Other findings of the same rule are shown.

    ## Why is this bad?
    The team does not use the field. Ten thousand findings would say the same and bury everything else.

    ## Example
    99.8 % of the incidents have no configuration item.

    ## Fix
    Decide: make the field part of the work (a default, a mandatory transition), or turn the rule off.

    ## False positives
    A field that was introduced last week. A field that is hidden from the account is unknown and not empty, and counts
    on neither side; so do exempt tickets. Small queues are told ticket by ticket (settings `guard_share`,
    `guard_support`).

    ## Fields
    Whatever the rules about missing fields look at: category, subcategory, component or configuration item, tags,
    assignee, group, priority, closure code, resolution notes, title, description, service levels, knowledge article,
    comments.
    """

    code = "QUE901"
    name = "field-unused"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    whole = True

    def start(self, context: Context) -> Watch:
        return Guard(context)


class Guard:
    """Told by the engine how every rule judged every ticket."""

    def __init__(self, context: Context) -> None:
        self._settings = context.settings
        self.eligible = 0
        self._empty: dict[tuple[Platform, str, str], int] = {}
        self._eligible: dict[tuple[Platform, str, str], int] = {}

    def see(self, ticket: Ticket) -> None:
        pass

    def clean(self, platform: Platform, rule: TicketRule, tickets: int) -> None:
        if rule.empty_field is not None and tickets:
            key = (platform, rule.code, rule.empty_field)
            self._eligible[key] = self._eligible.get(key, 0) + tickets

    def faulty(self, ticket: Ticket, rule: TicketRule) -> None:
        if rule.empty_field is not None:
            key = (ticket.platform, rule.code, rule.empty_field)
            self._eligible[key] = self._eligible.get(key, 0) + 1
            if rule.found_empty(ticket):
                self._empty[key] = self._empty.get(key, 0) + 1

    def merge(self, other: Self) -> None:
        for mine, theirs in ((self._empty, other._empty), (self._eligible, other._eligible)):
            for key, number in theirs.items():
                mine[key] = mine.get(key, 0) + number

    def finish(self) -> Iterator[QueueFault]:
        self.eligible = len(self._eligible)
        share, support = self._settings.guard_share, self._settings.guard_support
        for (platform, code, field), eligible in sorted(self._eligible.items()):
            empty = self._empty.get((platform, code, field), 0)
            if eligible < support or empty <= share * eligible:
                continue
            fault = Fault(
                message=f"`{field}` is empty on {empty / eligible:.1%} of {eligible} tickets; {code} is reported once",
                seen=f"{code} {field}",
                evidence=[Evidence(field=field, seen=f"empty on {empty} of {eligible}")],
                threshold=f"more than {share:.0%} of at least {support} tickets (settings guard_share, guard_support)",
            )
            yield QueueFault(platform=platform, fault=fault, instead_of=code)
