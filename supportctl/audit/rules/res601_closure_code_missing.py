from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.closing import closure_code, no_code
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import FINISHED, is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Status, Ticket


class ClosureCodeMissing(TicketRule):
    """A ticket is done without a resolution or close code.

    ## What it does
    Reports resolved and closed tickets whose closure code is empty.

    ## Why is this bad?
    Nobody can count what was fixed and how; in Jira a done issue without a resolution still shows as unresolved
    in every queue and report.

    ## Example
    A Jira issue in status Done with resolution empty, after a bulk transition past the screen.

    ## Fix
    Set the resolution or close code, and make it mandatory on the transition. Zendesk has none of its own: name
    the field that holds yours in the setting `closure_field`.

    ## False positives
    Cancelled and duplicate tickets, merged tickets and spam are out of scope. A code nobody uses at all is
    reported once (QUE901).

    ## Fields
    Zendesk the field named by `closure_field`; JSM `resolution`; ServiceNow `close_code`.
    """

    code = "RES601"
    name = "closure-code-missing"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    speaks_of = FINISHED
    hears_noise = False
    fields: ClassVar[frozenset[str]] = frozenset({"status", "closure_code"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM, Need.LINKS})
    empty_field = "closure_code"

    def unmet(self, context: Context) -> str | None:
        if "closure_code" in context.capabilities.unknown_fields:
            return no_code(context)
        return super().unmet(context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return OUTSIDE
        code = closure_code(ticket, context)
        if isinstance(code, Unjudged):
            return code
        if code:
            return CLEAN
        field = context.settings.closure_field or "closure_code"
        return fault("done without a closure code", "closure_code", [Evidence(field=field, seen="empty")])
