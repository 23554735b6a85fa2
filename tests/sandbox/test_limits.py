"""Published rate limits: as many as the vendors say, their headers, their refusals."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from supportctl.sandbox.conditions import Conditions

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox

SIGN = {
    "zendesk": ("ops@harborlight.example/token", "sandbox-zendesk-token"),
    "jsm": ("ops@harborlight.example", "sandbox-jira-token"),
    "servicenow": ("ops", "sandbox-servicenow-password"),
}


def client(sandbox: Sandbox, platform: str, factor: int = 1) -> httpx.Client:
    sandbox.store.conditions = Conditions(limits=True, limit_factor=factor)
    return httpx.Client(base_url=sandbox.url, auth=SIGN[platform])


def spend(client: httpx.Client, method: str, path: str, most: int) -> list[httpx.Response]:
    """Requests until one is refused."""
    found = []
    for _ in range(most):
        found.append(client.request(method, path))
        if found[-1].status_code == 429:
            break
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("platform", "method", "path", "limit", "span"),
    [
        ("zendesk", "GET", "/api/v2/incremental/tickets/cursor.json?start_time=0", 10, 60),
        ("zendesk", "GET", "/api/v2/tickets.json?page[size]=1", 100, 60),
        ("zendesk", "GET", "/api/v2/search/export.json?query=x&filter[type]=ticket&page[size]=1", 100, 60),
        ("zendesk", "PUT", "/api/v2/tickets/1.json", 30, 600),
        ("zendesk", "GET", "/api/v2/deleted_tickets.json", 10, 60),
        ("jsm", "GET", "/rest/servicedeskapi/servicedesk/1/customer", 5, 1),
    ],
)
def test_a_limit_is_what_was_published(
    sandbox: Sandbox, now, platform: str, method: str, path: str, limit: int, span: int
) -> None:
    # At the beginning of a window, so that the clock's going on does not open a new one.
    sandbox.store.set_clock(now)
    with client(sandbox, platform) as api:
        answers = spend(api, method, path, limit * 2)
        assert answers[-1].status_code == 429
        assert limit <= len(answers) - 1 <= limit + (limit if span == 1 else 0)
        wait = int(answers[-1].headers["retry-after"])
        assert 1 <= wait <= span
        assert sum(sandbox.stats["violations"].values()) == 1
        assert all(name.startswith(platform) for name in sandbox.stats["violations"])
        sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=wait))
        assert api.request(method, path).status_code != 429


def test_zendesk_counts_down_in_three_generations_of_headers(sandbox: Sandbox) -> None:
    with client(sandbox, "zendesk") as api:
        first, second = (api.get("/api/v2/tickets.json?page[size]=1").headers for _ in range(2))
    for name in ("x-rate-limit-remaining", "ratelimit-remaining"):
        assert int(first[name]) - int(second[name]) == 1
    assert first["zendesk-ratelimit-tickets-index"].startswith("total=100; remaining=99; resets=")
    assert second["zendesk-ratelimit-tickets-index"].startswith("total=100; remaining=98; resets=")


@pytest.mark.slow
def test_zendesk_refuses_with_the_documented_body(sandbox: Sandbox, now) -> None:
    sandbox.store.set_clock(now)
    with client(sandbox, "zendesk") as api:
        refused = spend(api, "GET", "/api/v2/incremental/tickets/cursor.json?start_time=0", 20)[-1]
    error = {
        "code": "RateLimitExceeded",
        "status": "429",
        "title": "Rate limit exceeded. Maximum 10 requests per minute.",
    }
    assert refused.json() == {"errors": [error]}


def test_one_users_updates_of_a_ticket_do_not_count_for_another(sandbox: Sandbox, now) -> None:
    sandbox.store.set_clock(now)
    with client(sandbox, "zendesk") as api:
        spend(api, "PUT", "/api/v2/tickets/1.json", 60)
        assert api.put("/api/v2/tickets/2.json").status_code != 429
    with httpx.Client(base_url=sandbox.url, headers={"Authorization": "Bearer sandbox-zendesk-oauth"}) as other:
        assert other.put("/api/v2/tickets/1.json").status_code != 429


def test_jira_holds_back_writes_to_one_issue_only(sandbox: Sandbox) -> None:
    key, other = (row["key"] for row in sandbox.store.rows("SELECT key FROM jira_issue ORDER BY id LIMIT 2"))
    with client(sandbox, "jsm") as api:
        answers = spend(api, "PUT", f"/rest/api/3/issue/{key}", 200)
        assert answers[-1].status_code == 429
        assert answers[-1].headers["ratelimit-reason"] == "jira-per-issue-on-write"
        assert answers[-1].json() == {"errorMessages": ["Rate limit exceeded"], "errors": {}}
        assert api.put(f"/rest/api/3/issue/{other}").status_code != 429


def test_servicenow_rules_are_by_the_hour_and_name_themselves(sandbox: Sandbox, now) -> None:
    from supportctl.sandbox.servicenow import front

    sandbox.store.set_clock(now)
    path = "/api/now/table/incident?sysparm_limit=1&sysparm_fields=number"
    with client(sandbox, "servicenow") as api:
        told = api.get(path).headers
        assert told["x-ratelimit-limit"] == "2000"
        assert int(told["x-ratelimit-reset"]) - now.timestamp() == pytest.approx(3600, abs=2)
        spent = _spent(sandbox, front)
    assert spent
    assert "Rate limit of 2000 requests per hour for Table API exceeded" in front.refusal(spent, None).body.decode()


def _spent(sandbox: Sandbox, front) -> list:
    from supportctl.sandbox.front import Ask
    from supportctl.sandbox.meter import Meter

    meter = Meter()
    charges = front.limits(Ask(method="GET", path="/api/now/table/incident"))
    for _ in range(2001):
        states = meter.take(charges, sandbox.store.now().timestamp(), enforced=True)
    return [state for state in states if state.over]


@pytest.mark.night
@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ("zendesk", "/api/v2/incremental/tickets/cursor.json?start_time=0"),
        ("jsm", "/rest/servicedeskapi/servicedesk/1/customer"),
    ],
)
def test_without_the_condition_nothing_is_refused(sandbox: Sandbox, platform: str, path: str) -> None:
    with httpx.Client(base_url=sandbox.url, auth=SIGN[platform]) as api:
        assert {api.get(path).status_code for _ in range(25)} & {429} == set()
    assert sandbox.stats["violations"] == {}


def test_raised_limits_are_told_and_kept(sandbox: Sandbox) -> None:
    with client(sandbox, "zendesk", factor=3) as api:
        answers = spend(api, "GET", "/api/v2/deleted_tickets.json", 40)
    assert len(answers) >= 31
    assert answers[0].headers["zendesk-ratelimit-deleted-tickets"].startswith("total=30;")
