"""One issue and what hangs on it; the site's configuration; the service desk's view."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from tests.sandbox.jira.conftest import Jira


def busy(reading: Jira) -> str:
    """The key of an issue with comments, history and an attachment."""
    for key in reading.keys("attachments is not EMPTY and assignee is not EMPTY ORDER BY key ASC"):
        if reading.get(f"/rest/api/3/issue/{key}/changelog")["total"] > 2:
            return key
    raise AssertionError("no such issue")


def test_a_missing_issue(reading: Jira) -> None:
    answer = reading.http.get("/rest/api/3/issue/SUP-99999")
    assert answer.status_code == 404
    assert answer.json()["errorMessages"] == ["Issue does not exist or you do not have permission to see it."]


def test_an_old_key_leads_to_the_moved_issue(reading: Jira) -> None:
    key = reading.keys("project = HILFE ORDER BY key ASC")[0]
    old = key.replace("HILFE", "SUP")
    assert reading.get(f"/rest/api/3/issue/{old}")["key"] == key


def test_the_changelog_runs_both_ways(reading: Jira) -> None:
    key = busy(reading)
    pages, start = [], 0
    while True:
        page = reading.get(f"/rest/api/3/issue/{key}/changelog", startAt=start, maxResults=2)
        pages += page["values"]
        if page["isLast"]:
            break
        start += 2
    times = [entry["created"] for entry in pages]
    assert times == sorted(times)
    assert len(pages) == page["total"]
    expanded = reading.get(f"/rest/api/3/issue/{key}", expand="changelog")["changelog"]["histories"]
    assert [entry["id"] for entry in expanded] == [entry["id"] for entry in reversed(pages)]


def test_changelogs_in_bulk_follow_the_token(reading: Jira) -> None:
    keys = reading.keys("project = SUP ORDER BY key ASC")[:40]
    whole = {"issueIdsOrKeys": keys, "fieldIds": ["status", "assignee"]}
    once = reading.http.post("/rest/api/3/changelog/bulkfetch", json=whole).json()
    assert "nextPageToken" not in once
    seen: list[str] = []
    token = {}
    while True:
        page = reading.http.post("/rest/api/3/changelog/bulkfetch", json={**whole, "maxResults": 7, **token}).json()
        for log in page["issueChangeLogs"]:
            seen += [entry["id"] for entry in log["changeHistories"]]
            assert all(isinstance(entry["created"], int) for entry in log["changeHistories"])
        if "nextPageToken" not in page:
            break
        token = {"nextPageToken": page["nextPageToken"]}
    expected = [entry["id"] for log in once["issueChangeLogs"] for entry in log["changeHistories"]]
    assert sorted(seen) == sorted(expected)
    assert len(seen) == len(set(seen)) > 20


def test_comments_are_paged_and_say_who_may_read_them(reading: Jira) -> None:
    key = busy(reading)
    page = reading.get(f"/rest/api/3/issue/{key}/comment", maxResults=5000, expand="properties")
    assert page["maxResults"] == 100
    assert page["total"] == len(page["comments"]) > 1
    for comment in page["comments"]:
        internal = any(entry["key"] == "sd.public.comment" for entry in comment["properties"])
        assert comment["jsdPublic"] is not internal
    newest = reading.get(f"/rest/api/3/issue/{key}/comment", orderBy="-created")["comments"]
    assert [entry["id"] for entry in newest] == [entry["id"] for entry in reversed(page["comments"])]
    assert "properties" not in newest[0]


def test_links_show_one_side_each(reading: Jira) -> None:
    key = reading.keys("resolution = Duplicate ORDER BY key ASC")[0]
    ours = [link for link in reading.fields(key)["issuelinks"] if link["type"]["name"] == "Duplicate"]
    assert "outwardIssue" in ours[0]
    assert "inwardIssue" not in ours[0]
    other = ours[0]["outwardIssue"]["key"]
    theirs = reading.fields(other)["issuelinks"]
    assert key in [link.get("inwardIssue", {}).get("key") for link in theirs]


def test_attachment_content_is_on_another_host_that_wants_no_credentials(reading: Jira) -> None:
    attachment = reading.fields(busy(reading))["attachment"][0]
    answer = reading.http.get(attachment["content"])
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert urlsplit(place).hostname != urlsplit(attachment["content"]).hostname
    assert len(httpx.get(place).content) == attachment["size"]
    assert httpx.get(place, auth=("ops@harborlight.example", "sandbox-jira-token")).status_code == 400
    streamed = reading.http.get(attachment["content"], params={"redirect": "false"})
    assert len(streamed.content) == attachment["size"]
    assert reading.get(f"/rest/api/3/attachment/{attachment['id']}")["id"] == int(attachment["id"])


def test_what_the_site_says_of_itself(reading: Jira) -> None:
    me = reading.get("/rest/api/3/myself")
    assert me["emailAddress"] == "ops@harborlight.example"
    customs = {field["schema"]["custom"].split(":")[1] for field in reading.get("/rest/api/3/field") if field["custom"]}
    assert {"vp-origin", "sd-sla-field", "sd-customer-organizations"} <= customs
    for status in reading.get("/rest/api/3/status"):
        assert status["statusCategory"]["key"] in {"new", "indeterminate", "done"}
    for path in ("priority", "resolution", "project", "filter"):
        page = reading.get(f"/rest/api/3/{path}/search")
        assert page["total"] == len(page["values"]) > 0
    assert reading.get("/rest/api/3/label", maxResults=1)["isLast"] is False
    granted = reading.get("/rest/api/3/mypermissions", permissions="EDIT_ISSUES,BULK_CHANGE")["permissions"]
    assert granted["EDIT_ISSUES"]["havePermission"] is True
    saved = reading.get("/rest/api/3/filter/search")["values"][0]
    assert reading.keys(saved["jql"])
    assert reading.get("/rest/api/3/user/search", query="mira")[0]["displayName"] == "Mira Solberg"


def test_editmeta(reading: Jira) -> None:
    fields = reading.get("/rest/api/3/issue/SUP-1/editmeta")["fields"]
    assert fields["labels"]["operations"] == ["add", "set", "remove"]
    assert "resolution" not in fields
    assert len(fields["priority"]["allowedValues"]) == 5


def test_queues_and_requests(reading: Jira) -> None:
    desk = reading.get("/rest/servicedeskapi/servicedesk")["values"][0]
    queues = reading.get(f"/rest/servicedeskapi/servicedesk/{desk['id']}/queue", includeCount="true")["values"]
    for queue in queues:
        assert queue["issueCount"] == len(reading.keys(queue["jql"]))
    first = reading.get(f"/rest/servicedeskapi/servicedesk/{desk['id']}/queue/{queues[0]['id']}/issue", limit=2)
    assert first["isLastPage"] is False
    assert "next" in first["_links"]
    assert "description" not in first["values"][0]["fields"]
    key = reading.keys('"Request Type" is not EMPTY and "Time to resolution" is not EMPTY ORDER BY key ASC')[0]
    request = reading.get(f"/rest/servicedeskapi/request/{key}")
    assert request["issueKey"] == key
    assert request["currentStatus"]["statusCategory"] in {"NEW", "INDETERMINATE", "DONE"}
    slas = reading.get(f"/rest/servicedeskapi/request/{key}/sla")["values"]
    assert slas == [
        value for value in reading.fields(key).values() if isinstance(value, dict) and "completedCycles" in value
    ]
    assert reading.get(f"/rest/servicedeskapi/request/{key}/sla/{slas[0]['id']}") == slas[0]
    statuses = reading.get(f"/rest/servicedeskapi/request/{key}/status")["values"]
    assert statuses[0]["status"] == request["currentStatus"]["status"]


def test_an_issue_no_customer_raised_is_no_request(reading: Jira) -> None:
    key = reading.keys('"Request Type" is EMPTY ORDER BY key ASC')[0]
    answer = reading.http.get(f"/rest/servicedeskapi/request/{key}")
    assert answer.status_code == 404
    assert answer.json()["i18nErrorMessage"]["i18nKey"] == "sd.customerview.error.vpOriginMissing"


def test_unknown_paths_are_json(reading: Jira) -> None:
    assert reading.http.get("/rest/api/3/nothing/here").json()["errorMessages"]
    assert reading.http.get("/rest/api/4/myself").status_code == 404
