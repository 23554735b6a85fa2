"""Queries that say themselves which tickets can match: ``key:SUP-12 status:open``."""

import msgspec

from supportctl.model import Status
from supportctl.query.ast import Node, OneOf, terms
from supportctl.query.pushdown import Literal, normal_form, push


class Named(msgspec.Struct, frozen=True):
    keys: frozenset[str]
    """As they were typed; no other ticket matches."""
    left: list[Literal]
    """What else is asked of them."""


def named(query: Node | None) -> Named | None:
    """None: the query does not name its tickets, or asks for deleted ones, which nobody gets by key."""
    if query is None or _asks_for_deleted(query):
        return None
    found = push(normal_form(query), _keys, _common, _together)
    return None if found[0] is None else Named(found[0], found[1])


def _keys(literal: Literal) -> frozenset[str] | None:
    value = literal.term.value
    if literal.term.field != "key" or literal.negated or not isinstance(value, OneOf):
        return None
    return frozenset(value.values)


def _common(sets: list[frozenset[str]]) -> frozenset[str] | None:
    """The smallest: two spellings of one key do not meet, and every ticket is evaluated anyway."""
    return min(sets, key=len)


def _together(sets: list[frozenset[str]]) -> frozenset[str] | None:
    return frozenset[str]().union(*sets)


def _asks_for_deleted(query: Node) -> bool:
    return any(
        term.field == "status" and isinstance(term.value, OneOf) and Status.DELETED in term.value.values
        for term in terms(query)
    )
