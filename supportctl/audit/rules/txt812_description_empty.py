from datetime import timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of, is_bot
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Comment, Confidence, Evidence, Severity, Ticket
from supportctl.text.boilerplate import says_nothing
from supportctl.text.fold import fold_word

_SPOKEN = frozenset({"voice", "phone"})
"""Of a call there is only what the agent writes down."""
_INTAKE = timedelta(minutes=15)
"""What an agent adds this soon belongs to taking the ticket in."""


class DescriptionEmpty(TicketRule):
    """The description says nothing: empty, or only a greeting and a signature, and no file to look at.

    ## What it does
    Reports tickets whose description is empty, holds only a greeting, a signature, a placeholder ("n/a", "see
    title") or a form without entries, when there is no attachment and the customer added nothing before the first
    reply.

    ## Why is this bad?
    The first reply can only be a question: a day lost for both sides, and nothing to find the ticket by later.

    ## Example
    Title "Terminal", description "Best regards, Ann Lee".

    ## Fix
    Ask for what is missing and write it into the description; make the field mandatory in the form.

    ## False positives
    Chats are told in their messages and alerts speak through their fields: channels of chats, and machines as
    requesters, are out of scope. A picture is a description. What the customer adds before the first reply counts, and
    so does what the agent who took the ticket in notes within 15 minutes, of a call at any time before the first
    reply. Merged, duplicate and cancelled tickets and spam are out of scope. A queue in which hardly any ticket is
    described is reported once (QUE901).

    ## Fields
    Zendesk: the first comment and its attachments; Jira `description`, attachments and comments; ServiceNow
    `description`, attachments and journal.
    """

    code = "TXT812"
    name = "description-empty"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    hears_noise = False
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS, Need.ATTACHMENTS, Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "description", "requester", "attachments", "comments"})
    empty_field = "description"

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "description"):
            return unknown
        names = _names(ticket)
        description = ticket.description or ""
        if not says_nothing(description, names):
            return CLEAN
        if unknown := lacks(ticket, "requester"):
            return unknown
        if _told_elsewhere(ticket, context):
            return OUTSIDE
        if _has_file(ticket, context):
            return CLEAN
        if unknown := lacks(ticket, "attachments", "comments"):
            return unknown
        added = _added(ticket, names, context)
        if added is None:
            return Unjudged("comments")
        if added:
            return CLEAN
        empty = not description.strip()
        return fault(
            "the description is empty" if empty else "the description says nothing but greeting and signature",
            "empty" if empty else "signature",
            [
                Evidence(field="description", seen="empty" if empty else "no words of its own", at=ticket.created_at),
                Evidence(field="attachments", seen="none"),
            ],
            passes="a description, or an attachment from the customer",
        )

    def found_empty(self, ticket: Ticket) -> bool:
        return not (ticket.description or "").strip()


def _names(ticket: Ticket) -> tuple[str, ...]:
    person = ticket.requester
    if person is None:
        return ()
    names = [name for name in (person.name, person.email) if name]
    if person.name is not None:
        names += person.name.split()
    return tuple(names)


def _told_elsewhere(ticket: Ticket, context: Context) -> bool:
    if ticket.channel is not None:
        channel = fold_word(ticket.channel)
        if channel in context.settings.unprioritised_channels and channel not in _SPOKEN:
            return True
    return ticket.requester is not None and is_bot(ticket.requester, context)


def _at_intake(ticket: Ticket, comment: Comment) -> bool:
    if ticket.created_at is None or comment.created_at is None:
        return False
    return comment.created_at - ticket.created_at <= _INTAKE


def _is_reply(ticket: Ticket, comment: Comment) -> bool:
    """Rather than a note of whoever took the ticket in."""
    return comment.public is True or not _at_intake(ticket, comment)


def _has_file(ticket: Ticket, context: Context) -> bool:
    """Files the team adds while working describe nothing."""
    for comment in ticket.comments:
        if comment.attachments and not (_by_team(ticket, comment, context) and _is_reply(ticket, comment)):
            return True
    of_comments = {file.id for comment in ticket.comments for file in comment.attachments}
    for file in ticket.attachments:
        if file.id in of_comments:
            continue
        late = (
            file.created_at is not None
            and ticket.created_at is not None
            and file.created_at - ticket.created_at > _INTAKE
        )
        if not late or actor_of(file.author, ticket, context) not in (Actor.AGENT, Actor.BOT):
            return True
    return False


def _by_team(ticket: Ticket, comment: Comment, context: Context) -> bool:
    return actor_of(comment.author, ticket, context) in (Actor.AGENT, Actor.BOT)


def _added(ticket: Ticket, names: tuple[str, ...], context: Context) -> bool | None:
    """Whether somebody said what it is about before the team's first reply; None: that cannot be told."""
    dated = [comment for comment in ticket.comments if comment.created_at is not None]
    dated.sort(key=lambda comment: comment.created_at or ticket.created_at)  # type: ignore[arg-type,return-value]
    unsure = len(dated) < len(ticket.comments)
    spoken = ticket.channel is not None and fold_word(ticket.channel) in _SPOKEN
    replied = False
    for comment in dated:
        actor = actor_of(comment.author, ticket, context)
        if actor is Actor.BOT or says_nothing(comment.body, names):
            continue
        noted = spoken or (ticket.channel is None and _at_intake(ticket, comment))
        if actor is Actor.CUSTOMER and not replied:
            return True
        if actor is Actor.AGENT and comment.public:
            break
        if actor is Actor.AGENT and comment.public is False and noted:
            return True
        # Where nobody tells replies from notes, what comes after one may or may not have been asked for.
        unsure = unsure or actor in (Actor.CUSTOMER, Actor.UNKNOWN) or (comment.public is None and noted)
        replied = replied or comment.public is None
    return None if unsure else False
