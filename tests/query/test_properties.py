"""What must hold for every query and every ticket."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from supportctl.errors import QueryError
from supportctl.model import Ticket
from supportctl.query import evaluate, literals, normal_form, parse, push, unparse
from supportctl.query.ast import And, Node, Not, Or, Span, Term
from supportctl.query.evaluate import all_of, any_of
from supportctl.query.pushdown import AllOf, AnyOf, Form, Literal
from tests.query.strategies import NOW, nodes, tickets

pieces = st.lists(
    st.sampled_from(
        ["status:", "open", "(", ")", "-", "not ", " or ", '"', "\\", ",", "..", ">", "=", "p1", "age>", "7d", " "],
    )
    | st.sampled_from(
        ["created:", "2026-01-01", "T10:00", "Z", "text:", "é", "none", "cf[1]", ":", "\n", "\ud800", "٣", "is:"]
    )
    | st.characters(),
    max_size=25,
).map("".join)


def nowhere(node: Node) -> Node:
    match node:
        case Term():
            return msgspec.structs.replace(node, span=Span(0, 0))
        case Not(item=item):
            return Not(nowhere(item))
        case And(items=items):
            return And(tuple(map(nowhere, items)))
        case Or(items=items):
            return Or(tuple(map(nowhere, items)))


@given(pieces)
def test_parse_raises_nothing_but_query_errors(text: str) -> None:
    try:
        node = parse(text, now=NOW)
    except QueryError as error:
        assert 0 <= error.start <= len(text)
        assert error.start <= error.end <= len(text) + 1
    else:
        assert nowhere(parse(unparse(node), now=NOW)) == nowhere(node)


@given(nodes, tickets)
def test_unparse_round_trips(node: Node, ticket: Ticket) -> None:
    text = unparse(node)
    again = parse(text, now=NOW)
    assert unparse(again) == text
    assert evaluate(again, ticket, NOW) == evaluate(node, ticket, NOW)


@given(nodes, nodes, tickets)
def test_de_morgan(left: Node, right: Node, ticket: Ticket) -> None:
    def truth(node: Node) -> bool | None:
        return evaluate(node, ticket, NOW)

    assert truth(Not(And((left, right)))) == truth(Or((Not(left), Not(right))))
    assert truth(Not(Or((left, right)))) == truth(And((Not(left), Not(right))))
    assert truth(Not(Not(left))) == truth(left)


def value_of(form: Form, ticket: Ticket) -> bool | None:
    match form:
        case Literal(term=term, negated=negated):
            truth = evaluate(term, ticket, NOW)
            return truth if truth is None else truth is not negated
        case AllOf(items=items):
            return all_of(value_of(item, ticket) for item in items)
        case AnyOf(items=items):
            return any_of(value_of(item, ticket) for item in items)


@given(nodes, tickets)
def test_normal_form_keeps_all_three_values(node: Node, ticket: Ticket) -> None:
    assert value_of(normal_form(node), ticket) == evaluate(node, ticket, NOW)


@given(nodes, st.lists(tickets, max_size=5), st.randoms(use_true_random=False))
def test_what_is_pushed_down_is_a_superset(node: Node, queue: list[Ticket], random: Any) -> None:
    """Leaves are translated to sets of tickets that hold every ticket where the literal is true, and some more."""

    def leaf(literal: Literal) -> frozenset[int] | None:
        if random.random() < 0.3:
            return None
        true = {n for n, ticket in enumerate(queue) if value_of(literal, ticket) is True}
        return frozenset(true | {n for n in range(len(queue)) if random.random() < 0.3})

    def join_all(parts: list[frozenset[int]]) -> frozenset[int] | None:
        return None if random.random() < 0.2 else frozenset.intersection(*parts)

    def join_any(parts: list[frozenset[int]]) -> frozenset[int] | None:
        return None if random.random() < 0.2 else frozenset.union(*parts)

    form = normal_form(node)
    pushed, left = push(form, leaf, join_all, join_any)
    matching = {n for n, ticket in enumerate(queue) if evaluate(node, ticket, NOW) is True}
    assert pushed is None or matching <= pushed
    every = literals(form)
    assert all(literal in every for literal in left)
