"""Links and remote links, bulk edits of more than labels, assignable people, and the mail that would go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.sandbox.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.sandbox import Sandbox

ADMIN = ("ops@harborlight.example", "sandbox-jira-token")
AGENT = ("limited@harborlight.example", "sandbox-jira-limited")
API = "/rest/api/3"


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{sandbox.url}{API}", auth=ADMIN, timeout=30) as client:
        yield client


@pytest.fixture(params=["cloud", "data_center"])
def either(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[httpx.Client]:
    """The platform API of both deployments."""
    if request.param == "cloud":
        client = httpx.Client(base_url=f"{sandbox.url}{API}", auth=ADMIN, timeout=30)
    else:
        pat = {"Authorization": "Bearer sandbox-jira-pat"}
        client = httpx.Client(base_url=f"{sandbox.url}/jira/rest/api/2", headers=pat, timeout=30)
    with client:
        yield client


def links(client: httpx.Client, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/issue/{key}", params={"fields": "issuelinks"}).json()["fields"][
        "issuelinks"
    ]
    return found


def mails(sandbox: Sandbox) -> list[str]:
    return [row["about"] for row in sandbox.store.rows("SELECT about FROM jira_mail ORDER BY number")]


def pair(sandbox: Sandbox) -> list[str]:
    """Two issues without links."""
    rows = sandbox.store.rows(
        "SELECT key FROM jira_issue WHERE project = 'SUP' AND id NOT IN (SELECT source FROM jira_link) "
        "AND id NOT IN (SELECT target FROM jira_link) ORDER BY number LIMIT 2"
    )
    return [row["key"] for row in rows]


def test_a_link_reads_from_the_inward_issue_outwards(either: httpx.Client, sandbox: Sandbox) -> None:
    copy, original = pair(sandbox)
    body = {"type": {"name": "Duplicate"}, "inwardIssue": {"key": copy}, "outwardIssue": {"key": original}}
    for _ in range(2):
        assert either.post("/issueLink", json=body).status_code == 201
    (end,) = links(either, copy)
    assert (end["type"]["outward"], end["outwardIssue"]["key"]) == ("duplicates", original)
    (other,) = links(either, original)
    assert other["inwardIssue"]["key"] == copy
    shown = either.get(f"/issueLink/{end['id']}").json()
    assert (shown["inwardIssue"]["key"], shown["outwardIssue"]["key"]) == (copy, original)
    history = either.get(f"/issue/{copy}", params={"expand": "changelog", "fields": "updated"}).json()["changelog"][
        "histories"
    ]
    assert [item["toString"] for entry in history for item in entry["items"] if item["field"] == "Link"] == [
        f"This issue duplicates {original}"
    ]
    assert either.delete(f"/issueLink/{end['id']}").status_code == 204
    assert links(either, copy) == []
    assert either.delete(f"/issueLink/{end['id']}").status_code == 404


def test_remote_links_are_known_by_their_global_id(either: httpx.Client, sandbox: Sandbox) -> None:
    key, _ = pair(sandbox)
    path = f"/issue/{key}/remotelink"
    body = {"globalId": "a=1&b=2", "object": {"url": "https://elsewhere.example/1", "title": "one"}}
    assert either.get(path, params={"globalId": "a=1&b=2"}).status_code == 404
    assert [either.post(path, json=body).status_code for _ in range(2)] == [201, 200]
    assert either.get(path, params={"globalId": "a=1&b=2"}).json()["object"]["title"] == "one"
    assert len(either.get(path).json()) == 1
    assert either.post(path, json={"object": {"title": "no address"}}).status_code == 400
    assert [either.delete(path, params={"globalId": "a=1&b=2"}).status_code for _ in range(2)] == [204, 404]


def test_only_an_administrator_can_keep_jira_from_mailing(api: httpx.Client, sandbox: Sandbox) -> None:
    key, _ = pair(sandbox)

    def edit(label: str, auth: tuple[str, str], **params: str) -> None:
        body = {"update": {"labels": [{"add": label}]}}
        api.put(f"/issue/{key}", json=body, params=params, auth=auth).raise_for_status()

    edit("a", ADMIN, notifyUsers="false")
    assert mails(sandbox) == []
    edit("b", ADMIN)
    edit("c", AGENT, notifyUsers="false")
    assert mails(sandbox) == ["edit", "edit"]


def bulk(key: str, action: str, bean: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"selectedActions": [action], "selectedIssueIdsOrKeys": [key], "editedFieldsInput": {bean: value}, **more}


def test_bulk_edits_set_what_their_form_has(api: httpx.Client, sandbox: Sandbox) -> None:
    key, _ = pair(sandbox)
    path = "/bulk/issues/fields"
    components = {
        "fieldId": "components",
        "bulkEditMultiSelectFieldOption": "REPLACE",
        "components": [{"componentId": 10101}],
    }
    option = sandbox.store.value(
        "SELECT json_extract(doc, '$.id') FROM jira_entity WHERE id LIKE 'customfield_10050:%'"
    )
    mira = sandbox.store.value("SELECT id FROM jira_entity WHERE kind = 'user' AND name = 'mira solberg'")
    urgency = {"fieldId": "customfield_10050", "option": {"optionId": int(str(option))}}
    for body in (
        bulk(key, "components", "multiselectComponents", components, sendBulkNotification=False),
        bulk(key, "customfield_10050", "singleSelectFields", [urgency], sendBulkNotification=False),
        bulk(
            key, "assignee", "singleSelectClearableUserPickerFields",
            [{"fieldId": "assignee", "user": {"accountId": mira}}], sendBulkNotification=False,
        ),
    ):  # fmt: skip
        task = api.post(path, json=body).json()["taskId"]
        assert api.get(f"/bulk/queue/{task}").json()["failedAccessibleIssues"] == {}
    fields = api.get(f"/issue/{key}").json()["fields"]
    assert [each["name"] for each in fields["components"]] == ["Invoicing"]
    assert fields["customfield_10050"]["id"] == str(option)
    assert fields["assignee"]["accountId"] == mira
    assert mails(sandbox) == []
    clear = {"fieldId": "customfield_10050", "option": {"optionId": -1}}
    api.post(path, json=bulk(key, "customfield_10050", "singleSelectFields", [clear])).raise_for_status()
    assert api.get(f"/issue/{key}").json()["fields"]["customfield_10050"] is None
    assert mails(sandbox) == ["bulk"]


def test_five_bulk_operations_at_once_are_the_most(api: httpx.Client, sandbox: Sandbox) -> None:
    key, _ = pair(sandbox)
    sandbox.store.conditions = Conditions(job_seconds=30)
    body = bulk(key, "priority", "priority", {"priorityId": "1"})
    statuses = [api.post("/bulk/issues/fields", json=body).status_code for _ in range(6)]
    assert statuses == [201] * 5 + [429]


def test_staff_can_be_assigned_and_customers_cannot(either: httpx.Client) -> None:
    name = "query" if "/rest/api/3" in str(either.base_url) else "username"
    found = either.get("/user/assignable/search", params={"project": "SUP", name: "mira"}).json()
    assert [each["displayName"] for each in found] == ["Mira Solberg"]
    assert either.get("/user/assignable/search", params={"project": "SUP", name: "gwen"}).json() == []
    assert either.get("/user/assignable/search", params={"project": "NONE", name: "mira"}).status_code == 404
    assert either.get("/user/assignable/search", params={name: "mira"}).status_code == 400


def test_components_are_those_of_the_project(api: httpx.Client, sandbox: Sandbox) -> None:
    key, _ = pair(sandbox)
    offered = api.get(f"/issue/{key}/editmeta").json()["fields"]["components"]["allowedValues"]
    assert [each["name"] for each in offered] == ["Harbour portal", "Invoicing", "Hardware"]
    refused = api.put(f"/issue/{key}", json={"fields": {"components": [{"id": "10110"}]}})
    assert refused.status_code == 400
    assert "components" in refused.json()["errors"]


def test_a_resolution_set_by_an_edit_has_its_time(api: httpx.Client, sandbox: Sandbox) -> None:
    key, _ = pair(sandbox)
    for value, there in (({"name": "Done"}, True), (None, False)):
        api.put(f"/issue/{key}", json={"fields": {"resolution": value}}).raise_for_status()
        assert bool(api.get(f"/issue/{key}").json()["fields"]["resolutiondate"]) is there
