"""Who said what to whom in a ticket, in order."""

from datetime import datetime

import msgspec

from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.rule import Context
from supportctl.model import Comment, Ticket


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One dated comment. ``public`` None: the platform does not say who could read it."""

    actor: Actor
    at: datetime
    public: bool | None
    comment: Comment

    @property
    def is_reply(self) -> bool:
        """An agent's words that the customer could read, for certain."""
        return self.actor is Actor.AGENT and self.public is True

    @property
    def from_customer(self) -> bool:
        return self.actor is Actor.CUSTOMER and self.public is not False


def conversation(ticket: Ticket, context: Context) -> list[Said]:
    """Oldest first; comments without a time are left out. The description is not among them."""
    return context.of_ticket(ticket, "conversation", lambda: _conversation(ticket, context))


def _conversation(ticket: Ticket, context: Context) -> list[Said]:
    said = [
        Said(
            actor=actor_of(comment.author, ticket, context),
            at=comment.created_at,
            public=comment.public,
            comment=comment,
        )
        for comment in ticket.comments
        if comment.created_at is not None
    ]
    said.sort(key=lambda one: one.at)
    return said


def unsure(said: Said) -> bool:
    """Whether it may be an agent's public reply, and may not: then nobody can be convicted for lack of one."""
    return (
        said.actor in (Actor.AGENT, Actor.UNKNOWN)
        and (said.public is None or said.actor is Actor.UNKNOWN)
        and (said.public is not False)
    )
