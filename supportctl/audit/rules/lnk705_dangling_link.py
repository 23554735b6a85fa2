from datetime import timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import lacks, settling
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, GRACE, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Link, LinkType, Severity, Status, Ticket
from supportctl.text.fold import fold_word

_WAITED_FOR = frozenset({LinkType.TRACKED_BY, LinkType.BLOCKED_BY, LinkType.CAUSED_BY})
_OVER = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED, Status.DELETED})


class DanglingLinkOptions(Options, frozen=True):
    settle: timedelta = timedelta(days=1)
    """How long the ticket may lie untouched although what it waits for is over."""


class DanglingLink(TicketRule):
    """An open ticket is linked to a deleted one, or waits for a bug that is done or will not be done.

    ## What it does
    Reports open tickets with a link to a ticket that was deleted; open tickets whose bug, cause or blocker was
    cancelled; and tickets on hold or escalated, untouched for a day, all of whose bugs, causes and blockers are done.

    ## Why is this bad?
    The customer waits for something that has happened already, or that will never happen.

    ## Example
    "On hold until the fix is out": the bug was closed two releases ago.

    ## Fix
    Tell the customer, take the ticket off hold, and correct or remove the link.

    ## False positives
    A linked ticket we may not read is not a deleted one: links without a known status are not judged. One blocker of
    several that is still open is reason enough to wait. A parent or problem that is done belongs to LNK704.

    ## Fields
    Zendesk links to Jira issues, where their status was read along; JSM issue links with the status of the other end
    (Jira drops links to deleted issues by itself); ServiceNow `caused_by`, where the status was read along.
    """

    code = "LNK705"
    name = "dangling-link"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "links"})
    options = DanglingLinkOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if not ticket.links or ticket.done:
            return (lacks(ticket, "links") if ticket.done is False else None) or OUTSIDE
        if settled := settling(ticket, context):
            return settled
        if unknown := lacks(ticket, "links"):
            return unknown
        gone = [link for link in ticket.links if link.status is Status.DELETED]
        if gone:
            return _found("linked to a ticket that was deleted", gone, "deleted")
        awaited = [link for link in ticket.links if link.type in _WAITED_FOR]
        if not awaited:
            return CLEAN
        if any(link.status is None for link in awaited):
            return Unjudged("links")
        if not all(link.status in _OVER for link in awaited):
            return CLEAN
        if any(link.status is Status.CANCELLED for link in awaited):
            return _found("linked to a bug, cause or blocker that will not be done", awaited, "cancelled")
        if not _waits(ticket, context):
            return CLEAN
        settle = context.options(self.code, DanglingLinkOptions).settle
        if ticket.updated_at is None or context.elapsed(ticket, ticket.updated_at) < settle:
            return lacks(ticket, "updated_at") or GRACE
        limit = f"untouched for {spoken(settle)} (option settle)"
        return _found("waits for a bug, cause or blocker that is done", awaited, "done", limit)


def _waits(ticket: Ticket, context: Context) -> bool:
    if ticket.status is Status.ON_HOLD:
        return True
    native = fold_word(ticket.native_status or "")
    return any(fold_word(status) == native for status in context.settings.escalated_statuses)


def _found(message: str, links: list[Link], what: str, threshold: str | None = None) -> Verdict:
    keys = sorted(link.key for link in links)
    evidence = [Evidence(field="links", seen=f"{link.key} is {link.status}") for link in links[:5]]
    return fault(message, f"{what} {' '.join(keys)}", evidence, threshold=threshold)
