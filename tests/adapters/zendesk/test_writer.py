"""Tags: verbs, bulk form, preconditions, jobs of every shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.base import Handle
from supportctl.errors import AmbiguousWriteError
from supportctl.model import Applied, Change, Conflict, Failed, Skipped, TagChange, Unchanged, Unverified

from .conftest import API, ticket

if TYPE_CHECKING:
    import respx

    from supportctl.adapters.zendesk.adapter import ZendeskAdapter

VERSION = "2026-02-20T09:30:00Z"
SHOW = f"{API}/tickets/show_many.json"
MANY = f"{API}/tickets/update_many.json"


def change(number: int, add: list[str] = [], remove: list[str] = [], version: str | None = VERSION) -> Change:  # noqa: B006
    return Change(
        id=str(number),
        key=f"#{number}",
        action=TagChange(add=add, remove=remove),
        version=version,
        before={"tags": ["vpn"]},
        after={},
    )


def shows(router: respx.MockRouter, *docs: dict[str, Any]) -> None:
    router.get(SHOW).mock(return_value=httpx.Response(200, json={"tickets": list(docs)}))


def sent(router: respx.MockRouter, verb: str) -> tuple[str, Any]:
    call = next(call for call in router.calls if call.request.method == verb)
    return call.request.url.path, json.loads(call.request.content)


@pytest.mark.parametrize(("verb", "add", "remove"), [("PUT", ["a"], []), ("DELETE", [], ["vpn"])])
def test_one_ticket_is_done_at_once_with_the_right_verb(
    verb: str, add: list[str], remove: list[str], zendesk: respx.MockRouter, adapter: ZendeskAdapter
) -> None:
    shows(zendesk, ticket(1))
    zendesk.request(verb, f"{API}/tickets/1/tags.json").mock(return_value=httpx.Response(200, json={"tags": []}))
    submission = adapter.submit([change(1, add, remove)])
    assert submission.outcomes == {"1": Applied()}
    path, body = sent(zendesk, verb)
    assert path == f"{API}/tickets/1/tags.json"
    assert body == {"tags": add or remove, "updated_stamp": VERSION, "safe_update": "true"}
    assert not any(call.request.method == "POST" for call in zendesk.calls)


def test_many_tickets_are_one_job(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    shows(zendesk, ticket(1), ticket(2))
    queued = {"job_status": {"id": "V3-9", "status": "queued", "total": None, "progress": None, "results": None}}
    zendesk.put(MANY).mock(return_value=httpx.Response(200, json=queued))
    submission = adapter.submit([change(1, ["a"], ["vpn"]), change(2, ["b"], version=None)])
    assert submission.handle == Handle(id="V3-9", kind="job", ids=("1", "2"))
    _, body = sent(zendesk, "PUT")
    assert body["tickets"] == [
        {"id": 1, "additional_tags": ["a"], "remove_tags": ["vpn"], "updated_stamp": VERSION, "safe_update": True},
        {"id": 2, "additional_tags": ["b"]},
    ]


def test_what_need_not_or_cannot_be_sent(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    shows(
        zendesk,
        ticket(1, status="closed"),
        ticket(2, tags=["vpn", "a"]),
        ticket(3, updated_at="2026-03-01T00:00:00Z"),
        ticket(5, status="deleted"),
    )
    outcomes = adapter.submit([change(number, ["a"]) for number in range(1, 6)]).outcomes
    assert isinstance(outcomes["1"], Skipped)
    assert "closed" in outcomes["1"].reason
    assert isinstance(outcomes["2"], Unchanged)
    assert outcomes["3"] == Conflict(was=VERSION, now="2026-03-01T00:00:00Z", reason="changed since the plan was made")
    assert isinstance(outcomes["4"], Skipped)
    assert isinstance(outcomes["5"], Skipped)
    assert [call.request.method for call in zendesk.calls] == ["GET"]


@pytest.mark.parametrize(
    ("status", "kind"), [(409, Conflict), (404, Skipped), (422, Failed), (403, Failed), (400, Failed)]
)
def test_a_refusal_is_the_fate_of_one_ticket(
    status: int, kind: type, zendesk: respx.MockRouter, adapter: ZendeskAdapter
) -> None:
    shows(zendesk, ticket(1))
    zendesk.put(f"{API}/tickets/1/tags.json").mock(return_value=httpx.Response(status, json={"error": "X"}))
    assert isinstance(adapter.submit([change(1, ["a"])]).outcomes["1"], kind)


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
    shows(zendesk, ticket(1), ticket(2))
    route = zendesk.put(MANY).mock(return_value=answer)
    with pytest.raises(AmbiguousWriteError):
        adapter.submit([change(1, ["a"]), change(2, ["a"])])
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


def test_verifying_reads_the_tickets_themselves(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    shows(zendesk, ticket(1, tags=["a"], updated_at="2026-03-02T00:00:00Z"), ticket(2, tags=["vpn"]))
    verdicts = adapter.verify([change(1, ["A"], ["vpn"]), change(2, ["a"], ["vpn"]), change(3, ["a"])])
    assert verdicts["1"] == Applied(version="2026-03-02T00:00:00Z")
    assert isinstance(verdicts["2"], Unverified)
    assert isinstance(verdicts["3"], Failed)


def test_batches_hold_a_hundred_and_no_ticket_twice(adapter: ZendeskAdapter) -> None:
    changes = [change(number, ["a"]) for number in range(1, 251)] + [change(1, ["b"])]
    batches = list(adapter.batches(changes))
    assert [len(batch) for batch in batches] == [100, 100, 51]
    assert sorted(int(each.id) for batch in batches for each in batch) == sorted([*range(1, 251), 1])
    assert all(len({each.id for each in batch}) == len(batch) for batch in batches)
