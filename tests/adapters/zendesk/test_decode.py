"""Tickets, comments and audits to the portable model."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.zendesk import decode, threads
from supportctl.adapters.zendesk.context import Context
from supportctl.adapters.zendesk.types import reading, reading_shape
from supportctl.errors import ProtocolError
from supportctl.model import Kind, LinkType, Priority, Role, Status, Ticket, Unknown

from .conftest import SITE, ticket


def context(**changes: Any) -> Context:
    return Context(profile="acme", site=SITE, now=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC), **changes)


def one(doc: dict[str, Any], where: Context | None = None, **beside: Any) -> Ticket:
    return decode.tickets({"tickets": [doc], **beside}, where or context())[0]


def test_a_whole_ticket() -> None:
    found = one(
        ticket(7), users=[{"id": 11, "name": "Ada", "email": "ada@x.example", "role": "end-user", "active": True}]
    )
    assert (found.id, found.key, found.url) == ("7", "#7", f"{SITE}/agent/tickets/7")
    assert (found.kind, found.status, found.priority) == (Kind.INCIDENT, Status.OPEN, Priority.P2)
    assert (found.native_kind, found.native_status, found.native_priority) == ("incident", "open", "high")
    assert found.requester is not None
    assert (found.requester.name, found.requester.role) == ("Ada", Role.END_USER)
    assert found.assignee is not None
    assert (found.assignee.id, found.assignee.name) == ("21", None)
    assert found.created_at == datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert found.version == "2026-02-20T09:30:00Z"
    assert found.channel == "web"
    assert [(field.id, field.value) for field in found.custom] == [("501", "network"), ("502", None)]
    assert not {"via", "url", "fields", "raw_subject", "subject"} & found.native.keys()
    assert found.native["brand_id"] == 2


@pytest.mark.parametrize(
    ("native", "status"),
    [
        ("new", Status.NEW),
        ("pending", Status.PENDING),
        ("hold", Status.ON_HOLD),
        ("solved", Status.RESOLVED),
        ("closed", Status.CLOSED),
        ("deleted", Status.DELETED),
    ],
)
def test_statuses(native: str, status: Status) -> None:
    assert one(ticket(1, status=native)).status is status


def test_a_custom_status_has_its_label_and_may_be_overridden() -> None:
    where = context(status_labels={9001: "With the vendor"}, statuses={"9002": Status.CANCELLED})
    labelled = one(ticket(1, status="hold", custom_status_id=9001), where)
    assert (labelled.status, labelled.native_status) == (Status.ON_HOLD, "With the vendor")
    assert one(ticket(2, status="solved", custom_status_id=9002), where).status is Status.CANCELLED
    assert one(ticket(3, status="solved", custom_status_id=9001), where).status is Status.RESOLVED


def test_a_status_nobody_knows_is_unknown_and_kept() -> None:
    found = one(ticket(1, status="frozen"))
    assert found.status is None
    assert found.native_status == "frozen"
    assert found.unknown["status"] is Unknown.ABSENT


def test_absent_null_and_empty_are_three_things() -> None:
    doc = ticket(1, priority=None, tags=[])
    del doc["assignee_id"]
    found = one(doc)
    assert found.priority is None
    assert found.knows("priority")
    assert found.tags == []
    assert found.knows("tags")
    assert found.unknown["assignee"] is Unknown.ABSENT
    assert found.unknown["comments"] is Unknown.NOT_FETCHED
    assert found.unknown["reopens"] is Unknown.NOT_FETCHED
    assert found.unknown["impact"] is Unknown.ABSENT


def test_the_gaps_of_one_ticket_are_not_anothers() -> None:
    bare = ticket(1)
    del bare["priority"]
    first, second = decode.tickets({"tickets": [bare, ticket(2)]}, context())
    assert "priority" in first.unknown
    assert "priority" not in second.unknown


def test_fields_the_profile_maps() -> None:
    where = context(mapped={501: "category", 502: "closure_code", 503: "impact"})
    found = one(ticket(1), where)
    assert found.category == "network"
    assert found.closure_code is None
    assert found.knows("closure_code")
    assert found.unknown["impact"] is Unknown.ABSENT


def test_metric_sets_inside_and_beside() -> None:
    counted = {
        "id": 1,
        "ticket_id": 5,
        "reopens": 2,
        "assignee_stations": 3,
        "solved_at": "2026-02-20T09:00:00Z",
        "status_updated_at": "2026-02-24T09:00:00Z",
        "reply_time_in_minutes": {"calendar": 90, "business": 30},
    }
    inside = one(ticket(5, status="closed", metric_set=dict(counted)))
    beside = one(ticket(5, status="closed"), metric_sets=[dict(counted)])
    for found in (inside, beside):
        assert (found.reopens, found.reassignments) == (2, 2)
        assert found.first_response_at == datetime(2026, 2, 1, 9, 30, tzinfo=UTC)
        assert found.resolved_at == datetime(2026, 2, 20, 9, tzinfo=UTC)
        assert found.closed_at == datetime(2026, 2, 24, 9, tzinfo=UTC)
        assert not {"reopens", "closed_at"} & found.unknown.keys()
    assert one(ticket(5, status="open", metric_set=dict(counted))).resolved_at is None


def test_sla_clocks() -> None:
    clocks = [
        {"metric": "first_reply_time", "stage": "achieved", "breach_at": "2026-02-01T10:00:00Z", "days": -29},
        {"metric": "requester_wait_time", "stage": "active", "breach_at": "2026-03-02T11:00:00Z", "hours": -1},
        {"metric": "agent_work_time", "stage": "paused", "breach_at": None},
        {"metric": "next_reply_time", "stage": "achieved", "breach_at": "2026-02-03T10:00:00Z", "days": -27},
        {"metric": "periodic_update_time", "stage": "active", "breach_at": "2026-03-02T11:59:30Z", "minutes": 0},
    ]
    counted = {"ticket_id": 5, "reply_time_in_minutes": {"calendar": 90}}
    found = one(ticket(5, slas={"policy_metrics": clocks}, metric_set=counted)).slas
    assert [clock.breached for clock in found] == [False, True, None, None, True]
    assert [clock.paused for clock in found] == [False, False, True, None, False]
    assert found[0].stopped_at == datetime(2026, 2, 1, 9, 30, tzinfo=UTC)
    assert found[1].remaining == -3600
    assert found[0].remaining is None
    empty = one(ticket(5, slas={"policy_metrics": []}))
    assert empty.slas == []
    assert empty.knows("slas")


def test_links() -> None:
    via = {"channel": "web", "source": {"from": {"ticket_id": 3, "subject": "x"}, "to": {}, "rel": "follow_up"}}
    found = one(ticket(5, problem_id=2, followup_ids=[9], via=via))
    assert [(link.type, link.key) for link in found.links] == [
        (LinkType.PROBLEM, "#2"),
        (LinkType.RELATES, "#9"),
        (LinkType.RELATES, "#3"),
    ]
    assert one(ticket(2, has_incidents=True)).unknown["links"] is Unknown.NOT_FETCHED


def test_a_key_zendesk_adds_later_is_kept() -> None:
    assert one(ticket(1, brand_new={"x": [1]})).native["brand_new"] == {"x": [1]}


def test_comments_keep_what_the_plain_body_does_not_say() -> None:
    doc = {
        "id": 1,
        "type": "Comment",
        "author_id": 11,
        "body": "**bold**",
        "plain_body": "bold",
        "html_body": "<b>bold</b>",
        "public": False,
        "created_at": "2026-02-01T08:00:00Z",
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "attachments": [{"id": 8, "file_name": "../../x.log", "size": 3, "content_url": "https://x/y", "inline": True}],
    }
    found = threads.comment(doc, context())
    assert (found.body, found.public, found.html, found.channel) == ("bold", False, "<b>bold</b>", "email")
    assert found.native["body"] == "**bold**"
    assert found.attachments[0].filename == "../../x.log"
    assert found.attachments[0].inline is True
    assert threads.comment({"id": 2, "body": "only body"}, context()).body == "only body"


def test_audits_become_events() -> None:
    doc = {
        "id": 5,
        "ticket_id": 1,
        "author_id": 21,
        "created_at": "2026-02-02T00:00:00Z",
        "via": {"channel": "web"},
        "events": [
            {"id": 1, "type": "Change", "field_name": "status", "previous_value": "solved", "value": "open"},
            {"id": 2, "type": "Change", "field_name": "priority", "previous_value": None, "value": "urgent"},
            {"id": 3, "type": "Change", "field_name": "assignee_id", "previous_value": "21", "value": "22"},
            {"id": 4, "type": "Create", "field_name": "501", "value": "network"},
            {"id": 6, "type": "Comment", "public": True, "body": "hello"},
            {"id": 7, "type": "SomethingNew", "details": {"x": 1}, "via": {"channel": "rule"}},
        ],
    }
    where = context()
    decode.learn({"users": [{"id": 21, "name": "Bo", "role": "agent"}]}, where)
    events = threads.audit(doc, where)
    assert [event.field for event in events] == ["status", "priority", "assignee", "501", "comment", "somethingnew"]
    assert (events[0].before, events[0].after, events[0].before_label) == (Status.RESOLVED, Status.OPEN, "solved")
    assert events[1].after is Priority.P1
    assert (events[2].before, events[2].before_label, events[2].after_label) == ("21", "Bo", None)
    assert events[4].native["body"] == "hello"
    assert events[5].channel == "rule"
    assert all(event.actor is not None and event.actor.name == "Bo" for event in events)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"tickets": ', b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_bodies_that_are_no_answer(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        reading("tickets", body)


@pytest.mark.parametrize(
    "docs", [[{"id": 1, "via": "web"}], [{}], ["x"], [{"id": 1, "created_at": 5}], [{"id": 1, "custom_fields": 3}], 7]
)
def test_bodies_of_another_shape_show_no_values(docs: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        reading_shape("tickets", lambda: decode.tickets({"tickets": docs}, context()))
    assert "documented shape" in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*ticket(1), "slas", "metric_set", "new_key"]), JSON, max_size=12))
def test_whatever_comes_is_decoded_or_refused_as_protocol(changes: dict[str, Any]) -> None:
    body = json.dumps({"tickets": [ticket(1) | changes | {"id": 1}]}).encode()
    try:
        found = reading_shape("tickets", lambda: decode.tickets(reading("tickets", body), context()))
    except ProtocolError:
        return
    assert found[0].id == "1"
