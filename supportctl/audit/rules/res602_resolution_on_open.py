from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, FieldFix, Fix, Platform, Severity, Ticket
from supportctl.text.fold import fold_word

NO_RESOLUTION = frozenset(
    {
        "unresolved",
        "not resolved",
        "none",
        "-- none --",
        "open",
        "nicht erledigt",
        "ungelöst",
        "non résolu",
        "non résolue",
        "sin resolver",
        "não resolvido",
        "não resolvida",
        "non risolto",
        "irrisolto",
        "onopgelost",
        "nierozwiązane",
        "olöst",
        "не решено",
        "нет решения",
        "未解決",
        "未解决",
    }
)
"""Resolutions that somebody made to say that there is none; to Jira they are one like any other."""


class ResolutionOnOpenOptions(Options, frozen=True, kw_only=True):
    early: tuple[str, ...] = ()
    """Statuses, by the platform's own names, in which a resolution is set early by design."""


class ResolutionOnOpen(TicketRule):
    """A resolution is set on a ticket that is still open, or is called "Unresolved".

    ## What it does
    Reports open tickets with a resolution or close code, and done tickets whose resolution is one somebody called
    "Unresolved" or "None".

    ## Why is this bad?
    Queues and reports believe the resolution, not the status: the open ticket is missing from both. A resolution
    named "Unresolved" counts as resolved.

    ## Example
    A Jira issue in progress with resolution Done, left over when it was reopened without clearing it.

    ## Fix
    Clear the resolution (`audit --plan` does), and let the transition that reopens clear it; on a done ticket choose
    a real one.

    ## False positives
    Workflows that set the resolution early by design: name those statuses in the option `early`. New tickets, merged
    tickets, spam and cancelled tickets are out of scope. Zendesk has no resolution of its own, and a field of your own
    may be filled while the work goes on.

    ## Fields
    Zendesk none; JSM `resolution` and the status category; ServiceNow `close_code` and `state`.
    """

    code = "RES602"
    name = "resolution-on-open"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    wants: ClassVar[frozenset[Need]] = frozenset({Need.TAGS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "closure_code"})
    platforms: ClassVar[frozenset[Platform]] = frozenset({Platform.JSM, Platform.SERVICENOW})
    options = ResolutionOnOpenOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.platform is Platform.ZENDESK:
            return OUTSIDE
        if unknown := lacks(ticket, "closure_code", "status"):
            return OUTSIDE if is_noise(ticket, context) else unknown
        if ticket.done:
            return self._done(ticket, context)
        if not ticket.closure_code:
            return CLEAN
        if (early := settling(ticket, context)) is not None:
            return early
        if ticket.native_status is not None:
            by_design = {fold_word(status) for status in context.options(self.code, ResolutionOnOpenOptions).early}
            if fold_word(ticket.native_status) in by_design:
                return OUTSIDE
        return fault(
            "has a resolution and is not done",
            f"open {ticket.closure_code}",
            [Evidence(field="closure_code", seen=ticket.closure_code)],
            threshold="no resolution before the ticket is done (default)",
            fixes=(Fix(title="clear the resolution", safe=True, remedy=FieldFix(field="closure_code", value=None)),),
        )

    def _done(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context) or not ticket.closure_code:
            return OUTSIDE
        if fold_word(ticket.closure_code.strip()) not in NO_RESOLUTION:
            return CLEAN
        return fault(
            "is done with a resolution that says it is not",
            f"done {ticket.closure_code}",
            [Evidence(field="closure_code", seen=ticket.closure_code)],
            threshold="a resolution that names an outcome (default)",
        )
