"""Pushing down never loses a ticket: whatever is true here is asked for there, in both polarities."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.servicenow.encoded import encode
from supportctl.adapters.servicenow.types import Cell
from supportctl.query import evaluate, parse

from .conftest import adapter_on, dictionary_row, incident
from .instance import Instance, matches

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STAMPS = [
    "",
    "2026-03-02 11:59:59",
    "2026-03-01 23:30:00",
    "2026-02-23 12:00:00",
    "2026-01-31 23:59:59",
    "2026-02-01 00:00:00",
]
STAMP = st.sampled_from(STAMPS)
PEOPLE = [
    ("", "", ""),
    ("1" * 32, "Zoë Straße", "zoe@example.com"),
    ("2" * 32, "ABEL", "Abel@Example.com"),
    ("3" * 32, "abel", ""),
]

NO_GROUP = {"assignment_group": "", "assignment_group@": "", "assignment_group.name": ""}


@st.composite
def records(draw: st.DrawFn) -> dict[str, str]:
    caller, assignee = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE))
    fields = {
        "state": draw(st.sampled_from(["", "1", "2", "3", "6", "7", "8", "42"])),
        "hold_reason": draw(st.sampled_from(["", "1", "4"])),
        "active": draw(st.sampled_from(["true", "false"])),
        "priority": draw(st.sampled_from(["", "1", "2", "5", "9"])),
        "category": draw(st.sampled_from(["", "network", "Network"])),
        "contact_type": draw(st.sampled_from(["", "phone", "self-service", "Walk-in"])),
        "impact": draw(st.sampled_from(["", "1", "3"])),
        "opened_at": draw(STAMP),
        "sys_created_on": draw(st.sampled_from(STAMPS[1:])),
        "sys_updated_on": draw(st.sampled_from(STAMPS[1:])),
        "resolved_at": draw(STAMP),
        "due_date": draw(STAMP),
        "reopen_count": draw(st.sampled_from(["", "0", "1", "2", "10"])),
        "short_description": draw(st.sampled_from(["", "VPN down", "vpn Straße", "100% ^ broken"])),
        "u_site": draw(st.sampled_from(["", "Oslo"])),
        "caller_id": caller[0], "caller_id@": caller[1], "caller_id.name": caller[1], "caller_id.email": caller[2],
        "assigned_to": assignee[0], "assigned_to@": assignee[1], "assigned_to.name": assignee[1],
        "assigned_to.email": assignee[2],
        **draw(st.sampled_from([{}, NO_GROUP])),
    }  # fmt: skip
    return incident(draw(st.integers(1, 50)), **fields)


TERMS = [
    "status:open", "status:new", "status:pending", "status:on_hold", "status:closed,resolved", "status:cancelled",
    "priority:p1", "priority:p1..p2", "priority:none", "priority:any", "kind:incident", "kind:problem",
    "created:2026-02-01..2026-03-02", "updated:2026-03-01..", "resolved:none", "resolved:any", "due:..2026-02-01",
    "age>7d", "age>=7d", "age<1d", "idle>30d", "idle<3d", "reopens:2..", "reopens:0..1", "category:network",
    "category:none", "channel:portal", "channel:walk-in", "channel:any", "impact:1", "impact:none", "requester:abel",
    "requester:ABEL@example.COM", "requester:none", "assignee:none", "assignee:any", 'requester:"zoë strasse"',
    'assignee:"zoë strasse"', 'group:"service desk"', "group:none", 'text:"vpn"', 'text:"STRASSE"', 'text:"100% ^"',
    "organization:none", "key:INC0000007", "key:inc0000001,INC0000002", "link:none", "tag:none", "u_site:none",
    "u_site:any",
]  # fmt: skip


def query(depth: int) -> st.SearchStrategy[str]:
    leaf = st.sampled_from(TERMS).map(str)
    return st.recursive(
        st.builds(lambda minus, term: ("-" if minus else "") + term, st.booleans(), leaf),
        lambda inner: st.builds(
            lambda minus, word, parts: ("-" if minus else "") + "(" + word.join(parts) + ")",
            st.booleans(),
            st.sampled_from([" ", " or "]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=depth,
    )


def translator_of(instance: Instance) -> Any:
    adapter = adapter_on(instance)
    adapter.dictionary.fields("incident")
    return adapter


@pytest.fixture(
    params=[("Europe/Oslo", True), ("", True), ("America/Los_Angeles", False)], ids=["oslo", "unknown", "case"]
)
def adapter(request: pytest.FixtureRequest, instance: Instance) -> Any:
    zone, folds = request.param
    instance.folds = folds
    instance.tables["sys_user"][0]["time_zone"] = zone
    instance.add("sys_dictionary", [dictionary_row(900, "incident", "u_site")])
    return translator_of(instance)


def as_server_reads(record: dict[str, str], zone: str) -> dict[str, str]:
    """The record with its times in the zone the server compares literals in."""
    from zoneinfo import ZoneInfo

    told = dict(record)
    for name in ("opened_at", "sys_created_on", "sys_updated_on", "resolved_at", "due_date"):
        if told[name]:
            at = datetime.fromisoformat(told[name] + "+00:00").astimezone(ZoneInfo(zone))
            told[name] = at.strftime("%Y-%m-%d %H:%M:%S")
    return told


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(query(6), records())
def test_true_here_is_asked_for_there(adapter: Any, text: str, record: dict[str, str]) -> None:
    node = parse(text, now=NOW, custom_fields=("u_site",))
    selection = Selection(now=NOW, query=node)
    plan = adapter._selecting.plan(selection)
    decoder, fields = adapter.decoder("incident", LISTING | {Need.CUSTOM})
    row = {
        name: Cell(value=record[name], display_value=record.get(f"{name}@", record[name]))
        for name in fields
        if name in record
    }
    ticket = decoder.ticket(row)
    if evaluate(node, ticket, NOW) is not True:
        return
    condition = plan.conditions["incident"]
    zone = adapter.session.zone
    for assumed in [zone.key] if zone else ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"]:
        asked = encode(condition)
        assert not condition.impossible, text
        assert matches(as_server_reads(record, assumed), asked, folds=adapter.session.folds_case()), (
            text,
            asked,
            assumed,
        )
