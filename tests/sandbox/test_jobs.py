"""Bulk jobs that take their time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from supportctl.sandbox.conditions import Conditions

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox

ZENDESK = ("ops@harborlight.example/token", "sandbox-zendesk-token")
JIRA = ("ops@harborlight.example", "sandbox-jira-token")


def start(api: httpx.Client) -> httpx.Response:
    return api.put("/api/v2/tickets/update_many.json?ids=1,2", json={"ticket": {"additional_tags": ["late"]}})


def test_a_zendesk_job_waits_runs_and_ends(sandbox: Sandbox, now: datetime) -> None:
    sandbox.store.conditions = Conditions(job_seconds=30)
    with httpx.Client(base_url=sandbox.url, auth=ZENDESK) as api:
        job = start(api).json()["job_status"]

        def look(after: float) -> dict[str, Any]:
            sandbox.store.set_clock(now + timedelta(seconds=after))
            found: dict[str, Any] = {}
            for _ in range(3):
                found = api.get(f"/api/v2/job_statuses/{job['id']}.json").json()["job_status"]
            return found

        assert job["status"] == look(10)["status"] == "queued"
        working = look(40)
        assert (working["status"], working["results"]) == ("working", None)
        done = look(70)
        assert (done["status"], len(done["results"])) == ("completed", 2)


def test_no_more_than_thirty_zendesk_jobs_at_once(sandbox: Sandbox, now: datetime) -> None:
    sandbox.store.conditions = Conditions(job_seconds=60, limits=True)
    with httpx.Client(base_url=sandbox.url, auth=ZENDESK) as api:
        answers = [start(api).status_code for _ in range(31)]
        assert answers == [200] * 30 + [429]
        assert sandbox.stats["violations"] == {"zendesk jobs in flight": 1}
        sandbox.store.set_clock(now + timedelta(seconds=130))
        assert start(api).status_code == 200


def test_a_jira_task_waits_runs_and_ends(sandbox: Sandbox, now: datetime) -> None:
    sandbox.store.conditions = Conditions(job_seconds=30)
    keys = [row["key"] for row in sandbox.store.rows("SELECT key FROM jira_issue ORDER BY id LIMIT 2")]
    body = {
        "selectedActions": ["labels"],
        "selectedIssueIdsOrKeys": keys,
        "editedFieldsInput": {
            "labelsFields": [
                {"fieldId": "labels", "labels": [{"name": "late"}], "bulkEditMultiSelectFieldOption": "ADD"}
            ]
        },
    }
    with httpx.Client(base_url=sandbox.url, auth=JIRA) as api:
        task = api.post("/rest/api/3/bulk/issues/fields", json=body).json()["taskId"]

        def look(after: float) -> dict[str, Any]:
            sandbox.store.set_clock(now + timedelta(seconds=after))
            found: dict[str, Any] = api.get(f"/rest/api/3/bulk/queue/{task}").json()
            return found

        assert [look(after)["status"] for after in (10, 40, 70)] == ["ENQUEUED", "RUNNING", "COMPLETE"]
        assert look(40)["processedAccessibleIssues"] == []
        assert len(look(70)["processedAccessibleIssues"]) == 2
