import re
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.closing import closure_code, no_code
from supportctl.audit.conversation import conversation
from supportctl.audit.periods import SOLVED
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Link, LinkType, Persona, Severity, Ticket
from supportctl.text.fold import fold_word

NAMES_ANOTHER = re.compile(r"#\d+|\b[A-Z][A-Z0-9_]{1,9}-?\d{1,12}\b|https?://")
SAME = (LinkType.DUPLICATE_OF, LinkType.DUPLICATED_BY, LinkType.PARENT, LinkType.PROBLEM, LinkType.RELATES)
NOTHING_FOUND = (
    "no fault",
    "no issue found",
    "no problem found",
    "nothing found",
    "not reproducible",
    "cannot reproduce",
    "can't reproduce",
    "kein fehler",
    "nicht reproduzierbar",
    "non reproductible",
    "no reproducible",
)
BY_CALLER = (
    "resolved by caller",
    "closed by caller",
    "closed/resolved by caller",
    "resolved by requester",
    "resolved by customer",
)
OPEN_WORK = 5


class NotesContradictCodeOptions(Options, frozen=True, kw_only=True):
    work_log: int = OPEN_WORK
    """So many comments of agents are more work than "resolved by caller" admits."""


class NotesContradictCode(TicketRule):
    """The closure code says one thing, the ticket another.

    ## What it does
    Reports done tickets closed as a duplicate that neither link to nor name another ticket; closed as "no fault
    found" or "not reproducible" with a link to the change that fixed them or the bug that caused them; and closed as
    "resolved by caller" after 5 comments of agents or more.

    ## Why is this bad?
    Reports by closure code decide what gets fixed for good. A fault counted as no fault never gets there.

    ## Example
    Code "No fault found", and a link to the change that removed the fault.

    ## Fix
    Choose the code that says what happened, or add the link that the code speaks of.

    ## False positives
    Codes are compared by the words in their names; codes in other words are not judged. Merged tickets, spam and
    cancelled tickets are out of scope. Tickets that name another one in a comment or in their notes belong to
    another rule (LNK701).

    ## Fields
    Zendesk the field named by `closure_field`, links, comments; JSM `resolution`, issue links, comments; ServiceNow
    `close_code`, `close_notes`, `parent_incident`, `problem_id`, `rfc`, `caused_by`, journal.
    """

    code = "RES604"
    name = "notes-contradict-code"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    persona = Persona.PEDANTIC
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.PEOPLE, Need.CUSTOM, Need.TAGS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "closure_code"})
    options = NotesContradictCodeOptions

    def unmet(self, context: Context) -> str | None:
        if "closure_code" in context.capabilities.unknown_fields:
            return no_code(context)
        return super().unmet(context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.status not in SOLVED:
            return OUTSIDE if is_noise(ticket, context) else lacks(ticket, "status") or OUTSIDE
        if is_noise(ticket, context):
            return OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        code = closure_code(ticket, context)
        if isinstance(code, Unjudged):
            return code
        if not code:
            return OUTSIDE
        word = fold_word(code)
        if "duplicate" in word or "duplikat" in word:
            return _duplicate(ticket)
        if any(part in word for part in NOTHING_FOUND):
            return _nothing_found(ticket)
        if any(part in word for part in BY_CALLER):
            return self._by_caller(ticket, context)
        return CLEAN

    def _by_caller(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "comments"):
            return unknown
        limit = context.options(self.code, NotesContradictCodeOptions).work_log
        written = [one for one in conversation(ticket, context) if one.actor is Actor.AGENT]
        if len(written) < limit:
            return CLEAN
        origin = "default" if limit == OPEN_WORK else "setting work_log"
        return fault(
            "closed as resolved by the caller after much work of agents",
            f"caller {written[-1].at.isoformat()}",
            [Evidence(field="comments", seen=f"{len(written)} by agents", at=written[-1].at)],
            threshold=f"fewer than {limit} comments of agents ({origin})",
        )


def _duplicate(ticket: Ticket) -> Verdict:
    if any(link.type in SAME for link in ticket.links):
        return CLEAN
    if unknown := lacks(ticket, "links"):
        return unknown
    texts = [ticket.resolution_notes or "", *(comment.body for comment in ticket.comments)]
    if any(NAMES_ANOTHER.search(text[:4000]) for text in texts):
        return OUTSIDE
    if not ticket.knows("comments") or any(not comment.body.strip() for comment in ticket.comments):
        # It may be in a text that was withheld.
        return Unjudged("comments")
    return fault(
        "closed as a duplicate, and nothing says of what",
        "duplicate",
        [Evidence(field="links", seen="none"), Evidence(field="closure_code", seen="duplicate")],
        threshold="a link, or the number of another ticket (default)",
    )


def _nothing_found(ticket: Ticket) -> Verdict:
    link = next((link for link in ticket.links if _names_cause(link)), None)
    if link is None:
        return lacks(ticket, "links") or CLEAN
    return fault(
        "closed as no fault found, with a link to what the fault was",
        f"no fault {link.type} {link.key}",
        [Evidence(field="links", seen=f"{link.type} {link.key}")],
        threshold="no link to a cause or to a change (default)",
    )


def _names_cause(link: Link) -> bool:
    """A bug or problem that explains it, or a change that removed it."""
    return link.type in (LinkType.CAUSED_BY, LinkType.TRACKED_BY) or link.native_type == "rfc"
