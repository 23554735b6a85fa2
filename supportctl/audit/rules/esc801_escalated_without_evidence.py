import re
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.escalation import escalation
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Priority, Severity, Ticket
from supportctl.query.custom_values import custom_value
from supportctl.text.evidence import Kind, told
from supportctl.text.fold import fold, fold_word
from supportctl.text.quoted import own_words

_BY_VOICE = re.compile(
    r"(?<!\w)(?:(?:on|via|in) (?:the |a )?bridge|bridge call|conference call|war ?room|by phone|on the phone|"
    r"phoned|called (?:the )?(?:engineer|second|"
    r"2nd|on-?call|duty)\w*|"
    r"telefonisch|angerufen|telefonkonferenz|par téléphone|por teléfono|por telefone|al telefono|"
    r"telefonicznie)(?!\w)|電話|电话"
)
_RESTRICTED = frozenset(
    {"security", "confidential", "restricted", "vulnerability", "security_incident", "security-incident"}
)
_ENVIRONMENT = ("Environment", "Version", "Affects versions", "Operating system", "Browser", "Device", "Umgebung")
_STEPS = ("Steps to reproduce", "Schritte zur Reproduktion")


class EscalatedWithoutEvidenceOptions(Options, frozen=True):
    required: tuple[Kind, ...] = tuple(Kind)
    """What must be told: ``steps``, ``expected and actual``, ``logs or attachment``, ``impact``, ``environment or
    version``."""
    missing: int = 1
    """From so many missing kinds on the ticket is reported."""
    restricted_tags: tuple[str, ...] = ()
    """Further tags of tickets whose evidence is kept elsewhere."""


class EscalatedWithoutEvidence(TicketRule):
    """A ticket was escalated without telling what an engineer needs.

    ## What it does
    Reports escalated tickets (by tag, group, status, the platform's own mark, or a link to a bug) of which title,
    description, comments, attachments and fields lack at least one of: steps, expected and actual behaviour, a log,
    error message or attachment, the impact, the environment or version.

    ## Why is this bad?
    The first thing second level does is ask. The ticket comes back, and the customer waits a day for nothing.

    ## Example
    "Please have a look, customer is angry", and the ticket is in the queue of the engineers.

    ## Fix
    Add what the finding names; a template for escalations asks for all five.

    ## False positives
    One sign of a kind is enough, in any comment and in ten languages: an error code or a picture is a record, "every
    guest" an impact, a set component an environment, an urgent priority an impact. Escalations by phone or bridge,
    security tickets, duplicates, merged and cancelled tickets are out of scope. What a picture shows is not read.

    ## Fields
    `escalated_tags`, `escalated_groups`, `escalated_statuses`; links to Jira on Zendesk; `escalation` on ServiceNow;
    texts, attachments, component, service, impact and priority on all.
    """

    code = "ESC801"
    name = "escalated-without-evidence"
    severity = Severity.HIGH
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.ATTACHMENTS, Need.LINKS, Need.TAGS, Need.CUSTOM, Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"comments", "description"})
    options = EscalatedWithoutEvidenceOptions
    reads_text = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        found = escalation(ticket, context)
        if found is None or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        options = context.options(self.code, EscalatedWithoutEvidenceOptions)
        if _restricted(ticket, options):
            return OUTSIDE
        if unknown := lacks(ticket, "comments", "description", "title"):
            return unknown
        texts = [ticket.title or "", own_words(ticket.description or "")]
        texts += [own_words(comment.body) for comment in ticket.comments]
        known = told(texts) | _by_fields(ticket)
        left = [kind for kind in options.required if kind not in known]
        if len(left) < max(1, options.missing):
            return CLEAN
        if Kind.RECORD in left and (unknown := lacks(ticket, "attachments")):
            left.remove(Kind.RECORD)
            if len(left) < max(1, options.missing):
                return unknown
        if any(_BY_VOICE.search(fold(text[:4000])) for text in texts):
            return OUTSIDE
        return fault(
            f"escalated without {', '.join(left)}",
            f"without {', '.join(left)}",
            [
                Evidence(field=found.by, seen="escalated", at=found.at),
                *(Evidence(field=kind, seen="not told") for kind in left),
            ],
            threshold=f"{options.missing} of {len(options.required)} missing (option missing)",
            passes=f"a comment that tells {', '.join(left)}",
        )


def _restricted(ticket: Ticket, options: EscalatedWithoutEvidenceOptions) -> bool:
    if not ticket.tags:
        return False
    restricted = _RESTRICTED.union(map(fold_word, options.restricted_tags))
    return not restricted.isdisjoint(map(fold_word, ticket.tags))


def _by_fields(ticket: Ticket) -> set[Kind]:
    """What fields and attachments tell."""
    found = set()
    if ticket.component is not None or ticket.service is not None or _filled(ticket, _ENVIRONMENT):
        found.add(Kind.PLACE)
    if ticket.native.get("environment") or ticket.native.get("versions"):
        found.add(Kind.PLACE)
    if ticket.impact or ticket.priority in (Priority.P1, Priority.P2):
        found.add(Kind.IMPACT)
    if ticket.attachments or any(comment.attachments for comment in ticket.comments):
        found.add(Kind.RECORD)
    if _filled(ticket, _STEPS):
        found.add(Kind.STEPS)
    return found


def _filled(ticket: Ticket, names: tuple[str, ...]) -> bool:
    return bool(ticket.custom) and any(custom_value(ticket, name) for name in names)
