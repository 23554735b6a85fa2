from datetime import timedelta
from typing import ClassVar

from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.settings import DAY, spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Fix, Persona, Platform, Severity, Status, StatusFix, Ticket
from supportctl.text.fold import fold_word

USUAL = 7 * DAY
"""ServiceNow closes after seven days where nobody changed it; Zendesk's automation after four."""


class ResolvedNotClosedOptions(Options, frozen=True, kw_only=True):
    window: timedelta | None = None
    """After how long resolved tickets are closed; none: 7 days on Zendesk and ServiceNow, and in Jira not at all."""
    statuses: tuple[str, ...] = ("resolved", "solved")
    """Jira's names of statuses after which a ticket is still to be closed."""


class ResolvedNotClosed(TicketRule):
    """A resolved ticket was never closed.

    ## What it does
    Reports tickets that have been resolved, and not touched, for more than 7 days, or for longer than the option
    `window`.

    ## Why is this bad?
    The automatic closing does not work, or somebody turned it off: tickets that are over can still be reopened, and
    count as work in half of the reports.

    ## Example
    Resolved in March, still in state Resolved in May.

    ## Fix
    Look why the automation passes it over, then close it. `audit --plan` can; closing cannot be undone on Zendesk
    and ServiceNow, so there it is not among the safe fixes, and `apply` asks for `--allow-irreversible`.

    ## False positives
    Any touch starts the waiting anew on many instances, so the later of resolution and last update counts. Major
    incidents are closed by people, not by the clock, and are out of scope, as are merged tickets and spam. Jira has no
    automatic closing of its own: there the rule looks only at statuses named in the option `statuses`, and only when
    `window` is set.

    ## Fields
    Zendesk `status` solved, `updated_at`; JSM status, `resolutiondate`, `updated`; ServiceNow `state` 6,
    `resolved_at`, `sys_updated_on`.
    """

    code = "RES608"
    name = "resolved-not-closed"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    persona = Persona.PEDANTIC
    fields: ClassVar[frozenset[str]] = frozenset({"status", "updated_at"})
    options = ResolvedNotClosedOptions

    def unmet(self, context: Context) -> str | None:
        if context.capabilities.platform is Platform.JSM and self._own(context) is None:
            return "Jira closes nothing by itself: say in the option window after how long your site does"
        return super().unmet(context)

    def _own(self, context: Context) -> timedelta | None:
        return context.options(self.code, ResolvedNotClosedOptions).window

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.status is not Status.RESOLVED:
            return OUTSIDE if is_noise(ticket, context) else lacks(ticket, "status") or OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        if is_noise(ticket, context) or ticket.native.get("major_incident_state") == "accepted":
            return OUTSIDE
        own = self._own(context)
        if ticket.platform is Platform.JSM:
            names = {fold_word(name) for name in context.options(self.code, ResolvedNotClosedOptions).statuses}
            if own is None or ticket.native_status is None or fold_word(ticket.native_status) not in names:
                return OUTSIDE
        if unknown := lacks(ticket, "updated_at"):
            return unknown
        since = max((at for at in (ticket.resolved_at, ticket.updated_at) if at is not None), default=None)
        if since is None:
            return OUTSIDE
        window = USUAL if own is None else own
        if context.now - since <= window:
            return CLEAN
        return fault(
            f"has been resolved for more than {spoken(window)} and is not closed",
            since.isoformat(),
            [Evidence(field="status", seen="resolved and untouched since", at=since)],
            threshold=f"{spoken(window)} of calendar time ({'default' if own is None else 'setting window'})",
            fixes=(Fix(title="close it", safe=_can_come_back(ticket, context), remedy=StatusFix(goal=Status.CLOSED)),),
        )


def _can_come_back(ticket: Ticket, context: Context) -> bool:
    """Whether closing can be undone here; of a ticket read from a file nobody knows."""
    known = context.capabilities
    return known.platform is ticket.platform and known.reopens_closed and not known.closed_is_final
