"""Who said what to whom in a ticket, in order."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

import msgspec

from supportctl.audit.actors import Actor, actor_of, same_person
from supportctl.audit.rule import Context
from supportctl.model import Comment, Kind, Ticket
from supportctl.text.automatic import automatic, automatic_subject, is_acknowledgement
from supportctl.text.contact import tells_of_call
from supportctl.text.courtesy import is_gone, is_thanks

CALLS = frozenset({"voice", "phone", "call", "chat", "walk_in", "walkin", "walk-in", "messaging", "native_messaging"})
"""Channels on which a comment stands for a talk, and a ticket for somebody who was spoken to as it was opened."""


class Said(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One dated comment. ``public`` None: the platform does not say who could read it."""

    actor: Actor
    """A machine's, too, where an agent's account only forwards what a machine says."""
    at: datetime
    public: bool | None
    comment: Comment
    aside: bool = False
    """By somebody who is certainly not the requester, and not of the team: in copy."""

    @property
    def is_reply(self) -> bool:
        """An agent's words that the customer could read, for certain."""
        return self.actor is Actor.AGENT and self.public is True

    @property
    def from_customer(self) -> bool:
        return self.actor is Actor.CUSTOMER and self.public is not False

    @cached_property
    def is_contact(self) -> bool:
        """The customer was spoken to: an agent's reply, or their note about a call."""
        if self.actor is not Actor.AGENT:
            return False
        return self.public is True or self.comment.channel in CALLS or tells_of_call(self.comment.body)

    @cached_property
    def wants_answer(self) -> bool:
        """A customer's message that waits for somebody: neither thanks nor a machine's."""
        if not self.from_customer or automatic(self.comment.body, self.comment.channel) is not None:
            return False
        return bool(self.comment.attachments) or not (self.withdraws or is_thanks(self.comment.body))

    @cached_property
    def withdraws(self) -> bool:
        """The customer says that it is solved or not needed any more."""
        return self.from_customer and is_gone(self.comment.body)


def conversation(ticket: Ticket, context: Context) -> list[Said]:
    """Oldest first; comments without a time are left out. The description is not among them."""
    if not ticket.comments:
        return []
    return context.of_ticket(ticket, "conversation", lambda: _conversation(ticket, context))


def _conversation(ticket: Ticket, context: Context) -> list[Said]:
    said = [_said(comment, comment.created_at, ticket, context) for comment in ticket.comments if comment.created_at]
    said.sort(key=lambda one: one.at)
    return said


def _said(comment: Comment, at: datetime, ticket: Ticket, context: Context) -> Said:
    actor = actor_of(comment.author, ticket, context)
    aside = False
    if actor is Actor.CUSTOMER and comment.author is not None and ticket.requester is not None:
        aside = comment.author.id != ticket.requester.id and same_person(comment.author, ticket.requester) is False
    elif actor is Actor.AGENT and comment.public is not False and is_acknowledgement(comment.body, comment.channel):
        actor = Actor.BOT
    return Said(actor=actor, at=at, public=comment.public, comment=comment, aside=aside)


def reached(said: Sequence[Said]) -> bool:
    """Whether anybody spoke to the customer; replies are looked for first, as notes must be read."""
    return any(one.is_reply for one in said) or any(one.is_contact for one in said)


def unsure(said: Said) -> bool:
    """Whether it may be an agent's public reply, and may not: then nobody can be convicted for lack of one."""
    return (
        said.actor in (Actor.AGENT, Actor.UNKNOWN)
        and (said.public is None or said.actor is Actor.UNKNOWN)
        and (said.public is not False)
    )


def undated(ticket: Ticket, context: Context) -> bool:
    """Whether a comment without a time may be an agent's public reply: it may have come at any moment."""
    return any(
        comment.created_at is None
        and comment.public is not False
        and actor_of(comment.author, ticket, context) in (Actor.AGENT, Actor.UNKNOWN)
        for comment in ticket.comments
    )


def serves_nobody(ticket: Ticket, context: Context) -> bool:
    """Nobody outside waits for word: the team's own records, tickets of machines, and people's own to-dos."""
    return context.of_ticket(ticket, "serves_nobody", lambda: _serves_nobody(ticket, context))


def _serves_nobody(ticket: Ticket, context: Context) -> bool:
    if ticket.kind in (Kind.PROBLEM, Kind.CHANGE) or ticket.requester is None:
        return True
    if actor_of(ticket.requester, ticket, context) is Actor.BOT or automatic_subject(ticket.title) is not None:
        return True
    if ticket.assignee is None:
        return False
    return ticket.requester.id == ticket.assignee.id or same_person(ticket.requester, ticket.assignee) is True
