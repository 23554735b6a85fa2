from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.conversation import conversation
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Severity, Ticket
from supportctl.text.automatic import automatic
from supportctl.text.enclosed import holds_something, says_attached

UPLOADED_BEFORE = timedelta(minutes=30)
"""Portals take the file first and the words after it."""


class AttachmentLostOptions(Options, frozen=True):
    wait: timedelta = timedelta(hours=1)
    """How long a file may come after the words."""


class AttachmentLost(TicketRule):
    """The customer says that something is attached, and there is nothing.

    ## What it does
    Reports tickets in which a customer's message says "see attached", "I have attached the log" or "screenshot
    attached" (in ten languages), and no file of the ticket came with it or after it.

    ## Why is this bad?
    A gateway dropped it (too large, a forbidden kind), and both sides wait for the other.

    ## Example
    "Please find the log attached", with no attachment, and three days without a word.

    ## Fix
    Ask for the file again, and say by which way; look at the limits of the mail gateway.

    ## False positives
    Pictures in the text, links, and the platform's own mark-up for files count as attached, as does any file that
    came with the message or later. Quoted mail, negations ("nothing attached"), announcements ("I will attach it"),
    questions and disclaimers are not taken for it. Messages of agents and machines are not looked at. Where
    attachments were not read, the ticket is not judged. Merged and duplicate tickets, spam and cancelled tickets are
    out of scope.

    ## Fields
    Zendesk description and comments with their `attachments`; JSM description, comments, `attachment`; ServiceNow
    `description`, journal `comments`, `sys_attachment`.
    """

    code = "COM409"
    name = "attachment-lost"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    persona = Persona.PEDANTIC
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.ATTACHMENTS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "created_at", "comments", "attachments"})
    options = AttachmentLostOptions
    reads_text = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "created_at", "comments"):
            return unknown
        options = context.options(self.code, AttachmentLostOptions)
        claims = [at for at in _claims(ticket, context) if context.now - at > options.wait]
        if not claims:
            return OUTSIDE
        if unknown := lacks(ticket, "attachments"):
            return unknown
        files = _files(ticket)
        lost = [at for at in claims if not any(file is None or at - file <= UPLOADED_BEFORE for file in files)]
        if not lost:
            return CLEAN
        if any(comment.created_at is None and comment.attachments for comment in ticket.comments):
            return Unjudged("comments")
        return fault(
            "a message says that something is attached, and no file came with it",
            " ".join(at.isoformat() for at in lost),
            [Evidence(field="attachments", seen="none with this message or after it", at=at) for at in lost[:5]],
            threshold="a file, picture or link with the message or after it (default)",
            passes="the file, or word that it is not needed",
        )


def _claims(ticket: Ticket, context: Context) -> list[datetime]:
    """When a customer said that something was attached, with nothing in the text itself."""
    found: set[datetime] = set()
    created = ticket.created_at
    if created is not None and _by_customer(ticket, context) and _lost_in(ticket.description):
        found.add(created)
    for one in conversation(ticket, context):
        comment = one.comment
        if one.actor is not Actor.CUSTOMER or one.public is False or comment.attachments:
            continue
        if not says_attached(comment.body) or automatic(comment.body, comment.channel) is not None:
            continue
        if not holds_something(comment.body, comment.html):
            found.add(one.at)
        elif created is not None and comment.body.strip() == (ticket.description or "").strip():
            # The description once more, with the picture that its plain text has lost.
            found.discard(created)
    return sorted(found)


def _lost_in(description: str | None) -> bool:
    return description is not None and says_attached(description) and not holds_something(description)


def _by_customer(ticket: Ticket, context: Context) -> bool:
    return ticket.requester is not None and actor_of(ticket.requester, ticket, context) is Actor.CUSTOMER


def _files(ticket: Ticket) -> list[datetime | None]:
    """When files came, whoever sent them; None: at a time nobody knows."""
    own: list[datetime | None] = [file.created_at for file in ticket.attachments]
    return own + [file.created_at or comment.created_at for comment in ticket.comments for file in comment.attachments]
