from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Kind, Persona, Severity, Ticket, Unknown
from supportctl.query.custom_values import custom_value, names_custom
from supportctl.text.intent import asks_how

ASSET_FIELDS = (
    "Service", "Business service", "Affected service", "Affected services", "Affected hardware", "Affected assets",
    "Asset", "Assets", "Configuration item", "CI", "Objects",
)  # fmt: skip
"""Custom fields that hold what is affected, as the platforms' templates call them."""


class ItemOptions(Options, frozen=True):
    field: str | None = None
    """Name or id of the custom field that holds the item or service, where the platform has none."""


class CiMissing(TicketRule):
    """An incident names no configuration item, asset or service.

    ## What it does
    Reports incidents older than the grace period (1 hour) on which component, service and, where there are such
    fields, asset and affected service are all empty.

    ## Why is this bad?
    Without it nobody sees that the tenth printer this week is the same printer, and no impact can be worked out.

    ## Example
    "The till does not start", resolved, and no till.

    ## Fix
    Set the item the resolver worked on. The agent who closes the ticket knows it best.

    ## False positives
    Requests, questions, tasks and problems are out of scope, as are incidents whose title asks how something is
    done, merged and duplicate tickets, spam and cancelled tickets. Where nearly no incident has an item, that is one
    finding (QUE901).

    ## Fields
    ServiceNow `cmdb_ci`, `business_service`; JSM component, affected services, assets; Zendesk the field named by the
    option `field`, or one called "Asset" or "Configuration item".
    """

    code = "CLS107"
    name = "ci-missing"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    persona = Persona.PEDANTIC
    fields: ClassVar[frozenset[str]] = frozenset({"status", "kind"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM, Need.LINKS})
    empty_field = "component"
    options = ItemOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "kind"):
            return unknown
        if ticket.kind is not Kind.INCIDENT:
            return OUTSIDE
        if ticket.component or ticket.service:
            return CLEAN
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket) or (ticket.title is not None and asks_how(ticket.title)):
            return OUTSIDE
        if name := context.options(self.code, ItemOptions).field:
            if not names_custom(ticket, name):
                return Unjudged("custom")
            return CLEAN if custom_value(ticket, name) else _found(name)
        return _of_platform(ticket)


def _of_platform(ticket: Ticket) -> Verdict:
    """Empty only where every place there is was seen; a place the platform does not have counts for nothing."""
    if any(custom_value(ticket, name) for name in ASSET_FIELDS):
        return CLEAN
    for field in ("component", "service"):
        if ticket.unknown.get(field) in (Unknown.HIDDEN, Unknown.NOT_FETCHED):
            return Unjudged(field)
    if ticket.unknown.get("custom") in (Unknown.HIDDEN, Unknown.NOT_FETCHED):
        return Unjudged("custom")
    places = [name for name in ASSET_FIELDS if names_custom(ticket, name)]
    places += [field for field in ("component", "service") if ticket.knows(field)]
    return _found(places[0]) if places else Unjudged("component")


def _found(field: str) -> Verdict:
    return fault("no configuration item, asset or service", "component", [Evidence(field=field, seen="empty")])
