from typing import ClassVar

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.classified import Filed, filed
from supportctl.audit.learned import place_key
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Ticket
from supportctl.query.custom_values import custom_value, names_custom
from supportctl.text.fold import fold_word

USED = 0.1
"""Share of a category's tickets with a subcategory from which on it has subcategories to choose from."""
OWNED = 0.95
"""Share of a subcategory's tickets in one category from which on it belongs there."""
STRAY = 0.01


class SubcategoryOptions(Options, frozen=True):
    tree: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Category -> its subcategories, none for those that have none. Categories not named are not judged."""
    field: str | None = None
    """Name or id of the custom field that holds the subcategory, where the platform has none."""


class SubcategoryMismatch(TicketRule):
    """A ticket's subcategory is empty or belongs to another category.

    ## What it does
    Reports tickets whose category has subcategories and none is set, and tickets whose subcategory is not one of the
    category's. What belongs where comes from the option `tree`; without it, from the queue: a category has
    subcategories when at least 20 tickets have it and 10 % of them a subcategory; a subcategory belongs to the
    category that 95 % of at least 20 tickets with it have, and is astray where next to none have it.

    ## Why is this bad?
    Half a classification is usually the default of a form, and one that contradicts itself counts under both.

    ## Example
    Category `network`, subcategory `printer`: the category was corrected, the subcategory was not.

    ## Fix
    Choose a subcategory of the category, or correct the category.

    ## False positives
    Categories without subcategories are not judged, nor are rare ones unless the tree names them. A nested drop-down
    on Zendesk cannot disagree with itself. New tickets within the grace period, merged and duplicate tickets, spam and
    cancelled tickets are out of scope.

    ## Fields
    ServiceNow `category`, `subcategory`. Zendesk and JSM: the fields the profile maps, else `category_field` (a
    nested drop-down, a cascading select) or the option `field`.
    """

    code = "CLS103"
    name = "subcategory-mismatch"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    persona = Persona.PEDANTIC
    fields: ClassVar[frozenset[str]] = frozenset({"status"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM, Need.LINKS})
    empty_field = "subcategory"
    options = SubcategoryOptions
    learns = True

    def unmet(self, context: Context) -> str | None:
        own = context.options(self.code, SubcategoryOptions)
        if "subcategory" in context.capabilities.unknown_fields and not own.field:
            platform = context.capabilities.platform
            if not context.settings.category_field:
                return f"{platform} has no subcategory; name yours in category_field or in this rule's option field"
            if not own.tree:
                return f"{platform} has no subcategory; list the subcategories in this rule's option tree"
        return super().unmet(context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        found = filed(ticket, context)
        if found is None:
            return OUTSIDE
        if isinstance(found, Unjudged):
            return found
        own = context.options(self.code, SubcategoryOptions)
        below, field = found.subcategory, "subcategory"
        if below is None and found.deeper is not None:
            if own.field is None:
                return Unjudged("subcategory")
            if not names_custom(ticket, own.field):
                return Unjudged("custom")
            below, field = _text(custom_value(ticket, own.field)), own.field
        if own.tree:
            return _by_tree(found.category, below, field, own.tree)
        return _by_queue(ticket, found, below, field, context)

    def found_empty(self, ticket: Ticket) -> bool:
        return not ticket.subcategory


def _by_tree(category: str, below: str | None, field: str, tree: dict[str, tuple[str, ...]]) -> Verdict:
    children = next((set(map(fold_word, names)) for name, names in tree.items() if _same(name, category)), None)
    if children is None:
        return OUTSIDE
    if below is None:
        return _missing(category, field, "option tree") if children else CLEAN
    if fold_word(below) in children:
        return CLEAN
    return _astray(category, below, field, "option tree")


def _by_queue(ticket: Ticket, found: Filed, below: str | None, field: str, context: Context) -> Verdict:
    children = context.learned.children.get(place_key(ticket, found.category))
    if children is None:
        return OUTSIDE
    filled = sum(children.counts.values())
    if below is None:
        if filled < USED * children.support:
            return OUTSIDE
        return _missing(
            found.category, field, f"learned from {children.support} tickets, of which {filled} have a subcategory"
        )
    parent = context.learned.parents.get(place_key(ticket, below))
    if parent is None or _same(parent.category, found.category) or parent.share < OWNED:
        return CLEAN
    here = children.counts.get(below, 0)
    if here > max(1, STRAY * parent.support):
        return CLEAN
    return _astray(found.category, below, field, f"{parent.share:.0%} of {parent.support} tickets with it (learned)")


def _missing(category: str, field: str, source: str) -> Verdict:
    return fault(
        "no subcategory, though the category has some",
        category,
        [Evidence(field=field, seen="empty")],
        threshold=source,
        passes="one of the category's subcategories",
    )


def _astray(category: str, below: str, field: str, source: str) -> Verdict:
    return fault(
        "the subcategory belongs to another category",
        f"{category} / {below}",
        [Evidence(field="category", seen=category), Evidence(field=field, seen=below)],
        threshold=source,
        passes="one of the category's subcategories, or the category this one belongs to",
    )


def _same(one: str, other: str) -> bool:
    return fold_word(one) == fold_word(other)


def _text(value: object) -> str | None:
    match value:
        case str():
            return value
        case {"value": str(text)} | {"name": str(text)}:
            return text
    return None
