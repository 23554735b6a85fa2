from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Ticket


class NoGroup(TicketRule):
    """A ticket belongs to no group.

    ## What it does
    Reports tickets older than the grace period (1 hour), open or resolved, whose group is empty.

    ## Why is this bad?
    A ticket without a group is in nobody's view: it is found when the customer complains. Resolved, it is missing
    from every team's figures.

    ## Example
    A Zendesk ticket whose group was deleted, or a ServiceNow incident that no assignment rule matched.

    ## Fix
    Give it to the group that does this work, and add the routing rule that was missing.

    ## False positives
    A desk with a single team needs no groups: where nearly no ticket has one, that is one finding (QUE901). Merged and
    duplicate tickets, spam and cancelled tickets are out of scope. Jira has groups only where the profile says which
    field holds them; elsewhere the rule is skipped.

    ## Fields
    Zendesk `group_id`; JSM the field the profile maps to the group; ServiceNow `assignment_group`.
    """

    code = "OWN202"
    name = "no-group"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    hears_noise = False
    fields: ClassVar[frozenset[str]] = frozenset({"status", "group"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    empty_field = "group"

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if unknown := lacks(ticket, "group"):
            return unknown
        if ticket.group is not None:
            return CLEAN
        if is_duplicate(ticket):
            return OUTSIDE
        return fault("no group", "group", [Evidence(field="group", seen="empty")], passes="a group of any kind")
