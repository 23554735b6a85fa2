"""Transitions with screens, one by one and in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.jira.test_writing import text

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.jira.conftest import Jira

CATEGORY, NOTES = "customfield_10050", "customfield_10054"


@pytest.fixture
def key(jira: Jira) -> str:
    """An unresolved issue that somebody works on, without a category."""
    found = jira.keys("project = SUP and status = 'Work in progress' and Category is EMPTY ORDER BY key ASC")
    return found[0]


def offered(jira: Jira, key: str) -> dict[str, Any]:
    found = jira.get(f"/rest/api/3/issue/{key}/transitions", expand="transitions.fields")["transitions"]
    return {each["name"]: each for each in found}


def go(jira: Jira, key: str, name: str, **body: Any) -> httpx.Response:
    id_ = offered(jira, key)[name]["id"]
    return jira.http.post(f"/rest/api/3/issue/{key}/transitions", json={"transition": {"id": id_}, **body})


def test_screens_say_what_they_ask(jira: Jira, key: str) -> None:
    found = offered(jira, key)
    assert (found["Open"]["hasScreen"], found["Open"]["fields"]) == (False, {})
    fields = found["Canceled"]["fields"]
    assert {name: field["required"] for name, field in fields.items()} == {
        "resolution": True,
        CATEGORY: True,
        NOTES: False,
    }
    assert "Duplicate" in [each["name"] for each in fields["resolution"]["allowedValues"]]
    assert all(each["value"] for each in fields[CATEGORY]["allowedValues"])
    bare = jira.get(f"/rest/api/3/issue/{key}/transitions")["transitions"]
    assert not any("fields" in each for each in bare)


def test_what_is_required_is_told_by_field_and_nothing_changes(jira: Jira, key: str) -> None:
    before = jira.fields(key)
    answer = go(jira, key, "Canceled")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"resolution": "Resolution is required.", CATEGORY: "Category is required."}
    assert go(jira, key, "Pending").json()["errors"] == {"duedate": "Due date is required."}
    for fields, field in (
        ({"summary": "x"}, "summary"),
        ({"nonsense": 1}, "nonsense"),
        ({"resolution": {"name": "Done"}}, "resolution"),
    ):
        answer = go(jira, key, "Open", fields=fields)
        assert answer.status_code == 400
        assert answer.json()["errors"] == {
            field: f"Field '{field}' cannot be set. It is not on the appropriate screen, or unknown."
        }
    wrong = go(jira, key, "Canceled", fields={"resolution": {"name": "Done"}, CATEGORY: {"value": "no such option"}})
    assert list(wrong.json()["errors"]) == [CATEGORY]
    assert jira.fields(key) == before


def test_a_full_screen_is_taken_over(jira: Jira, key: str) -> None:
    option = offered(jira, key)["Canceled"]["fields"][CATEGORY]["allowedValues"][0]
    given = {"resolution": {"name": "Declined"}, CATEGORY: {"id": option["id"]}, NOTES: text("not for us")}
    assert go(jira, key, "Canceled", fields=given).status_code == 204
    fields = jira.fields(key)
    assert (fields["resolution"]["name"], fields[CATEGORY]["value"]) == ("Declined", option["value"])
    assert fields[NOTES] == "not for us"
    newest = jira.get(f"/rest/api/3/issue/{key}", expand="changelog")["changelog"]["histories"][0]["items"]
    assert {item["field"] for item in newest} == {"status", "resolution", CATEGORY, NOTES}


def test_what_the_issue_holds_counts(jira: Jira, key: str) -> None:
    jira.http.put(f"/rest/api/3/issue/{key}", json={"fields": {"duedate": "2026-04-01"}}).raise_for_status()
    assert go(jira, key, "Pending").status_code == 204


def bulk(jira: Jira, *inputs: tuple[list[str], str]) -> httpx.Response:
    body = [{"selectedIssueIdsOrKeys": keys, "transitionId": id_} for keys, id_ in inputs]
    return jira.http.post("/rest/api/3/bulk/issues/transition", json={"bulkTransitionInputs": body})


def test_bulk_transitions_offer_what_needs_no_field(jira: Jira) -> None:
    sup = jira.keys("project = SUP and status = 'Work in progress' ORDER BY key ASC")[:2]
    other = jira.keys("project = HILFE ORDER BY key ASC")[0]
    found = jira.get("/rest/api/3/bulk/issues/transition", issueIdsOrKeys=",".join([*sup, other]))
    groups = {tuple(group["issues"]): group for group in found["availableTransitions"]}
    assert {each["transitionName"] for each in groups[tuple(sup)]["transitions"]} == {"Open", "Waiting for customer"}
    assert groups[tuple(sup)]["isTransitionsFiltered"] is True
    assert (other,) in groups
    assert jira.http.get("/rest/api/3/bulk/issues/transition?issueIdsOrKeys=SUP-99999").status_code == 400


def test_bulk_transitions_fail_one_by_one(jira: Jira) -> None:
    open_, working = (
        jira.keys(f"project = SUP and status = '{name}' ORDER BY key ASC")[:2] for name in ("Open", "Work in progress")
    )
    target = offered(jira, open_[0])["Work in progress"]["id"]
    resolve = offered(jira, working[1])["Resolved"]["id"]
    answer = bulk(jira, ([*open_, working[0]], target), ([working[1]], resolve))
    assert answer.status_code == 201
    task = jira.get(f"/rest/api/3/bulk/queue/{answer.json()['taskId']}")
    ids = {key: jira.get(f"/rest/api/3/issue/{key}")["id"] for key in (*open_, *working)}
    assert sorted(task["processedAccessibleIssues"]) == sorted(int(ids[key]) for key in open_)
    assert set(task["failedAccessibleIssues"]) == {ids[key] for key in working}
    assert task["failedAccessibleIssues"][ids[working[1]]] == ["Resolution is required."]
    assert task["totalIssueCount"] == 4
    assert {jira.fields(key)["status"]["name"] for key in open_} == {"Work in progress"}


def test_bulk_transitions_have_their_refusals(jira: Jira) -> None:
    flat = {"selectedIssueIdsOrKeys": ["SUP-1"], "transitionId": "10002"}
    for answer in (
        jira.http.post("/rest/api/3/bulk/issues/transition", json=flat),
        bulk(jira, (["SUP-99999"], "10002")),
        bulk(jira, ([f"SUP-{n}" for n in range(1001)], "10002")),
        bulk(jira, ([f"SUP-{n}" for n in range(600)], "10002"), ([f"SUP-{n}" for n in range(600)], "10003")),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"]


def edit(jira: Jira, actions: list[str], inputs: dict[str, Any]) -> httpx.Response:
    body = {"selectedActions": actions, "selectedIssueIdsOrKeys": ["SUP-1", "SUP-2"], "editedFieldsInput": inputs}
    return jira.http.post("/rest/api/3/bulk/issues/fields", json=body)


def test_bulk_edits_set_priorities_too(jira: Jira) -> None:
    label = {"fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [{"name": "both"}]}
    answer = edit(jira, ["labels", "priority"], {"labelsFields": [label], "priority": {"priorityId": "1"}})
    task = jira.get(f"/rest/api/3/bulk/queue/{answer.json()['taskId']}")
    assert len(task["processedAccessibleIssues"]) == 2
    for key in ("SUP-1", "SUP-2"):
        fields = jira.fields(key)
        assert "both" in fields["labels"]
        assert fields["priority"]["name"] == "Highest"
    wrong = edit(jira, ["priority"], {"priority": {"priorityId": "77"}})
    failed = jira.get(f"/rest/api/3/bulk/queue/{wrong.json()['taskId']}")["failedAccessibleIssues"]
    assert set(map(tuple, failed.values())) == {("The priority selected is invalid.",)}


def test_bulk_edits_name_what_does_not_belong_together(jira: Jira) -> None:
    priority = {"priority": {"priorityId": "1"}}
    for answer, says in (
        (edit(jira, ["labels"], {}), "have no matching editedFieldInput values : labels"),
        (edit(jira, [], priority), "selectedActions"),
        (edit(jira, ["priority"], {**priority, "issueType": {"issueTypeId": "1"}}), "not listed as selectedActions"),
        (edit(jira, [f"customfield_{n}" for n in range(201)], {}), "200 fields"),
    ):
        assert answer.status_code == 400
        assert says in answer.json()["errors"][0]["message"]
