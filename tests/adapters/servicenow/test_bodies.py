"""Recorded bodies, also as the other display modes would have sent them, decode without loss."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.adapters.servicenow.bodies import decoders, records, unflatten
from supportctl.adapters.servicenow.failures import Refusal
from supportctl.model import Ticket
from tests.recordings import harness

if TYPE_CHECKING:
    from pathlib import Path

CHOICES = {"state", "priority", "impact", "urgency", "category", "contact_type", "escalation", "severity", "approval"}
MODES = ("false", "true", "all")


def in_mode(row: dict[str, Any], mode: str) -> dict[str, Any]:
    """A record read in the mode ``false``, as another mode sends it."""
    told: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            shown: Any = f"Name of {name}"
            told[name] = {
                "false": value["value"],
                "true": {"display_value": shown, "link": value["link"]},
                "all": {"display_value": shown, "value": value["value"]},
            }[mode]
            continue
        shown = value
        if name in CHOICES:
            shown = f"Label {value}" if value else None
        elif value[:2] == "20" and value[4:5] == "-":
            shown = "02/01/2020 03:04:05 PM"
        elif name in {"sla_due", "activity_due"}:
            shown = "UNKNOWN"
        told[name] = {"false": value, "true": shown, "all": {"display_value": shown, "value": value}}[mode]
    return told


@pytest.mark.recordings
@pytest.mark.parametrize("mode", MODES)
def test_every_display_mode_is_lossless(recordings: Path, mode: str) -> None:
    changed = []
    for each in harness.recordings_of(recordings, "servicenow"):
        if not each.path.startswith("/api/now/table/") or not each.content.startswith(b'{\n "result"'):
            continue
        found = json.loads(each.content)["result"]
        rows = found if isinstance(found, list) else [found]
        if not all("number" in row and isinstance(row["number"], str) for row in rows) or "workarena" in each.file:
            continue
        extra = {"u_own": {"link": "https://x/api/now/table/u_own/1", "value": "1"}, "caller_id.email": "a@b.c"}
        body = json.dumps({"result": [in_mode(row | extra, mode) for row in rows]}).encode()
        changed.append(each._replace(content=body))
    assert len(changed) >= 6
    report = harness.examine("servicenow", changed)
    assert not report.failures, "\n".join(report.failures[:40])


@pytest.mark.recordings
@pytest.mark.parametrize("mode", ["false", "all"])
def test_absent_and_empty_differ_in_recorded_records(recordings: Path, mode: str) -> None:
    body = (recordings / "recordings/servicenow/doc_table_get_incident.json").read_bytes()
    row = in_mode(json.loads(body)["result"], mode)
    decode = next(
        each.decode for each in decoders() if each.path.fullmatch("/api/now/table/incident") and each.status(200)
    )
    for name in row:
        empty: Any = "" if mode == "false" else {"display_value": "", "value": ""}
        with_empty = decode(json.dumps({"result": row | {name: empty}}).encode())
        without = decode(json.dumps({"result": {key: value for key, value in row.items() if key != name}}).encode())
        assert with_empty != without or name in {"sys_id", "number"}, name


def test_flat_rows_are_references_again() -> None:
    row = {"caller_id_value": "x", "caller_id_link": "url", "note_value": "kept", "state": "1"}
    assert unflatten(row) == {"caller_id": "x", "note_value": "kept", "state": "1"}
    [flat] = records(json.dumps([row]).encode())
    assert flat["caller_id"].value == "x"


def test_a_body_that_breaks_off_into_an_error() -> None:
    body = (
        b'{"result":[{"number":"INC1"}""],"error":{"message":"Transaction cancelled","detail":"x"},"status":"failure"}'
    )
    decoder = next(each for each in decoders() if each.path.fullmatch("/api/now/table/incident") and each.status(200))
    [refusal] = decoder.decode(body)
    assert isinstance(refusal, Refusal)


def test_the_old_processor_tells_the_refusal_beside_the_record() -> None:
    row = {
        "__error": {"message": "Invalid Insert", "reason": "Data Policy Exception: Title is mandatory"},
        "__status": "failure",
    }
    body = json.dumps({"records": [row | {"number": "INC1", "sys_id": "1", "state": "1"}]}).encode()
    decoder = next(each for each in decoders() if each.path.fullmatch("/incident.do") and each.status(200))
    refusal, ticket = decoder.decode(body)
    assert isinstance(refusal, Refusal)
    assert refusal.fields == ("Title",)
    assert isinstance(ticket, Ticket)
    assert ticket.key == "INC1"


@pytest.mark.parametrize(
    "path",
    [
        "/api/now/table/incident/{sys_id}",
        "/api/now/v2/table/sc_req_item",
        "/api/now/table/task_sla",
        "/api/now/table/sys_audit",
        "/api/now/table/metric_instance",
        "/api/now/attachment/upload (multipart)",
        "/api/now/v1/batch",
        "/api/now/stats/incident",
    ],
)
def test_every_kind_has_a_decoder(path: str) -> None:
    assert any(each.path.fullmatch(path) and each.status(200) and "GET" in each.methods for each in decoders())
