"""Lists by query while the search index lags: what was just changed is neither lost nor wrongly kept."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.base import LISTING, Selection
from supportctl.adapters.reading import Reading
from supportctl.model import Status, Ticket
from supportctl.query import evaluate, parse
from supportctl.sandbox.conditions import Conditions
from tests.adapters.zendesk.test_on_sandbox import connect, everything

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from supportctl.adapters.base import Adapter
    from tests.fixtures.sandbox import Sandbox

LAG = 270
"""Seconds; the adapter reckons with five minutes."""


@pytest.fixture
def adapter(sandbox: Sandbox, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Adapter]:
    monkeypatch.setattr("supportctl.adapters.zendesk.listing.PAGE", 7)
    sandbox.store.conditions = Conditions(search_lag=LAG)
    with closing(connect(sandbox, now)) as found:
        yield found


@pytest.fixture
def somebody(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Who changes tickets past the tool."""
    auth = (sandbox.profiles["zendesk"]["user"] + "/token", sandbox.profiles["zendesk"]["secret"])
    with httpx.Client(base_url=f"{sandbox.url}/api/v2", auth=auth) as client:
        yield client


def listed(adapter: Adapter, now: datetime, text: str) -> set[str]:
    query = parse(text, now=now)
    assert adapter.explain(Selection(now=now, query=query)).native is not None
    return {ticket.id for ticket in Reading(adapter, Selection(now=now, query=query), LISTING)}


def change(client: httpx.Client, ticket: str, **values: Any) -> None:
    client.put(f"/tickets/{ticket}", json={"ticket": values}).raise_for_status()


def test_tagged_untagged_and_new_tickets(
    adapter: Adapter, somebody: httpx.Client, sandbox: Sandbox, now: datetime
) -> None:
    tickets = [ticket for ticket in everything(adapter, now) if ticket.status is Status.OPEN][:30]
    with_tag, without = tickets[:15], tickets[15:]
    for ticket in with_tag:
        somebody.put(f"/tickets/{ticket.id}/tags", json={"tags": ["swept"]}).raise_for_status()
    assert listed(adapter, now, "tag:swept") == {ticket.id for ticket in with_tag}
    sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=LAG + 30))
    assert listed(adapter, now, "tag:swept") == {ticket.id for ticket in with_tag}
    for ticket in with_tag[:8]:
        somebody.request("DELETE", f"/tickets/{ticket.id}/tags", json={"tags": ["swept"]}).raise_for_status()
    for ticket in without[:3]:
        change(somebody, ticket.id, additional_tags=["swept"])
    body = {"subject": "Just now", "comment": {"body": "b"}, "tags": ["swept"]}
    made = str(somebody.post("/tickets", json={"ticket": body}).json()["ticket"]["id"])
    expected = {ticket.id for ticket in [*with_tag[8:], *without[:3]]} | {made}
    assert listed(adapter, now, "tag:swept") == expected
    assert listed(adapter, now, "-tag:swept status:open") & {ticket.id for ticket in tickets} == {
        ticket.id for ticket in [*with_tag[:8], *without[3:]]
    }
    assert made in listed(adapter, now, "status:new")
    assert somebody.get("/search/count", params={"query": f"id:{made}"}).json()["count"] == 0


@pytest.mark.slow
def test_any_change_at_any_time(adapter: Adapter, somebody: httpx.Client, sandbox: Sandbox, now: datetime) -> None:
    """Some changes are known to the index, some are not; a list is what reading everything would find."""
    chance = random.Random(11)
    numbers = [ticket.id for ticket in everything(adapter, now) if ticket.status is Status.OPEN and ticket.assignee][
        :40
    ]
    queries = (
        "tag:one",
        "-tag:one status:open",
        "status:pending",
        "status:resolved",
        "priority:p1",
        "tag:two priority:p3..p4",
    )
    for _ in range(8):
        for number in chance.sample(numbers, 6):
            values: dict[str, Any] = {"priority": chance.choice(["low", "normal", "high", "urgent"])}
            match chance.randrange(4):
                case 0:
                    values |= {"additional_tags": [chance.choice(["one", "two"])]}
                case 1:
                    values |= {"remove_tags": ["one", "two"]}
                case 2:
                    values |= {"status": chance.choice(["open", "pending"])}
                case _:
                    values |= {"comment": {"body": "One thing more."}}
            change(somebody, number, **values)
        sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=chance.choice([0, 60, 100, 200])))
        truth = _by_key(adapter, somebody)
        for text in queries:
            query = parse(text, now=now)
            wanted = {ticket.id for ticket in truth if evaluate(query, ticket, now)}
            assert listed(adapter, now, text) == wanted, text


def _by_key(adapter: Adapter, client: httpx.Client) -> list[Ticket]:
    """Every ticket as it is, whatever any index knows."""
    last = client.get("/tickets?page[size]=1&sort=-id").json()["tickets"][0]["id"]
    return [
        ticket for page in adapter.get([str(number) for number in range(1, last + 1)], LISTING) for ticket in page.items
    ]
