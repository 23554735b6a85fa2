from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, FieldFix, Fix, Kind, Persona, Severity, Ticket
from supportctl.text.intent import asks_how, orders, says_broken
from supportctl.text.quoted import own_words

_READ = 400


class WrongType(TicketRule):
    """A question or a request was filed as an incident.

    ## What it does
    Reports incidents whose title asks how something is done, or orders something, while nothing in title and first
    lines says that anything is broken. The phrases are kept in ten languages.

    ## Why is this bad?
    Questions among incidents spoil every figure about incidents, and they wait in the wrong queue with the wrong
    target.

    ## Example
    "How do I change the invoice address?", type incident, priority 3.

    ## Fix
    Change the type, or convert it to a request where the platform keeps requests in another table.

    ## False positives
    Phrases are no understanding: this rule is for auditors. Whatever says broken, error, slow, missing and the like
    in one of those languages acquits. New tickets within the grace period, merged and duplicate tickets, spam and
    cancelled tickets are out of scope.

    ## Fields
    Zendesk `type`; JSM issue type; ServiceNow the table. Title and description on all.
    """

    code = "CLS108"
    name = "wrong-type"
    severity = Severity.LOW
    confidence = Confidence.LOW
    persona = Persona.AUDITOR
    fields: ClassVar[frozenset[str]] = frozenset({"status", "kind", "title", "description"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    reads_text = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "kind"):
            return unknown
        if ticket.kind is not Kind.INCIDENT:
            return OUTSIDE
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "title", "description"):
            return unknown
        if not ticket.title:
            return OUTSIDE
        title = ticket.title[:_READ]
        kind = Kind.QUESTION if asks_how(title) else Kind.REQUEST if orders(title) else None
        if kind is None or says_broken(title) or says_broken(own_words((ticket.description or "")[:_READ])):
            return CLEAN
        what = "asks how something is done" if kind is Kind.QUESTION else "orders something"
        return fault(
            f"filed as an incident, but reads like a {kind}",
            f"incident {kind}",
            [Evidence(field="kind", seen="incident"), Evidence(field="title", seen=what)],
            threshold="phrases (default)",
            passes=f"the type {kind}",
            fixes=_fixes(kind, context),
        )


def _fixes(kind: Kind, context: Context) -> tuple[Fix, ...]:
    """Where the type is a field of its own that can be set; Zendesk has no requests."""
    if "kind" not in context.capabilities.settable or kind is not Kind.QUESTION:
        return ()
    return (Fix(title=f"make it a {kind}", safe=False, remedy=FieldFix(field="kind", value=kind.value)),)
