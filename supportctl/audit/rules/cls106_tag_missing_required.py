from datetime import timedelta
from typing import ClassVar

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.settings import DAY, spoken
from supportctl.audit.taxonomy import matcher
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Fault, Faulty, Verdict
from supportctl.model import Confidence, Evidence, Severity, Ticket
from supportctl.text.fold import fold_word


class RequiredTagsOptions(Options, frozen=True):
    families: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Name of a family -> its tags, or patterns of them (``*`` and ``?``). Every ticket needs one of each family."""
    triage: timedelta = DAY
    """How long an unresolved ticket may be without them, in working time."""
    exempt_channels: tuple[str, ...] = ()
    """Channels whose tickets need none."""


class TagMissingRequired(TicketRule):
    """A ticket lacks every tag of a family that each ticket should have one of.

    ## What it does
    Reports tickets without any tag of a family listed in the option `families`, such as product or root cause.
    Silent without that option.

    ## Why is this bad?
    Reports by product or cause are wrong by exactly the tickets that nobody tagged.

    ## Example
    `families = { product = ["app-*", "portal"] }`, and a solved ticket tagged `billing` only.

    ## Fix
    Add the tag of the family that fits.

    ## False positives
    Unresolved tickets have a day for triage (option `triage`). Channels that cannot be tagged go into
    `exempt_channels`. Merged and duplicate tickets, spam and cancelled tickets are out of scope. When nobody uses the
    tags at all, that is one finding (QUE901).

    ## Fields
    Zendesk `tags`; JSM `labels`; ServiceNow `label_entry`, or the field the profile names.
    """

    code = "CLS106"
    name = "tag-missing-required"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.TAGS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "tags"})
    empty_field = "tags"
    options = RequiredTagsOptions

    def unmet(self, context: Context) -> str | None:
        if reason := super().unmet(context):
            return reason
        if not context.options(self.code, RequiredTagsOptions).families:
            return "there are no families of tags; list them in this rule's option families"
        return None

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        own = context.options(self.code, RequiredTagsOptions)
        if ticket.channel is not None and fold_word(ticket.channel) in map(fold_word, own.exempt_channels):
            return OUTSIDE
        if unknown := lacks(ticket, "tags"):
            return unknown
        tags = [fold_word(tag) for tag in ticket.tags]
        missing = [
            family
            for family, patterns in own.families.items()
            if not any(map(matcher(tuple(patterns)).fullmatch, tags))
        ]
        if not missing:
            return CLEAN
        if ticket.done is False and ticket.created_at is not None:
            if context.elapsed(ticket, ticket.created_at) < own.triage:
                return GRACE
            limit = f"{spoken(own.triage)} of {context.calendar(ticket).name} for triage; option families"
        else:
            limit = "option families"
        return Faulty(
            tuple(
                Fault(
                    message=f"no tag of the family `{family}`",
                    seen=family,
                    evidence=[Evidence(field="tags", seen="none of the family" if tags else "empty")],
                    threshold=limit,
                    passes=f"one tag of the family `{family}`",
                )
                for family in missing
            )
        )

    def found_empty(self, ticket: Ticket) -> bool:
        return not ticket.tags
