"""Single writes to a Jira that answers exactly what a test wants: lost answers, refusals, links the wrong way round."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from supportctl.adapters.writing import StatusWish, Step
from supportctl.errors import AmbiguousWriteError, UsageError
from supportctl.model import (
    Applied,
    Change,
    Conflict,
    Failed,
    LinkChange,
    LinkType,
    Platform,
    Skipped,
    Status,
    TagChange,
    Ticket,
    Transition,
)

if TYPE_CHECKING:
    import respx

    from supportctl.adapters.jsm.adapter import JiraAdapter


def sent(route: respx.Route) -> list[dict[str, Any]]:
    return [json.loads(call.request.content) for call in route.calls]


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


def moving(number: int, status: str = "Open", **fields: Any) -> Ticket:
    project = {"id": "1", "key": "SUP", "projectTypeKey": "service_desk"}
    return Ticket(
        platform=Platform.JSM,
        profile="acme",
        id=str(number),
        key=f"SUP-{number}",
        status=Status.OPEN,
        native_status=status,
        native={"project": project, "status": {"id": "3", "name": status}, "issuetype": {"id": "9"}, **fields},
    )


def ways(*named: tuple[str, str, str]) -> dict[str, Any]:
    """Transitions by name, the status they lead to, and its category."""
    return {
        "transitions": [
            {"id": str(10 + number), "name": name, "to": {"id": to, "name": to, "statusCategory": {"key": category}}}
            for number, (name, to, category) in enumerate(named)
        ]
    }


def test_transitions_are_asked_for_once_per_workflow(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    asked = jira.get("/rest/api/3/issue/1/transitions").respond(404, json={"errorMessages": ["gone"]})
    then = jira.get("/rest/api/3/issue/2/transitions").respond(json=ways(("Solve", "Gelöst", "done")))
    prepared = adapter.prepare([moving(number) for number in range(1, 9)], StatusWish(goal=Status.CLOSED))
    assert (asked.call_count, then.call_count) == (1, 1)
    assert [each.after["native_status"] for each in prepared.values()] == ["Gelöst"] * 8
    assert {risk.code for each in prepared.values() for risk in each.risks} >= {"mail", "resolution"}


def test_no_transition_is_guessed(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    jira.get("/rest/api/3/status").respond(json=[{"id": "5", "name": "Done", "statusCategory": {"key": "done"}}])
    offered = jira.get("/rest/api/3/issue/1/transitions")
    offered.respond(json=ways(("Solve", "Solved", "done"), ("Reject", "Rejected", "done"), ("Fast", "Solved", "done")))
    with pytest.raises(UsageError, match=r"Solve \(to Solved\), Reject \(to Rejected\)"):
        adapter.prepare([moving(1)], StatusWish(goal=Status.RESOLVED))
    with pytest.raises(UsageError, match=r"Solve \(to Solved\), Fast \(to Solved\)"):
        adapter.prepare([moving(1)], StatusWish(goal=Status.RESOLVED, native="solved"))
    by_name = adapter.prepare([moving(1)], StatusWish(goal=Status.RESOLVED, native="fast"))["1"]
    assert isinstance(by_name.actions[0], Transition)
    assert by_name.actions[0].via == "12"
    (none,) = adapter.prepare([moving(1)], StatusWish(goal=Status.RESOLVED, native="Done"))["1"].obstacles
    assert "no transition leads from Open to the status 'Done'" in none.message
    (wrong,) = adapter.prepare([moving(1)], StatusWish(goal=Status.OPEN, native="Rejected"))["1"].obstacles
    assert "stands for resolved and not for open" in wrong.message


def test_a_workflow_that_offers_nothing_is_an_obstacle(jira: respx.MockRouter, adapter: JiraAdapter) -> None:
    jira.get("/rest/api/3/issue/1/transitions").respond(json={"transitions": []})
    (obstacle,) = adapter.prepare([moving(1)], StatusWish(goal=Status.RESOLVED))["1"].obstacles
    assert "no transition" in obstacle.message
