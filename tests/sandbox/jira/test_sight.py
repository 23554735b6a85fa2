"""Who sees what: one who browses one project only and is in no security level, and a customer of a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from supportctl.sandbox.jira.seed_issue import SECURED
from tests.sandbox.jira.conftest import AUTH, Jira

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.sandbox import Sandbox

LIMITED = ("limited@harborlight.example", "sandbox-jira-limited")
CUSTOMER = ("gwen.aldous@saltmarsh-marina.example", "sandbox-jira-customer")
MISSING = "Issue does not exist or you do not have permission to see it."


@pytest.fixture
def limited(reading: Jira) -> Iterator[Jira]:
    with httpx.Client(base_url=reading.http.base_url, auth=LIMITED, timeout=30) as client:
        yield Jira(client)


@pytest.fixture
def customer(reading: Jira) -> Iterator[Jira]:
    with httpx.Client(base_url=reading.http.base_url, auth=CUSTOMER, timeout=30) as client:
        yield Jira(client)


@pytest.fixture
def hidden(reading: Jira) -> list[str]:
    """A key of another project, and one of an issue with a security level."""
    secured = [key for key in reading.keys("project = SUP") if int(key.partition("-")[2]) % SECURED == 0]
    assert secured
    assert reading.fields(secured[0])["security"]["name"] == "Staff only"
    return [reading.keys("project = HILFE ORDER BY key ASC")[0], secured[0]]


def test_searches_and_counts_leave_out_what_is_hidden(reading: Jira, limited: Jira) -> None:
    every, seen = set(reading.keys("created >= -400d")), set(limited.keys("created >= -400d"))
    gone = every - seen
    assert {key for key in gone if key.startswith("SUP-")} == {
        key for key in every if key.startswith("SUP-") and int(key.partition("-")[2]) % SECURED == 0
    }
    assert {key for key in seen if not key.startswith("SUP-")} == set()
    path = "/rest/api/3/search/approximate-count"
    assert limited.http.post(path, json={"jql": "created >= -400d"}).json()["count"] == len(seen)


def test_hidden_values_do_not_exist_in_queries(limited: Jira, hidden: list[str]) -> None:
    for jql, says in (
        ("project = HILFE", "The value 'HILFE' does not exist for the field 'project'."),
        *((f"key = {key}", f"An issue with key '{key}' does not exist for field 'key'.") for key in hidden),
    ):
        answer = limited.search(jql)
        assert (answer.status_code, answer.json()["errorMessages"]) == (400, [says])


def test_every_way_to_an_issue_is_closed(reading: Jira, limited: Jira, hidden: list[str]) -> None:
    note = {
        "body": {
            "type": "doc",
            "version": 1,
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}],
        }
    }
    for key in hidden:
        number = reading.get(f"/rest/api/3/issue/{key}")["id"]
        for name in (key, number, key.lower()):
            path = f"/rest/api/3/issue/{name}"
            answers = [
                *(limited.http.get(path + tail) for tail in ("", "/comment", "/changelog", "/worklog", "/transitions")),
                limited.http.get(f"{path}/editmeta"),
                limited.http.put(path, json={"update": {"labels": [{"add": "x"}]}}),
                limited.http.post(f"{path}/comment", json=note),
                limited.http.post(f"{path}/transitions", json={"transition": {"id": "1"}}),
            ]
            assert {(answer.status_code, *answer.json()["errorMessages"]) for answer in answers} == {(404, MISSING)}
    link = {"type": {"name": "Duplicate"}, "inwardIssue": {"key": hidden[0]}, "outwardIssue": {"key": hidden[1]}}
    assert limited.http.post("/rest/api/3/issueLink", json=link).status_code == 404


def test_bulk_reads_leave_hidden_issues_out(limited: Jira, hidden: list[str]) -> None:
    seen = limited.keys("project = SUP")[0]
    body = {"issueIdsOrKeys": [seen, *hidden], "fields": ["summary"]}
    found = limited.http.post("/rest/api/3/issue/bulkfetch", json=body).json()
    assert [issue["key"] for issue in found["issues"]] == [seen]
    assert found["issueErrors"] == []
    logs = limited.http.post("/rest/api/3/changelog/bulkfetch", json={"issueIdsOrKeys": hidden}).json()
    assert logs["issueChangeLogs"] == []


def test_links_do_not_tell_of_hidden_issues(sandbox: Sandbox, hidden: list[str]) -> None:
    with httpx.Client(base_url=sandbox.url, auth=AUTH) as ops, httpx.Client(base_url=sandbox.url, auth=LIMITED) as less:
        seen = Jira(less).keys("project = SUP")[0]
        for other in hidden:
            body = {"type": {"name": "Relates"}, "inwardIssue": {"key": seen}, "outwardIssue": {"key": other}}
            assert ops.post("/rest/api/3/issueLink", json=body).status_code == 201
        keys = [
            {
                (link.get("inwardIssue") or link["outwardIssue"])["key"]
                for link in Jira(client).fields(seen)["issuelinks"]
            }
            for client in (ops, less)
        ]
        assert set(hidden) <= keys[0]
        assert keys[1] == keys[0] - set(hidden)


def test_attachments_of_hidden_issues_are_hidden(reading: Jira, limited: Jira) -> None:
    def files(api: Jira) -> set[int]:
        issues = api.search("attachments is not EMPTY", fields=["attachment"], maxResults=100).json()["issues"]
        return {int(each["id"]) for issue in issues for each in issue["fields"]["attachment"]}

    gone = files(reading) - files(limited)
    assert gone
    for number in gone:
        assert limited.http.get(f"/rest/api/3/attachment/{number}").status_code == 404
        assert limited.http.get(f"/rest/api/3/attachment/content/{number}").status_code == 404


def test_projects_desks_queues_and_filters(reading: Jira, limited: Jira) -> None:
    assert [each["key"] for each in limited.get("/rest/api/3/project/search")["values"]] == ["SUP"]
    assert limited.http.get("/rest/api/3/project/HILFE").status_code == 404
    desks = limited.get("/rest/servicedeskapi/servicedesk")["values"]
    assert [desk["projectKey"] for desk in desks] == ["SUP"]
    assert limited.http.get("/rest/servicedeskapi/servicedesk/2/queue").status_code == 404
    counts = [
        api.get("/rest/servicedeskapi/servicedesk/1/queue", includeCount="true")["values"][0]["issueCount"]
        for api in (reading, limited)
    ]
    assert counts[1] < counts[0]
    named = [each["name"] for each in limited.get("/rest/api/3/filter/search")["values"]]
    assert named == ["All open tickets", "Unassigned and open"]
    assert limited.http.get("/rest/api/3/filter/10002").status_code == 400
    assert limited.http.get("/rest/api/3/mypermissions?permissions=EDIT_ISSUES&projectKey=HILFE").status_code == 404


def test_a_customer_has_requests_and_no_issues(reading: Jira, customer: Jira) -> None:
    assert customer.keys("created >= -400d") == []
    every = reading.search('"Request Type" is not EMPTY', fields=["reporter"], maxResults=5000).json()["issues"]
    own = [issue["key"] for issue in every if issue["fields"]["reporter"]["emailAddress"] == CUSTOMER[0]]
    foreign = next(issue["key"] for issue in every if issue["key"] not in own)
    assert own
    assert customer.get(f"/rest/servicedeskapi/request/{own[0]}")["issueKey"] == own[0]
    listed = {
        status: {
            each["issueKey"]
            for each in customer.get("/rest/servicedeskapi/request", requestStatus=status, limit=100)["values"]
        }
        for status in ("ALL_REQUESTS", "OPEN_REQUESTS", "CLOSED_REQUESTS")
    }
    assert listed["ALL_REQUESTS"] >= set(own)
    assert foreign not in listed["ALL_REQUESTS"]
    assert listed["OPEN_REQUESTS"] | listed["CLOSED_REQUESTS"] == listed["ALL_REQUESTS"]
    assert not listed["OPEN_REQUESTS"] & listed["CLOSED_REQUESTS"]
    assert customer.http.get("/rest/servicedeskapi/request?requestStatus=SOME").status_code == 400
    assert customer.http.get(f"/rest/servicedeskapi/request/{foreign}").status_code == 404
    assert customer.get(f"/rest/servicedeskapi/request/{foreign}/comment")["values"] == []
    assert customer.http.get(f"/rest/api/3/issue/{own[0]}").status_code == 404
    for path in (f"/rest/servicedeskapi/request/{own[0]}/sla", "/rest/servicedeskapi/servicedesk/1/queue"):
        assert customer.http.get(path).status_code == 403


def test_a_customer_sees_no_internal_comments(reading: Jira, customer: Jira) -> None:
    own = [
        issue["key"]
        for issue in reading.search('"Request Type" is not EMPTY', fields=["reporter"], maxResults=5000).json()[
            "issues"
        ]
        if issue["fields"]["reporter"]["emailAddress"] == CUSTOMER[0]
    ]
    told = 0
    for key in own:
        path = f"/rest/servicedeskapi/request/{key}/comment"
        every = reading.get(path, limit=100)["values"]
        seen = customer.get(path, limit=100)["values"]
        assert [each["id"] for each in seen] == [each["id"] for each in every if each["public"]]
        told += sum(not each["public"] for each in every)
    assert told


def test_fields_out_of_their_context_are_absent(reading: Jira) -> None:
    asset = "customfield_10056"
    inside = reading.keys("issuetype = '[System] Incident' and project = SUP")[0]
    outside = reading.keys("issuetype in (Task, Question, Support)")[0]
    assert asset in reading.fields(inside)
    assert asset not in reading.fields(outside)
    assert asset in reading.get(f"/rest/api/3/issue/{inside}/editmeta")["fields"]
    assert asset not in reading.get(f"/rest/api/3/issue/{outside}/editmeta")["fields"]
    answer = reading.http.put(f"/rest/api/3/issue/{outside}", json={"fields": {asset: "pump"}})
    assert answer.status_code == 400
    assert "It is not on the appropriate screen, or unknown." in answer.json()["errors"][asset]


def test_requests_of_hidden_issues_are_hidden(reading: Jira, limited: Jira) -> None:
    key = reading.keys('project = HILFE and "Request Type" is not EMPTY ORDER BY key ASC')[0]
    path = f"/rest/servicedeskapi/request/{key}"
    for tail in ("", "/status", "/sla"):
        answer = limited.http.get(path + tail)
        assert answer.status_code == 404
        assert answer.json()["i18nErrorMessage"]["i18nKey"] == "sd.customerview.error.vpOriginMissing"
    assert reading.get(f"{path}/comment")["values"]
    assert limited.get(f"{path}/comment")["values"] == []


def test_bulk_edits_count_what_is_hidden_and_do_the_rest(sandbox: Sandbox, hidden: list[str]) -> None:
    label = {"fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [{"name": "bulk"}]}
    with httpx.Client(base_url=sandbox.url, auth=AUTH) as ops, httpx.Client(base_url=sandbox.url, auth=LIMITED) as less:
        seen = Jira(less).keys("project = SUP")[0]
        body = {
            "selectedActions": ["labels"],
            "selectedIssueIdsOrKeys": [seen, *hidden],
            "editedFieldsInput": {"labelsFields": [label]},
        }
        task = less.post("/rest/api/3/bulk/issues/fields", json=body).json()["taskId"]
        found = Jira(less).get(f"/rest/api/3/bulk/queue/{task}")
        assert len(found["processedAccessibleIssues"]) == 1
        assert (found["failedAccessibleIssues"], found["invalidOrInaccessibleIssueCount"]) == ({}, 2)
        assert Jira(ops).keys("labels = bulk") == [seen]
    with httpx.Client(base_url=sandbox.url, auth=CUSTOMER) as customer:
        assert customer.post("/rest/api/3/bulk/issues/fields", json=body).status_code == 403
