"""An incident event log: the last row is the record, the rows are its history, the future is not there."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.sandbox import servicenow as dialect
from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store
from tests.fixtures import incident_log
from tests.sandbox.servicenow.conftest import ADMIN, Now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STATES = {
    "New": ("1", ""), "Active": ("2", ""), "Awaiting User Info": ("3", "1"), "Awaiting Problem": ("3", "3"),
    "Awaiting Vendor": ("3", "4"), "Awaiting Evidence": ("3", "6"), "Resolved": ("6", ""), "Closed": ("7", ""),
    "-100": ("-100", ""),
}  # fmt: skip


def row(number: str, state: str, at: str, count: int, **values: str) -> dict[str, str]:
    return {
        "number": number, "incident_state": state, "active": "true", "reassignment_count": "0", "reopen_count": "0",
        "sys_mod_count": str(count), "made_sla": "true", "caller_id": "Caller 1", "opened_by": "Opened by  2",
        "opened_at": "29/2/2016 01:16", "sys_created_by": "?", "sys_created_at": "?", "sys_updated_by": "Updated by 3",
        "sys_updated_at": at, "contact_type": "Phone", "location": "Location 4", "category": "Category 5",
        "subcategory": "?", "u_symptom": "?", "cmdb_ci": "?", "impact": "2 - Medium", "urgency": "1 - High",
        "priority": "2 - High", "assignment_group": "?", "assigned_to": "?", "knowledge": "false",
        "u_priority_confirmation": "false", "notify": "Do Not Notify", "problem_id": "?", "rfc": "?", "vendor": "?",
        "caused_by": "?", "closed_code": "code 5", "resolved_by": "Resolved by 6", "resolved_at": "1/3/2016 11:29",
        "closed_at": "5/3/2016 12:00", **values,
    }  # fmt: skip


LOG = [
    row("INC0000001", "New", "29/2/2016 01:23", 0),
    row("INC0000001", "Awaiting User Info", "29/2/2016 08:53", 2, assignment_group="Group 7"),
    row("INC0000001", "Resolved", "1/3/2016 11:29", 3, assignment_group="Group 7", made_sla="false"),
    row("INC0000001", "Closed", "5/3/2016 12:00", 4, assignment_group="Group 7", active="false"),
    row("INC0000002", "New", "2/3/2016 00:00", 0, opened_at="2/3/2016 00:00"),
]


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[tuple[Store, Now]]:
    with (
        Store(tmp_path / "loaded.sqlite") as store,
        serve(store) as server,
        httpx.Client(base_url=server.url, auth=ADMIN, timeout=60) as client,
    ):
        yield store, Now(client)


def test_the_last_row_is_the_record(instance: tuple[Store, Now]) -> None:
    store, now = instance
    report = dialect.load(store, LOG)
    assert report.loaded == 2
    found = now.list("incident", "number=INC0000001", display_value="all", exclude_reference_link="true")[0]
    values = {name: value["value"] for name, value in found.items()}
    assert (values["state"], values["active"], values["made_sla"]) == ("7", "false", "true")
    assert (values["impact"], values["urgency"], values["priority"]) == ("2", "1", "2")
    assert (values["sys_mod_count"], values["close_code"]) == ("4", "code 5")
    assert (values["resolved_at"], values["closed_at"]) == ("2016-03-01 11:29:00", "2016-03-05 12:00:00")
    assert found["caller_id"]["display_value"] == "Caller 1"
    assert found["assignment_group"]["display_value"] == "Group 7"
    assert values["subcategory"] == values["cmdb_ci"] == ""


def test_the_rows_are_the_history(instance: tuple[Store, Now]) -> None:
    store, now = instance
    dialect.load(store, LOG)
    sys_id = now.list("incident", "number=INC0000001")[0]["sys_id"]
    trail = now.list("sys_audit", f"documentkey={sys_id}^fieldname=state^ORDERBYsys_created_on")
    assert [(entry["oldvalue"], entry["newvalue"]) for entry in trail] == [("1", "3"), ("3", "6"), ("6", "7")]
    assert trail[0]["sys_created_on"] == "2016-02-29 08:53:00"


def test_as_of_a_day_the_future_is_not_there(instance: tuple[Store, Now]) -> None:
    store, now = instance
    report = dialect.load(store, LOG, as_of=datetime(2016, 3, 1, tzinfo=UTC))
    assert (report.loaded, report.skipped.total()) == (1, 1)
    found = now.list("incident")[0]
    assert (found["state"], found["hold_reason"], found["sys_mod_count"]) == ("3", "1", "2")
    for name in ("resolved_at", "resolved_by", "closed_at", "close_code"):
        assert found[name] == ""
    assert "2016-03" not in str(now.list("sys_audit"))


def test_loading_twice_gives_the_same(instance: tuple[Store, Now]) -> None:
    store, now = instance
    for _ in range(2):
        dialect.load(store, LOG)
    assert len(now.list("incident")) == 2


@pytest.mark.recordings
@pytest.mark.parametrize("as_of", [None, pytest.param(datetime(2016, 5, 1, tzinfo=UTC), marks=pytest.mark.night)])
def test_a_real_log(instance: tuple[Store, Now], recordings: Path, as_of: datetime | None) -> None:
    store, now = instance
    last: dict[str, dict[str, Any]] = {}
    for event in incident_log.rows(recordings):
        at = datetime.strptime(event["sys_updated_at"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
        if as_of is None or at <= as_of:
            last[event["number"]] = event
    assert dialect.load(store, incident_log.rows(recordings), as_of=as_of).loaded == len(last)
    seen: list[dict[str, str]] = []
    place = ""
    fields = "sys_id,number,state,hold_reason,priority,reopen_count,made_sla"
    while rows := now.list("incident", f"sys_id>{place}^ORDERBYsys_id", limit=2000, fields=fields, no_count="true"):
        seen += rows
        place = rows[-1]["sys_id"]
    assert sorted(found["number"] for found in seen) == sorted(last)
    assert Counter((found["state"], found["hold_reason"]) for found in seen) == Counter(
        STATES[event["incident_state"]] for event in last.values()
    )
    for name, digits in (("priority", 1), ("reopen_count", 9), ("made_sla", 9)):
        expected = Counter(event[name][:digits] for event in last.values())
        assert Counter(found[name] for found in seen) == expected
