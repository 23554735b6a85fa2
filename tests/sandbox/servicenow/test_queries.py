"""Encoded queries on a handful of incidents whose answers can be worked out by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.sandbox.server import serve
from supportctl.sandbox.servicenow import records
from supportctl.sandbox.servicenow.encoded import parse
from supportctl.sandbox.servicenow.scripts import evaluate, relative
from supportctl.sandbox.servicenow.seed import prepare
from supportctl.sandbox.store import Store
from tests.sandbox.servicenow.conftest import ADMIN, Now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GROUP = {"sys_id": "a" * 32, "name": "Network"}
LABEL = "b" * 32


def incident(number: int, **values: str) -> dict[str, Any]:
    return {
        "sys_id": f"{number:032x}",
        "number": f"INC000000{number}",
        "active": "true",
        "state": "1",
        "priority": "3",
        "opened_at": f"2026-01-0{number} 10:00:00",
        "sys_updated_on": f"2026-02-0{number} 23:30:00",
        **values,
    }


INCIDENTS = [
    incident(1, short_description="VPN fails", assignment_group=GROUP["sys_id"], impact="1"),
    incident(2, short_description="vpn slow_100%", priority="1", category="network"),
    incident(3, short_description="Printer", state="6", knowledge="true", reassignment_count="10"),
    incident(4, state="7", active="false", reassignment_count="9", category="devices"),
    incident(5, short_description="fails to print VPN", parent_incident=f"{1:032x}"),
]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Now]:
    path: Path = tmp_path_factory.mktemp("queries") / "sandbox.sqlite"
    with Store(path) as store:
        with store.write() as db:
            prepare(db)
            records.put(db, "sys_user_group", GROUP)
            records.put_many(db, "incident", INCIDENTS)
            records.put(db, "problem", {**incident(6), "number": "PRB0000006"})
            entry = {"sys_id": "c" * 32, "label": LABEL, "table": "incident", "table_key": f"{2:032x}"}
            records.put(db, "label_entry", entry)
        with serve(store) as server, httpx.Client(base_url=server.url, auth=ADMIN, timeout=30) as client:
            yield Now(client)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", "12345"),
        ("state=1", "125"),
        ("state=1^priority=1", "2"),
        ("state=6^ORstate=7", "34"),
        ("active=true^state=6^ORpriority=1", "23"),
        ("priority=1^ORstate=6^active=true", "23"),
        ("state=7^NQpriority=1", "24"),
        ("state=1^priority=3^NQstate=7^active=false", "145"),
        ("stateIN6,7", "34"),
        ("stateNOT IN6,7", "125"),
        ("category=network", "2"),
        ("category!=network", "1345"),
        ("categoryNOT INnetwork,devices", "135"),
        ("category=", "135"),
        ("categoryISEMPTY", "135"),
        ("categoryISNOTEMPTY", "24"),
        ("short_descriptionLIKEvpn", "125"),
        ("short_descriptionNOT LIKEvpn", "34"),
        ("short_descriptionSTARTSWITHvpn", "12"),
        ("short_descriptionENDSWITHvpn", "5"),
        ("short_descriptionLIKEw_1", "2"),
        ("short_descriptionLIKE%", "2"),
        ("short_description=VPN fails", "1"),
        ("short_description=vpn fails", ""),
        ("reassignment_count>9", "3"),
        ("reassignment_count>=9", "34"),
        ("priority<3", "2"),
        ("priorityBETWEEN1@2", "2"),
        ("knowledge=false", "1245"),
        ("knowledge=true", "3"),
        ("assignment_group.name=Network", "1"),
        ("assignment_groupLIKEnet", "1"),
        ("assignment_group=Network", ""),
        ("parent_incident.short_descriptionLIKEvpn", "5"),
        (f"sys_id>{2:032x}^ORDERBYsys_id", "345"),
        ("numberININC0000002,INC0000004", "24"),
        (f"sys_tags.{LABEL}={LABEL}", "2"),
        ("stateSAMEASpriority", "2"),
        ("stateNSAMEASpriority^state=1", "15"),
        ("sys_class_name=incident", "12345"),
        ("priorityANYTHING", "12345"),
        # times of a query are those of the asking user, one hour before UTC in winter
        ("opened_at>=2026-01-03 11:00:00", "345"),
        ("opened_at>2026-01-03 11:00:00", "45"),
        ("opened_atBETWEENjavascript:gs.dateGenerate('2026-01-02','00:00:00')@"
         "javascript:gs.dateGenerate('2026-01-03','23:59:59')", "23"),
        ("sys_updated_onONSome day@javascript:gs.dateGenerate('2026-02-03','start')@"
         "javascript:gs.dateGenerate('2026-02-03','end')", "2"),
        ("opened_at<javascript:gs.daysAgoStart(0)", "12345"),
        ("opened_atRELATIVELT@hour@ago@1", "12345"),
        ("opened_atRELATIVEGT@year@ago@1000^state=1", "125"),
    ],
)  # fmt: skip
def test_answers(instance: Now, query: str, numbers: str) -> None:
    assert "".join(number[-1] for number in sorted(instance.numbers(query))) == numbers


@pytest.mark.parametrize(
    "query",
    [
        "nosuchfield=1",
        "nosuchfield.name=1",
        "caller_id.nosuchfield=1",
        "stateSOUNDSLIKE1",
        "=1",
        "state",
        "opened_at>yesterday",
        "opened_at>javascript:gs.whoKnows()",
        "priorityBETWEEN1",
        "state=1^ORnosuchfield=2^nosuchfield=3"[8:],
    ],
)
def test_what_cannot_be_read_is_ignored(instance: Now, query: str) -> None:
    assert len(instance.numbers(query)) == 5
    assert instance.numbers(f"{query}^state=7") == ["INC0000004"]


def test_a_caret_in_a_value_starts_a_condition(instance: Now) -> None:
    assert len(instance.numbers("short_description=x^NQactive=true")) == 4


def test_tables_that_extend_task_are_seen_through_it(instance: Now) -> None:
    rows = instance.list("task", "priority=3^ORDERBYnumber", fields="number,sys_class_name,caller_id")
    assert [row["sys_class_name"] for row in rows] == ["incident"] * 4 + ["problem"]
    assert all("caller_id" not in row for row in rows)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("ORDERBYnumber", "12345"),
        ("ORDERBYDESCopened_at", "54321"),
        ("ORDERBYpriority^ORDERBYDESCnumber", "25431"),
        ("ORDERBYDESCreassignment_count^ORDERBYnumber", "34125"),
        ("active=true^ORDERBYassignment_group^ORDERBYnumber", "2351"),
    ],
)
def test_order(instance: Now, query: str, numbers: str) -> None:
    assert "".join(number[-1] for number in instance.numbers(query)) == numbers


def test_field_value_pairs_instead_of_a_query(instance: Now) -> None:
    answer = instance.http.get("/api/now/table/incident", params={"state": "1", "priority": "1"})
    assert [row["number"] for row in answer.json()["result"]] == ["INC0000002"]


@given(st.text(alphabet=st.sampled_from("^ORNQstate=1INLIKE@.javascript:gs()ORDERBY<>!, "), max_size=60))
def test_any_query_is_read(text: str) -> None:
    parsed = parse(text)
    assert len(parsed.groups) == text.count("^NQ") + text.startswith("NQ") + 1


@given(st.text(alphabet=st.sampled_from("0123456789-@agohuryd "), max_size=30))
def test_far_dates_are_moments_or_nothing(text: str) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for value in (relative(f"@hour@ago@{text}", now), evaluate(f"javascript:gs.daysAgo({text})", now, UTC, "me")):
        assert value is None or re.fullmatch(r"\d{1,4}-\d\d-\d\d \d\d:\d\d:\d\d", value)
