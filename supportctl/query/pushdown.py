"""Splitting a query: what the platform may be asked so that its answer is a superset of ours.

Negation is pushed to the leaves, so every step left is monotone: a conjunction may lose members, a
disjunction may not. An adapter translates leaves only, in both polarities: its native condition must hold for
every ticket on which the leaf (or its negation) evaluates to *true* here. What an adapter cannot promise it
answers with None. The whole query is re-evaluated on whatever comes back (`query.evaluate`), so a superset is
all that is ever needed.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from supportctl.query.ast import And, Node, Not, Or, Term

T = TypeVar("T")


class Literal(msgspec.Struct, frozen=True):
    """A leaf with its polarity."""

    term: Term
    negated: bool


class AllOf(msgspec.Struct, frozen=True):
    items: tuple["Form", ...]


class AnyOf(msgspec.Struct, frozen=True):
    items: tuple["Form", ...]


Form = Literal | AllOf | AnyOf


def normal_form(node: Node, *, negated: bool = False) -> Form:
    """Negation normal form. Sound in three-valued logic: De Morgan holds there too."""
    match node:
        case Term():
            return Literal(node, negated)
        case Not(item=item):
            return normal_form(item, negated=not negated)
        case And(items=items):
            parts = tuple(normal_form(item, negated=negated) for item in items)
            return AnyOf(parts) if negated else AllOf(parts)
        case Or(items=items):
            parts = tuple(normal_form(item, negated=negated) for item in items)
            return AllOf(parts) if negated else AnyOf(parts)


def push(
    form: Form,
    leaf: Callable[[Literal], T | None],
    join_all: Callable[[list[T]], T | None],
    join_any: Callable[[list[T]], T | None],
) -> tuple[T | None, list[Literal]]:
    """Translate as much of ``form`` as stays a superset.

    Returns the native condition (None: nothing could be pushed, ask for everything) and the leaves that were
    left out. ``join_any`` and ``join_all`` may answer None for "this platform cannot say that".
    """
    left: list[Literal] = []

    def walk(part: Form) -> T | None:
        match part:
            case Literal():
                native = leaf(part)
                if native is None:
                    left.append(part)
                return native
            case AllOf(items=items):
                natives = [native for item in items if (native := walk(item)) is not None]
                if not natives:
                    return None
                joined = natives[0] if len(natives) == 1 else join_all(natives)
                if joined is None:
                    left.extend(literals(part))
                return joined
            case AnyOf(items=items):
                before = len(left)
                options = [walk(item) for item in items]
                whole = [option for option in options if option is not None]
                joined = None
                if len(whole) == len(options):
                    joined = whole[0] if len(whole) == 1 else join_any(whole)
                if joined is None:
                    del left[before:]
                    left.extend(literals(part))
                return joined

    return walk(form), left


def literals(form: Form) -> list[Literal]:
    """Every leaf of a form, left to right."""
    if isinstance(form, Literal):
        return [form]
    return [leaf for item in form.items for leaf in literals(item)]
