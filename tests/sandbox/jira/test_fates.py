"""Moved, archived and deleted issues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.jira.test_sight import LIMITED, MISSING

if TYPE_CHECKING:
    from tests.sandbox.jira.conftest import Jira

KEY = "SUP-1"
TARGET = "HILFE,10001"


def move(jira: Jira, *keys: str, target: str = TARGET, **more: Any) -> httpx.Response:
    mapping = {target: {"issueIdsOrKeys": list(keys), "inferStatusDefaults": True, **more}}
    return jira.http.post("/rest/api/3/bulk/issues/move", json={"targetToSourcesMapping": mapping})


def outcome(jira: Jira, answer: httpx.Response) -> Any:
    assert answer.status_code == 201, answer.text
    return jira.get(f"/rest/api/3/bulk/queue/{answer.json()['taskId']}")


def test_a_moved_issue_answers_to_its_old_key_everywhere(jira: Jira) -> None:
    before = jira.get(f"/rest/api/3/issue/{KEY}")
    assert outcome(jira, move(jira, KEY))["processedAccessibleIssues"] == [int(before["id"])]
    after = jira.get(f"/rest/api/3/issue/{KEY}", expand="changelog")
    assert (after["id"], after["key"].partition("-")[0]) == (before["id"], "HILFE")
    assert after["fields"]["project"]["key"] == "HILFE"
    assert after["fields"]["customfield_10010"] is None
    items = {item["field"]: item for item in after["changelog"]["histories"][0]["items"]}
    assert (items["Key"]["fromString"], items["Key"]["toString"]) == (KEY, after["key"])
    assert items["status"]["from"] == before["fields"]["status"]["id"]
    assert jira.keys(f"key = {KEY}") == jira.keys(f"key = {after['key']}") == [after["key"]]
    body = {"issueIdsOrKeys": [KEY], "fields": ["summary"]}
    assert jira.http.post("/rest/api/3/issue/bulkfetch", json=body).json()["issues"][0]["key"] == after["key"]
    logs = jira.http.post("/rest/api/3/changelog/bulkfetch", json={"issueIdsOrKeys": [KEY]}).json()
    assert logs["issueChangeLogs"][0]["issueId"] == before["id"]
    for tail in ("comment", "changelog", "worklog", "transitions"):
        assert jira.http.get(f"/rest/api/3/issue/{KEY}/{tail}").status_code == 200
    assert jira.http.put(f"/rest/api/3/issue/{KEY}", json={"fields": {"labels": ["moved"]}}).status_code == 204
    assert jira.fields(after["key"])["labels"] == ["moved"]


def test_moving_there_and_back_makes_a_third_key(jira: Jira) -> None:
    id_ = jira.get(f"/rest/api/3/issue/{KEY}")["id"]
    outcome(jira, move(jira, KEY))
    first = jira.get(f"/rest/api/3/issue/{id_}")["key"]
    outcome(jira, move(jira, first, target="SUP,10001"))
    second = jira.get(f"/rest/api/3/issue/{id_}")["key"]
    assert second.startswith("SUP-")
    assert second != KEY
    assert {jira.get(f"/rest/api/3/issue/{key}")["key"] for key in (KEY, first, second)} == {second}


def test_moves_that_are_refused(jira: Jira) -> None:
    for answer in (move(jira, KEY, target="NOPE,10001"), move(jira, KEY, target="HILFE,1"), move(jira, "SUP-99999")):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"]
    task = outcome(jira, move(jira, KEY, inferStatusDefaults=False))
    assert task["processedAccessibleIssues"] == []
    assert "status" in next(iter(task["failedAccessibleIssues"].values()))[0]
    assert jira.get(f"/rest/api/3/issue/{KEY}")["key"] == KEY


def test_a_move_out_of_sight_hides_the_issue(jira: Jira) -> None:
    with httpx.Client(base_url=jira.http.base_url, auth=LIMITED) as limited:
        assert limited.get(f"/rest/api/3/issue/{KEY}").status_code == 200
        outcome(jira, move(jira, KEY))
        assert limited.get(f"/rest/api/3/issue/{KEY}").json()["errorMessages"] == [MISSING]


def test_archived_issues_are_read_and_neither_found_nor_changed(jira: Jira) -> None:
    total = len(jira.keys("project = SUP"))
    body = {"issueIdsOrKeys": [KEY, "SUP-2", "SUP-99999"]}
    answer = jira.http.put("/rest/api/3/issue/archive", json=body)
    assert answer.status_code == 200
    assert answer.json() == {
        "errors": {"issuesNotFound": {"count": 1, "issueIdsOrKeys": ["SUP-99999"], "message": "Issue not found."}},
        "numberOfIssuesUpdated": 2,
    }
    assert len(jira.keys("project = SUP")) == total - 2
    count = jira.http.post("/rest/api/3/search/approximate-count", json={"jql": f"key in ({KEY}, SUP-2)"}).json()
    assert count == {"count": 0}
    fields = jira.fields(KEY)
    link = {"type": {"name": "Duplicate"}, "inwardIssue": {"key": KEY}, "outwardIssue": {"key": "SUP-3"}}
    refused = [
        jira.http.put(f"/rest/api/3/issue/{KEY}", json={"update": {"labels": [{"add": "late"}]}}),
        jira.http.post(f"/rest/api/2/issue/{KEY}/comment", json={"body": "late"}),
        jira.http.post("/rest/api/3/issueLink", json=link),
    ]
    assert {each.status_code for each in refused} == {400}
    assert jira.fields(KEY) == fields
    assert jira.http.put("/rest/api/3/issue/unarchive", json={"issueIdsOrKeys": [KEY]}).status_code == 200
    assert len(jira.keys("project = SUP")) == total - 1
    assert jira.http.put(f"/rest/api/3/issue/{KEY}", json={"fields": {"labels": ["back"]}}).status_code == 204


def test_archiving_has_its_refusals(jira: Jira) -> None:
    path = "/rest/api/3/issue/archive"
    nothing = jira.http.put(path, json={"issueIdsOrKeys": ["SUP-99999"]})
    assert nothing.json()["errorMessages"] == ["No valid issue to archive or unarchive. Bad request."]
    many = jira.http.put(path, json={"issueIdsOrKeys": [KEY, *(f"SUP-{n}" for n in range(90_000, 91_000))]})
    assert many.status_code == 412
    with httpx.Client(base_url=jira.http.base_url, auth=LIMITED) as limited:
        answer = limited.put(path, json={"issueIdsOrKeys": [KEY]})
        assert answer.status_code == 403
        assert answer.json()["errorMessages"] == ["Only admins can archive or unarchive issues. Access denied."]


@pytest.mark.parametrize("name", ["key", "id"])
def test_deleted_issues_are_gone(jira: Jira, name: str) -> None:
    issue = jira.get(f"/rest/api/3/issue/{KEY}")
    with httpx.Client(base_url=jira.http.base_url, auth=LIMITED) as limited:
        assert limited.delete(f"/rest/api/3/issue/{KEY}").status_code == 403
    assert jira.http.delete(f"/rest/api/3/issue/{issue[name]}").status_code == 204
    for each in (KEY, issue["id"]):
        answer = jira.http.get(f"/rest/api/3/issue/{each}")
        assert (answer.status_code, answer.json()["errorMessages"]) == (404, [MISSING])
    assert KEY not in jira.keys("project = SUP")
    assert jira.search(f"key = {KEY}").status_code == 400
    assert jira.http.delete(f"/rest/api/3/issue/{KEY}").status_code == 404
