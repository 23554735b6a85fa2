"""Tickets from a file are judged as if they came from their platform: the file's own capabilities know nothing."""

import pytest

from supportctl.adapters.files.reader import CAPABILITIES
from supportctl.audit import Context, Settings, find
from supportctl.audit.rule import TicketRule
from tests.audit.cases import NOW, ticket, word


@pytest.mark.parametrize(
    ("platform", "fields", "verdict"),
    [
        ("zendesk", {"kind": "empty", "custom": []}, "faulty"),
        ("zendesk", {"kind": "question", "custom": []}, "clean"),
        ("jsm", {"component": "empty", "custom": []}, "faulty"),
        ("jsm", {"component": {"id": "1", "name": "VPN"}}, "clean"),
        ("servicenow", {"category": "empty"}, "faulty"),
        ("servicenow", {"category": "empty", "component": {"id": "1", "name": "VPN"}}, "faulty"),
        ("servicenow", {"category": "?absent"}, "unjudged category"),
    ],
)
def test_a_category_is_missed_where_the_platform_would_have_one(platform: str, fields: dict, verdict: str) -> None:
    rule = find("CLS101")
    assert isinstance(rule, TicketRule)
    assert word(rule.check(ticket(platform, fields), Context(NOW, Settings(), CAPABILITIES))) == verdict
