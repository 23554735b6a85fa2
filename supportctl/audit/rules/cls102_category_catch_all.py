from collections.abc import Iterable
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.classified import REQUEST_TYPES, filed
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import FINISHED, is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Status, Ticket, Unknown
from supportctl.text.catchall import is_catch_all, plain_name


class CatchAllOptions(Options, frozen=True):
    words: tuple[str, ...] = ()
    """Further categories that say nothing."""
    allowed: tuple[str, ...] = ()
    """Categories that sound like a catch-all and are meant so here."""


def _plain_names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(plain_name, names))


class CategoryCatchAll(TicketRule):
    """A ticket was resolved under a category that says nothing.

    ## What it does
    Reports resolved and closed tickets whose category is "Other", "General", "Inquiry / Help", "None of the above"
    or the like, in ten languages, and whose subcategory says no more.

    ## Why is this bad?
    At the end somebody knew what it was. Under "Other" it is lost to trends, routing and problem management.

    ## Example
    An incident about a printer, closed with category "Other" and no subcategory.

    ## Fix
    Set the category it turned out to be. When none fits, the list lacks one.

    ## False positives
    Open tickets are left alone: triage may not be over. A specific subcategory below a general category is enough,
    as are a component or service beside a general request type. Categories that are meant so go into the option
    `allowed`, further ones into `words`. Merged and duplicate tickets, spam and cancelled tickets are out of scope.

    ## Fields
    ServiceNow `category`, `subcategory`. Zendesk and JSM: the category the profile maps, else the field named by
    `category_field`, else a custom field called "Category", else on JSM the request type.
    """

    code = "CLS102"
    name = "category-catch-all"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    speaks_of = FINISHED
    hears_noise = False
    fields: ClassVar[frozenset[str]] = frozenset({"status"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM, Need.LINKS})
    options = CatchAllOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            return OUTSIDE
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        found = filed(ticket, context)
        if found is None:
            return OUTSIDE
        if isinstance(found, Unjudged):
            return found
        own = context.options(self.code, CatchAllOptions)
        more, allowed = context.of_run("catch-alls", lambda: tuple(map(_plain_names, (own.words, own.allowed))))
        if not all(is_catch_all(part, more, allowed) for part in found.path):
            return CLEAN
        if found.deeper not in (None, Unknown.ABSENT):
            return Unjudged("subcategory")
        if found.field in REQUEST_TYPES and (ticket.component or ticket.service):
            return CLEAN
        return fault(
            "resolved under a category that says nothing",
            " / ".join(found.path),
            [Evidence(field=found.field, seen=" / ".join(found.path))],
            threshold="the list of catch-all categories (default)" if not more else "catch-all categories and `words`",
            passes="a category or subcategory that says what it was",
        )
