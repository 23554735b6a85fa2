"""Pushing down never loses a ticket: whatever is true here is asked for there, in both polarities."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.servicenow.encoded import encode
from supportctl.adapters.servicenow.types import Cell
from supportctl.query import evaluate, parse

from .conftest import adapter_on, dictionary_row, incident
from .instance import Instance, matches

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STAMPS = [
    "",
    "2026-03-02 11:59:59",
    "2026-03-01 23:30:00",
    "2026-02-23 12:00:00",
    "2026-01-31 23:59:59",
    "2026-02-01 00:00:00",
]
PEOPLE = [
    ("", "", ""),
    ("1" * 32, "Zoë Straße", "zoe@example.com"),
    ("2" * 32, "ABEL", "Abel@Example.com"),
    ("3" * 32, "abel", ""),
]

NO_GROUP = {"assignment_group": "", "assignment_group@": "", "assignment_group.name": ""}


def make(pick: Callable[[list[Any]], Any]) -> dict[str, str]:
    """A record whose values ``pick`` chooses."""
    caller, assignee = pick(PEOPLE), pick(PEOPLE)
    fields = {
        "state": pick(["", "1", "2", "3", "6", "7", "8", "42"]),
        "hold_reason": pick(["", "1", "4"]),
        "active": pick(["true", "false"]),
        "priority": pick(["", "1", "2", "5", "9"]),
        "category": pick(["", "network", "Network"]),
        "contact_type": pick(["", "phone", "self-service", "Walk-in"]),
        "impact": pick(["", "1", "3"]),
        "opened_at": pick(STAMPS),
        "sys_created_on": pick(STAMPS[1:]),
        "sys_updated_on": pick(STAMPS[1:]),
        "resolved_at": pick(STAMPS),
        "due_date": pick(STAMPS),
        "reopen_count": pick(["", "0", "1", "2", "10"]),
        "short_description": pick(["", "VPN down", "vpn Straße", "100% ^ broken"]),
        "u_site": pick(["", "Oslo"]),
        "caller_id": caller[0],
        "caller_id@": caller[1],
        "caller_id.name": caller[1],
        "caller_id.email": caller[2],
        "assigned_to": assignee[0],
        "assigned_to@": assignee[1],
        "assigned_to.name": assignee[1],
        "assigned_to.email": assignee[2],
        **pick([{}, NO_GROUP]),
    }
    return incident(pick(list(range(1, 10))), **fields)


@st.composite
def records(draw: st.DrawFn) -> dict[str, str]:
    return make(lambda choices: draw(st.sampled_from(choices)))


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


@pytest.mark.slow
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(query(6), records())
def test_true_here_is_asked_for_there(adapter: Any, text: str, record: dict[str, str]) -> None:
    asked_for(adapter, text, [record])


@pytest.mark.slow
@pytest.mark.parametrize("minus", ["", "-"])
def test_every_leaf_in_both_polarities(adapter: Any, minus: str) -> None:
    chance = random.Random(7)
    sample = [make(chance.choice) for _ in range(200)]
    for term in TERMS:
        asked_for(adapter, minus + term, sample)


def asked_for(adapter: Any, text: str, sample: list[dict[str, str]]) -> None:
    """Every record the query is true of is asked for, whatever zone the server may assume."""
    node = parse(text, now=NOW, custom_fields=("u_site",))
    condition = adapter._selecting.plan(Selection(now=NOW, query=node)).conditions["incident"]
    decoder, fields = adapter.decoder("incident", LISTING | {Need.CUSTOM})
    folds, zone = adapter.session.folds_case(), adapter.session.zone
    for record in sample:
        row = {
            name: Cell(value=record[name], display_value=record.get(f"{name}@", record[name]))
            for name in fields
            if name in record
        }
        if evaluate(node, decoder.ticket(row), NOW) is not True:
            continue
        assert not condition.impossible, text
        for assumed in [zone.key] if zone else ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"]:
            asked = encode(condition)
            assert matches(as_server_reads(record, assumed), asked, folds=folds), (text, asked, assumed, record)
