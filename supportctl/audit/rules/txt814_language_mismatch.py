from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.conversation import Said, conversation
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Ticket
from supportctl.text.language import language, leaning
from supportctl.text.quoted import own_words

_NEAR = ({"da", "no"},)


class LanguageOptions(Options, frozen=True):
    shared: tuple[str, ...] = ()
    """Languages (``en``) that every customer of yours is content with."""


class LanguageMismatch(TicketRule):
    """The last reply is in another language than the customer writes.

    ## What it does
    Reports tickets whose latest public reply is, beyond doubt, in a language in which the customer wrote nothing at
    all. Languages are told by their script and their small words; short and mixed messages are left alone.

    ## Why is this bad?
    The customer may not understand the answer, and writes again or gives up.

    ## Example
    A question in German, an answer from an English macro.

    ## Fix
    Answer in the customer's language, or route by language; translate the macro.

    ## False positives
    Names of products, code and log lines are no language. A reply with a paragraph in the customer's language passes,
    and so does a customer who changed languages. Languages everybody is content with are named in the option
    `shared`.

    ## Fields
    Zendesk, Jira and ServiceNow alike: title, description and public comments.
    """

    code = "TXT814"
    name = "language-mismatch"
    severity = Severity.LOW
    confidence = Confidence.LOW
    persona = Persona.AUDITOR
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"description", "comments", "requester"})
    reads_text = True
    options = LanguageOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        if unknown := lacks(ticket, "comments", "requester", "description"):
            return unknown
        said = conversation(ticket, context)
        theirs = _languages(ticket, said) if any(one.is_reply for one in said) else set()
        found = _last_reply(said, theirs) if theirs else None
        if found is None:
            return OUTSIDE
        reply, used = found
        fine = theirs | set(context.options(self.code, LanguageOptions).shared)
        if _among(used, fine) or any(leaning(part) in theirs for part in _parts(reply)):
            return CLEAN
        return fault(
            "the last reply is not in the customer's language",
            f"{'+'.join(sorted(theirs))} {used}",
            [
                Evidence(field="description", seen=f"the customer writes {', '.join(sorted(theirs))}"),
                Evidence(field="comments", seen=f"the reply is in {used}", at=reply.at),
            ],
        )


def _last_reply(said: list[Said], theirs: set[str]) -> tuple[Said, str] | None:
    """The latest public reply whose language is beyond doubt, or that leans to the customer's."""
    for one in reversed(said):
        if one.is_reply:
            words = own_words(one.comment.body)
            used = language(words)
            if used is None and (leans := leaning(words)) in theirs:
                used = leans
            if used is not None:
                return one, used
    return None


def _languages(ticket: Ticket, said: list[Said]) -> set[str]:
    """Everything the customer writes, short messages by their leaning; empty unless one message is beyond doubt."""
    bodies = [
        ticket.title or "",
        ticket.description or "",
        *(one.comment.body for one in said if one.actor is Actor.CUSTOMER),
    ]
    bodies = [own_words(body) for body in bodies]
    sure = {found for body in bodies if (found := language(body)) is not None}
    if not sure:
        return set()
    return sure | {found for body in bodies for part in body.split("\n\n") if (found := leaning(part)) is not None}


def _parts(reply: Said) -> list[str]:
    parts = [part for part in own_words(reply.comment.body).split("\n\n") if len(part.split()) >= 4]
    return parts if len(parts) > 1 else []


def _among(used: str, fine: set[str]) -> bool:
    return used in fine or any(used in near and near & fine for near in _NEAR)
