"""Bodies, verbs and answers of single exchanges: what is sent, and what is made of what comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.writing import Handle, Step
from supportctl.errors import AmbiguousWriteError
from supportctl.model import (
    Action,
    Applied,
    Assignment,
    Change,
    Conflict,
    Failed,
    FieldChange,
    LinkChange,
    LinkType,
    Merge,
    NewComment,
    Skipped,
    Status,
    TagChange,
    Transition,
)

from .conftest import API, ticket

if TYPE_CHECKING:
    import respx

    from supportctl.adapters.zendesk.adapter import ZendeskAdapter

VERSION = "2026-02-20T09:30:00Z"
MANY = f"{API}/tickets/update_many.json"
OP = "0123456789abcdef"


def step(number: int, *actions: Action, version: str | None = VERSION) -> Step:
    change = Change(id=str(number), key=f"#{number}", actions=list(actions), version=version, before={}, after={})
    return Step(change=change, number=0, actions=actions, op=OP, version=version)


def tags(number: int, add: list[str] = [], remove: list[str] = [], version: str | None = VERSION) -> Step:  # noqa: B006
    return step(number, TagChange(add=add, remove=remove), version=version)


def sent(router: respx.MockRouter, verb: str) -> tuple[str, Any]:
    call = next(call for call in router.calls if call.request.method == verb)
    return call.request.url.path, json.loads(call.request.content)


@pytest.mark.parametrize(("verb", "add", "remove"), [("PUT", ["a"], []), ("DELETE", [], ["vpn"])])
def test_tags_of_one_ticket_are_done_at_once_with_the_right_verb(
    verb: str, add: list[str], remove: list[str], zendesk: respx.MockRouter, adapter: ZendeskAdapter
) -> None:
    zendesk.request(verb, f"{API}/tickets/1/tags.json").mock(return_value=httpx.Response(200, json={"tags": []}))
    assert adapter.submit([tags(1, add, remove)]).outcomes == {"1": Applied()}
    path, body = sent(zendesk, verb)
    assert path == f"{API}/tickets/1/tags.json"
    assert body == {"tags": add or remove, "updated_stamp": VERSION, "safe_update": "true"}
    assert [call.request.method for call in zendesk.calls] == [verb]


QUEUED = {"job_status": {"id": "V3-9", "status": "queued", "total": None, "progress": None, "results": None}}


def test_many_tickets_are_one_job(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    zendesk.put(MANY).mock(return_value=httpx.Response(200, json=QUEUED))
    submission = adapter.submit([tags(1, ["a"], ["vpn"]), tags(2, ["b"], version=None)])
    assert submission.handle == Handle(id="V3-9", kind="job", ids=("1", "2"))
    _, body = sent(zendesk, "PUT")
    assert body["tickets"] == [
        {"id": 1, "additional_tags": ["a"], "remove_tags": ["vpn"], "updated_stamp": VERSION, "safe_update": True},
        {"id": 2, "additional_tags": ["b"]},
    ]
    assert len(zendesk.calls) == 1


def test_what_cannot_go_alone_is_a_job_of_one(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    """At its own address ``tags`` would replace all of them."""
    zendesk.put(MANY).mock(return_value=httpx.Response(200, json=QUEUED))
    for one in (tags(1, ["a"], ["b"]), step(1, TagChange(add=["a"]), NewComment(body="x", public=True))):
        assert adapter.submit([one]).handle is not None


def test_an_update_says_everything_once(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    zendesk.put(f"{API}/tickets/1.json").mock(
        return_value=httpx.Response(200, json={"ticket": ticket(1, updated_at="2026-03-01T00:00:00Z")})
    )
    actions: list[Action] = [
        FieldChange(field="title", native_field="subject", value="Straße"),
        FieldChange(field="custom:501", native_field="501", value=None),
        Assignment(assignee="21", group="41"),
        NewComment(body="Hello", public=False),
        LinkChange(type=LinkType.PROBLEM, to="#7", to_id="7", native_type="problem_id"),
        Transition(status=Status.RESOLVED, native_status="solved", fields={"custom:502": "fixed"}),
    ]
    assert adapter.submit([step(1, *actions)]).outcomes == {"1": Applied(version="2026-03-01T00:00:00Z")}
    assert sent(zendesk, "PUT")[1] == {
        "ticket": {
            "subject": "Straße",
            "custom_fields": [{"id": 501, "value": None}, {"id": 502, "value": "fixed"}],
            "assignee_id": 21,
            "group_id": 41,
            "comment": {"body": "Hello", "public": False},
            "metadata": {"supportctl_op": OP},
            "problem_id": 7,
            "status": "solved",
            "updated_stamp": VERSION,
            "safe_update": True,
        }
    }


def test_taking_away_is_said_with_null(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    zendesk.put(f"{API}/tickets/1.json").mock(return_value=httpx.Response(200, json={"ticket": ticket(1)}))
    actions: list[Action] = [
        Assignment(unassign=True, ungroup=True),
        LinkChange(type=LinkType.PROBLEM, to="#7", to_id="7", native_type="problem_id", remove=True),
        Transition(status=Status.ON_HOLD, native_status="7704"),
    ]
    adapter.submit([step(1, *actions, version=None)])
    assert sent(zendesk, "PUT")[1]["ticket"] == {
        "assignee_id": None, "group_id": None, "problem_id": None, "custom_status_id": 7704,
    }  # fmt: skip


def test_a_merge_is_private_on_both_sides(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    zendesk.post(f"{API}/tickets/9/merge.json").mock(return_value=httpx.Response(200, json=QUEUED))
    merge = Merge(into="#9", into_id="9")
    (batch,) = adapter.batches([step(1, merge), step(2, merge)])
    assert adapter.submit(batch).handle == Handle(id="V3-9", kind="job", ids=("1", "2"))
    assert sent(zendesk, "POST")[1] == {
        "ids": [1, 2], "target_comment_is_public": False, "source_comment_is_public": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kind"), [(409, Conflict), (404, Skipped), (422, Failed), (403, Failed), (400, Failed)]
)
@pytest.mark.parametrize("verb", ["PUT", "POST"])
def test_a_refusal_is_the_fate_of_one_ticket(
    status: int, kind: type, verb: str, zendesk: respx.MockRouter, adapter: ZendeskAdapter
) -> None:
    answer = httpx.Response(status, json={"error": "X", "description": "a customer's words"})
    zendesk.put(f"{API}/tickets/1/tags.json").mock(return_value=answer)
    zendesk.post(f"{API}/jira/links.json").mock(return_value=answer)
    link = LinkChange(type=LinkType.TRACKED_BY, to="SUP-1", to_id="10001", native_type="jira")
    outcome = adapter.submit([tags(1, ["a"]) if verb == "PUT" else step(1, link)]).outcomes["1"]
    assert isinstance(outcome, kind)
    assert "customer" not in repr(outcome)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="<html>"),
        httpx.Response(200, content=b'{"job_status": {', headers={"content-type": "application/json"}),
        httpx.Response(200, json={"surprise": 1}),
        httpx.Response(200, json={"job_status": None}),
    ],
)
def test_an_answer_that_is_lost_is_ambiguous_and_not_repeated(
    answer: httpx.Response, zendesk: respx.MockRouter, adapter: ZendeskAdapter
) -> None:
    route = zendesk.put(MANY).mock(return_value=answer)
    with pytest.raises(AmbiguousWriteError):
        adapter.submit([tags(1, ["a"]), tags(2, ["a"])])
    assert route.call_count == 1


def test_polling_finds_jobs_together_and_survives_forgotten_ones(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter
) -> None:
    done = {"id": "J1", "status": "completed", "results": [{"id": 1, "status": "Updated", "success": True}]}
    known = {"job_statuses": [done, {"id": "J2", "status": "working", "results": None}]}
    many = zendesk.get(f"{API}/job_statuses/show_many.json").mock(return_value=httpx.Response(200, json=known))
    zendesk.get(f"{API}/job_statuses/J3.json").mock(return_value=httpx.Response(404, json={"error": "RecordNotFound"}))
    polls = adapter.poll([Handle(id=f"J{n}", kind="job", ids=(str(n),)) for n in (1, 2, 3)])
    assert polls["J1"].outcomes == {"1": Applied()}
    assert not polls["J2"].done
    assert polls["J3"].done
    assert polls["J3"].outcomes == {}
    assert many.call_count == 1


def test_batches_hold_a_hundred(adapter: ZendeskAdapter) -> None:
    link = LinkChange(type=LinkType.TRACKED_BY, to="SUP-1", to_id="10001", native_type="jira")
    steps = [tags(number, ["a"]) for number in range(1, 251)]
    steps += [step(251, Merge(into="#9", into_id="9")), step(252, Merge(into="#8", into_id="8")), step(253, link)]
    batches = list(adapter.batches(steps))
    assert [len(batch) for batch in batches] == [100, 100, 50, 1, 1, 1]
    assert [each.id for batch in batches for each in batch] == [str(number) for number in range(1, 254)]


def test_a_change_is_divided_only_where_it_must_be(adapter: ZendeskAdapter) -> None:
    link = LinkChange(type=LinkType.TRACKED_BY, to="SUP-1", to_id="10001", native_type="jira")
    merge, note, tag = Merge(into="#9", into_id="9"), NewComment(body="x", public=False), TagChange(add=["a"])
    assert adapter.divide(step(1, merge, link, tag, note).change) == [(tag, note), (link,), (merge,)]
    assert adapter.divide(step(1, link).change) == [(link,)]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([{"id": 1, "action": "update", "status": "Updated", "success": True}, {"id": 2, "status": "Updated"}],
         {"1": Applied, "2": Applied}),
        ([{"index": 1, "error": "TicketUpdateFailed", "details": "private"}, {"index": 0, "id": 1, "success": True}],
         {"1": Applied, "2": Failed}),
        ([{"id": 2, "success": False, "error": "UpdateConflict"}], {"2": Conflict}),
        ([{"index": 0, "id": 1, "account_id": 3}], {}),
        ([{"id": 77, "success": True}], {}),
        ({"success": True}, {}),
        (None, {}),
    ],
)  # fmt: skip
def test_results_of_a_job_in_every_shape(
    results: Any, expected: dict[str, type], zendesk: respx.MockRouter, adapter: ZendeskAdapter
) -> None:
    """Tickets of which a job says nothing are left out, and so looked for."""
    done = {"job_statuses": [{"id": "J", "status": "completed", "results": results}]}
    zendesk.get(f"{API}/job_statuses/show_many.json").mock(return_value=httpx.Response(200, json=done))
    poll = adapter.poll([Handle(id="J", kind="job", ids=("1", "2"))])["J"]
    assert poll.done
    assert {number: type(outcome) for number, outcome in poll.outcomes.items()} == expected
    assert "private" not in repr(poll)


def test_an_audit_that_is_not_the_newest_names_nobody(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    """Where the account shows neither sideload nor order, the first audit may be years old."""
    from supportctl.adapters.reading import get

    zendesk.get(f"{API}/tickets/show_many.json").mock(return_value=httpx.Response(200, json={"tickets": [ticket(1)]}))
    zendesk.get(f"{API}/users/show_many.json").mock(return_value=httpx.Response(200, json={"users": []}))
    zendesk.get(f"{API}/groups.json").mock(return_value=httpx.Response(200, json={"groups": []}))
    old = {"id": 5, "ticket_id": 1, "author_id": 11, "created_at": "2020-01-01T00:00:00Z", "events": []}
    zendesk.get(f"{API}/tickets/1/audits.json").mock(return_value=httpx.Response(200, json={"audits": [old]}))
    assert adapter.touched(get(adapter, ["#1"]).tickets) == {}
