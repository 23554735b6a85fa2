from typing import ClassVar

from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Ticket
from supportctl.text.fold import fold_word


class PriorityMissing(TicketRule):
    """A ticket has no priority.

    ## What it does
    Reports tickets older than the grace period (1 hour) whose priority is empty.

    ## Why is this bad?
    Without a priority most service-level policies do not apply: the clock never starts and nobody is late.

    ## Example
    A Zendesk ticket from the web form, solved after four days, priority empty.

    ## Fix
    Set the priority from impact and urgency, and let a trigger set a default on creation.

    ## False positives
    Chats, calls and social messages have none by design (setting `unprioritised_channels`). Merged and duplicate
    tickets, spam and cancelled tickets are out of scope. A native value that maps to none of p1 to p5 is set, and
    not reported. A queue that never sets priorities is one finding (QUE901).

    ## Fields
    Zendesk `priority`; JSM priority; ServiceNow `priority`.
    """

    code = "PRI301"
    name = "priority-missing"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    hears_noise = False
    fields: ClassVar[frozenset[str]] = frozenset({"status", "priority"})
    empty_field = "priority"

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        if ticket.channel is not None and fold_word(ticket.channel) in context.settings.unprioritised_channels:
            return OUTSIDE
        if unknown := lacks(ticket, "priority"):
            return unknown
        if ticket.priority is not None or ticket.native_priority:
            return CLEAN
        return fault("no priority", "priority", [Evidence(field="priority", seen="empty")])
