"""Jira Data Center's front: what is there and what is not, signing in, configuration, limits and faults."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from supportctl.sandbox.conditions import Conditions
from tests.sandbox.jira.conftest import PAT
from tests.sandbox.jira.data_center import API, a_key, search

if TYPE_CHECKING:
    from datetime import datetime

    from tests.fixtures.sandbox import Sandbox

PASSWORD = ("ops", "sandbox-jira-password")


def test_the_server_says_what_it_is(reading_dc: httpx.Client) -> None:
    info = httpx.get(f"{reading_dc.base_url}rest/api/2/serverInfo").json()
    assert info["deploymentType"] == "Server"
    assert ".".join(map(str, info["versionNumbers"])) == info["version"]
    assert info["baseUrl"].endswith("/jira")
    assert reading_dc.get("/rest/api/latest/myself").json()["name"] == "ops"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}/search/jql"),
        ("POST", f"{API}/search/jql"),
        ("POST", f"{API}/search/approximate-count"),
        ("POST", f"{API}/issue/bulkfetch"),
        ("POST", f"{API}/changelog/bulkfetch"),
        ("GET", f"{API}/issue/SUP-1/changelog"),
        ("POST", f"{API}/bulk/issues/fields"),
        ("GET", f"{API}/bulk/queue/1"),
        ("GET", f"{API}/label"),
        ("GET", f"{API}/priority/search"),
        ("POST", f"{API}/jql/parse"),
    ],
)
def test_what_only_cloud_has_is_not_there(reading_dc: httpx.Client, method: str, path: str) -> None:
    answer = reading_dc.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["status-code"] == 404


def test_there_is_no_version_3(reading_dc: httpx.Client) -> None:
    for path in ("/rest/api/3/myself", "/rest/api/3/search", "/_edge/tenant_info"):
        answer = reading_dc.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
    nowhere = f"{reading_dc.base_url}rest/api/3/search/jql"
    assert httpx.post(nowhere).status_code == 404
    assert httpx.post(nowhere, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_neither_takes_the_others_credentials(both: tuple[httpx.Client, httpx.Client]) -> None:
    here, there = both
    cloud = {"auth": ("ops@harborlight.example", "sandbox-jira-token")}
    assert httpx.get(f"{here.base_url}rest/api/2/myself", **cloud).status_code == 401  # type: ignore[arg-type]
    bearer = {"Authorization": "Bearer sandbox-jira-oauth"}
    assert httpx.get(f"{here.base_url}rest/api/2/myself", headers=bearer).status_code == 401
    assert httpx.get(f"{there.base_url}/rest/api/2/myself", headers=PAT).status_code == 401
    assert httpx.get(f"{there.base_url}/rest/api/2/myself", auth=PASSWORD).status_code == 401
    assert httpx.get(f"{here.base_url}rest/api/2/myself", auth=PASSWORD).status_code == 200


def test_visitors_and_strangers_are_told_apart(reading_dc: httpx.Client) -> None:
    base = f"{reading_dc.base_url}rest/api/2"
    visitor = httpx.get(f"{base}/search")
    assert (visitor.status_code, visitor.json()["total"]) == (200, 0)
    assert visitor.headers["x-ausername"] == "anonymous"
    assert httpx.get(f"{base}/issue/SUP-1").json()["errorMessages"][-1] == "Login Required"
    wrong = httpx.get(f"{base}/search", headers={"Authorization": "Bearer wrong"})
    assert wrong.status_code == 401
    assert wrong.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"
    assert wrong.headers["content-type"].startswith("text/html")
    known = reading_dc.get(f"{API}/myself")
    assert (known.headers["x-ausername"], known.headers["x-seraph-loginreason"]) == ("ops", "OK")


def test_wrong_passwords_lead_to_a_captcha(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/jira/rest/api/2/myself"
    assert [httpx.get(url, auth=("ops", "wrong")).status_code for _ in range(4)] == [401, 401, 401, 403]
    locked = httpx.get(url, auth=PASSWORD)
    assert locked.status_code == 403
    assert locked.headers["x-seraph-loginreason"] == "AUTHENTICATION_DENIED"
    assert "CAPTCHA" in locked.headers["x-authentication-denied-reason"]
    assert httpx.get(url, headers=PAT).status_code == 200
    sandbox.reset()
    assert httpx.get(url, auth=PASSWORD).status_code == 200


def test_attachments_come_without_a_redirect(reading_dc: httpx.Client) -> None:
    issue = search(reading_dc, "attachments is not EMPTY", maxResults=1, fields=["attachment"])["issues"][0]
    attachment = issue["fields"]["attachment"][0]
    assert "/jira/secure/attachment/" in attachment["content"]
    answer = reading_dc.get(attachment["content"])
    assert (answer.status_code, len(answer.content)) == (200, attachment["size"])
    assert httpx.get(attachment["content"]).status_code == 401


def test_configuration_is_listed_whole(reading_dc: httpx.Client) -> None:
    for path in ("field", "status", "priority", "resolution", "issuetype", "project", "statuscategory"):
        assert len(reading_dc.get(f"{API}/{path}").json()) > 1
    assert "key" not in reading_dc.get(f"{API}/field").json()[0]
    assert reading_dc.get(f"{API}/issueLinkType").json()["issueLinkTypes"]
    filters = reading_dc.get(f"{API}/filter/favourite").json()
    assert reading_dc.get(f"{API}/filter/{filters[0]['id']}").json() == filters[0]
    assert "/jira/rest/api/2/search?jql=" in filters[0]["searchUrl"]
    assert reading_dc.get(f"{API}/mypermissions").json()["permissions"]["EDIT_ISSUES"]["havePermission"]


def test_the_service_desk_and_its_experiments(reading_dc: httpx.Client) -> None:
    desk = "/rest/servicedeskapi/servicedesk"
    page = reading_dc.get(desk).json()
    assert {each["projectKey"] for each in page["values"]} == {"SUP", "HILFE"}
    assert page["_links"]["context"] == "/jira"
    assert page["_links"]["self"] == str(reading_dc.base_url) + desk[1:]
    assert reading_dc.get(f"{desk}/1/queue").status_code == 412
    opted = {"X-ExperimentalApi": "opt-in"}
    queues = reading_dc.get(f"{desk}/1/queue", params={"includeCount": "true"}, headers=opted).json()["values"]
    assert queues[0]["issueCount"] > 0
    key = a_key(reading_dc, 'project = SUP AND "Time to resolution" is not EMPTY AND "Request Type" is not EMPTY')
    clocks = reading_dc.get(f"/rest/servicedeskapi/request/{key}/sla").json()["values"]
    assert clocks
    assert not [clock for clock in clocks if "slaDisplayFormat" in clock]
    assert reading_dc.get(f"/rest/servicedeskapi/request/{key}").json()["reporter"]["name"]


def test_the_token_bucket_is_told_and_kept(sandbox: Sandbox, now: datetime) -> None:
    sandbox.store.conditions = Conditions(limits=True)
    url = f"{sandbox.url}/jira/rest/api/2/serverInfo"
    with httpx.Client(headers=PAT) as client:
        first = client.get(url).headers
        assert (first["x-ratelimit-limit"], first["x-ratelimit-fillrate"]) == ("200", "20")
        assert (first["x-ratelimit-interval-seconds"], first["retry-after"]) == ("1", "0")
        answers = [client.get(url)]
        while answers[-1].status_code != 429 and len(answers) < 2000:
            answers.append(client.get(url))
        refused = answers[-1]
        assert refused.status_code == 429
        assert len(answers) >= 199
        assert refused.headers["x-ratelimit-remaining"] == "0"
        assert int(refused.headers["retry-after"]) >= 1
        assert set(sandbox.stats["violations"]) == {"jira_dc token-bucket"}
        other = client.get(url, headers={"Authorization": "Bearer sandbox-jira-pat-agent"})
        assert other.status_code == 200
        assert "x-ratelimit-limit" not in httpx.get(url).headers
        sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=int(refused.headers["retry-after"])))
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("kind", ["429", "5xx before commit", "truncated JSON"])
def test_faults_reach_it_too(sandbox: Sandbox, kind: str) -> None:
    sandbox.store.conditions = Conditions(faults=1, fault_rate=1.0, fault_kinds=(kind,))
    answer = httpx.get(f"{sandbox.url}/jira/rest/api/2/myself", headers=PAT)
    assert answer.headers["x-sandbox-fault"] == kind
    assert (answer.status_code, "x-ratelimit-fillrate" in answer.headers) == (429, True) or kind != "429"
    assert answer.status_code >= 500 or kind != "5xx before commit"
    assert sandbox.stats["faults"] == {kind: 1}
