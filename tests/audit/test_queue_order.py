"""Rules about the queue say the same whatever order the tickets come in, and know their arithmetic."""

from math import comb

import msgspec
import pytest

from supportctl.audit import RULES, QueueRule
from supportctl.audit.rules.que904_closure_code_skew import evenness
from supportctl.audit.rules.que905_agent_outlier import funnel_limit
from supportctl.model import Ticket
from tests.audit.cases import QueueCase, load_queue

CASES = [
    case for rule in RULES if isinstance(rule, QueueRule) and rule.code != "QUE901" for case in load_queue(rule.code)
]


def said(case: QueueCase, tickets: list[Ticket]) -> list[bytes]:
    watch = case.rule.start(case.context)
    for ticket in tickets:
        watch.see(ticket)
    return sorted(msgspec.json.encode(fault) for fault in watch.finish())


@pytest.mark.parametrize("case", [case for case in CASES if case.kind == "bad"], ids=lambda case: case.id)
def test_the_order_of_tickets_does_not_matter(case: QueueCase) -> None:
    usual = said(case, case.tickets)
    assert said(case, case.tickets[::-1]) == usual
    assert said(case, case.tickets[1::2] + case.tickets[::2]) == usual


@pytest.mark.parametrize(("rate", "tickets"), [(0.01, 146), (0.2, 60), (0.5, 30), (0.02, 450)])
def test_funnel_limits_are_exact(rate: float, tickets: int) -> None:
    limit = funnel_limit(rate, tickets, 3.0)

    def at_least(count: int) -> float:
        return sum(comb(tickets, n) * rate**n * (1 - rate) ** (tickets - n) for n in range(count, tickets + 1))

    assert at_least(limit) <= 0.00135 < at_least(limit - 1)


def test_funnel_limits_of_many() -> None:
    assert funnel_limit(0.5, 100_000, 3.0) == pytest.approx(50_474, abs=2)
    assert funnel_limit(0.0, 50, 3.0) == 1
    assert funnel_limit(1.0, 50, 3.0) == 51


def test_evenness() -> None:
    assert evenness({"a": 5, "b": 5, "c": 5}) == pytest.approx(1)
    assert evenness({"a": 5}) == 0
    assert evenness({"a": 98, "b": 1, "c": 1}) < 0.2
