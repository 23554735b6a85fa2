from datetime import datetime
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Ticket
from supportctl.text.boilerplate import repeated_share

_SHOWN = 5


class BoilerplateOptions(Options, frozen=True):
    share: float = 0.8
    """A message with more than this share of quoted mail, signature and disclaimer is reported."""
    characters: int = 2000
    """Shorter messages are not looked at."""


class DuplicateBoilerplate(TicketRule):
    """Messages in the ticket are mostly quoted mail and disclaimers.

    ## What it does
    Reports tickets with a comment or description of at least 2,000 characters of which more than 80 % is quoted mail,
    signature or legal disclaimer.

    ## Why is this bad?
    What is new drowns in what everybody has read already; searches, exports and summaries carry it along.

    ## Example
    A reply of one line over a thread of thirty mails, repeated with each answer.

    ## Fix
    Let the mail gateway cut quoted text (Zendesk: mail delimiter; Jira: the mail handler's split pattern;
    ServiceNow: the reply separators of inbound mail).

    ## False positives
    A forwarded mail without words of its own above it is the report itself, and counts as said. Messages by
    machines are passed over. Options: `share`, `characters`.

    ## Fields
    Zendesk comments; Jira `description` and comments; ServiceNow `description` and journal.
    """

    code = "TXT813"
    name = "duplicate-boilerplate"
    severity = Severity.INFO
    confidence = Confidence.MEDIUM
    persona = Persona.AUDITOR
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    reads_text = True
    options = BoilerplateOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        options = context.options(self.code, BoilerplateOptions)
        found: list[Evidence] = []
        seen = ""
        if ticket.description and (share := _repeated(ticket.description, options)):
            found.append(_evidence("description", share, ticket.description, ticket.created_at))
            seen = "description"
        for comment in ticket.comments:
            if comment.body == ticket.description or not (share := _repeated(comment.body, options)):
                continue
            if actor_of(comment.author, ticket, context) is not Actor.BOT:
                found.append(_evidence("comments", share, comment.body, comment.created_at))
                seen = seen or comment.id
        if found:
            return fault(
                f"mostly quoted mail or disclaimers in {'a message' if len(found) == 1 else 'several messages'}",
                seen,
                found[:_SHOWN],
                threshold=f"more than {options.share:.0%} of at least {options.characters} characters "
                f"({'default' if options == BoilerplateOptions() else 'options of the rule'})",
            )
        return lacks(ticket, "description", "comments") or CLEAN


def _repeated(body: str, options: BoilerplateOptions) -> float:
    if len(body) < options.characters:
        return 0.0
    share = repeated_share(body)
    return share if share > options.share else 0.0


def _evidence(field: str, share: float, body: str, at: datetime | None) -> Evidence:
    return Evidence(field=field, seen=f"{share:.0%} of {len(body)} characters", at=at)
