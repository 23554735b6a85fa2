from collections.abc import Iterator
from datetime import datetime, timedelta

from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Status, Ticket
from supportctl.text.fold import fold_word

PAIRS = (
    ("created_at", "first_response_at"),
    ("created_at", "updated_at"),
    ("created_at", "resolved_at"),
    ("created_at", "closed_at"),
    ("resolved_at", "closed_at"),
)
"""What cannot be later than what."""
PAST = ("created_at", "updated_at", "resolved_at", "closed_at", "first_response_at")
ENDINGS = frozenset({"resolved_at", "closed_at"})


class TimestampsImpossibleOptions(Options, frozen=True, kw_only=True):
    tolerance: timedelta = timedelta(minutes=2)
    """How far two clocks may be apart."""
    imported: tuple[str, ...] = ("import", "imported", "migrated", "migration")
    """Tags and channels of tickets that came from another system and brought their dates along."""


class TimestampsImpossible(TicketRule):
    """A ticket's times contradict each other.

    ## What it does
    Reports tickets that were resolved, closed, answered or updated before they were created, closed before they were
    resolved, or whose times lie in the future, by more than 2 minutes.

    ## Why is this bad?
    Every duration computed from such a ticket is wrong, and a negative one can sink an average unnoticed.

    ## Example
    Resolved on 3 May, opened on 5 May: the opening time was typed over on the form.

    ## Fix
    Correct the time that was typed by hand, or leave the ticket out of reports with an exemption.

    ## False positives
    Imports and migrations keep old dates: tickets with a tag or channel named in the option `imported` are out of
    scope, as are merged tickets, spam and cancelled tickets. Times of resolution left over on a ticket that was
    reopened are not compared. Two minutes between two clocks are allowed.

    ## Fields
    Zendesk `created_at`, `updated_at` and the metric set; JSM `created`, `updated`, `resolutiondate`; ServiceNow
    `opened_at`, `sys_updated_on`, `resolved_at`, `closed_at`.
    """

    code = "TIM508"
    name = "timestamps-impossible"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    persona = Persona.PEDANTIC
    options = TimestampsImpossibleOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        options = context.options(self.code, TimestampsImpossibleOptions)
        slack = options.tolerance
        found = list(_contradictions(ticket, context.now, slack))
        if not found:
            return CLEAN if ticket.knows("created_at") else Unjudged("created_at")
        if is_noise(ticket, context) or _imported(ticket, options):
            return OUTSIDE
        return fault(
            f"its times contradict each other: {found[0][0]}",
            ";".join(f"{what} {at.isoformat()}" for what, _, at in found),
            [Evidence(field=field, seen=what, at=at) for what, field, at in found],
            threshold=f"{spoken(slack)} between two clocks ({'default' if slack == _DEFAULT else 'setting tolerance'})",
        )


_DEFAULT = TimestampsImpossibleOptions().tolerance


def _contradictions(ticket: Ticket, now: datetime, slack: timedelta) -> Iterator[tuple[str, str, datetime]]:
    times: dict[str, datetime] = {}
    for field in PAST:
        at = getattr(ticket, field)
        # What was resolved once and is open again keeps the time of then on some platforms.
        if at is not None and field not in ticket.unknown and not (field in ENDINGS and not ticket.done):
            times[field] = at
    for first, second in PAIRS:
        if first in times and second in times and times[first] - times[second] > slack:
            if first == "resolved_at" and ticket.status is not Status.CLOSED:
                continue
            yield f"{second} is before {first}", second, times[second]
    for field, at in times.items():
        if at - now > slack:
            yield f"{field} is in the future", field, at


def _imported(ticket: Ticket, options: TimestampsImpossibleOptions) -> bool:
    marks = {fold_word(mark) for mark in options.imported}
    if ticket.channel is not None and fold_word(ticket.channel) in marks:
        return True
    return any(fold_word(tag) in marks for tag in ticket.tags)
