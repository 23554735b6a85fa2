"""Which links the audit proposes, and how sure it is of them."""

from typing import Any

import pytest

from supportctl.audit import Context, Settings, TicketRule, find
from supportctl.audit.verdict import Faulty
from supportctl.model import Fix, LinkFix, LinkType
from tests.audit.cases import NOW, PLATFORMS, ticket


def proposed(platform: str, words: str, code: str | None = "Duplicate") -> tuple[Fix, ...]:
    comment: dict[str, Any] = {"id": "1", "author": "agent", "created_at": "-2d", "body": words, "public": False}
    fields = {"status": "closed", "links": [], "comments": [comment], "closure_code": code or "?absent"}
    rule = find("LNK701")
    assert isinstance(rule, TicketRule)
    verdict = rule.check(ticket(platform, fields), Context(NOW, Settings(), PLATFORMS[platform]))
    assert isinstance(verdict, Faulty)
    return verdict.faults[0].fixes


@pytest.mark.parametrize(
    ("platform", "words", "key"),
    [
        ("jsm", "Duplicate of SUP-77.", "SUP-77"),
        ("jsm", "Duplikat, siehe HILFE-7", "HILFE-7"),
        ("servicenow", "same issue as INC0000077", "INC0000077"),
    ],
)
def test_one_named_ticket_is_a_safe_link(platform: str, words: str, key: str) -> None:
    (fix,) = proposed(platform, words)
    assert fix.safe
    assert fix.remedy == LinkFix(type=LinkType.DUPLICATE_OF, key=key)


def test_a_guess_wants_a_persons_eye() -> None:
    (fix,) = proposed("jsm", "Might be a duplicate of SUP-77.")
    assert not fix.safe


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("jsm", "Duplicate."),
        ("jsm", "Duplicate of SUP-77 and SUP-78"),
        ("jsm", "See SUP-77 for the invoice"),
        ("jsm", "Duplicate of #77"),
        ("servicenow", "Duplicate of PRB0000077"),
    ],
)
def test_no_link_is_proposed(platform: str, words: str) -> None:
    assert proposed(platform, words) == ()


def test_zendesk_merges_for_good_and_has_no_such_link() -> None:
    assert proposed("zendesk", "Duplicate of #77", None) == ()
