"""What somebody with few roles sees: rows and fields that are missing, tables that are empty or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.servicenow.conftest import LIMITED, Now

if TYPE_CHECKING:
    from collections.abc import Iterator

CHILDREN = {"task_sla": "task", "label_entry": "table_key", "sys_attachment": "table_sys_id"}


@pytest.fixture
def limited(reading: Now) -> Iterator[Now]:
    with httpx.Client(base_url=reading.http.base_url, auth=LIMITED, timeout=30) as client:
        yield Now(client)


def hidden_tasks(reading: Now, limited: Now) -> set[str]:
    def tasks(api: Now) -> set[str]:
        return {row["sys_id"] for row in api.list("task", "ORDERBYsys_id", fields="sys_id")}

    return tasks(reading) - tasks(limited)


@pytest.mark.parametrize("table", CHILDREN)
def test_what_hangs_on_a_hidden_record_is_hidden(reading: Now, limited: Now, table: str) -> None:
    gone = hidden_tasks(reading, limited)
    field = CHILDREN[table]
    options = {"fields": f"sys_id,{field}", "exclude_reference_link": "true"}
    every = {row["sys_id"]: row[field] for row in reading.list(table, "ORDERBYsys_id", **options)}
    answer = limited.http.get(f"/api/now/table/{table}", params={"sysparm_fields": "sys_id"})
    seen = {row["sys_id"] for row in answer.json()["result"]}
    assert answer.headers["x-total-count"] == str(len(every))
    assert every.keys() - seen == {sys_id for sys_id, owner in every.items() if owner in gone}
    assert every.keys() - seen
    for sys_id in sorted(every.keys() - seen)[:3]:
        assert limited.http.get(f"/api/now/table/{table}/{sys_id}").status_code == 404
        if table == "sys_attachment":
            for tail in ("", "/file"):
                assert limited.http.get(f"/api/now/attachment/{sys_id}{tail}").status_code == 404


def test_a_closed_table_is_refused_and_a_hidden_one_is_empty(limited: Now) -> None:
    for path in ("/api/now/table/sys_audit", "/api/now/stats/sys_audit?sysparm_count=true"):
        closed = limited.http.get(path)
        assert closed.status_code == 403
        assert closed.json()["error"] == {
            "message": "User Not Authorized",
            "detail": "Failed API level ACL Validation",
        }
    answer = limited.http.get("/api/now/table/sys_journal_field", params={"sysparm_limit": 5})
    assert answer.json() == {"result": []}
    assert int(answer.headers["x-total-count"]) > 0


def test_walking_to_a_hidden_record_shows_no_key(reading: Now, limited: Now) -> None:
    gone = hidden_tasks(reading, limited)
    params: dict[str, Any] = {"fields": "sys_id,task.number", "exclude_reference_link": "true"}
    found = limited.list("task_sla", f"taskIN{','.join(sorted(gone)[:20])}", **params)
    assert found == []
    child = reading.list("incident", "parent_incidentISNOTEMPTY", fields="sys_id,parent_incident",
                         exclude_reference_link="true")  # fmt: skip
    pairs = [row for row in child if row["parent_incident"] in gone and row["sys_id"] not in gone]
    for row in pairs:
        shown = limited.one("incident", row["sys_id"], fields="number,parent_incident.number")
        assert set(shown) == {"number"}


def test_hidden_fields_are_no_groups(limited: Now) -> None:
    params = {"sysparm_count": "true", "sysparm_group_by": "close_notes"}
    found = limited.http.get("/api/now/stats/incident", params=params).json()["result"]
    assert "groupby_fields" not in found


def test_writes_are_refused_by_what_they_do(reading: Now, limited: Now) -> None:
    row = limited.list("incident", "ORDERBYsys_id", limit=40)[0]
    path = f"/api/now/table/incident/{row['sys_id']}"
    for answer, what in (
        (limited.http.post("/api/now/table/incident", json={"short_description": "x"}), "Insert"),
        (limited.http.patch(path, json={"short_description": "x"}), "Update"),
        (limited.http.delete(path), "Delete"),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"] == {
            "message": "Operation Failed",
            "detail": f"ACL Exception {what} Failed due to security constraints",
        }
    hidden = hidden_tasks(reading, limited).pop()
    assert limited.http.patch(f"/api/now/table/task/{hidden}", json={"impact": "1"}).status_code == 404
