"""Search as Cloud answers it today: tokens, shapes, limits, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.sandbox.jira.conftest import Jira

OPEN = "statusCategory != Done"


def test_every_issue_once_over_many_pages(reading: Jira) -> None:
    keys = reading.keys("created > '2000-01-01' ORDER BY key ASC", maxResults=7)
    assert len(keys) == len(set(keys)) == len(reading.keys("created > '2000-01-01'", maxResults=5000)) > 300


def test_shape_of_a_page(reading: Jira) -> None:
    page = reading.search(OPEN, maxResults=2).json()
    assert page.keys() == {"issues", "nextPageToken", "isLast"}
    assert [issue.keys() for issue in page["issues"]] == [{"id"}, {"id"}]
    last = reading.search("key = SUP-1", fields=["summary"]).json()
    assert last.keys() == {"issues", "isLast"}
    assert last["issues"][0]["fields"].keys() == {"summary"}


def test_the_server_gives_fewer_than_asked_unless_only_ids_are_wanted(reading: Jira) -> None:
    everything = "created > '2000-01-01'"
    assert len(reading.search(everything, maxResults=1000, fields=["summary"]).json()["issues"]) == 100
    assert len(reading.search(everything, maxResults=1000, fields=["id"]).json()["issues"]) > 300


def test_get_and_post_agree(reading: Jira) -> None:
    posted = reading.search(OPEN, fields=["summary", "status"], expand="names").json()
    got = reading.get("/rest/api/3/search/jql", jql=OPEN, fields="summary,status", expand="names")
    assert got == posted
    assert got["names"] == {"status": "Status", "summary": "Summary"}


@pytest.mark.parametrize("field", ["*all", "*navigable", "-description"])
def test_field_wildcards(reading: Jira, field: str) -> None:
    fields = reading.search("key = SUP-1", fields=[field]).json()["issues"][0].get("fields", {})
    assert ("comment" in fields) == (field == "*all")
    assert ("description" in fields) == (field != "-description")


def test_bodies_are_documents_in_version_3_and_text_in_version_2(reading: Jira) -> None:
    rich = reading.fields("SUP-1", 3)["description"]
    assert rich["type"] == "doc"
    assert isinstance(reading.fields("SUP-1", 2)["description"], str)


@pytest.mark.parametrize(
    "body",
    [
        {"jql": OPEN, "startAt": 0},
        {"jql": OPEN, "maxResults": 5001},
        {"jql": OPEN, "reconcileIssues": list(range(51))},
        {"jql": OPEN, "nextPageToken": "nonsense"},
        {"fields": ["summary"]},
    ],
)
def test_refused_requests(reading: Jira, body: dict) -> None:
    answer = reading.http.post("/rest/api/3/search/jql", json=body)
    assert answer.status_code == 400
    assert answer.json()["errorMessages"]


def test_a_token_belongs_to_its_query(reading: Jira) -> None:
    token = reading.search(OPEN, maxResults=1).json()["nextPageToken"]
    assert reading.search("statusCategory = Done", maxResults=1, nextPageToken=token).status_code == 400


@pytest.mark.parametrize("version", [2, 3])
def test_the_old_search_is_gone(reading: Jira, version: int) -> None:
    for method in ("GET", "POST"):
        answer = reading.http.request(method, f"/rest/api/{version}/search", params={"jql": OPEN})
        assert answer.status_code == 410
        assert "/rest/api/3/search/jql" in answer.json()["errorMessages"][0]


def test_count(reading: Jira) -> None:
    answer = reading.http.post("/rest/api/3/search/approximate-count", json={"jql": OPEN}).json()
    assert answer == {"count": len(reading.keys(OPEN))}


def test_bulk_fetch_leaves_out_what_is_not_there(reading: Jira) -> None:
    wanted = {"issueIdsOrKeys": ["SUP-2", "10001", "NOPE-1"], "fields": ["summary"]}
    answer = reading.http.post("/rest/api/3/issue/bulkfetch", json=wanted).json()
    assert [issue["id"] for issue in answer["issues"]] == ["10001", "10002"]
    assert answer["issueErrors"] == []
    many = {"issueIdsOrKeys": [str(n) for n in range(101)]}
    assert reading.http.post("/rest/api/3/issue/bulkfetch", json=many).status_code == 400


def test_jql_parse_tells_good_from_bad(reading: Jira) -> None:
    queries = ["labels = x", "universe = 42", "labels = "]
    found = reading.http.post("/rest/api/3/jql/parse", json={"queries": queries}).json()["queries"]
    assert [bool(entry.get("errors")) for entry in found] == [False, True, True]


def test_sla_and_custom_fields_in_jql(reading: Jira) -> None:
    for name in ("Time to resolution", "cf[10030]"):
        breached = reading.keys(f'"{name}" = breached()' if " " in name else f"{name} = breached()")
        assert breached
        sla = reading.fields(breached[0])["customfield_10030"]
        cycle = sla.get("ongoingCycle") or sla["completedCycles"][-1]
        assert cycle["breached"] is True
        assert cycle["remainingTime"]["millis"] < 0
    assert reading.keys("Impact = High") == reading.keys("cf[10004] = high")
    organization = reading.fields("SUP-1")["customfield_10002"]
    if organization:
        assert "SUP-1" in reading.keys(f'Organizations = "{organization[0]["name"]}"')


def test_history_in_jql(reading: Jira) -> None:
    for key in reading.keys("status CHANGED FROM Resolved")[:5]:
        page = reading.get(f"/rest/api/3/issue/{key}/changelog")
        items = [item for entry in page["values"] for item in entry["items"]]
        assert any(item["field"] == "status" and item["fromString"] == "Resolved" for item in items)


@pytest.mark.parametrize(
    "auth", [None, ("ops@harborlight.example", "wrong"), ("nobody@x.example", "sandbox-jira-token")]
)
def test_no_entry_without_credentials(reading: Jira, auth: tuple[str, str] | None) -> None:
    with httpx.Client(base_url=reading.http.base_url, auth=auth) as stranger:
        answer = stranger.get("/rest/api/3/myself")
        assert answer.status_code == 401
        assert "json" not in answer.headers["content-type"]
        assert stranger.get("/rest/api/2/serverInfo").json()["deploymentType"] == "Cloud"
        assert stranger.get("/_edge/tenant_info").json().keys() == {"cloudId"}
