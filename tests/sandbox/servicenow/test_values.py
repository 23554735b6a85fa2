"""What becomes of the values of a write: what is taken as it comes, what is looked up, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.servicenow.conftest import AGENT

if TYPE_CHECKING:
    from tests.sandbox.servicenow.conftest import Now


@pytest.fixture
def ticket(now_api: Now) -> dict[str, Any]:
    """An incident somebody is working on."""
    found: dict[str, Any] = now_api.list("incident", "state=2^assignment_groupISNOTEMPTY^ORDERBYnumber", limit=1)[0]
    return found


def write(now_api: Now, sys_id: str, display: str, **values: Any) -> Any:
    params = {"sysparm_input_display_value": display, "sysparm_exclude_reference_link": "true"}
    answer = now_api.http.patch(f"/api/now/table/incident/{sys_id}", params=params, json=values)
    return answer.raise_for_status().json()["result"]


def test_a_choice_nobody_listed_is_kept(now_api: Now, ticket: dict[str, Any]) -> None:
    changed = write(now_api, ticket["sys_id"], "false", category="no such category", u_unknown="dropped")
    assert changed["category"] == "no such category"
    assert "u_unknown" not in changed
    shown = now_api.one("incident", ticket["sys_id"], display_value="true", fields="category")
    assert shown["category"] == "no such category"


def test_an_empty_text_empties_all_but_choices(now_api: Now, ticket: dict[str, Any]) -> None:
    write(now_api, ticket["sys_id"], "false", close_code="Duplicate", close_notes="words", assigned_to="")
    changed = write(now_api, ticket["sys_id"], "false", close_code="", close_notes="")
    assert (changed["close_code"], changed["close_notes"], changed["assigned_to"]) == ("Duplicate", "", "")


def test_display_values_are_looked_up_when_that_is_asked(now_api: Now, ticket: dict[str, Any]) -> None:
    person = now_api.list("sys_user", "active=true^ORDERBYname", limit=1, fields="sys_id,name")[0]
    values = {"hold_reason": "Awaiting Vendor", "state": "On Hold", "assigned_to": person["name"],
              "due_date": "2026-07-01 12:00:00"}  # fmt: skip
    changed = write(now_api, ticket["sys_id"], "true", **values)
    assert (changed["state"], changed["hold_reason"]) == ("3", "4")
    assert changed["assigned_to"] == person["sys_id"]
    assert changed["due_date"] == "2026-07-01 10:00:00"
    plain = write(now_api, ticket["sys_id"], "false", due_date="2026-07-01 12:00:00")
    assert plain["due_date"] == "2026-07-01 12:00:00"
    unknown = write(now_api, ticket["sys_id"], "true", assigned_to="Nobody Of That Name")
    assert unknown["assigned_to"] == person["sys_id"]


def test_what_only_the_form_demands_is_not_demanded(now_api: Now, ticket: dict[str, Any]) -> None:
    """A comment for the caller on hold, a priority that cannot be typed: policies of the form, not of the data."""
    changed = write(now_api, ticket["sys_id"], "false", state="3", hold_reason="1", priority="1")
    assert (changed["state"], changed["hold_reason"]) == ("3", "1")
    assert changed["priority"] == ticket["priority"]


def test_closed_and_canceled_incidents_are_administrators_only(now_api: Now) -> None:
    closed = now_api.list("incident", "state=7^ORDERBYnumber", limit=1)[0]
    path = f"/api/now/table/incident/{closed['sys_id']}"
    with httpx.Client(base_url=now_api.http.base_url, auth=AGENT) as agent:
        refused = agent.patch(path, json={"short_description": "late"})
        assert refused.status_code == 403
        assert refused.json()["error"]["detail"] == "ACL Exception Update Failed due to security constraints"
        assert agent.patch(path, json={"work_notes": "seen again"}).status_code == 200
    assert now_api.patch(closed["sys_id"], short_description="late").status_code == 200
    for state in ("1", "2", "6"):
        assert now_api.patch(closed["sys_id"], state=state).status_code == 403


def test_closing_straight_away_needs_what_resolving_needs(now_api: Now, ticket: dict[str, Any]) -> None:
    now_api.patch(ticket["sys_id"], close_notes="").raise_for_status()
    refused = now_api.patch(ticket["sys_id"], state="7", close_code="Duplicate")
    assert refused.status_code == 403
    detail = "Data Policy Exception: The following fields are mandatory: Resolution notes"
    assert refused.json()["error"] == {"message": "Operation Failed", "detail": detail}
    assert now_api.one("incident", ticket["sys_id"])["state"] == "2"
