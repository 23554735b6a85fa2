"""Reading through the Table API: forms of values, paging, what is hidden, and errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.sandbox.servicenow.conftest import AGENT, LIMITED

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox
    from tests.sandbox.servicenow.conftest import Now


def test_every_scalar_is_a_string(reading: Now) -> None:
    for row in reading.list("incident", "ORDERBYnumber", limit=20):
        for name, value in row.items():
            assert isinstance(value, str) or value.keys() == {"link", "value"}, name


def test_the_three_forms_of_a_value(reading: Now) -> None:
    query = "assigned_toISNOTEMPTY^categoryISNOTEMPTY^stateIN1,2,3^ORDERBYnumber"
    plain, shown, both = (
        reading.list("incident", query, limit=1, display_value=mode)[0] for mode in ("false", "true", "all")
    )
    assert re.fullmatch(r"[0-9a-f]{32}", plain["assigned_to"]["value"])
    assert plain["assigned_to"]["link"].endswith(f"/sys_user/{plain['assigned_to']['value']}")
    assert shown["assigned_to"].keys() == {"display_value", "link"}
    assert both["assigned_to"].keys() == {"display_value", "link", "value"}
    assert both["state"]["value"] == plain["state"]
    assert both["state"]["display_value"] == shown["state"] != plain["state"]
    assert shown["close_code"] is None
    assert plain["close_code"] == ""
    # the account lives one hour before UTC in winter
    assert both["opened_at"]["value"] == plain["opened_at"]
    assert both["opened_at"]["display_value"] != plain["opened_at"]
    assert (plain["sla_due"], shown["sla_due"]) == ("", "UNKNOWN")
    bare = reading.list("incident", query, limit=1, display_value="all", exclude_reference_link="True")[0]
    assert bare["assigned_to"].keys() == {"display_value", "value"}


def test_chosen_fields(reading: Now) -> None:
    fields = "number,caller_id.email,caller_id.company.name,nonsense,caller_id.nonsense"
    row = reading.list("incident", "caller_idISNOTEMPTY", limit=1, fields=fields)[0]
    assert row.keys() == {"number", "caller_id.email", "caller_id.company.name"}
    assert "@" in row["caller_id.email"]


def test_journals_read_empty_and_show_their_text(reading: Now) -> None:
    note = reading.list("sys_journal_field", "element=comments^name=incident", limit=1)[0]
    query = f"sys_id={note['element_id']}"
    assert reading.list("incident", query)[0]["comments"] == ""
    shown = reading.list("incident", query, display_value="true")[0]
    assert note["value"] in shown["comments"]
    assert "(Additional comments)" in shown["comments_and_work_notes"]


def test_offset_paging_with_headers(reading: Now) -> None:
    seen: list[str] = []
    url: str | None = "/api/now/table/incident?sysparm_query=ORDERBYnumber&sysparm_fields=number&sysparm_limit=90"
    while url:
        answer = reading.http.get(url)
        seen += [row["number"] for row in answer.json()["result"]]
        assert " rel=" not in answer.headers["link"]
        links = {rel: place for place, rel in re.findall(r'<([^>]+)>;\s*rel="(\w+)"', answer.headers["link"])}
        url = links.get("next")
    assert len(seen) == len(set(seen)) == int(answer.headers["x-total-count"])


def test_keyset_paging(reading: Now) -> None:
    seen: list[str] = []
    last = ""
    while True:
        rows = reading.list(
            "task", f"sys_id>{last}^ORDERBYsys_id" if last else "ORDERBYsys_id", limit=50, fields="sys_id"
        )
        if not rows:
            break
        seen += [row["sys_id"] for row in rows]
        last = seen[-1]
    assert len(seen) == len(set(seen)) > 400


def test_headers_can_be_left_out(reading: Now) -> None:
    answer = reading.http.get(
        "/api/now/table/incident",
        params={"sysparm_limit": 1, "sysparm_no_count": "True", "sysparm_suppress_pagination_header": "TRUE"},
    )
    assert "x-total-count" not in answer.headers
    assert "link" not in answer.headers


def test_an_empty_list_in_both_versions(reading: Now) -> None:
    query = {"sysparm_query": "number=NONE"}
    assert reading.http.get("/api/now/v2/table/incident", params=query).json() == {"result": []}
    assert reading.http.get("/api/now/table/incident", params=query).json() == {"result": []}
    assert reading.http.get("/api/now/v1/table/incident", params=query).status_code == 404


def test_the_limit_is_applied_before_access_control(reading: Now) -> None:
    everything = reading.list("incident", "ORDERBYsys_id")
    with reading.sign_in(*LIMITED) as limited:
        pages, offset = [], 0
        while True:
            params = {"sysparm_query": "ORDERBYsys_id", "sysparm_limit": 20, "sysparm_offset": offset}
            answer = limited.get("/api/now/table/incident", params=params)
            total = int(answer.headers["x-total-count"])
            pages.append(answer.json()["result"])
            offset += 20
            if offset >= total:
                break
    assert total == len(everything)
    assert sum(map(len, pages)) < total
    assert any(len(page) < 20 for page in pages[:-1])
    row = next(row for page in pages for row in page)
    assert "work_notes" not in row
    assert "close_notes" not in row
    hidden = {row["sys_id"] for row in everything} - {row["sys_id"] for page in pages for row in page}
    with reading.sign_in(*LIMITED) as limited:
        assert limited.get(f"/api/now/table/incident/{hidden.pop()}").status_code == 404
        assert limited.get("/api/now/table/sys_journal_field", params={"sysparm_limit": 5}).json() == {"result": []}


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/api/now/table/no_such_table", 400, "Invalid table no_such_table"),
        ("/api/now/nothing", 400, "Requested URI does not represent any resource"),
        (f"/api/now/table/incident/{'0' * 32}", 404, "No Record found"),
        (f"/api/now/attachment/{'0' * 32}", 404, "No Record found"),
    ],
)
def test_errors_have_one_form(reading: Now, path: str, status: int, message: str) -> None:
    answer = reading.http.get(path)
    assert answer.status_code == status
    assert answer.json()["status"] == "failure"
    assert answer.json()["error"]["message"] == message


def test_no_entry_without_credentials(reading: Now) -> None:
    for auth in (None, ("ops", "wrong")):
        answer = httpx.get(f"{reading.http.base_url}/api/now/table/incident", auth=auth)
        assert answer.status_code == 401
        assert answer.json()["error"]["message"] == "User Not Authenticated"


def test_what_clients_learn_the_instance_from(reading: Now) -> None:
    choices = reading.list("sys_choice", "name=incident^element=state^inactive=false^ORDERBYsequence")
    assert [choice["value"] for choice in choices] == ["1", "2", "3", "6", "7", "8"]
    assert reading.list("sys_dictionary", "name=incident^element=caller_id")[0]["reference"]["value"] == "sys_user"
    assert reading.list("sys_db_object", "name=incident", fields="super_class.name") == [{"super_class.name": "task"}]
    me = reading.list("sys_user", "sys_id=javascript:gs.getUserID()", fields="user_name,time_zone")[0]
    assert me["user_name"] == "ops"
    assert reading.list("sys_user_has_role", "user.user_name=ops", fields="role.name")
    saved = reading.list("sys_filter", "table=incident", limit=1)[0]
    assert reading.list("incident", saved["filter"], limit=1)
    slas = reading.list("task_sla", "task.sys_class_name=incident^active=true", fields="task.number,sla.target")
    assert {row["sla.target"] for row in slas} <= {"response", "resolution"}


def test_stats(reading: Now) -> None:
    path = "/api/now/stats/incident"
    whole = reading.http.get(path, params={"sysparm_count": "true", "sysparm_query": "active=true"}).json()["result"]
    assert whole == {"stats": {"count": str(len(reading.list("incident", "active=true")))}}
    params = {"sysparm_count": "true", "sysparm_group_by": "state", "sysparm_display_value": "all"}
    groups = reading.http.get(path, params=params).json()["result"]
    assert sum(int(group["stats"]["count"]) for group in groups) == len(reading.list("incident"))
    assert groups[0]["groupby_fields"][0].keys() == {"field", "value", "display_value"}
    averages = reading.http.get(path, params={"sysparm_avg_fields": "reassignment_count"}).json()["result"]
    assert re.fullmatch(r"\d+\.\d{4}", averages["stats"]["avg"]["reassignment_count"])


def test_a_sleeping_instance_answers_in_html(sandbox: Sandbox, now_api: Now) -> None:
    sandbox.store.set_meta("servicenow_hibernating", "1")
    answer = now_api.http.get("/api/now/table/incident")
    assert answer.status_code == 200
    assert "Instance Hibernating page" in answer.text


def test_a_strict_instance_returns_nothing_for_a_broken_query(now_api: Now) -> None:
    assert now_api.list("incident", "nonsense=1")
    row = now_api.list("sys_properties", "name=glide.invalid_query.returns_no_rows")[0]
    now_api.patch(row["sys_id"], "sys_properties", value="true").raise_for_status()
    assert now_api.list("incident", "nonsense=1") == []


def test_long_queries_have_a_short_name(now_api: Now) -> None:
    numbers = now_api.numbers("ORDERBYnumber")[:100]
    url = f"/api/now/table/incident?sysparm_query=numberIN{','.join(numbers)}^ORDERBYnumber&sysparm_fields=number"
    tiny = now_api.http.post("/api/now/tinyurl", json={"url": url}).json()["result"]["tiny_url"]
    assert [row["number"] for row in now_api.http.get(tiny).json()["result"]] == numbers


def test_signing_in_with_tokens(now_api: Now) -> None:
    base = now_api.http.base_url
    client = {"client_id": "sandbox-client", "client_secret": "sandbox-client-secret"}

    def token(**form: str) -> httpx.Response:
        return httpx.post(f"{base}/oauth_token.do", data={**client, **form})

    def status(access: str) -> int:
        headers = {"Authorization": f"Bearer {access}"}
        return httpx.get(f"{base}/api/now/table/incident?sysparm_limit=1", headers=headers).status_code

    granted = token(grant_type="password", username=AGENT[0], password=AGENT[1]).json()
    assert granted["expires_in"] == 1799
    assert status(granted["access_token"]) == 200
    again = token(grant_type="refresh_token", refresh_token=granted["refresh_token"]).json()
    assert status(again["access_token"]) == 200
    assert "refresh_token" not in token(grant_type="client_credentials").json()
    assert status("nonsense") == 401
    assert status("sandbox-servicenow-oauth") == 200
    refused = token(grant_type="password", username=AGENT[0], password="wrong")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_grant")
    assert token(client_secret="wrong").json()["error"] == "invalid_client"
