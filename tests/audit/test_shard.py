"""Parts of a queue: together they are all of it, each ticket in one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.audit import RULES, QueueRule
from supportctl.audit.shard import Shard, parse, without_queue_rules
from supportctl.errors import UsageError
from supportctl.model import Platform, Ticket


def ticket(name: str) -> Ticket:
    return Ticket(platform=Platform.JSM, profile="p", id=name, key=name, url=None)


@given(st.text(max_size=40), st.integers(1, 50))
def test_every_ticket_is_in_one_part(name: str, of: int) -> None:
    assert sum(Shard(number, of).takes(ticket(name)) for number in range(1, of + 1)) == 1


def test_parts_are_about_the_same_size_and_stay_the_same() -> None:
    sizes = [sum(Shard(n, 4).takes(ticket(str(10_000 + i))) for i in range(4_000)) for n in range(1, 5)]
    assert sum(sizes) == 4_000
    assert all(900 < size < 1_100 for size in sizes)
    assert [n for n in range(1, 5) if Shard(n, 4).takes(ticket("10001"))] == [4]


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "1", "a/b", "1/0", "-1/4", "1/99999"])
def test_what_is_no_part(text: str) -> None:
    with pytest.raises(UsageError, match="--shard cannot be"):
        parse(text)
    assert str(parse(" 2/4 ")) == "2/4"


def test_rules_about_the_whole_queue_are_skipped() -> None:
    kept, skipped = without_queue_rules(RULES, Shard(1, 2))
    assert {rule.code for rule in kept if isinstance(rule, QueueRule)} == {"QUE901"}
    assert len(kept) + len(skipped) == len(RULES)
    assert all(each.reason == "looks at the whole queue, and this is part 1/2 of it" for each in skipped)
