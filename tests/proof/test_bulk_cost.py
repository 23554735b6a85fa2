"""What changing many tickets costs in requests, counted by the sandbox: the benchmark of bulk work, made small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.night

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TAGGED, CLOSED = 150, 40
OURS = "supportctl"


def run(*arguments: str, out: Path) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    command = [sys.executable, str(BENCHMARKS / "bulk_tag.py"), *arguments, "--json", str(out)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    return told, json.loads(out.read_text()) if out.exists() else []


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Platform, job and first word of the tool -> what the server counted and the file held afterwards."""
    out = tmp_path_factory.mktemp("bulk") / "results.json"
    told, found = run("--tickets", str(TAGGED), "--close", str(CLOSED), "--job-time", "0.1", out=out)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("supportctl  ") >= 6
    return {(each["platform"], each["job"], each["tool"].partition(" ")[0]): each for each in found}


def test_every_ticket_is_changed_exactly_once_by_every_tool(results: dict[Any, dict[str, Any]]) -> None:
    assert len(results) == 14
    assert {key: each["done"] for key, each in results.items()} == {
        key: TAGGED if key[1] == "tag" else CLOSED for key in results
    }


@pytest.mark.parametrize(
    ("platform", "job", "endpoint", "most", "singly"),
    [
        ("zendesk", "tag", "PUT /api/v2/tickets/update_many.json", 2, "PUT /api/v2/tickets/{id}.json"),
        ("zendesk", "close", "PUT /api/v2/tickets/update_many.json", 1, "PUT /api/v2/tickets/{id}.json"),
        ("jsm", "tag", "POST /rest/api/{id}/bulk/issues/fields", 1, "PUT /rest/api/{id}/issue/{id}"),
        ("servicenow", "tag", "POST /api/now/v1/batch", 15, "POST /api/now/table/label_entry"),
        ("servicenow", "close", "POST /api/now/v1/batch", 4, "PATCH /api/now/table/incident/{id}"),
    ],
)
def test_many_tickets_go_into_one_request(
    results: dict[Any, dict[str, Any]], platform: str, job: str, endpoint: str, most: int, singly: str
) -> None:
    """The loop's endpoint is not used at all."""
    requests = results[platform, job, OURS]["apply"]["requests"]
    assert 1 <= requests[endpoint] <= most
    assert singly not in requests
    assert results[platform, job, "loop"]["apply"]["requests"][singly] == (TAGGED if job == "tag" else CLOSED)


def test_each_request_in_a_batch_is_one_tickets(results: dict[Any, dict[str, Any]]) -> None:
    assert results["servicenow", "tag", OURS]["apply"]["kinds"]["inner write"] == TAGGED
    assert results["servicenow", "close", OURS]["apply"]["kinds"]["inner write"] == CLOSED


@pytest.mark.parametrize(
    ("platform", "endpoint"),
    [("zendesk", "GET /api/v2/tickets/show_many.json"), ("jsm", "POST /rest/api/{id}/issue/bulkfetch")],
)
@pytest.mark.parametrize(("job", "tickets"), [("tag", TAGGED), ("close", CLOSED)])
def test_tickets_are_read_a_hundred_at_once_before_and_after(
    results: dict[Any, dict[str, Any]], platform: str, endpoint: str, job: str, tickets: int
) -> None:
    assert results[platform, job, OURS]["apply"]["requests"][endpoint] == 2 * -(-tickets // 100)


def test_the_same_requests_read_and_poll_whatever_the_number_of_tickets(
    results: dict[Any, dict[str, Any]], tmp_path: Path
) -> None:
    """Besides reading tickets: what is asked of the configuration does not grow."""
    told, found = run(
        "--tickets", "40", "--close", "0", "--job-time", "0.1", "--no-loops", out=tmp_path / "few.json"
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    about_tickets = ("show_many", "bulkfetch", "update_many", "bulk/", "/batch", "/table/incident", "label_entry")
    for each in found:
        many = results[each["platform"], "tag", OURS]["apply"]["requests"]
        rest = [
            {name: number for name, number in counted.items() if not any(word in name for word in about_tickets)}
            for counted in (each["apply"]["requests"], many)
        ]
        assert rest[0] == rest[1]


def test_a_missed_aim_is_said(results: dict[Any, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from bulk.report import missed
    from bulk.tools import Result

    good = results["zendesk", "tag", OURS]
    kinds = {"write": 4, "read": 10, "poll": 10_000}
    bad = {**good, "done": TAGGED - 1, "apply": {**good["apply"], "kinds": kinds}}
    assert list(missed(Result(**good))) == []
    assert [text.split(" ")[0] for text in missed(Result(**bad))] == ["149", "4", "10", "10,000"]
    assert len(list(missed(Result(**{**bad, "tool": "loop with zenpy"})))) == 1
