import re
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.closing import closure_code, has_notes, last_words
from supportctl.audit.periods import SOLVED
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Kind, LinkType, Severity, Ticket
from supportctl.text.fold import fold_word
from supportctl.text.workaround import is_workaround

TRACKED = (
    LinkType.PROBLEM,
    LinkType.TRACKED_BY,
    LinkType.CAUSED_BY,
    LinkType.BLOCKED_BY,
    LinkType.DUPLICATE_OF,
    LinkType.RELATES,
)
_CODE = re.compile(r"work[ -]?around|umgehung|contournement|provisional|temporal|temporary|回避策|暫定")
_NAMED = re.compile(r"\b(?:PRB|KE)\d{3,}\b|\b[A-Z][A-Z0-9_]{1,9}-\d+\b|\b(?i:problem|bug|defect)\s+#?\d+")
NOTHING_DONE = (
    "won't",
    "wont ",
    "will not",
    "invalid",
    "not a bug",
    "not our",
    "by design",
    "as designed",
    "incomplete",
    "more info",
    "reproduc",
    "reject",
    "declin",
    "no fault",
    "withdrawn",
    "cancel",
    "spam",
    "by caller",
    "hold",
)
"""Parts of codes that say that nothing was repaired, whatever the talk was about."""
USER_ERROR = ("user error", "user_error", "training", "how to", "bedienfehler")


class WorkaroundWithoutProblem(TicketRule):
    """A ticket was closed with a workaround, and nobody tracks the cause.

    ## What it does
    Reports done tickets whose closure code says workaround, or whose resolution notes (where there are none, the last
    words of an agent) speak of one, without a link to a problem or bug.

    ## Why is this bad?
    The fault is still there. It comes back to the next customer, and nobody is asked to remove it.

    ## Example
    Code "Workaround provided", notes "restart the service every morning", no problem linked.

    ## Fix
    Link the problem or the bug; open one if there is none.

    ## False positives
    Notes that say there was no workaround, ask whether there is one, or name the problem or bug by its number, do not
    count; nor does what is said under a code that says nothing was repaired (won't do, not reproducible). User errors,
    problems, changes, tasks, duplicates, merged tickets, spam and cancelled tickets are out of scope. For one-off
    cases exempt the ticket.

    ## Fields
    Zendesk the field named by `closure_field`, comments, `problem_id`, Jira links; JSM `resolution`, comments, issue
    links; ServiceNow `close_code`, `close_notes`, `problem_id`, `caused_by`, `rfc`.
    """

    code = "RES609"
    name = "workaround-without-problem"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.CUSTOM, Need.PEOPLE, Need.TAGS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "links"})

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.status not in SOLVED:
            return OUTSIDE if is_noise(ticket, context) else lacks(ticket, "status") or OUTSIDE
        if ticket.kind in (Kind.PROBLEM, Kind.CHANGE, Kind.TASK) or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        if any(link.type in TRACKED for link in ticket.links):
            return CLEAN
        found = closure_code(ticket, context)
        code = fold_word(found) if isinstance(found, str) else ""
        if any(part in code for part in USER_ERROR):
            return OUTSIDE
        field = "closure_code" if _CODE.search(code) else None
        texts = _texts(ticket, context)
        done = not any(part in code for part in NOTHING_DONE)
        if field is None and done and any(map(is_workaround, texts)):
            field = "resolution_notes" if has_notes(ticket) else "comments"
        if field is None:
            return CLEAN if texts or code else OUTSIDE
        if any(_NAMED.search(text) for text in texts):
            return CLEAN
        if unknown := lacks(ticket, "links"):
            return unknown
        ended = ticket.resolved_at or ticket.closed_at
        return fault(
            "closed with a workaround, and no problem or bug is linked",
            f"{field} {'' if ended is None else ended.isoformat()}".rstrip(),
            [Evidence(field=field, seen="workaround", at=ended), Evidence(field="links", seen="no problem or bug")],
            threshold="a link to a problem or bug, or its number in the notes (default)",
        )


def _texts(ticket: Ticket, context: Context) -> list[str]:
    """What was written at the end."""
    if has_notes(ticket):
        written = [ticket.resolution_notes] if ticket.knows("resolution_notes") else []
    elif ticket.knows("comments"):
        written = [one.comment.body for one in last_words(ticket, context) if one.actor is not Actor.UNKNOWN]
    else:
        written = []
    return [text for text in written if text]
