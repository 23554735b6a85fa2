"""What happens besides a write: policies, families of incidents, counters, texts cut off, tags for one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.servicenow.conftest import AGENT

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox
    from tests.sandbox.servicenow.conftest import Now

RESOLVED = {"state": "6", "close_code": "Duplicate", "close_notes": "see the other"}


def make(now_api: Now, table: str = "incident", **values: Any) -> dict[str, Any]:
    body = {"short_description": "x", **values}
    found: dict[str, Any] = now_api.http.post(f"/api/now/table/{table}", json=body).json()["result"]
    return found


def test_policies_are_records_like_others(now_api: Now) -> None:
    [policy] = now_api.list("sys_data_policy2", "model_table=incident^active=true")
    rules = now_api.list("sys_data_policy_rule", f"sys_data_policy={policy['sys_id']}^mandatory=true")
    assert {rule["field"] for rule in rules} == {"close_code", "close_notes"}
    body = {"sys_data_policy": policy["sys_id"], "table": "incident", "field": "cmdb_ci", "mandatory": "true"}
    now_api.http.post("/api/now/table/sys_data_policy_rule", json=body).raise_for_status()
    refused = now_api.patch(make(now_api)["sys_id"], **RESOLVED)
    assert refused.status_code == 403
    assert refused.json()["error"]["detail"].endswith("fields are mandatory: Configuration item")


def test_a_policy_of_another_table(now_api: Now) -> None:
    policy = make(now_api, "sys_data_policy2", model_table="sc_task", conditions="state=3^EQ", active="true")
    body = {"sys_data_policy": policy["sys_id"], "table": "sc_task", "field": "close_notes", "mandatory": "true"}
    now_api.http.post("/api/now/table/sys_data_policy_rule", json=body).raise_for_status()
    task = make(now_api, "sc_task")
    assert now_api.patch(task["sys_id"], "sc_task", state="3").status_code == 403
    done = now_api.patch(task["sys_id"], "sc_task", state="3", close_notes="done").json()["result"]
    assert (done["active"], bool(done["closed_at"])) == ("false", True)
    assert now_api.patch(task["sys_id"], "sc_task", state="2").json()["result"]["active"] == "true"


def test_children_follow_their_parent(now_api: Now) -> None:
    parent = make(now_api)
    child, lone = make(now_api, parent_incident=parent["sys_id"]), make(now_api)
    assert now_api.one("incident", parent["sys_id"])["child_incidents"] == "1"
    now_api.patch(parent["sys_id"], **RESOLVED).raise_for_status()
    after = now_api.one("incident", child["sys_id"])
    assert (after["state"], after["close_code"], after["close_notes"]) == ("6", "Duplicate", "see the other")
    assert int(after["sys_mod_count"]) == int(child["sys_mod_count"]) + 1
    assert now_api.one("incident", lone["sys_id"])["state"] == "1"
    now_api.patch(parent["sys_id"], state="2").raise_for_status()
    after = now_api.one("incident", child["sys_id"])
    assert (after["state"], after["reopen_count"]) == ("2", "1")


@pytest.mark.parametrize("state", ["8", "7"])
def test_canceling_and_closing_leave_children_alone(now_api: Now, state: str) -> None:
    parent = make(now_api)
    child = make(now_api, parent_incident=parent["sys_id"])
    now_api.patch(parent["sys_id"], **{**RESOLVED, "state": state}).raise_for_status()
    assert now_api.one("incident", child["sys_id"])["state"] == "1"


def test_children_are_counted_where_they_went(now_api: Now) -> None:
    first, second = make(now_api), make(now_api)
    child = make(now_api, parent_incident=first["sys_id"])
    now_api.patch(child["sys_id"], parent_incident=second["sys_id"]).raise_for_status()
    counts = [now_api.one("incident", each["sys_id"])["child_incidents"] for each in (first, second)]
    assert counts == ["0", "1"]


def test_the_sample_company_counts_its_children(now_api: Now) -> None:
    child = now_api.list("incident", "parent_incidentISNOTEMPTY^ORDERBYnumber", limit=1)[0]
    parent = child["parent_incident"]["value"]
    held = len(now_api.list("incident", f"parent_incident={parent}"))
    assert now_api.one("incident", parent)["child_incidents"] == str(held)


def test_what_is_too_long_is_cut_off_without_a_word(now_api: Now) -> None:
    stored = now_api.patch(make(now_api)["sys_id"], short_description="y" * 200)
    assert stored.status_code == 200
    assert stored.json()["result"]["short_description"] == "y" * 160


def test_a_close_code_nobody_listed_is_stored(now_api: Now) -> None:
    stored = now_api.patch(make(now_api)["sys_id"], **{**RESOLVED, "close_code": "Made up"}).json()["result"]
    assert (stored["state"], stored["close_code"]) == ("6", "Made up")


def test_an_agents_tag_is_for_the_agent_alone(now_api: Now) -> None:
    with now_api.sign_in(*AGENT) as agent:
        made = agent.post("/api/now/table/label", json={"name": "mine", "viewable_by": "everyone"})
        assert made.status_code == 201
        assert made.json()["result"]["viewable_by"] == "me"


def test_access_rules_on_label_entries(now_api: Now, sandbox: Sandbox) -> None:
    ticket, label = make(now_api), now_api.list("label", limit=1)[0]["sys_id"]
    body = {"label": label, "table": "incident", "table_key": ticket["sys_id"], "title": "t"}
    sandbox.store.set_meta("servicenow_label_entry", "fields")
    made = now_api.http.post("/api/now/table/label_entry", json=body)
    assert made.status_code == 201
    assert (made.json()["result"]["table"], made.json()["result"]["table_key"]) == ("", "")
    sandbox.store.set_meta("servicenow_label_entry", "closed")
    assert now_api.http.post("/api/now/table/label_entry", json=body).status_code == 403
