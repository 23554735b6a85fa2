"""What may not stand in a ticket is told apart, though all of it is masked alike."""

import pytest

from supportctl.adapters.zendesk.platform import CAPABILITIES
from supportctl.audit import Context, Settings, find
from supportctl.audit.rule import TicketRule
from supportctl.audit.verdict import Faulty
from tests.audit.cases import NOW, ticket

CONTEXT = Context(NOW, Settings(), CAPABILITIES)


def seen(code: str, *said: tuple[str, str]) -> list[str]:
    comments = [
        {"id": str(number), "author": "customer", "created_at": at, "body": body, "public": True}
        for number, (at, body) in enumerate(said)
    ]
    rule = find(code)
    assert isinstance(rule, TicketRule)
    verdict = rule.check(ticket("zendesk", {"comments": comments}), CONTEXT)
    assert isinstance(verdict, Faulty)
    return [fault.seen for fault in verdict.faults]


FIRST, SECOND = "password: Tr0ub4dor&3xyz", "password: Qw!9zPl0vvTs"


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        ("PRV821", FIRST, SECOND),
        ("PRV822", "IBAN DE89 3704 0044 0532 0130 00", "IBAN DE75 5121 0800 1245 1261 99"),
    ],
)
def test_a_known_one_does_not_cover_the_next(code: str, first: str, second: str) -> None:
    (known,) = seen(code, ("-8d", first))
    assert seen(code, ("-8d", first), ("-1d", f"> {first}")) == [known], "a quotation is no new fault"
    both = seen(code, ("-8d", first), ("-1d", second))
    assert both[0] == known
    assert len(set(both)) == 2
    assert known not in seen(code, ("-8d", f"{first}\n{second}")), "two came in where one was known"


def test_nothing_of_it_is_in_the_fingerprint() -> None:
    assert not any("Tr0ub" in each or "Qw!9" in each for each in seen("PRV821", ("-8d", FIRST), ("-1d", SECOND)))


def test_a_known_link_does_not_cover_the_next() -> None:
    first, second = "https://we.tl/t-AbCdEf1234", "https://we.tl/t-ZyXwVu9876"
    known = seen("PRV824", ("-8d", first))
    assert seen("PRV824", ("-8d", first), ("-1d", f"> {first}")) == known, "a quotation is no new fault"
    assert seen("PRV824", ("-8d", first), ("-1d", second)) != known
