"""Requests that take too long: cancelled in the middle of the answer, before it, or between the items of a batch."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.sandbox.conditions import Conditions

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox
    from tests.sandbox.servicenow.conftest import Now

MESSAGE = "Transaction cancelled: maximum execution time exceeded"


@pytest.fixture
def slow(sandbox: Sandbox, now_api: Now) -> Now:
    sandbox.store.conditions = Conditions(max_rows=10)
    return now_api


@pytest.mark.parametrize("path", ["/api/now/table/incident", "/api/now/attachment"])
def test_a_page_that_is_too_long_is_cut_off(slow: Now, path: str) -> None:
    def ask(limit: int) -> Any:
        return slow.http.get(path, params={"sysparm_query": "ORDERBYsys_id", "sysparm_limit": limit})

    assert len(ask(10).json()["result"]) == 10
    cut = ask(11)
    assert cut.status_code == 200
    assert cut.headers["content-type"].startswith("application/json")
    assert cut.text.startswith('{"result":[{')
    assert f'"message": "{MESSAGE}"' in cut.text
    with pytest.raises(json.JSONDecodeError):
        cut.json()


def test_what_is_far_too_long_never_begins(slow: Now) -> None:
    answer = slow.http.get("/api/now/table/incident", params={"sysparm_limit": 1000})
    assert answer.status_code == 500
    assert answer.json()["error"]["message"] == MESSAGE
    assert answer.json()["status"] == "failure"


def test_one_row_can_be_too_much(sandbox: Sandbox, now_api: Now) -> None:
    sys_id = now_api.list("incident", "ORDERBYsys_id", limit=1)[0]["sys_id"]
    sandbox.store.conditions = Conditions(max_rows=0)
    for path in ("/api/now/table/incident?sysparm_limit=1", f"/api/now/table/incident/{sys_id}"):
        assert now_api.http.get(path).status_code == 500


def test_a_batch_is_cancelled_between_its_items(slow: Now) -> None:
    def packed(number: int, rows: int) -> dict[str, Any]:
        return {"id": number, "method": "GET", "url": f"/api/now/table/incident?sysparm_limit={rows}", "headers": []}

    items = [packed(1, 6), packed(2, 4), packed(3, 1), packed(4, 1)]
    answer = slow.http.post("/api/now/v1/batch", json={"batch_request_id": 1, "rest_requests": items})
    assert answer.status_code == 200
    found = answer.json()
    assert [(each["id"], each["status_code"]) for each in found["serviced_requests"]] == [("1", 200), ("2", 200)]
    assert found["unserviced_requests"] == ["3", "4"]
    again = slow.http.post("/api/now/v1/batch", json={"batch_request_id": 2, "rest_requests": items[2:]})
    assert again.json()["unserviced_requests"] == []


def test_an_item_of_a_batch_is_cut_off_on_its_own(slow: Now) -> None:
    item = {"id": 1, "method": "GET", "url": "/api/now/table/incident?sysparm_limit=11", "headers": []}
    body = {"batch_request_id": 1, "rest_requests": [item]}
    found = slow.http.post("/api/now/v1/batch", json=body).json()["serviced_requests"][0]
    assert found["status_code"] == 200
    assert MESSAGE in base64.b64decode(found["body"]).decode()
