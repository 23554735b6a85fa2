from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.closing import (
    FULFILMENT,
    closure_code,
    explains_itself,
    has_notes,
    last_words,
)
from supportctl.audit.conversation import conversation
from supportctl.audit.periods import SOLVED, ending
from supportctl.audit.rule import Context, Options, TicketRule, in_order
from supportctl.audit.scope import FINISHED, is_duplicate, is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Kind, Severity, Ticket
from supportctl.text.courtesy import is_gone
from supportctl.text.stock import FEW, is_stock, says_nothing


class ResolutionNotesEmptyOptions(Options, frozen=True, kw_only=True):
    words: int = FEW
    """Notes of so many words, or fewer, say nothing."""


class ResolutionNotesEmpty(TicketRule):
    """Nobody can tell from the ticket what solved it.

    ## What it does
    Reports resolved and closed tickets whose resolution notes are missing, are a stock phrase ("fixed", "done",
    "n/a", "."; in fourteen languages), or have 3 words or fewer. Where the platform has no field for notes, the last
    comment of an agent up to the resolution stands for them, together with what was written in the 15 minutes
    before it.

    ## Why is this bad?
    The next one with the same problem starts from nothing, and the customer who comes back has to explain it all
    again.

    ## Example
    Two days of work, and the note says "done".

    ## Fix
    One sentence: what it was, and what was done about it.

    ## False positives
    Codes that say all there is to say (duplicate, spam, cancelled, reset, resolved by caller), duplicates, merged
    tickets, spam and cancelled tickets, and tickets the customer ended are out of scope; so are tasks, changes and
    problems, and requests whose notes field is empty. A link, an article or a ticket number counts as an explanation
    however short. In languages without spaces, words are estimated from the signs.

    ## Fields
    Zendesk comments; JSM comments, or the field the profile maps to `resolution_notes`; ServiceNow `close_notes`.
    """

    code = "RES603"
    name = "resolution-notes-empty"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    speaks_of = FINISHED
    hears_noise = False
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.HISTORY, Need.LINKS, Need.PEOPLE, Need.CUSTOM})
    fields: ClassVar[frozenset[str]] = frozenset({"status"})
    options = ResolutionNotesEmptyOptions
    empty_field = "resolution_notes"

    def unmet(self, context: Context) -> str | None:
        capabilities = context.capabilities
        if "resolution_notes" in capabilities.unknown_fields and Need.COMMENTS not in capabilities.reads:
            return f"{capabilities.platform} has no resolution notes, and comments cannot be read here"
        return super().unmet(context)

    def found_empty(self, ticket: Ticket) -> bool:
        return ticket.knows("resolution_notes") and not ticket.resolution_notes

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.status not in SOLVED:
            return OUTSIDE if is_noise(ticket, context) else lacks(ticket, "status") or OUTSIDE
        if unknown := lacks(ticket, "status"):
            return unknown
        if ticket.kind in FULFILMENT or is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        few = context.options(self.code, ResolutionNotesEmptyOptions).words
        noted = has_notes(ticket)
        verdict = _notes(ticket, few) if noted else _words(ticket, few, context)
        if verdict is CLEAN or verdict is OUTSIDE:
            return verdict
        code = closure_code(ticket, context)
        if isinstance(code, str) and explains_itself(code):
            return OUTSIDE
        return OUTSIDE if _ended_by_customer(ticket, context) else verdict


def _notes(ticket: Ticket, few: int) -> Verdict:
    if unknown := lacks(ticket, "resolution_notes"):
        return unknown
    if not says_nothing(ticket.resolution_notes, few):
        return CLEAN
    if ticket.kind is Kind.REQUEST and not ticket.resolution_notes:
        return OUTSIDE
    return _found("resolution_notes", ticket.resolution_notes, ticket, few)


def _words(ticket: Ticket, few: int, context: Context) -> Verdict:
    if unknown := lacks(ticket, "comments"):
        return unknown
    said = last_words(ticket, context)
    if any(not says_nothing(one.comment.body, few) for one in said if one.actor is not Actor.UNKNOWN):
        return CLEAN
    if any(one.actor is Actor.UNKNOWN or one.comment.attachments or not one.comment.body.strip() for one in said):
        # What the text does not show may be in a file, or in a text that was withheld.
        return Unjudged("comments")
    return _found("comments", said[-1].comment.body if said else None, ticket, few)


def _found(field: str, text: str | None, ticket: Ticket, few: int) -> Verdict:
    seen = "empty" if not text or not text.strip() else "a stock phrase" if is_stock(text) else f"{few} words or fewer"
    ended = ticket.resolved_at or ticket.closed_at
    return fault(
        "nobody can tell from its notes what solved it",
        f"{field} {seen} {'' if ended is None else ended.isoformat()}".rstrip(),
        [Evidence(field=field, seen=seen, at=ended)],
        threshold=f"more than {few} words ({'default' if few == FEW else 'setting words'})",
    )


def _ended_by_customer(ticket: Ticket, context: Context) -> bool:
    """They closed it themselves, or wrote that the problem is gone before anybody of the team wrote at all."""
    turn = ending(in_order(ticket.history))
    if turn is not None and actor_of(turn.actor, ticket, context) is Actor.CUSTOMER:
        return True
    for one in conversation(ticket, context):
        if one.actor is Actor.AGENT:
            return False
        if one.from_customer and is_gone(one.comment.body):
            return True
    return False
