"""What is asked of Zendesk search, and what never is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from supportctl.adapters.zendesk import pushdown
from supportctl.adapters.zendesk.mapping import PRIORITIES
from supportctl.model import Priority, Status
from supportctl.query import parse
from tests.query.strategies import nodes

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def search(query: str, **changes: Any) -> str | None:
    words = pushdown.Words(**{"now": NOW, "priorities": PRIORITIES} | changes)
    return pushdown.split(parse(query, now=NOW), words).search


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("status:open", "status:open"),
        ("status:open,on_hold", "status:open status:hold"),
        ("-status:closed,resolved", "status:new status:open status:pending status:hold"),
        ("priority:p1..p2", "priority:urgent priority:high"),
        ("-priority:p1", "-priority:urgent"),
        ("kind:incident", "ticket_type:incident"),
        ("tag:VPN", "tags:vpn"),
        ("assignee:none", "assignee:none"),
        ("-assignee:none", "-assignee:none"),
        ("assignee:any", "-assignee:none"),
        ("requester:a@b.example", "requester:a@b.example"),
        ("age>7d", "created<2026-02-23T12:00:01Z"),
        ("-age>7d", "created>2026-02-23T11:59:59Z"),
        ("idle<3d", "updated>2026-02-27T11:59:59Z"),
        ("created:2026-01-01..2026-01-31", "created>2025-12-31T23:59:59Z created<2026-02-01T00:00:01Z"),
        ("-created:2026-01-01..", "created<2026-01-01T00:00:01Z"),
        ("status:open text:vpn", "status:open"),
        ("(status:open or status:pending) tag:a", "status:open status:pending tags:a"),
        ("tag:a tag:b", "tags:a"),
        ("-priority:p1 -priority:p2", "-priority:urgent -priority:high"),
    ],
)
def test_what_is_asked(query: str, asked: str) -> None:
    assert search(query) == asked


@pytest.mark.parametrize(
    "query",
    [
        "text:vpn",
        "-tag:vip",
        "tag:a,b",
        "tag:none",
        'tag:"two words"',
        "-group:x",
        "-requester:a@b.example",
        "requester:Ada",
        'requester:"a@b.example OR status:closed"',
        "status:deleted",
        "status:cancelled",
        "kind:change",
        "-kind:incident",
        "priority:p5",
        "priority:none",
        "-created:2026-01-01..2026-01-31",
        "status:open or tag:a",
        "status:open or text:x",
        "key:5",
        "organization:x",
        "channel:email",
        "sla:breached",
    ],
)
def test_what_is_left_to_us(query: str) -> None:
    assert search(query) is None


def test_groups_by_name_and_id() -> None:
    groups = {"tier 1": "41,42", "41": "41", "42": "42"}
    assert search('group:"Tier 1"', groups=lambda: groups) == "group:41 group:42"
    assert search("group:42", groups=lambda: groups) == "group:42"
    assert search("group:nobody", groups=lambda: groups) is None


def test_statuses_of_the_profile() -> None:
    statuses = {"9001": Status.CANCELLED}
    known = {"statuses": statuses, "categories": {"9001": "solved"}}
    assert search("status:cancelled", **known) == "status:solved status:closed"
    assert search("status:resolved", **known) == "status:solved"
    assert search("status:cancelled", statuses=statuses) is None
    assert search("-status:resolved", **known) is None
    swapped = {"pending": Status.OPEN}
    assert search("status:open", statuses=swapped) == "status:open status:pending"
    assert search("status:pending", statuses=swapped) is None


def test_priorities_of_the_profile() -> None:
    assert search("priority:p5", priorities=PRIORITIES | {"low": Priority.P5}) == "priority:low"


TERMS = re.compile(
    r"(status:(new|open|pending|hold|solved|closed)"
    r"|-?priority:[a-z]+|ticket_type:[a-z]+|tags:[a-z0-9_./-]+|group:\d+|-?assignee:none"
    r"|(assignee|requester):([1-9]\d*|[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)"
    r"|(created|updated)[<>]\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
)


@given(nodes)
def test_no_value_becomes_an_operator(node: Any) -> None:
    words = pushdown.Words(now=NOW, priorities=PRIORITIES)
    text = pushdown.split(node, words).search
    for word in (text or "").split(" ") if text else ():
        assert TERMS.fullmatch(word)
