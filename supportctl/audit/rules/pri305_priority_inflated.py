import re
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.conversation import conversation
from supportctl.audit.escalation import escalation
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Kind, LinkType, Persona, Priority, Severity, Ticket
from supportctl.text.fold import fold, fold_word
from supportctl.text.reach import tells_of_many, tells_of_one

_RELATED = frozenset({LinkType.PROBLEM, LinkType.PARENT, LinkType.CHILD, LinkType.INCIDENT, LinkType.CAUSED_BY})
_SAFETY = re.compile(
    r"\b(?:safety|injur\w*|accident|emergency|fire|hazard|patient|medical|life|data (?:loss|leak|breach)|"
    r"breach(?:ed)?|ransom\w*|malware|"
    r"virus|phish\w*|hack\w*|compromised|stolen|security|payroll|ceo|cfo|cto|director|chairman|president|vorstand|geschäftsführ\w*|"
    r"notfall|unfall|brand|verletz\w*|sicherheit\w*|gestohlen|datenleck|urgence|blessé|incendie|sécurité|volé|emergencia|"
    r"incendio|seguridad|robado|emergenza|sicurezza|rubato|emergência|segurança|roubado|noodgeval|veiligheid|gestolen)\b"
)


class PriorityInflatedOptions(Options, frozen=True):
    tags: tuple[str, ...] = (
        "vip",
        "executive",
        "exec",
        "major",
        "major_incident",
        "outage",
        "security",
        "safety",
        "sev1",
    )
    """Tags that justify the highest priority for a single person."""


class PriorityInflated(TicketRule):
    """A P1 speaks of one person's own device or account, and nothing else makes it a P1.

    ## What it does
    Reports P1 tickets whose text speaks of the writer's own laptop, account or password (or of a single user), and
    which are neither escalated nor linked to a problem, a parent or other incidents.

    ## Why is this bad?
    When a broken mouse is a P1, the next real P1 waits behind it, and people stop believing the priority.

    ## Example
    P1: "my keyboard has coffee in it".

    ## Fix
    Set impact and urgency anew; ask why the form let a single person choose P1.

    ## False positives
    Executives and safety: words of harm, security and of the management, and the tags of the option `tags`, take a
    ticket out of scope, as do more than one person writing as customer, merged and duplicate tickets, spam and
    cancelled tickets. Still a guess from words, so it is told to auditors only.

    ## Fields
    Zendesk `priority`, subject, description, problem; JSM priority, summary, links; ServiceNow `priority`,
    `short_description`, `problem_id`, `parent_incident`.
    """

    code = "PRI305"
    name = "priority-inflated"
    severity = Severity.LOW
    confidence = Confidence.LOW
    persona = Persona.AUDITOR
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"priority", "status", "links", "tags"})
    options = PriorityInflatedOptions
    reads_text = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "priority"):
            return unknown
        if ticket.priority is not Priority.P1 or ticket.kind in (Kind.PROBLEM, Kind.CHANGE):
            return OUTSIDE
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        text = f"{ticket.title or ''}\n{ticket.description or ''}"
        if not tells_of_one(text):
            return CLEAN
        if unknown := lacks(ticket, "links", "tags"):
            return unknown
        if _justified(ticket, text, context):
            return CLEAN
        return fault(
            "P1, but the text speaks of one person and nothing else raises it",
            "p1",
            [
                Evidence(field="priority", seen="p1"),
                Evidence(field="description", seen="speaks of the writer's own device or account, or of one user"),
                Evidence(field="links", seen="no problem, parent or other incident"),
            ],
            threshold="one person, not escalated, not linked (default)",
            passes="a lower priority, or a link to the major incident",
        )


def _justified(ticket: Ticket, text: str, context: Context) -> bool:
    options = context.options(PriorityInflated.code, PriorityInflatedOptions)
    wanted = {fold_word(tag) for tag in options.tags}
    if any(fold_word(tag) in wanted for tag in ticket.tags) or any(link.type in _RELATED for link in ticket.links):
        return True
    if escalation(ticket, context) is not None or str(ticket.native.get("major_incident_state") or ""):
        return True
    if _SAFETY.search(fold(text[:4000])):
        return True
    said = conversation(ticket, context) if ticket.knows("comments") else []
    return any(one.aside or (one.from_customer and tells_of_many(one.comment.body)) for one in said)
