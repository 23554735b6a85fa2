"""The adapter on Jira Data Center, held against what it reads of the same issues on Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from supportctl.adapters.base import Need, Selection
from supportctl.adapters.reading import Reading
from supportctl.model import Unknown
from supportctl.query import parse
from tests.conformance.subjects import SUBJECTS, SharedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import respx

    from supportctl.adapters.base import Adapter
    from supportctl.adapters.jsm.adapter import JiraAdapter
    from supportctl.model import Ticket
    from tests.fixtures.sandbox import Sandbox

CLOUD, SERVER = (next(each for each in SUBJECTS if str(each) == name) for name in ("jsm", "jira-dc"))
SAME = (
    *("id", "key", "kind", "title", "status", "native_status", "priority", "tags", "created_at", "updated_at"),
    *("resolved_at", "due_at", "closure_code", "reopens", "reassignments", "impact", "urgency", "category", "service"),
    *("channel", "resolution_notes", "organization", "satisfaction", "first_response_at"),
)


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[Adapter]:
    with SERVER.open(sandbox, SharedClock(sandbox.store)) as adapter:
        yield adapter


def read(adapter: Adapter, sandbox: Sandbox, query: str | None = None) -> dict[str, Ticket]:
    now = sandbox.store.now()
    selection = Selection(now=now, query=parse(query, now=now) if query else None)
    return {ticket.key: ticket for ticket in Reading(adapter, selection, frozenset(Need))}


@pytest.mark.night
def test_both_deployments_tell_the_same(sandbox: Sandbox, server: Adapter) -> None:
    here = read(server, sandbox)
    with CLOUD.open(sandbox, SharedClock(sandbox.store)) as adapter:
        there = read(adapter, sandbox)
    assert here.keys() == there.keys()
    for key, ours in here.items():
        theirs = there[key]
        assert {name: getattr(ours, name) for name in SAME} == {name: getattr(theirs, name) for name in SAME}
        assert ours.unknown.keys() == theirs.unknown.keys()
        threads = [[(each.id, each.created_at, each.public) for each in ticket.comments] for ticket in (ours, theirs)]
        assert threads[0] == threads[1]
        events = [
            [(each.id, each.at, each.field, each.before_label, each.after_label) for each in ticket.history]
            for ticket in (ours, theirs)
        ]
        assert events[0] == events[1]
        clocks = [
            [(each.metric, each.target, each.elapsed, each.breached, each.paused) for each in ticket.slas]
            for ticket in (ours, theirs)
        ]
        assert clocks[0] == clocks[1]
        links = [[(each.type, each.key, each.status) for each in ticket.links] for ticket in (ours, theirs)]
        assert links[0] == links[1]
        files = [[(each.id, each.filename, each.size) for each in ticket.attachments] for ticket in (ours, theirs)]
        assert files[0] == files[1]


def test_history_and_tickets_call_people_the_same(sandbox: Sandbox, server: Adapter) -> None:
    tickets = read(server, sandbox, "is:unresolved").values()
    told = 0
    for ticket in tickets:
        changes = [each for each in ticket.history if each.field == "assignee"]
        if changes and ticket.assignee is not None:
            assert changes[-1].after == ticket.assignee.id
            told += 1
    assert told > 20


def test_queues_and_filters_are_views(sandbox: Sandbox, server: Adapter) -> None:
    for view in ("All open tickets", "filter 10000", "queue 1/11"):
        assert list(Reading(server, Selection(now=sandbox.store.now(), view=view), frozenset(), limit=3))


def test_everything_is_well(server: Adapter) -> None:
    lines = server.check()
    assert [line.name for line in lines if line.ok is not True] == []
    assert any("Server 9" in line.detail for line in lines)


def test_the_count_is_exact(sandbox: Sandbox, server: Adapter) -> None:
    now = sandbox.store.now()
    count = server.count(Selection(now=now, query=parse("is:unresolved", now=now)))
    assert count.exact
    assert count.value == len(read(server, sandbox, "is:unresolved"))


def a_change(to: str) -> dict[str, Any]:
    item = {"field": "assignee", "fieldtype": "jira", "from": None, "fromString": None, "to": to, "toString": "Ann"}
    author = {"name": "bo", "key": "JIRAUSER2", "displayName": "Bo"}
    return {"id": "1", "author": author, "created": "2026-02-01T08:00:00.000+0000", "items": [item]}


def issue(*histories: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    log = {"startAt": 0, "maxResults": 100, "total": len(histories) if total is None else total, "histories": histories}
    return {"id": "10001", "key": "SUP-1", "fields": {"summary": "x"}, "changelog": log}


def test_keys_nobody_told_are_asked_for_once(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], now: datetime
) -> None:
    jira.get("/rest/api/2/status").respond(json=[])
    found = issue(a_change("JIRAUSER1"), a_change("JIRAUSER1"), a_change("JIRAUSER2"), a_change("JIRAUSER3"))
    jira.post("/rest/api/2/search").respond(json={"startAt": 0, "total": 1, "issues": [found]})
    ann = jira.get("/rest/api/2/user", params={"key": "JIRAUSER1"}).respond(json={"name": "ann", "key": "JIRAUSER1"})
    jira.get("/rest/api/2/user", params={"key": "JIRAUSER3"}).respond(404, json={"errorMessages": ["gone"]})
    adapter = adapter_for(deployment="data_center")
    (page,) = adapter.search(Selection(now=now), frozenset({Need.HISTORY}))
    assert [event.after for event in page.items[0].history] == ["ann", "ann", "bo", "JIRAUSER3"]
    assert ann.call_count == 1


def test_a_history_that_is_cut_off_is_unknown(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], now: datetime
) -> None:
    part = issue(a_change("JIRAUSER2"), total=40)
    jira.get("/rest/api/2/status").respond(json=[])
    jira.post("/rest/api/2/search").respond(json={"startAt": 0, "total": 1, "issues": [part]})
    jira.get("/rest/api/2/issue/10001").respond(json=part)
    (page,) = adapter_for(deployment="data_center").search(Selection(now=now), frozenset({Need.HISTORY}))
    ticket = page.items[0]
    assert ticket.unknown["history"] is Unknown.HIDDEN
    assert "reopens" in ticket.unknown
    assert ticket.history == []
    assert [notice.code for notice in page.warnings] == ["HIDDEN_HISTORY"]


def test_comments_whose_properties_do_not_come_stay_unknown(
    jira: respx.MockRouter, adapter_for: Callable[..., JiraAdapter], now: datetime
) -> None:
    def talk(number: int, **more: Any) -> dict[str, Any]:
        return {"id": str(number), "body": "hi", "created": "2026-02-01T08:00:00.000+0000", **more}

    internal = [{"key": "sd.public.comment", "value": {"internal": True}}]
    thread = [talk(1), talk(2, properties=[]), talk(3, properties=internal)]
    project = {"key": "SUP", "projectTypeKey": "service_desk"}
    found = {"id": "10001", "key": "SUP-1", "fields": {"summary": "x", "project": project}}
    jira.post("/rest/api/2/search").respond(json={"startAt": 0, "total": 1, "issues": [found]})
    asked = jira.get("/rest/api/2/issue/10001/comment").respond(json={"comments": thread, "total": 3})
    (page,) = adapter_for(deployment="data_center").search(Selection(now=now), frozenset({Need.COMMENTS}))
    assert [comment.public for comment in page.items[0].comments] == [None, True, False]
    assert asked.calls[0].request.url.params["expand"] == "properties"
