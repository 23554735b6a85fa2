from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Platform, Severity, Ticket, Unknown
from supportctl.query.custom_values import custom_value, names_custom

CLASSIFYING = ("Request Type", "Customer Request Type", "Category")
WITHOUT_CATEGORIES = (Platform.ZENDESK, Platform.JSM)
"""These have no field for it. Elsewhere an absent category was left out by the source, or by the table."""


class CategoryMissing(TicketRule):
    """A ticket that was worked on or solved has no category.

    ## What it does
    Reports tickets older than the grace period (1 hour) that nobody has classified.

    ## Why is this bad?
    Without a category there is no routing by topic, no trend, and no way to find out what the queue is about.

    ## Example
    An incident, in progress since yesterday, with an empty category.

    ## Fix
    Set the category; similar solved tickets show which one is usual. Where the platform has no category, name
    the custom field that holds yours in the setting `category_field`.

    ## False positives
    New tickets within the grace period, merged and duplicate tickets, spam, cancelled tickets and side
    conversations are out of scope. A category nobody uses at all is reported once (QUE901).

    ## Fields
    ServiceNow `category`, and elsewhere the field the profile maps to it; else the field named by `category_field`;
    else any of component, service, a custom field called "Category", on Zendesk the ticket type, on JSM the request
    type.
    """

    code = "CLS101"
    name = "category-missing"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    hears_noise = False
    fields: ClassVar[frozenset[str]] = frozenset({"status"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM})
    empty_field = "category"

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        if ticket.category:
            return CLEAN
        if name := context.settings.category_field:
            if not names_custom(ticket, name):
                return Unjudged("custom")
            return CLEAN if custom_value(ticket, name) else self._found(name)
        if ticket.knows("category"):
            return self._found("category")
        if ticket.unknown["category"] is not Unknown.ABSENT:
            return Unjudged("category")
        if ticket.component or ticket.service:
            return CLEAN
        if ticket.platform not in WITHOUT_CATEGORIES:
            return Unjudged("category")
        return self._without_categories(ticket)

    def _without_categories(self, ticket: Ticket) -> Verdict:
        """The platform's nearest: request type, component or a field called Category, else the kind of ticket."""
        if any(custom_value(ticket, name) for name in CLASSIFYING):
            return CLEAN
        if names_custom(ticket, "Category"):
            return self._found("Category")
        if ticket.platform is Platform.ZENDESK:
            return lacks(ticket, "kind") or (CLEAN if ticket.kind is not None else self._found("kind"))
        if ticket.unknown.get("custom") is Unknown.ABSENT:
            # A project without fields of its own has no request types either.
            return lacks(ticket, "component") or self._found("component")
        return lacks(ticket, "component", "custom") or self._found("component")

    def _found(self, field: str) -> Verdict:
        return fault("no category", field, [Evidence(field=field, seen="empty")])
