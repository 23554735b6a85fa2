"""Jira Data Center's issues: the same as Cloud's, found by offset and in shapes of their own; and changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.jira.conftest import PAT
from tests.sandbox.jira.data_center import API, a_key, everything_in, search

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store
    from tests.sandbox.jira.conftest import Jira


def test_searches_go_by_offset_with_an_exact_total(reading_dc: httpx.Client) -> None:
    jql = "project = SUP ORDER BY key ASC"
    whole = search(reading_dc, jql, maxResults=1000, fields=["summary"])
    keys = [issue["key"] for issue in whole["issues"]]
    assert len(set(keys)) == len(keys) == whole["total"]
    part = search(reading_dc, jql, startAt=7, maxResults=5, fields=["summary"])
    assert [issue["key"] for issue in part["issues"]] == keys[7:12]
    assert (part["startAt"], part["maxResults"], part["total"]) == (7, 5, whole["total"])
    assert search(reading_dc, jql, startAt=whole["total"] + 3)["issues"] == []
    assert search(reading_dc, jql, maxResults=0)["total"] == whole["total"]
    by_get = reading_dc.get(f"{API}/search", params={"jql": jql, "startAt": 7, "maxResults": 5, "fields": "summary"})
    assert by_get.json() == part


def test_a_page_has_a_cap_and_a_query_needs_no_restriction(reading_dc: httpx.Client) -> None:
    found = search(reading_dc, "", maxResults=5000, fields=["key"])
    assert found["maxResults"] == 1000
    assert found["total"] == len(found["issues"]) > 300
    assert set(found["issues"][0]) == {"expand", "id", "self", "key"}


def test_the_default_fields_are_the_navigable_ones(reading_dc: httpx.Client) -> None:
    fields = search(reading_dc, "", maxResults=1)["issues"][0]["fields"]
    assert "summary" in fields
    assert "comment" not in fields


def test_a_query_may_go_unvalidated(reading_dc: httpx.Client) -> None:
    refused = reading_dc.post(f"{API}/search", json={"jql": "status = Nowhere"})
    assert refused.status_code == 400
    assert "Nowhere" in refused.json()["errorMessages"][0]
    found = search(reading_dc, "status = Nowhere", validateQuery=False)
    assert found["issues"] == []
    assert "Nowhere" in found["warningMessages"][0]


@pytest.mark.parametrize(
    "body", [{"nextPageToken": "x"}, {"expand": "changelog"}, {"startAt": -1}, {"maxResults": "5"}]
)
def test_bodies_are_read_strictly(reading_dc: httpx.Client, body: dict[str, Any]) -> None:
    assert reading_dc.post(f"{API}/search", json={"jql": "", **body}).status_code == 400


def test_issues_hold_nothing_of_cloud(both: tuple[httpx.Client, httpx.Client]) -> None:
    here, there = both
    found = search(here, "", maxResults=1000, fields=["*all"], expand=["changelog"])["issues"]
    told = dict.fromkeys(name for name, _ in everything_in(found))
    cloud_only = ("accountId", "accountType", "jsdPublic", "groupId", "fieldId", "statuscategorychangedate")
    assert not [name for name in cloud_only if name in told]
    texts = [value for _, value in everything_in(found) if isinstance(value, str)]
    assert not [text for text in texts if "/rest/api/3/" in text or "@site@" in text]
    assert {issue["id"] for issue in found} >= {
        issue["id"] for issue in there.get(f"{API}/search/jql", params={"jql": "project = SUP"}).json()["issues"]
    }
    people = [value for name, value in everything_in(found) if name in {"assignee", "author"} and value]
    assert all({"self", "key", "name", "displayName", "emailAddress"} <= set(person) for person in people)


def test_bodies_are_text(both: tuple[httpx.Client, httpx.Client]) -> None:
    here, there = both
    ours = here.get(f"{API}/issue/SUP-1").json()["fields"]["description"]
    assert isinstance(ours, str)
    assert ours == there.get("/rest/api/2/issue/SUP-1").json()["fields"]["description"]


def test_people_are_found_by_user_name(both: tuple[httpx.Client, httpx.Client]) -> None:
    here, there = both
    priya = here.get(f"{API}/user", params={"username": "priya.nambiar"}).json()
    assert here.get(f"{API}/user", params={"key": priya["key"]}).json() == priya
    assert priya in here.get(f"{API}/user/search", params={"username": "priya"}).json()
    assert here.get(f"{API}/user", params={"username": "nobody"}).status_code == 404
    assert here.get(f"{API}/user").status_code == 400
    account = there.get("/rest/api/3/user/search", params={"query": "priya"}).json()[0]["accountId"]
    assigned = search(here, "assignee = priya.nambiar", maxResults=0)["total"]
    cloud = there.post("/rest/api/3/search/approximate-count", json={"jql": f'assignee = "{account}"'}).json()["count"]
    assert assigned == cloud > 0
    assert here.post(f"{API}/search", json={"jql": f'assignee = "{account}"'}).status_code == 400
    assert search(here, "assignee was priya.nambiar", maxResults=0)["total"] >= assigned


def test_changes_of_people_tell_their_keys(reading_dc: httpx.Client) -> None:
    priya = reading_dc.get(f"{API}/user", params={"username": "priya.nambiar"}).json()
    found = search(reading_dc, "assignee = priya.nambiar", expand=["changelog"], fields=["assignee"], maxResults=1000)
    changes = [
        item
        for issue in found["issues"]
        for history in issue["changelog"]["histories"]
        for item in history["items"]
        if item["field"] == "assignee" and item["toString"] == priya["displayName"]
    ]
    assert changes
    assert {item["to"] for item in changes} == {priya["key"]}


def test_a_history_comes_whole_and_oldest_first(both: tuple[httpx.Client, httpx.Client]) -> None:
    here, there = both
    logs = {
        issue["key"]: issue["changelog"]
        for issue in search(here, "", maxResults=1000, fields=["key"], expand=["changelog"])["issues"]
    }
    key = max(logs, key=lambda each: logs[each]["total"])
    histories = logs[key]["histories"]
    assert len(histories) == logs[key]["total"] > 2
    newest_first = there.get(f"/rest/api/2/issue/{key}", params={"expand": "changelog"}).json()["changelog"]
    assert [each["id"] for each in histories] == [each["id"] for each in reversed(newest_first["histories"])]


def test_comments_come_all_at_once_and_tell_by_property_what_is_internal(
    both: tuple[httpx.Client, httpx.Client],
) -> None:
    here, there = both
    key = a_key(here, "project = SUP AND status = Closed")
    page = here.get(f"{API}/issue/{key}/comment", params={"expand": "properties"}).json()
    assert len(page["comments"]) == page["total"] == page["maxResults"] > 2
    cloud = there.get(f"/rest/api/2/issue/{key}/comment").json()["comments"]
    internal = {each["id"] for each in cloud if not each["jsdPublic"]}
    marked = {
        each["id"]
        for each in page["comments"]
        for item in each["properties"]
        if item["key"] == "sd.public.comment" and item["value"]["internal"]
    }
    assert marked == internal != set()
    first = next(iter(internal))
    assert here.get(f"{API}/comment/{first}/properties").json()["keys"][0]["key"] == "sd.public.comment"
    value = here.get(f"{API}/comment/{first}/properties/sd.public.comment").json()["value"]
    assert value == {"internal": True}
    assert here.get(f"{API}/issue/{key}/comment", params={"startAt": 1, "maxResults": 1}).json()["comments"] == [
        {name: item for name, item in page["comments"][1].items() if name != "properties"}
    ]


def test_writing_is_seen_on_both_sides(writing_dc: httpx.Client, jira: Jira) -> None:
    edit = {"update": {"labels": [{"add": "from-dc"}]}, "fields": {"assignee": {"name": "mira.solberg"}}}
    assert writing_dc.put(f"{API}/issue/SUP-1", json=edit).status_code == 204
    fields = jira.fields("SUP-1")
    assert "from-dc" in fields["labels"]
    assert fields["assignee"]["emailAddress"] == "mira.solberg@harborlight.example"
    assert writing_dc.put(f"{API}/issue/SUP-1", json={"fields": {"assignee": {"name": None}}}).status_code == 204
    assert jira.fields("SUP-1")["assignee"] is None
    for nobody in ({"name": "nobody"}, {"accountId": fields["assignee"]["accountId"]}):
        refused = writing_dc.put(f"{API}/issue/SUP-1", json={"fields": {"assignee": nobody}})
        assert refused.status_code == 400
        assert "assignee" in refused.json()["errors"]
    assert writing_dc.put(f"{API}/issue/SUP-1", json={"fields": {"labels": ["a b"]}}).status_code == 400


def test_comments_transitions_and_links(writing_dc: httpx.Client, jira: Jira) -> None:
    note = {"body": "for *agents*", "properties": [{"key": "sd.public.comment", "value": {"internal": True}}]}
    answer = writing_dc.post(f"{API}/issue/SUP-1/comment", json=note)
    assert answer.status_code == 201
    assert (answer.json()["body"], answer.json()["author"]["name"]) == ("for *agents*", "ops")
    assert jira.get(f"/rest/api/2/issue/SUP-1/comment/{answer.json()['id']}")["jsdPublic"] is False
    document = {"body": {"type": "doc", "version": 1, "content": []}}
    assert writing_dc.post(f"{API}/issue/SUP-1/comment", json=document).status_code == 400
    key = a_key(writing_dc, "project = SUP AND statusCategory != Done")
    offered = writing_dc.get(f"{API}/issue/{key}/transitions", params={"expand": "transitions.fields"}).json()
    done = next(each for each in offered["transitions"] if each["to"]["statusCategory"]["key"] == "done")
    assert set(done) == {"id", "name", "to", "fields"}
    move = {"transition": {"id": done["id"]}, "fields": {"resolution": {"name": "Done"}}}
    assert writing_dc.post(f"{API}/issue/{key}/transitions", json=move).status_code == 204
    assert jira.fields(key)["resolution"]["name"] == "Done"
    link = {"type": {"name": "Duplicate"}, "inwardIssue": {"key": "SUP-1"}, "outwardIssue": {"key": "SUP-3"}}
    assert writing_dc.post(f"{API}/issueLink", json=link).status_code == 201
    links = writing_dc.get(f"{API}/issue/SUP-1").json()["fields"]["issuelinks"]
    assert "SUP-3" in [each["outwardIssue"]["key"] for each in links if "outwardIssue" in each]


def test_loaded_people_keep_their_names(loaded: tuple[Store, Jira]) -> None:
    from supportctl.sandbox import jira as dialect

    store, client = loaded
    person = {"name": "vera", "key": "vera", "displayName": "Vera L", "active": True}
    fields = {"summary": "x", "created": "2026-01-01T00:00:00.000+0000", "reporter": person, "assignee": person}
    dialect.load(store, [{"id": "1", "key": "OLD-1", "fields": fields}])
    with httpx.Client(base_url=f"{client.http.base_url}/jira", headers=PAT) as here:
        assert search(here, "assignee = vera")["issues"][0]["fields"]["assignee"] == person
        assert here.post(f"{API}/issue/OLD-1/comment", json={"body": "hi"}).json()["author"]["name"] == "ops"
