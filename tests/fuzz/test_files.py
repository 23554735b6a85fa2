"""Damaged files: what can be read is read or refused by name, and what was there before is not lost."""

from __future__ import annotations

import io
import json
import os
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from supportctl.adapters.base import Selection
from supportctl.adapters.files.reader import FileReader
from supportctl.adapters.reading import Reading
from supportctl.changes import plan as plans
from supportctl.errors import SupportctlError
from supportctl.sandbox.loading import load_file
from supportctl.sandbox.store import Store
from tests.changes.test_plan import make
from tests.fuzz.mutation import CANARY, damaged_bytes, damaged_json
from tests.proof import population

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

SEED = int(os.environ.get("SUPPORTCTL_TEST_SEED") or int.from_bytes(os.urandom(4)))
LOG = (
    "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,"
    "sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,impact,"
    "urgency,priority,assignment_group,assigned_to,closed_code,resolved_by,resolved_at,closed_at\n"
)
ROW = (
    "INC{0:07},{1},true,0,0,{2},true,Caller {0},Opened by {0},2/3/2016 0{2}:23,Created by 6,2/3/2016 0{2}:23,"
    "Updated by {0},3/3/2016 0{2}:55,Phone,Location {0},Category 5,?,2 - Medium,2 - Medium,3 - Moderate,Group {0},"
    "Resolver {0},code 5,Resolved by {0},4/3/2016 0{2}:30,?\n"
)


def event_log() -> bytes:
    rows = [ROW.format(number, state, turn) for number in range(1, 5) for turn, state in enumerate(("New", "Resolved"))]
    return (LOG + "".join(rows)).encode()


def jira_lines() -> bytes:
    fields = {
        "summary": "VPN",
        "created": "2026-01-01T10:00:00.000+0000",
        "labels": ["a"],
        "status": {"id": "3", "name": "Open"},
    }
    docs = [{"id": str(number), "key": f"SUP-{number}", "fields": fields} for number in range(1, 5)]
    return "".join(json.dumps(doc) + "\n" for doc in docs).encode()


def zendesk_lines() -> bytes:
    doc = {"subject": "VPN", "created_at": "2026-01-01T10:00:00Z", "status": "open", "tags": ["a"], "requester_id": 9}
    docs = [{"id": number, **doc, "comments": [{"id": 1, "body": "x", "public": True}]} for number in range(1, 5)]
    return "".join(json.dumps(doc) + "\n" for doc in docs).encode()


def damaged(rng: random.Random, content: bytes) -> bytes:
    """Damage to bytes, or to the values of one line that is JSON."""
    if content.startswith(b"{") and rng.random() < 0.5:
        lines = content.splitlines(keepends=True)
        number = rng.randrange(len(lines))
        lines[number] = damaged_json(rng, lines[number], rng.randint(1, 3)) + b"\n"
        return b"".join(lines)
    return damaged_bytes(rng, content, rng.randint(1, 3))


def rounds(quick: int) -> list[object]:
    return [quick, pytest.param(quick * 2, marks=pytest.mark.night)]


@pytest.mark.slow
@pytest.mark.parametrize("number", rounds(40))
@pytest.mark.parametrize(
    ("platform", "content"),
    [("servicenow", event_log), ("jsm", jira_lines), ("zendesk", zendesk_lines), ("jsm", None), ("zendesk", None)],
    ids=["event log", "jira", "zendesk", "own into jsm", "own into zendesk"],
)
def test_a_damaged_export_loads_or_changes_nothing(
    platform: str, content: Callable[[], bytes] | None, number: int, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "export"
    population.write(path, population.tickets(random.Random(SEED), 4, now))
    whole = content() if content else path.read_bytes()
    ends: Counter[str] = Counter()
    with Store() as store:
        path.write_bytes(whole)
        assert load_file(store, path, platform).loaded == 4
        before = _tickets(store, platform)
        for turn in range(number):
            rng = random.Random(f"{SEED} {turn}")
            path.write_bytes(damaged(rng, whole))
            try:
                load_file(store, path, platform)
                ends["loaded"] += 1
                path.write_bytes(whole)
                load_file(store, path, platform)
            except SupportctlError as error:
                ends["refused"] += 1
                assert CANARY not in f"{error.message} {error.hint}", f"SUPPORTCTL_TEST_SEED={SEED}, turn {turn}"
                assert _tickets(store, platform) == before, f"SUPPORTCTL_TEST_SEED={SEED}, turn {turn}"
            except Exception as error:
                error.add_note(f"SUPPORTCTL_TEST_SEED={SEED}, turn {turn}")
                raise
    assert ends["refused"] > 0


def _tickets(store: Store, platform: str) -> list[str]:
    query = {
        "zendesk": "SELECT id FROM zd_tickets ORDER BY 1",
        "jsm": "SELECT key FROM jira_issue ORDER BY 1",
        "servicenow": "SELECT number FROM sn_record WHERE cls = 'incident' ORDER BY 1",
    }[platform]
    return [str(row[0]) for row in store.rows(query)]


@pytest.mark.parametrize("number", rounds(150))
def test_a_damaged_plan_is_refused_or_is_the_same_plan_with_fewer_rows(number: int, tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    plan = make(4)
    whole = plans.dump(plan)
    refused = 0
    for turn in range(number):
        rng = random.Random(f"{SEED} {turn}")
        path.write_bytes(damaged(rng, whole))
        try:
            read = plans.read(path)
        except SupportctlError as error:
            refused += 1
            assert CANARY not in f"{error.message} {error.hint}"
            continue
        assert all(change in plan.changes for change in read.changes), f"SUPPORTCTL_TEST_SEED={SEED}, turn {turn}"
        assert len(read.changes) + read.removed == len(plan.changes)
    assert refused > number / 2


@pytest.mark.parametrize("number", rounds(150))
def test_damaged_tickets_are_read_or_named_by_line(number: int, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "queue.ndjson"
    population.write(path, population.tickets(random.Random(SEED), 5, now))
    whole = path.read_bytes()
    refused = 0
    for turn in range(number):
        content = damaged(random.Random(f"{SEED} {turn}"), whole)
        try:
            found = list(Reading(FileReader(io.BytesIO(content), "queue.ndjson"), Selection(now=now)))
        except SupportctlError as error:
            refused += 1
            assert CANARY not in f"{error.message} {error.hint}", f"SUPPORTCTL_TEST_SEED={SEED}, turn {turn}"
        else:
            assert len(found) <= 6
    assert refused > 0
