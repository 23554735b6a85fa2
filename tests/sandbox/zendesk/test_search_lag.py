"""Searches and views that hear of changes late, while everything else knows them at once."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.sandbox.conditions import Conditions
from supportctl.sandbox.zendesk import names
from tests.sandbox.zendesk.test_reading import every
from tests.sandbox.zendesk.test_writing import put

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.fixtures.sandbox import Sandbox

LAG = 120


@pytest.fixture
def later(sandbox: Sandbox) -> Callable[[float], None]:
    """Lets time pass; from now on searches lag."""
    sandbox.store.conditions = Conditions(search_lag=LAG)

    def pass_by(seconds: float) -> None:
        sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=seconds))

    return pass_by


def found(api: httpx.Client, query: str) -> dict[int, dict[str, Any]]:
    """Tickets by id through the export; search and count must agree."""
    params = {"query": query, "filter[type]": "ticket", "page[size]": 1000}
    results = {ticket["id"]: ticket for ticket in api.get("/search/export", params=params).json()["results"]}
    asked = {"query": f"type:ticket {query}", "per_page": 100}
    assert {ticket["id"] for ticket in api.get("/search", params=asked).json()["results"]} <= set(results)
    assert api.get("/search/count", params=asked).json()["count"] == len(results)
    return results


def tickets(api: httpx.Client) -> dict[int, dict[str, Any]]:
    return {ticket["id"]: ticket for ticket in every(api, "/tickets", "tickets")}


def test_a_changed_ticket_is_found_by_what_it_was(api, later) -> None:
    number = next(n for n, ticket in tickets(api).items() if ticket["status"] == "open" and ticket["assignee_id"])
    api.post(f"/tickets/{number}/tags", json={"tags": ["before"]})
    later(LAG + 1)
    assert set(found(api, "tags:before")) == {number}
    put(api, number, tags=["after", "cat_network"], subject="Xylophone", comment={"body": "A zeppelin."})
    shown = api.get(f"/tickets/{number}").json()["ticket"]
    assert "after" in shown["tags"]
    assert api.get(f"/tickets/show_many?ids={number}").json()["tickets"] == [shown]
    assert tickets(api)[number] == shown
    assert "after" in str(api.get(f"/tickets/{number}/audits").json()["audits"][-1]["events"])
    news = ("tags:after", "xylophone", "zeppelin", f"custom_field_{names.CATEGORY}:cat_network")
    assert [found(api, query).keys() & {number} for query in news] == [set()] * 4
    (old,) = found(api, "tags:before").values()
    assert old["tags"] == ["before"]
    later(LAG - 5)
    assert set(found(api, "tags:before")) == {number}
    later(10)
    assert [found(api, query).keys() & {number} for query in news] == [{number}] * 4
    assert found(api, "tags:before") == {}


def test_new_deleted_and_restored_tickets(api, later) -> None:
    made = api.post("/tickets", json={"ticket": {"subject": "Quokka", "comment": {"body": "b"}}}).json()["ticket"]["id"]
    assert api.get(f"/tickets/{made}").status_code == 200
    assert found(api, "quokka") == found(api, f"id:{made}") == {}
    later(LAG + 1)
    assert set(found(api, "quokka")) == {made}
    api.delete(f"/tickets/{made}")
    assert api.get(f"/tickets/{made}").status_code == 404
    assert set(found(api, "quokka")) == {made}
    later(LAG + 1)
    assert found(api, "quokka") == {}
    api.put(f"/deleted_tickets/{made}/restore")
    assert found(api, "quokka") == {}
    later(LAG + 1)
    assert set(found(api, "quokka")) == {made}


def test_views_are_behind_too(api, later) -> None:
    view = next(view for view in api.get("/views").json()["views"] if view["title"] == "Pending tickets")

    def listed() -> set[int]:
        return {ticket["id"] for ticket in every(api, f"/views/{view['id']}/tickets", "tickets")}

    before = listed()
    number = next(n for n, ticket in tickets(api).items() if ticket["status"] == "open" and ticket["assignee_id"])
    put(api, number, status="pending")
    assert listed() == before
    assert api.get(f"/views/{view['id']}/count").json()["view_count"]["value"] == len(before)
    later(LAG + 1)
    assert listed() == before | {number}


@pytest.mark.night
def test_what_searches_know_is_what_was_so_that_long_ago(api, later) -> None:
    """Random changes at random moments, through single updates and jobs; each is known exactly ``LAG`` later."""
    chance = random.Random(3)
    numbers = [
        n for n, ticket in tickets(api).items() if ticket["status"] in {"open", "pending"} and ticket["assignee_id"]
    ]
    numbers = numbers[:12]
    past: list[tuple[float, dict[int, dict[str, Any]]]] = [(-float("inf"), tickets(api))]
    at = 0.0
    for turn in range(16):
        for number in chance.sample(numbers, 3):
            match chance.randrange(3):
                case 0:
                    put(api, number, tags=[chance.choice(["one", "two"])], status=chance.choice(["open", "pending"]))
                case 1:
                    body = {"ticket": {"additional_tags": ["three"], "remove_tags": ["one"]}}
                    api.put(f"/tickets/update_many?ids={number}", json=body)
                case _:
                    api.put(f"/tickets/{number}/tags", json={"tags": ["two"]})
        past.append((at, tickets(api)))
        step = chance.choice([40, 80, 200])
        later(step)
        at += step
        known = next(state for moment, state in reversed(past) if moment <= at - LAG)
        for tag in ("one", "two", "three"):
            expected = {number: ticket for number, ticket in known.items() if tag in ticket["tags"]}
            results = found(api, f"tags:{tag}")
            assert {n: t["updated_at"] for n, t in results.items()} == {
                n: t["updated_at"] for n, t in expected.items()
            }, turn
        pending = {number for number, ticket in known.items() if ticket["status"] == "pending"}
        assert set(found(api, "status:pending")) == pending


def test_nothing_is_kept_without_lag_nor_longer_than_it(sandbox, api, later) -> None:
    def kept() -> tuple[int, int]:
        text = sandbox.store.value("SELECT count(*) FROM zd_text WHERE rowid < 0")
        return sandbox.store.value("SELECT count(*) FROM zd_versions"), text

    number = next(n for n, ticket in tickets(api).items() if ticket["status"] == "open")
    for _ in range(3):
        put(api, number, comment={"body": "More."})
    assert kept() == (3, 3)
    later(LAG + 1)
    put(api, number, comment={"body": "More."})
    assert kept() == (1, 1)
    sandbox.store.conditions = Conditions()
    later(LAG + 1)
    put(api, number, comment={"body": "More."})
    assert kept() == (1, 1)
    assert set(found(api, "more")) >= {number}
