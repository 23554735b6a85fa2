"""Requests counted by what they are for: on the network, and inside batches."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.sandbox.kinds import kind_of

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        ("GET /api/v2/tickets/show_many.json", "read"),
        ("PUT /api/v2/tickets/update_many.json", "write"),
        ("GET /api/v2/job_statuses/V3-0123.json", "poll"),
        ("GET /api/v2/job_statuses/show_many.json", "poll"),
        ("POST /rest/api/3/search/jql", "read"),
        ("POST /rest/api/3/issue/bulkfetch", "read"),
        ("POST /rest/api/3/issueLink", "write"),
        ("GET /rest/api/3/bulk/issues/transition", "read"),
        ("POST /rest/api/3/bulk/issues/transition", "write"),
        ("GET /rest/api/3/bulk/queue/10101", "poll"),
        ("POST /api/now/tinyurl", "read"),
        ("POST /api/now/table/label_entry", "write"),
        ("DELETE /api/now/v2/table/label_entry/1", "write"),
    ],
)
def test_a_request_has_a_kind(request_: str, kind: str) -> None:
    assert kind_of(*request_.split()) == kind


def packed(number: int, method: str, url: str, body: Any = None) -> dict[str, Any]:
    content = "" if body is None else base64.b64encode(json.dumps(body).encode()).decode()
    headers = [{"name": "Content-Type", "value": "application/json"}]
    return {"id": str(number), "method": method, "url": url, "headers": headers, "body": content}


def test_a_batch_counts_as_what_it_holds_and_its_requests_beside(sandbox: Sandbox) -> None:
    profile = sandbox.profiles["servicenow"]
    listing = packed(1, "GET", "/api/now/table/incident?sysparm_limit=1")
    label = packed(2, "POST", "/api/now/table/label", {"name": "counted", "viewable_by": "everyone"})
    with httpx.Client(base_url=sandbox.url, auth=(profile["user"], profile["secret"])) as api:
        for items in ([listing], [listing, label]):
            api.post("/api/now/v1/batch", json={"batch_request_id": "1", "rest_requests": items}).raise_for_status()
        told = api.delete("/__sandbox/stats").json()
        assert told["kinds"] == {"read": 1, "write": 1, "inner read": 2, "inner write": 1}
        assert told["total"] == 2
        assert api.get("/__sandbox/stats").json()["kinds"] == {}
