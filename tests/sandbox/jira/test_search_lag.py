"""Searches that know of changes later than reads do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.sandbox.conditions import Conditions
from tests.sandbox.jira.test_fates import move, outcome
from tests.sandbox.jira.test_writing import text

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox
    from tests.sandbox.jira.conftest import Jira

KEY = "SUP-1"
LAG = 60


@pytest.fixture
def late(sandbox: Sandbox, jira: Jira) -> Jira:
    sandbox.store.conditions = Conditions(search_lag=LAG)
    return jira


def wait(sandbox: Sandbox, seconds: float) -> None:
    sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=seconds))


def label(jira: Jira, name: str, key: str = KEY) -> None:
    body = {"update": {"labels": [{"add": name}]}}
    jira.http.put(f"/rest/api/3/issue/{key}", json=body).raise_for_status()


def count(jira: Jira, jql: str) -> Any:
    return jira.http.post("/rest/api/3/search/approximate-count", json={"jql": jql}).json()["count"]


def test_searches_know_later_and_reads_at_once(sandbox: Sandbox, late: Jira) -> None:
    before = late.fields(KEY)
    label(late, "fresh")
    assert "fresh" in late.fields(KEY)["labels"]
    bulk = {"issueIdsOrKeys": [KEY], "fields": ["labels"]}
    fetched = late.http.post("/rest/api/3/issue/bulkfetch", json=bulk).json()["issues"]
    assert "fresh" in fetched[0]["fields"]["labels"]
    assert late.get(f"/rest/api/3/issue/{KEY}/changelog")["values"][-1]["items"][0]["field"] == "labels"
    assert late.keys("labels = fresh") == []
    assert count(late, "labels = fresh") == 0
    found = late.search(f"key = {KEY}", fields=["labels", "updated"]).json()["issues"][0]["fields"]
    assert found["labels"] == before["labels"]
    assert found["updated"] == before["updated"]
    wait(sandbox, LAG)
    assert late.keys("labels = fresh") == [KEY]
    assert count(late, "labels = fresh") == 1


def test_reconciled_issues_are_seen_as_they_are(late: Jira) -> None:
    label(late, "fresh")
    label(late, "fresh", "SUP-2")
    id_ = int(late.get(f"/rest/api/3/issue/{KEY}")["id"])
    assert late.keys("labels = fresh", reconcileIssues=[id_]) == [KEY]
    assert late.keys("labels = fresh", reconcileIssues=[1]) == []
    params = {"jql": "labels = fresh", "reconcileIssues": str(id_), "fields": "key"}
    assert [issue["key"] for issue in late.get("/rest/api/3/search/jql", **params)["issues"]] == [KEY]


def test_every_change_counts_from_its_own_moment(sandbox: Sandbox, late: Jira) -> None:
    label(late, "first")
    wait(sandbox, LAG - 1)
    label(late, "second")
    wait(sandbox, 1)
    assert late.keys("labels = first") == [KEY]
    assert late.keys("labels = second") == []
    wait(sandbox, LAG)
    assert late.keys("labels = second") == [KEY]


def test_everything_about_an_issue_lags(sandbox: Sandbox, late: Jira) -> None:
    late.http.post(f"/rest/api/3/issue/{KEY}/comment", json={"body": text("unheard-of")}).raise_for_status()
    before = late.get("/rest/api/3/issue/SUP-2")
    outcome(late, move(late, "SUP-2"))
    late.http.delete("/rest/api/3/issue/SUP-3").raise_for_status()
    late.http.put("/rest/api/3/issue/archive", json={"issueIdsOrKeys": ["SUP-4"]}).raise_for_status()
    queries = ("comment ~ 'unheard-of'", f"project = HILFE and id = {before['id']}", "id in (SUP-4) or key = SUP-1")
    assert [len(late.keys(jql)) for jql in queries] == [0, 0, 2]
    assert "SUP-3" in late.keys("project = SUP")
    wait(sandbox, LAG)
    assert [len(late.keys(jql)) for jql in queries] == [1, 1, 1]
    assert "SUP-3" not in late.keys("project = SUP")


def test_queues_are_searches(sandbox: Sandbox, late: Jira) -> None:
    def open_issues() -> int:
        queues = late.get("/rest/servicedeskapi/servicedesk/1/queue", includeCount="true")["values"]
        return int(queues[0]["issueCount"])

    before = open_issues()
    key = late.keys("project = SUP and resolution = Unresolved ORDER BY key ASC")[0]
    late.http.delete(f"/rest/api/3/issue/{key}").raise_for_status()
    assert open_issues() == before
    wait(sandbox, LAG)
    assert open_issues() == before - 1


def test_nothing_is_kept_without_a_lag(sandbox: Sandbox, jira: Jira, now: datetime) -> None:
    label(jira, "fresh")
    assert jira.keys("labels = fresh") == [KEY]
    assert sandbox.store.value("SELECT count(*) FROM jira_past") == 0
