from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Kind, Priority, Severity, Ticket


class SlaMissingOptions(Options, frozen=True, kw_only=True):
    kinds: tuple[Kind, ...] = ()
    """Kinds of ticket that must have a clock, e.g. ``incident``; none: all, if ``priorities`` says which."""
    priorities: tuple[Priority, ...] = ()
    """Priorities that must have one; none: all, if ``kinds`` says which."""


class SlaMissing(TicketRule):
    """A ticket that should have a service-level target has none.

    ## What it does
    Reports tickets without any service-level clock whose kind and priority, by the options `kinds` and `priorities`,
    must have one. Without these options the rule does not run: there is nothing to hold the tickets against.

    ## Why is this bad?
    A ticket without a clock is in no report and in no warning: it is late without anybody noticing.

    ## Example
    An incident of a new customer whom no policy's condition matches.

    ## Fix
    Look which policy should have matched; most often priority, organization or request type is missing or new.

    ## False positives
    Kinds and priorities the options do not name. New tickets, merged tickets, duplicates, spam and cancelled tickets
    are out of scope. In JSM a clock that has not started still counts as one: it is configured. Clocks that are
    hidden from the account are not missing.

    ## Fields
    Zendesk the `slas` sideload; JSM SLA fields; ServiceNow `task_sla`, without the cancelled ones.
    """

    code = "TIM504"
    name = "sla-missing"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.SLAS})
    fields: ClassVar[frozenset[str]] = frozenset({"slas", "status"})
    options = SlaMissingOptions
    empty_field = "slas"

    def unmet(self, context: Context) -> str | None:
        options = context.options(self.code, SlaMissingOptions)
        if not options.kinds and not options.priorities:
            return "say which tickets must have a clock, in its options kinds and priorities"
        return super().unmet(context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.knows("slas") and any(clock.native.get("stage") != "cancelled" for clock in ticket.slas):
            return CLEAN if self._concerns(ticket, context) is True else OUTSIDE
        if (early := settling(ticket, context)) is not None:
            return early
        if is_duplicate(ticket):
            return OUTSIDE
        concerns = self._concerns(ticket, context)
        if concerns is not True:
            return concerns or OUTSIDE
        if unknown := lacks(ticket, "slas"):
            return unknown
        return fault(
            "has no service-level clock, and must have one",
            "slas",
            [Evidence(field="slas", seen="empty" if not ticket.slas else "cancelled only")],
            threshold="must have one: options kinds and priorities",
        )

    def _concerns(self, ticket: Ticket, context: Context) -> bool | Verdict:
        """Whether the policy names this ticket, or why nobody can tell."""
        options = context.options(self.code, SlaMissingOptions)
        for field, wanted in (("kind", options.kinds), ("priority", options.priorities)):
            if not wanted:
                continue
            if unknown := lacks(ticket, field):
                return unknown
            if getattr(ticket, field) not in wanted:
                return False
        return True
