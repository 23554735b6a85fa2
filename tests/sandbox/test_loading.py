"""Filling the sandbox from files: forms, refusals with line numbers, dates, all or nothing."""

from __future__ import annotations

import gzip
import json
import lzma
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from supportctl.errors import DataError
from supportctl.sandbox.loading import load_file
from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TICKETS = [
    {
        "id": number,
        "subject": f"Ticket {number}",
        "description": "Words of the first comment",
        "status": status,
        "priority": "high",
        "requester_id": 77,
        "created_at": f"2026-01-0{number}T10:00:00Z",
        "updated_at": f"2026-01-0{number}T12:00:00Z",
        "tags": ["loaded"],
        "custom_fields": [{"id": 5, "value": "kept"}],
        "unheard_of": {"kept": True},
    }
    for number, status in enumerate(("open", "solved", "closed", "deleted"), start=1)
]
OWN = [
    {"schema": "supportctl.tickets/1"},
    *(
        {
            "platform": "jsm",
            "profile": "other",
            "id": str(10_000 + number),
            "key": f"OTHER-{number}",
            "kind": "incident",
            "title": f"Ticket {number}",
            "description": "Words",
            "status": "open" if number % 2 else "resolved",
            "priority": "p2",
            "tags": ["own"],
            "requester": {"id": "u1", "name": "Wren", "email": "wren@guest.example"},
            "created_at": f"2026-01-0{number}T10:00:00Z",
            "updated_at": f"2026-01-0{number}T12:00:00Z",
        }
        for number in range(1, 5)
    ),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loaded.sqlite") as opened:
        yield opened


def lines(items: list[dict]) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


@pytest.mark.parametrize(
    "content",
    [
        lines(TICKETS),
        gzip.compress(lines(TICKETS)),
        lzma.compress(lines(TICKETS)),
        json.dumps(TICKETS).encode(),
        json.dumps({"tickets": TICKETS, "users": [{"id": 77, "name": "Wren", "role": "end-user"}]}, indent=2).encode(),
        b"\xef\xbb\xbf" + lines(TICKETS),
    ],
    ids=["lines", "gz", "xz", "array", "page", "bom"],
)
def test_zendesk_tickets_in_every_wrapping(store, tmp_path, content) -> None:
    path = tmp_path / "export"
    path.write_bytes(content)
    assert load_file(store, path).loaded == 4
    store.set_clock(datetime(2026, 1, 10, tzinfo=UTC))
    with serve(store) as server:
        auth = ("ops@harborlight.example/token", "sandbox-zendesk-token")
        with httpx.Client(base_url=f"{server.url}/api/v2", auth=auth) as api:
            found = {ticket["id"]: ticket for ticket in api.get("/tickets?include=users").json()["tickets"]}
            assert found.keys() == {1, 2, 3}
            assert found[1]["unheard_of"] == {"kept": True}
            assert found[1]["custom_fields"] == [{"id": 5, "value": "kept"}]
            assert api.get("/tickets/1/comments").json()["comments"][0]["body"] == "Words of the first comment"
            assert api.get("/users/77").status_code == 200
            assert api.get("/search/count?query=tags:loaded custom_field_5:kept").json() == {"count": 3}
            exported = api.get("/incremental/tickets/cursor?start_time=0").json()["tickets"]
            assert [ticket["status"] for ticket in exported] == ["open", "solved", "closed", "deleted"]


def test_as_of_leaves_out_what_came_later(store, tmp_path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_bytes(lines(TICKETS))
    report = load_file(store, path, as_of=datetime(2026, 1, 2, 23, tzinfo=UTC))
    assert report.loaded == 2
    assert sum(report.skipped.values()) == 2


def test_loading_again_replaces(store, tmp_path) -> None:
    path = tmp_path / "export.jsonl"
    for part in (TICKETS, TICKETS[:1]):
        path.write_bytes(lines(part))
        load_file(store, path)
    assert store.value("SELECT count(*) FROM zd_tickets") == 1


@pytest.mark.parametrize("platform", ["zendesk", "jsm", "servicenow"])
def test_our_own_form_fits_every_platform(store, tmp_path, platform) -> None:
    path = tmp_path / "own.ndjson"
    path.write_bytes(lines(OWN))
    assert load_file(store, path, platform).loaded == 4


def test_our_own_form_must_be_told_where(store, tmp_path) -> None:
    path = tmp_path / "own.ndjson"
    path.write_bytes(lines(OWN))
    with pytest.raises(DataError, match="any platform"):
        load_file(store, path)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "no record"),
        (b"\n\n", "no record"),
        (lines(TICKETS) + b'{"id": 9, "subj\n', "line 5"),
        (lines(TICKETS) + b"[1, 2]\n", "line 5"),
        (b'{"some": "thing"}\n', "line 1"),
        (b"a,b\n1,2\n", "line 2"),
        (b"\x00\x01\x02\xff\xfe", "nothing was loaded"),
        (gzip.compress(lines(TICKETS * 500))[:-40], "cut off"),
        (b"[" * 100_000, "broken JSON"),
    ],
    ids=["empty", "blank", "broken", "array", "strange", "csv", "bytes", "cut", "deep"],
)
def test_what_cannot_be_read_changes_nothing(store, tmp_path, content, where) -> None:
    path = tmp_path / "good.jsonl"
    path.write_bytes(lines(TICKETS))
    load_file(store, path)
    bad = tmp_path / "bad"
    bad.write_bytes(content)
    with pytest.raises(DataError, match=where) as raised:
        load_file(store, bad)
    assert "subj" not in raised.value.message
    assert store.value("SELECT count(*) FROM zd_tickets") == 4


def test_skipped_records_are_counted_with_the_reason(store, tmp_path) -> None:
    path = tmp_path / "export.jsonl"
    odd = [{**TICKETS[0], "id": 8, "created_at": "soon"}, {**TICKETS[0], "id": 9, "status": "sleeping"}]
    path.write_bytes(lines(TICKETS + odd))
    report = load_file(store, path)
    assert report.loaded == 4
    assert sum(report.skipped.values()) == 2
    assert all("soon" not in reason and "sleeping" not in reason for reason in report.skipped)


def test_a_missing_file_is_named(store, tmp_path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.jsonl"):
        load_file(store, tmp_path / "nowhere.jsonl")
