"""Changes: labels, fields, comments, transitions, links and the bulk edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.jira.conftest import Jira

KEY = "SUP-1"


def text(body: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": body}]}],
    }


def edit(jira: Jira, body: dict[str, Any], key: str = KEY, **params: Any) -> Any:
    return jira.http.put(f"/rest/api/3/issue/{key}", json=body, params=params)


def test_labels_are_added_removed_and_set(jira: Jira) -> None:
    assert edit(jira, {"fields": {"labels": ["a", "b"]}}).status_code == 204
    assert edit(jira, {"update": {"labels": [{"add": "c"}, {"remove": "a"}, {"add": "b"}]}}).status_code == 204
    assert jira.fields(KEY)["labels"] == ["b", "c"]
    assert KEY in jira.keys("labels = c")
    newest = jira.get(f"/rest/api/3/issue/{KEY}", expand="changelog")["changelog"]["histories"][0]
    assert newest["items"][0]["toString"] == "b c"
    assert newest["author"]["emailAddress"] == "ops@harborlight.example"


def test_an_edit_that_changes_nothing_leaves_no_trace(jira: Jira) -> None:
    edit(jira, {"fields": {"labels": ["a"]}})
    before = jira.fields(KEY)["updated"]
    total = jira.get(f"/rest/api/3/issue/{KEY}/changelog")["total"]
    assert edit(jira, {"update": {"labels": [{"add": "a"}]}}).status_code == 204
    assert jira.fields(KEY)["updated"] == before
    assert jira.get(f"/rest/api/3/issue/{KEY}/changelog")["total"] == total


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"update": {"labels": [{"add": "two words"}]}}, "labels", "The label 'two words' contains spaces"),
        ({"fields": {"labels": ["x" * 256]}}, "labels", "255"),
        ({"fields": {"labels": ["x"]}, "update": {"labels": [{"add": "y"}]}}, "labels", "both"),
        ({"fields": {"nonsense": 1}}, "nonsense", "It is not on the appropriate screen, or unknown."),
        ({"fields": {"priority": {"name": "Nope"}}}, "priority", "invalid"),
        ({"fields": {"description": "plain"}}, "description", "Atlassian Document"),
        ({"fields": {"summary": ""}}, "summary", "summary"),
    ],
)
def test_refused_edits_name_the_field_and_change_nothing(jira: Jira, body: dict, field: str, says: str) -> None:
    before = jira.fields(KEY)
    answer = edit(jira, body)
    assert answer.status_code == 400
    assert says in answer.json()["errors"][field]
    assert jira.fields(KEY) == before


def test_an_edit_must_say_something(jira: Jira) -> None:
    assert edit(jira, {}).json()["errorMessages"] == ["one of 'fields' or 'update' required"]


def test_status_is_ignored_and_the_issue_comes_back_on_request(jira: Jira) -> None:
    before = jira.fields(KEY)["status"]
    body = {"fields": {"status": {"id": "10006"}, "description": text("new words")}}
    answer = edit(jira, body, returnIssue="true", notifyUsers="false")
    assert answer.status_code == 200
    assert answer.json()["fields"]["status"]["id"] == before["id"]
    assert jira.fields(KEY, 2)["description"] == "new words"


def test_comments_are_public_unless_they_say_internal(jira: Jira) -> None:
    path = f"/rest/api/3/issue/{KEY}/comment"
    secret = {"key": "sd.public.comment", "value": {"internal": True}}
    first = jira.http.post(path, json={"body": text("hello")})
    second = jira.http.post(path, json={"body": text("psst"), "properties": [secret]})
    assert (first.status_code, second.status_code) == (201, 201)
    newest = jira.get(path, orderBy="-created", expand="properties")["comments"][:2]
    assert [(entry["id"], entry["jsdPublic"]) for entry in newest] == [
        (second.json()["id"], False),
        (first.json()["id"], True),
    ]
    assert newest[0]["properties"] == [secret]
    assert KEY in jira.keys("comment ~ psst")


def test_comment_bodies_follow_the_version(jira: Jira) -> None:
    assert jira.http.post(f"/rest/api/3/issue/{KEY}/comment", json={"body": "plain"}).status_code == 400
    assert jira.http.post(f"/rest/api/2/issue/{KEY}/comment", json={"body": "plain"}).status_code == 201
    assert jira.http.post(f"/rest/api/2/issue/{KEY}/comment", json={"body": "x" * 32_768}).json()["errorMessages"] == [
        "CONTENT_LIMIT_EXCEEDED"
    ]
    broken = text("a\nb")
    assert jira.http.post(f"/rest/api/3/issue/{KEY}/comment", json={"body": broken}).status_code == 400


def test_closing_needs_a_resolution_and_reopening_clears_it(jira: Jira) -> None:
    key = jira.keys('statusCategory != Done and project = SUP and "Request Type" is not EMPTY ORDER BY key ASC')[0]
    path = f"/rest/api/3/issue/{key}/transitions"
    offered = jira.get(path, expand="transitions.fields")["transitions"]
    close = next(each for each in offered if each["to"]["statusCategory"]["key"] == "done")
    assert close["fields"]["resolution"]["required"] is True
    bare = jira.http.post(path, json={"transition": {"id": close["id"]}})
    assert bare.status_code == 400
    assert "resolution" in bare.json()["errors"]
    note = {"comment": [{"add": {"body": text("done")}}]}
    body = {"transition": {"id": close["id"]}, "fields": {"resolution": {"name": "Done"}}, "update": note}
    assert jira.http.post(path, json=body).status_code == 204
    fields = jira.fields(key)
    assert fields["resolution"]["name"] == "Done"
    assert fields["resolutiondate"]
    assert fields["comment"]["comments"][-1]["jsdPublic"] is True
    assert fields["customfield_10010"]["currentStatus"]["statusCategory"] == "DONE"
    assert key in jira.keys("statusCategory = Done")
    reopen = next(
        each for each in jira.get(path)["transitions"] if each["to"]["statusCategory"]["key"] == "indeterminate"
    )
    assert jira.http.post(path, json={"transition": {"id": reopen["id"]}}).status_code == 204
    assert jira.fields(key)["resolution"] is None
    assert key in jira.keys("resolution = Unresolved")


def test_linking_twice_makes_one_link(jira: Jira) -> None:
    body = {"type": {"name": "Duplicate"}, "inwardIssue": {"key": "SUP-1"}, "outwardIssue": {"key": "SUP-2"}}
    for _ in range(2):
        assert jira.http.post("/rest/api/3/issueLink", json=body).status_code == 201
    ours = [link for link in jira.fields("SUP-1")["issuelinks"] if link.get("outwardIssue", {}).get("key") == "SUP-2"]
    assert [link["type"]["outward"] for link in ours] == ["duplicates"]
    body["outwardIssue"] = {"key": "SUP-99999"}
    assert jira.http.post("/rest/api/3/issueLink", json=body).status_code == 404


def bulk(jira: Jira, keys: list[str], option: str, *labels: str) -> Any:
    change = {
        "fieldId": "labels",
        "bulkEditMultiSelectFieldOption": option,
        "labels": [{"name": label} for label in labels],
    }
    body = {
        "selectedActions": ["labels"],
        "selectedIssueIdsOrKeys": keys,
        "editedFieldsInput": {"labelsFields": [change]},
        "sendBulkNotification": False,
    }
    return jira.http.post("/rest/api/3/bulk/issues/fields", json=body)


def test_bulk_labels(jira: Jira) -> None:
    keys = jira.keys("project = SUP ORDER BY key ASC")[:30]
    editable = jira.get("/rest/api/3/bulk/issues/fields", issueIdsOrKeys=",".join(keys[:2]))["fields"]
    assert "labels" in [field["id"] for field in editable]
    answer = bulk(jira, [*keys, "SUP-99999"], "ADD", "bulk")
    assert answer.status_code == 201
    task = jira.get(f"/rest/api/3/bulk/queue/{answer.json()['taskId']}")
    assert task["status"] == "COMPLETE"
    assert len(task["processedAccessibleIssues"]) == 30
    assert task["invalidOrInaccessibleIssueCount"] == 1
    assert sorted(jira.keys("labels = bulk")) == sorted(keys)
    failing = bulk(jira, keys[:1], "ADD", "not this")
    task = jira.get(f"/rest/api/3/bulk/queue/{failing.json()['taskId']}")
    assert next(iter(task["failedAccessibleIssues"].values()))[0].startswith("The label 'not this' contains spaces")


def test_bulk_refusals_are_lists(jira: Jira) -> None:
    for answer in (
        bulk(jira, [], "ADD", "x"),
        bulk(jira, ["SUP-1"], "SOMETIMES", "x"),
        bulk(jira, [f"SUP-{number}" for number in range(1001)], "ADD", "x"),
        jira.http.get("/rest/api/3/bulk/queue/1"),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"]


def test_the_desk_takes_notes_too(jira: Jira) -> None:
    key = jira.keys('"Request Type" is not EMPTY ORDER BY key ASC')[0]
    path = f"/rest/servicedeskapi/request/{key}/comment"
    assert jira.http.post(path, json={"body": "for us", "public": False}).status_code == 201
    last = jira.get(path, limit=100)["values"][-1]
    assert (last["body"], last["public"]) == ("for us", False)
    assert jira.get(path, internal="false", limit=100)["values"][-1]["body"] != "for us"
