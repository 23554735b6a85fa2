"""Search and exports of the sandbox's Zendesk, against the tickets themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.sandbox.zendesk.search_query import Term, parse
from tests.sandbox.zendesk.test_reading import every, undeleted

pytestmark = pytest.mark.slow

CATEGORY = 7_703_000_000_101


def search(api, query: str) -> set[int]:
    """Ids by export, which has no ceiling; the count must agree."""
    params = {"query": query, "filter[type]": "ticket", "page[size]": 1000}
    page = api.get("/search/export", params=params).json()
    assert not page["meta"]["has_more"]
    assert api.get("/search/count", params={"query": f"type:ticket {query}"}).json()["count"] == len(page["results"])
    return {ticket["id"] for ticket in page["results"]}


RANK = {"new": 0, "open": 1, "pending": 2, "hold": 3, "solved": 4, "closed": 5}
PRIORITY = {None: 0, "low": 1, "normal": 2, "high": 3, "urgent": 4}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("status<solved", lambda t: RANK[t["status"]] < 4),
        ("status:open status:pending", lambda t: t["status"] in {"open", "pending"}),
        ("-status:closed", lambda t: t["status"] != "closed"),
        ("priority>normal", lambda t: PRIORITY[t["priority"]] > 2),
        ("priority:none", lambda t: t["priority"] is None),
        ("assignee:none status<solved", lambda t: t["assignee_id"] is None and RANK[t["status"]] < 4),
        ("ticket_type:incident", lambda t: t["type"] == "incident"),
        ("tags:terminal", lambda t: "terminal" in t["tags"]),
        ("tags:terminal tags:vpn", lambda t: {"terminal", "vpn"} & set(t["tags"])),
        ("-tags:terminal", lambda t: "terminal" not in t["tags"]),
        ("tags:term*", lambda t: any(tag.startswith("term") for tag in t["tags"])),
        ("group:Billing", lambda t: t["group_id"] == 7_701_000_000_002),
        ("created>=2026-02-01 created<2026-02-10", lambda t: "2026-02-01" <= t["created_at"] < "2026-02-10"),
        ("created:2026-02-04", lambda t: t["created_at"].startswith("2026-02-04")),
        ("updated>2026-02-20T12:00:00Z", lambda t: t["updated_at"] > "2026-02-20T12:00:00Z"),
        ("via:email", lambda t: t["via"]["channel"] == "email"),
        (f"custom_field_{CATEGORY}:*", lambda t: t["custom_fields"][0]["value"] is not None),
        (f"custom_field_{CATEGORY}:cat_billing", lambda t: t["custom_fields"][0]["value"] == "cat_billing"),
        (f"-custom_field_{CATEGORY}:*", lambda t: t["custom_fields"][0]["value"] is None),
    ],
)
def test_properties_mean_what_the_vendor_says(api, query, wanted) -> None:
    expected = {ticket["id"] for ticket in undeleted(api) if wanted(ticket)}
    assert search(api, query) == expected


def test_free_text_is_words_phrases_and_prefixes(api) -> None:
    tickets = every(api, "/tickets", "tickets")
    ticket = next(ticket for ticket in tickets if ticket["subject"].isascii() and len(ticket["subject"].split()) > 3)
    words = " ".join(ticket["subject"].split()[:3])
    assert ticket["id"] in search(api, f'"{words}"')
    assert ticket["id"] in search(api, f"subject:{ticket['subject'].split()[0]}*")
    assert search(api, "zzzqqq") == set()
    assert ticket["id"] in search(api, str(ticket["id"]))


def test_what_is_no_property_is_text(api) -> None:
    assert search(api, "stauts:open") == set()


def test_search_ends_after_a_thousand(api) -> None:
    answer = api.get("/search", params={"query": "type:ticket", "page": 11, "per_page": 100})
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid")
    assert api.get("/search", params={"query": "type:ticket", "page[size]": 5}).status_code == 400


def test_search_mixes_types_unless_told(api) -> None:
    results = api.get("/search", params={"query": "harborlight"}).json()["results"]
    assert {"user", "organization"} <= {result["result_type"] for result in results}


def test_export_wants_a_type_and_its_cursor_ages(sandbox, api) -> None:
    assert api.get("/search/export", params={"query": "status<closed"}).status_code == 400
    params = {"query": "status<closed", "filter[type]": "ticket", "page[size]": 7}
    seen, page = [], api.get("/search/export", params=params).json()
    seen += page["results"]
    following = page["links"]["next"]
    while page["meta"]["has_more"]:
        page = api.get(page["links"]["next"]).json()
        seen += page["results"]
    keys = [(ticket["created_at"], -ticket["id"]) for ticket in seen]
    assert keys == sorted(keys, reverse=True)
    assert len({ticket["id"] for ticket in seen}) == len(seen)
    sandbox.store.set_clock(sandbox.store.now() + timedelta(hours=2))
    assert api.get(following).status_code == 400


def test_incremental_export_ends_and_goes_on(sandbox, api) -> None:
    page = api.get("/incremental/tickets/cursor.json", params={"start_time": 0, "per_page": 150}).json()
    seen = list(page["tickets"])
    while not page["end_of_stream"]:
        page = api.get(page["after_url"]).json()
        seen += page["tickets"]
    assert len({ticket["id"] for ticket in seen}) == len(seen)
    assert [t["generated_timestamp"] for t in seen] == sorted(t["generated_timestamp"] for t in seen)
    tagged, gone = [ticket["id"] for ticket in seen if ticket["status"] == "open"][:2]
    api.put(f"/tickets/{tagged}/tags", json={"tags": ["seen-again"]})
    api.delete(f"/tickets/{gone}")
    assert api.get(page["after_url"]).json()["tickets"] == []
    sandbox.store.set_clock(sandbox.store.now() + timedelta(seconds=90))
    later = api.get(page["after_url"]).json()["tickets"]
    assert {ticket["id"]: ticket["status"] for ticket in later} == {tagged: "open", gone: "deleted"}
    soon = int(sandbox.store.now().timestamp()) - 5
    assert api.get(f"/incremental/tickets/cursor?start_time={soon}").status_code == 422


def test_ticket_events_hold_every_audit(sandbox, api) -> None:
    start, seen = 0, {}
    while True:
        page = api.get("/incremental/ticket_events", params={"start_time": start, "include": "comment_events"}).json()
        seen.update({event["id"]: event for event in page["ticket_events"]})
        if page["end_of_stream"]:
            break
        start = page["end_time"]
    moment = int((datetime(2026, 3, 2, 12, tzinfo=UTC) - timedelta(seconds=60)).timestamp())
    assert len(seen) == sandbox.store.value("SELECT count(*) FROM zd_audits WHERE created <= ?", (moment,))
    assert any(child.get("event_type") == "Comment" for event in seen.values() for child in event["child_events"])


def test_terms_are_read() -> None:
    assert parse('-tags:vip status<=pending "two words" x') == [
        Term("tags", ":", "vip", negated=True),
        Term("status", "<=", "pending"),
        Term(None, ":", "two words", quoted=True),
        Term(None, ":", "x"),
    ]


@given(st.text(max_size=80))
def test_any_text_is_a_query(text) -> None:
    parse(text)
