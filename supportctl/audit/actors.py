"""Who did it. Most false alarms come from machines that were taken for people."""

from enum import Enum

from supportctl.audit.rule import Context
from supportctl.model import Person, Role, Ticket
from supportctl.text.fold import fold_word


class Actor(Enum):
    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    UNKNOWN = "unknown"


def actor_of(person: Person | None, ticket: Ticket, context: Context) -> Actor:
    """The part somebody plays in this ticket: its requester is a customer here, even with an agent's account."""
    if person is None:
        return Actor.UNKNOWN
    if is_bot(person, context):
        return Actor.BOT
    if ticket.requester is not None and person.id == ticket.requester.id:
        return Actor.CUSTOMER
    if person.role is Role.AGENT or (ticket.assignee is not None and person.id == ticket.assignee.id):
        return Actor.AGENT
    return Actor.CUSTOMER if person.role is Role.END_USER else Actor.UNKNOWN


def is_bot(person: Person, context: Context) -> bool:
    if person.role is Role.BOT:
        return True
    if person.name is None or person.role is Role.END_USER:
        return False
    words = f" {fold_word(person.name).replace('-', ' ').replace('_', ' ')} "
    return any(f" {bot} " in words for bot in context.settings.bots)
