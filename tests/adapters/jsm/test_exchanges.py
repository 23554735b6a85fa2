"""Single exchanges with a Jira that says exactly what a test wants it to say."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from supportctl.adapters.base import Need, Page, Selection
from supportctl.adapters.writing import Step
from supportctl.errors import AmbiguousWriteError, AuthError, NotFoundError, ProtocolError, QueryError, UsageError
from supportctl.model import (
    Applied,
    Attachment,
    Change,
    Conflict,
    Failed,
    LinkChange,
    LinkType,
    Skipped,
    TagChange,
    Unknown,
)
from supportctl.query import parse

from .conftest import SITE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import respx

    from supportctl.adapters.jsm.adapter import JiraAdapter

NO_NEEDS: frozenset[Need] = frozenset()
FIELDS = [
    {"id": "summary", "name": "Summary", "custom": False, "schema": {"type": "string"}},
    {"id": "customfield_1", "name": "Floor", "custom": True, "schema": {"type": "string", "custom": "x:text"}},
    {"id": "customfield_2", "name": "Floor", "custom": True, "schema": {"type": "string", "custom": "x:text"}},
    {
        "id": "customfield_3",
        "name": "Time to resolution",
        "custom": True,
        "schema": {"type": "sd-servicelevelagreement", "custom": "com.atlassian.servicedesk:sd-sla-field"},
    },
]


def issue(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": str(10000 + number), "key": f"SUP-{number}", "fields": {"summary": f"issue {number}", **fields}}


def sent(route: respx.Route) -> list[dict[str, Any]]:
    return [json.loads(call.request.content) for call in route.calls]


def keys(pages: Sequence[Page]) -> list[str]:
    return [ticket.key for page in pages for ticket in page.items]


def codes(pages: Sequence[Page]) -> list[str]:
    return [notice.code for page in pages for notice in page.warnings]


def answers(*bodies: dict[str, Any]) -> list[httpx.Response]:
    return [httpx.Response(200, json=body) for body in bodies]


def select(now: datetime, query: str | None = None, **more: Any) -> Selection:
    return Selection(now=now, query=parse(query, now=now) if query else None, **more)


def test_pages_until_there_is_no_token(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    search = jira.post("/rest/api/3/search/jql")
    search.side_effect = answers(
        {"issues": [issue(1), issue(2)], "nextPageToken": "A"},
        {"issues": [], "nextPageToken": "B", "isLast": False},
        {"issues": [issue(3)], "isLast": True},
    )
    pages = list(adapter.search(select(now), NO_NEEDS))
    assert keys(pages) == ["SUP-1", "SUP-2", "SUP-3"]
    assert pages[-1].cursor is None
    first, second, third = sent(search)
    assert first["jql"] == 'created >= "1970-01-02 00:00" ORDER BY created ASC, key ASC', "Cloud wants a restriction"
    assert {"summary", "status", "labels", "updated"} <= set(first["fields"])
    assert "startAt" not in first
    assert (second["nextPageToken"], third["nextPageToken"]) == ("A", "B")


def test_a_repeated_token_is_asked_again_once(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    search = jira.post("/rest/api/3/search/jql")
    search.side_effect = answers(
        {"issues": [issue(1)], "nextPageToken": "A"},
        {"issues": [issue(2)], "nextPageToken": "A"},
        {"issues": [issue(2)], "nextPageToken": "B"},
        {"issues": [issue(3)]},
    )
    assert keys(list(adapter.search(select(now), NO_NEEDS))) == ["SUP-1", "SUP-2", "SUP-3"]
    assert search.call_count == 4


def test_a_token_repeated_twice_ends_the_listing_with_an_error(
    jira: respx.MockRouter, adapter: JiraAdapter, now: datetime
) -> None:
    search = jira.post("/rest/api/3/search/jql")
    search.side_effect = answers(
        {"issues": [issue(1)], "nextPageToken": "A"}, *[{"issues": [issue(2)], "nextPageToken": "A"}] * 2
    )
    seen: list[Page] = []
    with pytest.raises(ProtocolError, match="not whole"):
        seen.extend(adapter.search(select(now), NO_NEEDS))
    assert keys(seen) == ["SUP-1", "SUP-2"]


def test_a_cursor_resumes_with_its_own_query(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    search = jira.post("/rest/api/3/search/jql")
    search.side_effect = answers({"issues": [issue(1)], "nextPageToken": "A"}, {"issues": [issue(2)]})
    reading = adapter.search(select(now, "age>7d"), NO_NEEDS)
    cursor = next(reading).cursor
    reading.close()  # type: ignore[attr-defined]
    assert keys(list(adapter.search(select(now), NO_NEEDS, cursor))) == ["SUP-2"]
    first, second = sent(search)
    assert second == {**first, "nextPageToken": "A"}


def test_an_expired_token_says_how_to_go_on(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    jira.post("/rest/api/3/search/jql").side_effect = [
        httpx.Response(200, json={"issues": [], "nextPageToken": "A"}),
        httpx.Response(400, json={"errorMessages": ["The provided next page token is invalid or expired."]}),
    ]
    with pytest.raises(UsageError, match="resume"):
        list(adapter.search(select(now), NO_NEEDS))


def test_a_removed_endpoint_is_explained(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], now: datetime
) -> None:
    text = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."
    jira.post("/rest/api/2/search").respond(410, json={"errorMessages": [text], "errors": {}})
    with pytest.raises(ProtocolError, match="removed") as caught:
        list(adapter_for(deployment="data_center").search(select(now), NO_NEEDS))
    assert "Cloud" in (caught.value.hint or "")


@pytest.mark.parametrize("body", [b"<html>login</html>", b'{"issues": [', b'{"total": 3, "issues": 7}', b"[]"])
def test_an_answer_that_is_no_page_is_an_error(
    body: bytes, jira: respx.MockRouter, adapter: JiraAdapter, now: datetime
) -> None:
    jira.post("/rest/api/3/search/jql").respond(200, content=body, headers={"content-type": "application/json"})
    with pytest.raises(ProtocolError):
        list(adapter.search(select(now), NO_NEEDS))


def test_nothing_found_is_believed_only_when_signed_in(
    jira: respx.MockRouter, adapter: JiraAdapter, now: datetime
) -> None:
    """A Jira that lets anybody read answers a wrong token with an empty page."""
    jira.post("/rest/api/3/search/jql").respond(json={"issues": []})
    me = jira.get("/rest/api/3/myself")
    me.respond(401, text="Client must be authenticated to access this resource.")
    with pytest.raises(AuthError):
        list(adapter.search(select(now), NO_NEEDS))
    me.respond(json={"accountId": "1"})
    assert keys(list(adapter.search(select(now), NO_NEEDS))) == []
    assert keys(list(adapter.search(select(now), NO_NEEDS))) == []
    assert me.call_count == 2


def test_an_anonymous_answer_is_refused(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], now: datetime
) -> None:
    body = {"startAt": 0, "total": 1, "issues": [issue(1)]}
    jira.post("/rest/api/2/search").respond(json=body, headers={"X-AUSERNAME": "anonymous"})
    with pytest.raises(AuthError, match="anonymous"):
        list(adapter_for(deployment="data_center").search(select(now), NO_NEEDS))


def test_needs_decide_which_fields_are_named(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    jira.get("/rest/api/3/myself").respond(json={"accountId": "1"})
    jira.get("/rest/api/3/field").respond(json=FIELDS)
    search = jira.post("/rest/api/3/search/jql").respond(json={"issues": []})
    for needs in ([Need.SLAS], [Need.LINKS, Need.ATTACHMENTS], [Need.CUSTOM], [Need.CUSTOM, Need.COMMENTS]):
        list(adapter.search(select(now), frozenset(needs)))
    slas, parts, custom, talk = (body["fields"] for body in sent(search))
    assert "customfield_3" in slas
    assert "comment" not in slas
    assert {"issuelinks", "parent", "subtasks", "attachment"} <= set(parts)
    assert custom[0] == "*all"
    assert "-comment" in custom
    assert "-comment" not in talk
    assert len([call for call in jira.calls if call.request.url.path.endswith("/field")]) == 1


def test_without_a_field_list_custom_fields_are_shown_by_id(
    jira: respx.MockRouter, adapter: JiraAdapter, now: datetime
) -> None:
    jira.get("/rest/api/3/field").respond(403, json={"errorMessages": ["no"]})
    jira.post("/rest/api/3/search/jql").respond(json={"issues": [issue(1, customfield_9="x")]})
    pages = list(adapter.search(select(now), frozenset({Need.CUSTOM})))
    assert pages[0].items[0].custom[0].id == "customfield_9"
    assert codes(pages) == ["NO_FIELDS"]


def test_custom_fields_are_queried_by_name_and_ambiguity_names_the_ids(
    jira: respx.MockRouter, adapter: JiraAdapter, now: datetime
) -> None:
    jira.get("/rest/api/3/field").respond(json=FIELDS)
    jira.get("/rest/api/3/myself").respond(json={"accountId": "1"})
    jira.post("/rest/api/3/search/jql").respond(json={"issues": []})
    with pytest.raises(QueryError, match="customfield_1, customfield_2"):
        list(adapter.search(select(now, '"floor":7'), frozenset({Need.CUSTOM})))
    list(adapter.search(select(now, "cf[1]:7"), frozenset({Need.CUSTOM})))


def test_native_queries_and_views(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    jira.get("/rest/api/3/filter/10100").respond(
        json={"id": "10100", "name": "Mine", "jql": "a = 1 or b = 2 ORDER BY x"}
    )
    explained = adapter.explain(select(now, "age>7d", native="project = SUP ORDER BY rank"))
    assert explained.native == "project = SUP ORDER BY rank"
    assert explained.left == ["age>1w"]
    viewed = adapter.explain(select(now, "assignee:none", view="10100"))
    assert viewed.native == "(a = 1 or b = 2) AND (assignee is EMPTY) ORDER BY created ASC, key ASC"
    with pytest.raises(UsageError):
        adapter.explain(select(now, native="a = 1", view="10100"))


def test_views_by_name_are_filters_and_queues(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    found = [{"id": "1", "name": "Mine", "jql": "a = 1"}, {"id": "2", "name": "Mine too", "jql": "b = 2"}]
    jira.get("/rest/api/3/filter/search").respond(json={"values": found, "isLast": True})
    jira.get("/rest/servicedeskapi/servicedesk").respond(json={"values": [{"id": "4"}], "isLastPage": True})
    queues = [
        {"id": "10", "name": "All open", "jql": "project = SUP ORDER BY x"},
        {"id": "11", "name": "mine", "jql": "c = 3"},
    ]
    jira.get("/rest/servicedeskapi/servicedesk/4/queue").respond(json={"values": queues, "isLastPage": True})
    assert (adapter.explain(select(now, view="all open")).native or "").startswith("project = SUP ORDER BY created")
    assert (adapter.explain(select(now, view="queue 4/11")).native or "").startswith("c = 3")
    with pytest.raises(UsageError, match="filter 1, queue 4/11"):
        adapter.explain(select(now, view="Mine"))
    with pytest.raises(NotFoundError):
        adapter.explain(select(now, view="nothing"))


def test_the_count_is_an_estimate_on_cloud_and_exact_on_data_center(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], now: datetime
) -> None:
    counted = jira.post("/rest/api/3/search/approximate-count").respond(json={"count": 153})
    jira.post("/rest/api/2/search").respond(json={"startAt": 0, "maxResults": 0, "total": 154, "issues": []})
    cloud = adapter_for().count(select(now))
    assert (cloud.value, cloud.exact) == (153, False)
    assert "ORDER BY" not in sent(counted)[0]["jql"]
    server = adapter_for(deployment="data_center").count(select(now))
    assert (server.value, server.exact) == (154, True)


@pytest.mark.parametrize("arriving", [(), (6,)], ids=["fewer", "as many as before"])
def test_data_center_pages_by_offset_and_steps_back_when_issues_leave(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], now: datetime, arriving: tuple[int, ...]
) -> None:
    search = jira.post("/rest/api/2/search")
    left = [issue(number) for number in (2, 3, 4, 5, *arriving)]
    before = [issue(number) for number in (1, 2, 3, 4, 5)]

    def answer(request: httpx.Request) -> httpx.Response:
        start = json.loads(request.content)["startAt"]
        there = left if search.calls else before
        return httpx.Response(
            200, json={"startAt": start, "maxResults": 2, "total": len(there), "issues": there[start : start + 2]}
        )

    search.side_effect = answer
    pages = list(adapter_for(deployment="data_center").search(select(now), NO_NEEDS))
    assert keys(pages) == [f"SUP-{number}" for number in (1, 2, 3, 4, 5, *arriving)]
    assert [body["startAt"] for body in sent(search)][:4] == [0, 1, 0, 1]


def test_data_center_may_give_one_issue_at_a_time(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], now: datetime
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        start = json.loads(request.content)["startAt"]
        return httpx.Response(200, json={"startAt": start, "total": 3, "issues": [issue(start)]})

    jira.post("/rest/api/2/search").side_effect = answer
    pages = adapter_for(deployment="data_center").search(select(now), NO_NEEDS)
    assert keys(list(pages)) == ["SUP-0", "SUP-1", "SUP-2"]


def test_moved_issues_are_found_under_their_old_key(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    moved = {**issue(1), "key": "OPS-9"}
    jira.post("/rest/api/3/issue/bulkfetch").respond(json={"issues": [moved, issue(2)], "issueErrors": []})
    jira.get("/rest/api/3/issue/SUP-1").respond(json=moved)
    jira.get("/rest/api/3/issue/SUP-3").respond(404, json={"errorMessages": ["no"]})
    (page,) = adapter.get(["SUP-1", "sup-2", "SUP-3"], NO_NEEDS)
    assert [ticket.key for ticket in page.items] == ["OPS-9", "SUP-2"]
    assert page.items[0].native["former_keys"] == ["SUP-1"]
    assert [notice.message for notice in page.warnings] == ["SUP-1 was moved and is now OPS-9"]


def test_bulk_fetch_takes_a_hundred_at_a_time(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    jira.get("/rest/api/3/myself").respond(json={"accountId": "1"})
    fetch = jira.post("/rest/api/3/issue/bulkfetch").respond(json={"issues": []})
    list(adapter.get([f"SUP-{number}" for number in range(1, 251)], NO_NEEDS))
    assert [len(body["issueIdsOrKeys"]) for body in sent(fetch)] == [100, 100, 50]


def talk(number: int) -> dict[str, Any]:
    return {"id": str(number), "body": "hi", "created": "2026-02-01T08:00:00.000+0000", "jsdPublic": True}


def test_comments_are_paged_when_the_issue_holds_only_some(
    jira: respx.MockRouter, adapter: JiraAdapter, now: datetime
) -> None:
    part = {"comments": [talk(1)], "total": 150}
    whole = {"comments": [talk(1)], "total": 1}
    jira.post("/rest/api/3/search/jql").respond(json={"issues": [issue(1, comment=part), issue(2, comment=whole)]})
    first = {"comments": [talk(n) for n in range(100)], "total": 150, "startAt": 0, "maxResults": 100}
    second = {"comments": [talk(n) for n in range(100, 150)], "total": 150, "startAt": 100, "maxResults": 100}
    pages = jira.get("/rest/api/3/issue/10001/comment")
    pages.side_effect = answers(first, second)
    one, two = next(iter(adapter.search(select(now), frozenset({Need.COMMENTS})))).items
    assert len(one.comments) == 150
    assert one.knows("comments")
    assert len(two.comments) == 1
    assert [call.request.url.params["startAt"] for call in pages.calls] == ["0", "100"]
    assert pages.calls[0].request.url.params["expand"] == "properties"


def test_comments_of_a_service_desk_without_visibility_are_read_again(
    jira: respx.MockRouter, adapter: JiraAdapter, now: datetime
) -> None:
    silent = {"comments": [{"id": "1", "body": "x", "created": "2026-02-01T08:00:00.000+0000"}], "total": 1}
    project = {"key": "SUP", "projectTypeKey": "service_desk"}
    jira.post("/rest/api/3/search/jql").respond(json={"issues": [issue(1, comment=silent, project=project)]})
    internal = {**talk(1), "jsdPublic": False}
    jira.get("/rest/api/3/issue/10001/comment").respond(json={"comments": [internal], "total": 1})
    (ticket,) = next(iter(adapter.search(select(now), frozenset({Need.COMMENTS})))).items
    assert ticket.comments[0].public is False


def test_hidden_comments_are_unknown_and_said_so(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    jira.post("/rest/api/3/search/jql").respond(json={"issues": [issue(1)]})
    jira.get("/rest/api/3/issue/10001/comment").respond(403, json={"errorMessages": ["no"]})
    pages = list(adapter.search(select(now), frozenset({Need.COMMENTS})))
    assert pages[0].items[0].unknown["comments"] is Unknown.HIDDEN
    assert codes(pages) == ["HIDDEN_COMMENTS"]


def change_of_status(number: int, created: Any = 1767312000000) -> dict[str, Any]:
    item = {"field": "status", "fieldId": "status", "from": "2", "fromString": "Done", "to": "1", "toString": "Open"}
    return {"id": str(number), "created": created, "items": [item]}


STATUSES = [
    {"id": "1", "name": "Open", "statusCategory": {"key": "new"}},
    {"id": "2", "name": "Done", "statusCategory": {"key": "done"}},
]


def test_history_comes_in_bulk(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    jira.get("/rest/api/3/status").respond(json=STATUSES)
    jira.post("/rest/api/3/search/jql").respond(json={"issues": [issue(1), issue(2)]})
    bulk = jira.post("/rest/api/3/changelog/bulkfetch")
    bulk.side_effect = answers(
        {"issueChangeLogs": [{"issueId": "10001", "changeHistories": [change_of_status(1)]}], "nextPageToken": "A"},
        {"issueChangeLogs": [{"issueId": "10001", "changeHistories": [change_of_status(2)]}]},
    )
    one, two = next(iter(adapter.search(select(now), frozenset({Need.HISTORY})))).items
    assert (len(one.history), one.reopens, one.knows("reopens")) == (2, 2, True)
    assert (two.history, two.reopens, two.knows("history")) == ([], 0, True)
    assert sent(bulk)[0]["issueIdsOrKeys"] == ["10001", "10002"]


def test_history_one_by_one_where_bulk_is_refused(jira: respx.MockRouter, adapter: JiraAdapter, now: datetime) -> None:
    jira.get("/rest/api/3/status").respond(json=STATUSES)
    jira.post("/rest/api/3/search/jql").respond(json={"issues": [issue(1)]})
    jira.post("/rest/api/3/changelog/bulkfetch").respond(404, json={"errorMessages": ["no"]})
    pages = jira.get("/rest/api/3/issue/10001/changelog")
    created = "2026-01-01T00:00:00.000+0000"
    pages.side_effect = answers(
        {"values": [change_of_status(1, created)], "total": 101, "startAt": 0},
        {"values": [change_of_status(2, created)], "total": 101, "startAt": 100},
    )
    (ticket,) = next(iter(adapter.search(select(now), frozenset({Need.HISTORY})))).items
    assert len(ticket.history) == 2


def test_an_attachment_is_fetched_from_the_media_host_without_credentials(
    jira: respx.MockRouter, adapter: JiraAdapter
) -> None:
    media = "https://api.media.atlassian.com/file/1?token=x"
    jira.get("/rest/api/3/attachment/content/1").respond(303, headers={"location": media})
    visited = jira.get(media).respond(content=b"data")
    into = io.BytesIO()
    attachment = Attachment(id="1", filename="a.bin", url=f"{SITE}/rest/api/3/attachment/content/1")
    assert adapter.download(attachment, into, max_bytes=100) == 4
    assert into.getvalue() == b"data"
    assert "authorization" not in visited.calls[0].request.headers
    with pytest.raises(NotFoundError):
        adapter.download(Attachment(id="1", filename="a"), into, max_bytes=1)


def step(add: list[str], remove: list[str] | None = None) -> Step:
    action = TagChange(add=add, remove=remove or [])
    change = Change(id="10001", key="SUP-1", actions=[action], version="v", before={"tags": []}, after={"tags": add})
    return Step(change=change, number=0, actions=(action,), op="0123456789abcdef", version="v")


def permissions(granted: bool) -> dict[str, Any]:
    return {"permissions": {"ADMINISTER_PROJECTS": {"havePermission": granted}}}


@pytest.mark.parametrize("administers", [True, False])
def test_labels_are_added_and_removed_quietly_where_that_is_allowed(
    administers: bool, jira: respx.MockRouter, adapter: JiraAdapter
) -> None:
    asked = jira.get("/rest/api/3/mypermissions").respond(json=permissions(administers))
    put = jira.put("/rest/api/3/issue/10001").respond(204)
    for _ in range(2):
        assert adapter.submit([step(["vpn"], ["old"])]).outcomes == {"10001": Applied()}
    assert sent(put)[0] == {"update": {"labels": [{"add": "vpn"}, {"remove": "old"}]}}
    assert put.calls[0].request.url.params.get("notifyUsers") == ("false" if administers else None)
    assert asked.call_count == 1


def test_one_issues_fate_is_a_value(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    jira.get("/rest/api/3/mypermissions").respond(json=permissions(False))
    put = jira.put("/rest/api/3/issue/10001")
    put.side_effect = [
        httpx.Response(404, json={"errorMessages": ["no"]}),
        httpx.Response(400, json={"errors": {"labels": "The label 'a b' contains spaces which is invalid."}}),
        httpx.Response(403, json={}),
        httpx.Response(409, json={}),
        httpx.Response(413, json={}),
        httpx.Response(502, text="<html>"),
    ]
    outcomes = [adapter.submit([step(["x"])]).outcomes["10001"] for _ in range(5)]
    assert [type(outcome) for outcome in outcomes] == [Skipped, Failed, Failed, Conflict, Failed]
    assert isinstance(outcomes[1], Failed)
    assert "contains spaces" in outcomes[1].error
    with pytest.raises(AmbiguousWriteError):
        adapter.submit([step(["x"])])
    assert put.call_count == 6, "a write whose answer was lost is not repeated"


def test_what_a_lost_task_carried_is_in_doubt(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    jira.get("/rest/api/3/mypermissions").respond(json={"permissions": {"BULK_CHANGE": {"havePermission": True}}})
    steps = [
        msgspec.structs.replace(one, change=msgspec.structs.replace(one.change, id=str(number)))
        for number, one in enumerate([step(["x"])] * 20, 1)
    ]
    (batch,) = adapter.batches(steps)
    posted = jira.post("/rest/api/3/bulk/issues/fields")
    posted.side_effect = [httpx.Response(502, text="<html>"), httpx.Response(201, json={"taskId": 7})]
    with pytest.raises(AmbiguousWriteError):
        adapter.submit(batch)
    handle = adapter.submit(batch).handle
    assert handle is not None
    assert handle.ids == tuple(str(number) for number in range(1, 21))
    assert sent(posted)[1]["sendBulkNotification"] is False
    progress = {"taskId": 7, "processedAccessibleIssues": [1, 2], "failedAccessibleIssues": {"3": ["archived"]}}
    jira.get("/rest/api/3/bulk/queue/7").side_effect = [
        httpx.Response(200, json={**progress, "status": "RUNNING"}),
        httpx.Response(200, json={**progress, "status": "PROCESSED_WITH_ERRORS", "totalIssueCount": 20}),
        httpx.Response(404, json={"errorMessages": ["gone"]}),
    ]
    polls = [adapter.poll([handle])["7"] for _ in range(3)]
    assert [poll.done for poll in polls] == [False, True, True]
    assert polls[1].outcomes == {"1": Applied(), "2": Applied(), "3": Failed(error="archived")}
    assert polls[2].outcomes == {}


def test_a_refused_bulk_edit_is_made_one_by_one(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    jira.get("/rest/api/3/mypermissions").respond(json={"permissions": {"BULK_CHANGE": {"havePermission": True}}})
    steps = [
        msgspec.structs.replace(one, change=msgspec.structs.replace(one.change, id=str(number)))
        for number, one in enumerate([step(["x"])] * 20, 1)
    ]
    jira.post("/rest/api/3/bulk/issues/fields").respond(400, json={"errors": [{"message": "no"}]})
    put = jira.put(path__regex=r"/rest/api/3/issue/\d+")
    put.side_effect = lambda request: httpx.Response(502 if request.url.path.endswith("/7") else 204)
    outcomes = adapter.submit(steps).outcomes
    assert set(outcomes.values()) == {Applied()}
    assert {str(number) for number in range(1, 21)} - outcomes.keys() == {"7"}, "whose answer was lost is in doubt"


def linking(key: str = "SUP-1", end: str = "outward") -> Step:
    action = LinkChange(type=LinkType.DUPLICATE_OF, to="SUP-2", to_id="2", native={"type": "10002", "end": end})
    change = Change(id="1", key=key, actions=[action], version="v", before={"links": []}, after={"links": []})
    return Step(change=change, number=0, actions=(action,), op="0123456789abcdef", version="v")


@pytest.mark.parametrize(("end", "good"), [("outwardIssue", True), ("inwardIssue", False), (None, False)])
def test_the_first_link_of_a_run_is_looked_at(
    end: str | None, good: bool, jira: respx.MockRouter, adapter: JiraAdapter
) -> None:
    made = jira.post("/rest/api/3/issueLink").respond(201)
    removed = jira.delete("/rest/api/3/issueLink/77").respond(204)
    entries = [{"id": "77", "type": {"id": "10002"}, end: {"id": "2", "key": "SUP-2"}}] if end else []
    looked = jira.get("/rest/api/3/issue/1").respond(json={"id": "1", "fields": {"issuelinks": entries}})
    outcomes = [adapter.submit([linking()]).outcomes["1"] for _ in range(2)]
    assert sent(made)[0] == {"type": {"id": "10002"}, "inwardIssue": {"id": "1"}, "outwardIssue": {"id": "2"}}
    if good:
        assert outcomes == [Applied(), Applied()]
        assert looked.call_count == 1
        assert not removed.called
    else:
        assert all(isinstance(outcome, Failed) for outcome in outcomes)
        assert removed.call_count == (1 if end else 0)
    if end == "inwardIssue":
        assert made.call_count == 1, "no more links are made that point the wrong way"


def test_check_proves_who_we_are_first(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    jira.get("/rest/api/3/myself").respond(401, text="Client must be authenticated to access this resource.")
    jira.get("/_edge/tenant_info").respond(404)
    (line,) = adapter.check()
    assert line.ok is False
    assert "api.atlassian.com" in (line.hint or "")
    jira.get("/rest/api/3/myself").respond(json={"accountId": "1", "displayName": "Ops", "timeZone": "Europe/Oslo"})
    jira.get("/rest/api/2/serverInfo").respond(json={"deploymentType": "Server", "version": "9.12"})
    jira.get("/rest/api/3/mypermissions").respond(json={"permissions": {"BROWSE_PROJECTS": {"havePermission": True}}})
    jira.get("/rest/servicedeskapi/servicedesk").respond(403, json={"errorMessage": "no"})
    lines = {line.name: line for line in adapter.check()}
    assert lines["sign-in"].ok
    assert lines["server"].ok is False
    assert "Data Center" in (lines["server"].hint or "")
    assert lines["permissions"].ok
    assert lines["service desks"].ok is None


def test_the_vendor_client_rides_on_our_transport(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    jira.get("/rest/api/3/myself").respond(json={"accountId": "1"})
    assert adapter.native().myself() == {"accountId": "1"}
    assert adapter.transport.stats.requests == 1


def test_the_gateway_has_another_address_for_people(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter]
) -> None:
    gateway = "https://api.atlassian.com/ex/jira/0000"
    jira.get(f"{gateway}/rest/api/2/serverInfo").respond(json={"baseUrl": SITE})
    jira.post(f"{gateway}/rest/api/3/issue/bulkfetch").respond(json={"issues": [issue(1)]})
    adapter = adapter_for(url=gateway)
    (page,) = adapter.get([f"{SITE}/browse/SUP-1"], NO_NEEDS)
    assert page.items[0].url == f"{SITE}/browse/SUP-1"
