"""Who did it. Most false alarms come from machines that were taken for people."""

import re
from enum import Enum
from functools import lru_cache

from supportctl.audit.rule import Context
from supportctl.model import Person, Role, Ticket
from supportctl.text.fold import fold_word

ZENDESK_SYSTEM = "-1"
"""Author of what triggers and automations do, in Zendesk's audits; it has no user record."""

_SYS_ID = re.compile("[0-9a-f]{32}")


class Actor(Enum):
    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    UNKNOWN = "unknown"


def actor_of(person: Person | None, ticket: Ticket, context: Context) -> Actor:
    """The part somebody plays in this ticket.

    The requester is a customer here, even with an agent's account. Where the platform does not tell roles, whoever
    is certainly not the requester speaks for the team.
    """
    if person is None:
        return Actor.UNKNOWN
    cast: dict[tuple[str, Role, str | None], Actor] = context.of_ticket(ticket, "actors", dict)
    who = (person.id, person.role, person.name)
    if (known := cast.get(who)) is None:
        known = cast[who] = _actor_of(person, ticket, context)
    return known


def _actor_of(person: Person, ticket: Ticket, context: Context) -> Actor:
    if is_bot(person, context):
        return Actor.BOT
    requester = None if ticket.requester is None else same_person(person, ticket.requester)
    if requester:
        return Actor.CUSTOMER
    if person.role is Role.AGENT or (ticket.assignee is not None and same_person(person, ticket.assignee)):
        return Actor.AGENT
    if person.role is Role.END_USER:
        return Actor.CUSTOMER
    return Actor.AGENT if requester is False else Actor.UNKNOWN


def same_person(one: Person, other: Person) -> bool | None:
    """None: one is known by a login and the other by another id, and nothing else tells."""
    if _handles(one) & _handles(other):
        return True
    if one.name is not None and other.name is not None:
        return fold_word(one.name) == fold_word(other.name) and one.email is None and other.email is None
    comparable = (_is_sys_id(one.id) is _is_sys_id(other.id)) or (_login(one) is not None and _login(other) is not None)
    return False if comparable else None


def _handles(person: Person) -> frozenset[str]:
    return _folded(person.id, person.email, _login(person))


@lru_cache(maxsize=4096)
def _folded(*handles: str | None) -> frozenset[str]:
    return frozenset(fold_word(handle) for handle in handles if handle)


def _login(person: Person) -> str | None:
    """ServiceNow names people by ``sys_id`` in records and by login in journals and audits."""
    if not _is_sys_id(person.id):
        return person.id
    login = person.native.get("user_name")
    return login if isinstance(login, str) and login else None


def _is_sys_id(text: str) -> bool:
    return len(text) == 32 and _SYS_ID.fullmatch(text) is not None


def is_bot(person: Person, context: Context) -> bool:
    if person.role is Role.BOT or person.id == ZENDESK_SYSTEM:
        return True
    if context.settings.bot_ids and not _handles(person).isdisjoint(map(fold_word, context.settings.bot_ids)):
        return True
    if person.name is None or person.role is Role.END_USER:
        return False
    known: dict[str, bool] = context.of_run("bots", dict)
    if (found := known.get(person.name)) is None:
        words = f" {fold_word(person.name).replace('-', ' ').replace('_', ' ')} "
        found = known[person.name] = any(f" {bot} " in words for bot in context.settings.bots)
    return found
