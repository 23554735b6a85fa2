"""What the rules about time and endings offer to do, and when they do not."""

from typing import Any

import pytest

from supportctl.audit import Context, Settings, TicketRule, find
from supportctl.audit.verdict import Faulty
from supportctl.model import FieldFix, Fix, NoteFix, Status, StatusFix
from tests.audit.cases import NOW, PLATFORMS, ticket


def fixes(code: str, platform: str, options: dict[str, Any] | None = None, **fields: Any) -> list[Fix]:
    rule = find(code)
    assert isinstance(rule, TicketRule)
    context = Context(NOW, Settings(options={code: options or {}}), PLATFORMS[platform])
    verdict = rule.check(ticket(platform, fields), context)
    assert isinstance(verdict, Faulty)
    return [fix for fault in verdict.faults for fix in fault.fixes]


def test_a_stale_ticket_gets_an_internal_reminder_once() -> None:
    said = {"id": "1", "author": "agent", "created_at": "-9d", "body": "Looking.", "public": True}
    ours = {
        "id": "2",
        "author": "agent",
        "created_at": "-1d",
        "body": "Next step?",
        "public": False,
        "native": {"metadata": {"custom": {"supportctl_op": "01HX"}}},
    }
    (fix,) = fixes("TIM501", "zendesk", updated_at="-9d", comments=[said], history=[])
    assert fix.safe and fix.remedy == NoteFix(template="nudge", public=False)
    assert fixes("TIM501", "zendesk", updated_at="-1d", comments=[said, ours], history=[]) == []


@pytest.mark.parametrize("platform", ["jsm", "servicenow"])
def test_a_left_over_resolution_is_cleared(platform: str) -> None:
    (fix,) = fixes("RES602", platform, closure_code="Done")
    assert fix.safe and fix.remedy == FieldFix(field="closure_code", value=None)
    assert fixes("RES602", platform, status="closed", closure_code="Unresolved") == []


@pytest.mark.parametrize(("platform", "safe"), [("zendesk", False), ("jsm", True), ("servicenow", False)])
def test_closing_is_safe_where_it_can_be_undone(platform: str, safe: bool) -> None:
    (fix,) = fixes("RES608", platform, {"window": "P5D"}, status="resolved", native_status="Resolved", updated_at="-9d")
    assert fix.safe is safe and fix.remedy == StatusFix(goal=Status.CLOSED)


@pytest.mark.parametrize("code", ["TIM504", "RES608", "TIM507"])
def test_rules_that_must_be_told_something_say_so(code: str) -> None:
    reason = find(code).unmet(Context(NOW, Settings(), PLATFORMS["jsm"]))
    assert reason is not None and ("option" in reason or "set a calendar" in reason)
