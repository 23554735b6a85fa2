"""Agents who do not see every ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.sandbox.zendesk.test_reading import every, undeleted
from tests.sandbox.zendesk.test_writing import finished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fixtures.sandbox import Sandbox

RESTRICTED = {"groups": "agent", "assigned": "assigned", "organization": "organization"}


@pytest.fixture(params=RESTRICTED)
def limited(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Signed in as an agent with the restriction of that name."""
    headers = {"Authorization": f"Bearer sandbox-zendesk-{RESTRICTED[request.param]}"}
    with httpx.Client(base_url=f"{sandbox.url}/api/v2", headers=headers) as client:
        user = client.get("/users/me.json").json()["user"]
        assert (user["ticket_restriction"], user["restricted_agent"]) == (request.param, True)
        assert client.get(f"/users/{user['id']}.json").json()["user"]["ticket_restriction"] == request.param
        yield client


@pytest.fixture
def allowed(limited: httpx.Client) -> Callable[[dict], bool]:
    """Whether that agent must see a ticket."""
    user = limited.get("/users/me.json").json()["user"]
    memberships = limited.get(f"/users/{user['id']}/group_memberships").json()["group_memberships"]
    groups = {each["group_id"] for each in memberships}
    found: Callable[[dict], bool] = {
        "groups": lambda ticket: ticket["group_id"] in groups,
        "assigned": lambda ticket: ticket["assignee_id"] == user["id"],
        "organization": lambda ticket: ticket["organization_id"] == user["organization_id"],
    }[user["ticket_restriction"]]
    return found


@pytest.fixture
def seen(allowed: Callable[[dict], bool], api: httpx.Client) -> dict[int, dict]:
    """What that agent must see of what the administrator lists."""
    whole = every(api, "/tickets", "tickets")
    found = {ticket["id"]: ticket for ticket in whole if allowed(ticket)}
    assert 0 < len(found) < len(whole)
    return found


@pytest.fixture
def unseen(api: httpx.Client, seen: dict[int, dict]) -> dict:
    return next(t for t in every(api, "/tickets", "tickets") if t["id"] not in seen and t["status"] == "open")


@pytest.mark.slow
def test_lists_searches_and_views_leave_the_rest_out(api, limited, allowed, seen) -> None:
    assert {t["id"] for t in every(limited, "/tickets", "tickets")} == set(seen)
    assert limited.get("/tickets/count").json()["count"]["value"] == len(seen)
    params = {"query": "created>2000-01-01", "filter[type]": "ticket", "page[size]": 1000}
    with_archive = {ticket["id"] for ticket in undeleted(api) if allowed(ticket)}
    assert {t["id"] for t in limited.get("/search/export", params=params).json()["results"]} == with_archive
    assert limited.get("/search/count", params={"query": "type:ticket"}).json()["count"] == len(with_archive)
    (first, *_) = limited.get("/views").json()["views"]
    unsolved = {number for number, t in seen.items() if t["status"] not in ("solved", "closed")}
    assert {t["id"] for t in every(limited, f"/views/{first['id']}/tickets", "tickets")} == unsolved
    assert limited.get(f"/views/{first['id']}/count").json()["view_count"]["value"] == len(unsolved)
    ids = ",".join(str(t["id"]) for t in every(api, "/tickets", "tickets")[:100])
    shown = {t["id"] for t in limited.get(f"/tickets/show_many?ids={ids}").json()["tickets"]}
    assert shown == set(seen) & {int(each) for each in ids.split(",")}
    assert {m["ticket_id"] for m in every(limited, "/ticket_metrics", "ticket_metrics")} == set(seen)


@pytest.mark.slow
def test_a_ticket_out_of_sight_is_forbidden(api, limited, unseen) -> None:
    number = unseen["id"]
    audit = api.get(f"/tickets/{number}/audits").json()["audits"][0]["id"]
    for path in ("", "/comments", "/audits", f"/audits/{audit}", "/metrics", "/tags", "/related", "/incidents"):
        answer = limited.get(f"/tickets/{number}{path}")
        assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden"), path
    assert limited.put(f"/tickets/{number}", json={"ticket": {"priority": "low"}}).status_code == 403
    assert limited.put(f"/tickets/{number}/tags", json={"tags": ["x"]}).status_code == 403
    assert limited.delete(f"/tickets/{number}").status_code == 403
    assert api.get(f"/tickets/{number}").json()["ticket"] == unseen
    assert limited.get("/tickets/99999999").status_code == 404
    assert limited.get("/incremental/tickets/cursor.json?start_time=0").status_code == 403


@pytest.mark.slow
def test_a_job_refuses_what_is_out_of_sight(api, limited, seen, unseen) -> None:
    mine = next(number for number, ticket in seen.items() if ticket["status"] == "open")
    batch = {"tickets": [{"id": number, "additional_tags": ["swept"]} for number in (unseen["id"], mine)]}
    job = finished(limited, limited.put("/tickets/update_many", json=batch).json()["job_status"])
    refused, done = job["results"]
    assert (refused["success"], refused["error"]) == (False, "PermissionDenied")
    assert done["status"] == "Updated"
    assert "swept" not in api.get(f"/tickets/{unseen['id']}/tags").json()["tags"]
    assert "swept" in api.get(f"/tickets/{mine}/tags").json()["tags"]


@pytest.mark.slow
def test_attachments_are_as_visible_as_their_ticket(sandbox, api, limited, seen) -> None:
    sql = "SELECT a.id, c.ticket FROM zd_attachments AS a JOIN zd_comments AS c ON c.id = a.comment"
    for row in sandbox.store.rows(sql):
        expected = 200 if row["ticket"] in seen else 403
        assert limited.get(f"/attachments/{row['id']}").status_code == expected


def test_an_agent_without_restriction_sees_every_ticket(sandbox, api) -> None:
    headers = {"Authorization": "Bearer sandbox-zendesk-unrestricted"}
    with httpx.Client(base_url=f"{sandbox.url}/api/v2", headers=headers) as client:
        user = client.get("/users/me.json").json()["user"]
        assert (user["role"], user["ticket_restriction"], user["restricted_agent"]) == ("agent", None, False)
        assert client.get("/tickets/count").json()["count"]["value"] == len(every(api, "/tickets", "tickets"))
        assert client.get("/incremental/tickets/cursor.json?start_time=0").status_code == 403
