"""Changes: what is counted, recomputed, appended, dropped silently and refused; tags, files and batches."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.servicenow.conftest import AGENT, LIMITED

if TYPE_CHECKING:
    from tests.sandbox.servicenow.conftest import Now


@pytest.fixture
def ticket(now_api: Now) -> dict[str, Any]:
    """An incident somebody is working on."""
    found: dict[str, Any] = now_api.list("incident", "state=2^assignment_groupISNOTEMPTY^ORDERBYnumber", limit=1)[0]
    return found


def test_a_change_is_counted_stamped_and_audited(now_api: Now, ticket: dict[str, Any]) -> None:
    changed = now_api.patch(ticket["sys_id"], short_description="new words", nonsense="dropped").json()["result"]
    assert changed["short_description"] == "new words"
    assert "nonsense" not in changed
    assert int(changed["sys_mod_count"]) == int(ticket["sys_mod_count"]) + 1
    assert changed["sys_updated_on"] > ticket["sys_updated_on"]
    assert changed["sys_updated_by"] == "ops"
    trail = now_api.list("sys_audit", f"documentkey={ticket['sys_id']}^fieldname=short_description")
    assert [(row["oldvalue"], row["newvalue"]) for row in trail] == [(ticket["short_description"], "new words")]
    same = now_api.patch(ticket["sys_id"], short_description="new words").json()["result"]
    assert same["sys_mod_count"] == changed["sys_mod_count"]


def test_journals_only_grow(now_api: Now, ticket: dict[str, Any]) -> None:
    for text in ("first", "second"):
        now_api.patch(ticket["sys_id"], work_notes=text).raise_for_status()
    query = f"element_id={ticket['sys_id']}^element=work_notes^ORDERBYsys_created_on"
    assert {"first", "second"} <= {row["value"] for row in now_api.list("sys_journal_field", query)}
    shown = now_api.one("incident", ticket["sys_id"], display_value="true")["work_notes"]
    assert shown.count("(Work notes)") >= 2


def test_priority_follows_impact_and_urgency(now_api: Now, ticket: dict[str, Any]) -> None:
    changed = now_api.patch(ticket["sys_id"], impact="1", urgency="1", priority="5").json()["result"]
    assert changed["priority"] == "1"
    assert now_api.patch(ticket["sys_id"], impact="3", urgency="3").json()["result"]["priority"] == "5"


def test_resolving_needs_code_and_notes(now_api: Now, ticket: dict[str, Any]) -> None:
    now_api.patch(ticket["sys_id"], close_code="", close_notes="").raise_for_status()
    refused = now_api.patch(ticket["sys_id"], state="6")
    assert refused.status_code == 403
    assert refused.json()["error"]["detail"] == (
        "Data Policy Exception: The following fields are mandatory: Resolution code, Resolution notes"
    )
    assert now_api.one("incident", ticket["sys_id"])["state"] == "2"
    done = now_api.patch(ticket["sys_id"], state="6", close_code="Duplicate", close_notes="see the other").json()[
        "result"
    ]
    assert done["resolved_at"]
    assert done["incident_state"] == "6"
    reopened = now_api.patch(ticket["sys_id"], state="2").json()["result"]
    assert int(reopened["reopen_count"]) == int(ticket["reopen_count"] or 0) + 1


def test_closed_is_closed(now_api: Now) -> None:
    closed = now_api.list("incident", "state=7^ORDERBYnumber", limit=1)[0]
    refused = now_api.patch(closed["sys_id"], state="2")
    assert refused.status_code == 403
    assert refused.json()["error"]["detail"] == "ACL Exception Update Failed due to security constraints"


def test_who_may_not(now_api: Now, ticket: dict[str, Any]) -> None:
    path = f"/api/now/table/incident/{ticket['sys_id']}"
    with now_api.sign_in(*AGENT) as agent:
        body = {"state": "7", "close_code": "Duplicate", "close_notes": "x"}
        assert agent.patch(path, json=body).status_code == 403
        assert agent.patch(path, json={"impact": "2"}).status_code == 200
    with now_api.sign_in(*LIMITED) as limited:
        assert limited.patch(path, json={"impact": "2"}).status_code in {403, 404}


def test_create_and_delete(now_api: Now) -> None:
    answer = now_api.http.post("/api/now/table/incident", json={"short_description": "made here", "urgency": "1"})
    assert answer.status_code == 201
    made = answer.json()["result"]
    assert (made["state"], made["priority"], made["active"], made["sys_mod_count"]) == ("1", "3", "true", "0")
    assert answer.headers["location"].endswith(made["sys_id"])
    assert now_api.numbers(f"number={made['number']}") == [made["number"]]
    path = f"/api/now/table/incident/{made['sys_id']}"
    assert now_api.http.delete(path).status_code == 204
    assert now_api.http.get(path).status_code == 404


@pytest.mark.parametrize(("content", "kind", "status"), [(b"{", "application/json", 400), (b"{}", "text/plain", 415)])
def test_bodies_that_cannot_be_read(
    now_api: Now, ticket: dict[str, Any], content: bytes, kind: str, status: int
) -> None:
    path = f"/api/now/table/incident/{ticket['sys_id']}"
    assert now_api.http.patch(path, content=content, headers={"Content-Type": kind}).status_code == status


def test_tagging_does_not_touch_the_ticket(now_api: Now, ticket: dict[str, Any]) -> None:
    now_api.patch(ticket["sys_id"], sys_tags="ignored").raise_for_status()
    label = now_api.http.post("/api/now/table/label", json={"name": "fresh", "viewable_by": "everyone"}).json()[
        "result"
    ]
    twice = now_api.http.post("/api/now/table/label", json={"name": "Fresh", "viewable_by": "everyone"})
    assert twice.status_code == 403
    before = now_api.one("incident", ticket["sys_id"])
    body = {"label": label["sys_id"], "table": "incident", "table_key": ticket["sys_id"], "title": "t"}
    entry = now_api.http.post("/api/now/table/label_entry", json=body).json()["result"]
    tagged = f"sys_tags.{label['sys_id']}={label['sys_id']}"
    assert now_api.numbers(tagged) == [ticket["number"]]
    found = now_api.list("label_entry", f"table=incident^table_keyIN{ticket['sys_id']}", fields="label.name,table_key")
    assert {"label.name": "fresh", "table_key": ticket["sys_id"]} in found
    assert now_api.one("incident", ticket["sys_id"]) == before
    assert now_api.http.delete(f"/api/now/table/label_entry/{entry['sys_id']}").status_code == 204
    assert now_api.numbers(tagged) == []


def test_files(now_api: Now, ticket: dict[str, Any]) -> None:
    place = {"table_name": "incident", "table_sys_id": ticket["sys_id"]}
    raw = now_api.http.post(
        "/api/now/attachment/file",
        params={**place, "file_name": "log.txt"},
        content=b"line\n",
        headers={"Content-Type": "text/plain"},
    )
    assert raw.status_code == 201
    form = now_api.http.post(
        "/api/now/attachment/upload", data=place, files={"uploadFile": ("b.bin", b"\x00\x01", "x/y")}
    )
    assert form.status_code == 201
    query = f"table_name=incident^table_sys_id={ticket['sys_id']}"
    listed = now_api.http.get("/api/now/attachment", params={"sysparm_query": query}).json()["result"]
    contents = {each["file_name"]: now_api.http.get(each["download_link"]) for each in listed}
    assert contents["log.txt"].content == b"line\n"
    assert contents["log.txt"].headers["content-type"].startswith("text/plain")
    assert json.loads(contents["log.txt"].headers["x-attachment-metadata"])["file_name"] == "log.txt"
    assert contents["b.bin"].content == b"\x00\x01"
    sys_id = raw.json()["result"]["sys_id"]
    assert now_api.http.delete(f"/api/now/attachment/{sys_id}").status_code == 204
    assert now_api.http.get(f"/api/now/attachment/{sys_id}/file").status_code == 404
    nowhere = {**place, "table_sys_id": "0" * 32, "file_name": "x"}
    assert now_api.http.post("/api/now/attachment/file", params=nowhere, content=b"x").status_code == 404


def test_a_batch_answers_each_on_its_own(now_api: Now, ticket: dict[str, Any]) -> None:
    def packed(number: int, method: str, url: str, body: Any = None) -> dict[str, Any]:
        headers = [{"name": "Content-Type", "value": "application/json"}]
        content = base64.b64encode(json.dumps(body).encode()).decode() if body is not None else ""
        return {"id": number, "method": method, "url": url, "headers": headers, "body": content}

    path = f"/api/now/table/incident/{ticket['sys_id']}"
    requests = [
        packed(1, "GET", "/api/now/table/incident?sysparm_limit=1&sysparm_fields=number"),
        packed(2, "PATCH", path, {"short_description": "from a batch"}),
        packed(3, "PATCH", path, {"state": "6", "close_code": "", "close_notes": ""}),
        packed(4, "GET", "/api/now/table/nothing_here"),
    ]
    body = {"batch_request_id": 7, "rest_requests": requests}
    answer = now_api.http.post("/api/now/v1/batch", json=body)
    assert answer.status_code == 200
    serviced = answer.json()["serviced_requests"]
    assert [(each["id"], each["status_code"]) for each in serviced] == [("1", 200), ("2", 200), ("3", 403), ("4", 400)]
    assert answer.json()["unserviced_requests"] == []
    inner = json.loads(base64.b64decode(serviced[1]["body"]))
    assert inner["result"]["short_description"] == "from a batch"
