"""`supportctl duplicates rank` on made-up tickets."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from supportctl.duplicates.rank import FAST
from supportctl.duplicates.ticket import moment, ticket
from tests.commands.fakes import Result
from tests.duplicates.corpus import stamp, tickets

Rows = list[dict[str, Any]]
COUNT = 48


def written(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def ranked(cli: Callable[..., Result], tmp_path: Path) -> Callable[..., dict[str, list[dict[str, Any]]]]:
    def run(rows: Rows, *arguments: str) -> dict[str, list[dict[str, Any]]]:
        done = cli("duplicates", "rank", "--file", str(written(tmp_path / "tickets.ndjson", rows)), *arguments)
        assert done.code == 0, done.err
        return {row["id"]: row["candidates"] for row in map(json.loads, done.out.splitlines())}

    return run


def planted() -> Rows:
    rows = tickets(COUNT)
    rows[5]["title"], rows[5]["body"] = (
        "Badge readers flash amber",
        "At the north gate they flash amber with E-4711 and stay shut.",
    )
    rows[40]["title"], rows[40]["body"] = "North gate shut", "The reader flashes amber. It says E-4711."
    return rows


def test_what_was_told_before_comes_first(ranked) -> None:
    found = ranked(planted())
    assert found["1040"][0]["id"] == "1005"
    assert set(found) == {str(1000 + at) for at in range(COUNT)}
    for each in found.values():
        assert [c["score"] for c in each] == sorted((c["score"] for c in each), reverse=True)
        assert all(0 <= c["confidence"] <= 1 for c in each)


def test_fast_compares_fewer_and_finds_the_plain_ones(ranked) -> None:
    found = ranked(planted(), "--fast")
    assert found.keys() == ranked(planted()).keys()
    assert max(map(len, found.values())) == FAST.close < COUNT
    assert found["1040"][0]["id"] == "1005"


def test_only_older_tickets_within_the_window(ranked) -> None:
    rows = planted()
    born = {row["id"]: moment(row["created_at"]) for row in rows}
    for key, candidates in ranked(rows, "--window", "1d").items():
        for each in candidates:
            assert 0 <= born[key] - born[each["id"]] <= 86_400
            assert int(each["id"]) < int(key)


def test_later_tickets_change_nothing(ranked) -> None:
    rows = planted()
    whole = ranked(rows)
    some = ranked(rows[:42])
    assert some == {key: whole[key] for key in some}


def test_the_order_of_the_file_changes_nothing(ranked) -> None:
    rows = planted()
    mixed = rows[:]
    random.Random(4).shuffle(mixed)
    assert ranked(mixed) == ranked(rows)


def test_what_is_only_known_later_changes_nothing(ranked) -> None:
    rows = planted()
    told = [
        row
        | {
            "status": "closed",
            "resolution": "DUPLICATE",
            "duplicate_of": "1005",
            "links": ["1005"],
            "cluster": 7,
            "priority": "high",
            "reporter": "same person",
            "comments": ["duplicate of 1005"],
            "closed_at": stamp(999),
        }
        for row in rows
    ]
    assert ranked(told) == ranked(rows)


def test_a_packed_file_is_read(cli, tmp_path) -> None:
    path = tmp_path / "tickets.ndjson.gz"
    path.write_bytes(gzip.compress(written(tmp_path / "plain", tickets(5)).read_bytes()))
    done = cli("duplicates", "rank", "--file", str(path), "--format", "ndjson", "--window", "365d")
    assert done.code == 0
    assert len(done.out.splitlines()) == 5


def test_since_prints_the_newer_ones_only_and_the_same(ranked) -> None:
    rows = planted()
    newer = ranked(rows, "--since", "2026-01-02")
    assert sorted(newer) == [row["id"] for row in rows if row["created_at"] >= "2026-01-02"]
    assert newer["1047"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"id": "1", "created_at": stamp(0), "title": "alone", "body": ""}],
        [{"id": str(n), "created_at": stamp(n), "title": "", "body": ""} for n in range(4)],
        [{"id": n, "created_at": stamp(n), "title": None, "body": None} for n in range(4)],
        [{"id": str(n), "created_at": stamp(n), "title": "!?", "body": "\u200b \ud800 ..."} for n in range(4)],
        [{"id": str(n), "created_at": stamp(0), "title": "all the same", "body": "word " * 9000} for n in range(30)],
        [
            {"id": str(n), "created_at": stamp(n), "title": "無法登入系統", "body": "登入時系統顯示錯誤"}
            for n in range(12)
        ],
    ],
)
def test_odd_tickets(ranked, rows: Rows) -> None:
    found = ranked(rows)
    assert len(found) == len(rows)


def test_copies_are_each_others_candidates(ranked) -> None:
    rows = [{"id": str(n), "created_at": stamp(n), "title": "Disk full on db7", "body": "Disk full"} for n in range(40)]
    found = ranked(
        tickets(20) + [row | {"id": f"c{row['id']}", "created_at": stamp(100 + n)} for n, row in enumerate(rows)]
    )
    assert {each["id"][0] for each in found["c39"][:20]} == {"c"}


def test_alerts_of_nothing_but_shared_lines_are_known_by_them(ranked) -> None:
    alert = {"title": "", "body": "CRITICAL: disk full\nhost db7"}
    rows = tickets(20) + [alert | {"id": f"c{n}", "created_at": stamp(100 + n)} for n in range(30)]
    found = ranked(rows, "--since", "2026-01-06")
    assert {each["id"][0] for each in found["c29"][:10]} == {"c"}


def test_tickets_without_a_date_are_told_and_have_no_candidates(cli, tmp_path) -> None:
    rows = tickets(4)
    rows[1]["created_at"] = "soon"
    del rows[2]["created_at"]
    done = cli("duplicates", "rank", "--file", str(written(tmp_path / "t", rows)))
    assert done.code == 0
    found = {row["id"]: row["candidates"] for row in map(json.loads, done.out.splitlines())}
    assert found["1001"] == found["1002"] == []
    assert "2 tickets have no date" in done.err
    assert [each["id"] for each in found["1003"]] in ([], ["1000"])


def test_of_two_with_one_key_the_last_counts(cli, tmp_path) -> None:
    rows = tickets(3)
    done = cli("duplicates", "rank", "--file", str(written(tmp_path / "t", [*rows, rows[0] | {"title": "other"}])))
    assert done.code == 0
    assert sorted(json.loads(line)["id"] for line in done.out.splitlines()) == ["1000", "1001", "1002"]
    assert "comes again" in done.err


@pytest.mark.parametrize("line", ["{", "[1]", '{"title": "no key"}', '"text"', "\xff"])
def test_lines_that_cannot_be_read_are_named(cli, tmp_path, line: str) -> None:
    path = tmp_path / "t.ndjson"
    path.write_text(json.dumps(tickets(1)[0]) + "\n" + line + "\n", encoding="latin-1")
    done = cli("duplicates", "rank", "--file", str(path))
    assert done.code == 2
    assert "line 2" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--file", "absent.ndjson"),
        ("--file", "t", "--format", "csv"),
        ("--file", "t", "--window", "soon"),
        ("--file", "t", "--window", "0d"),
        ("--file", "t", "--since", "31.1.2026"),
    ],
)
def test_refusals(cli, arguments: tuple[str, ...]) -> None:
    assert cli("duplicates", "rank", *arguments).code == 2


def test_a_torn_archive_is_told(cli, tmp_path) -> None:
    path = tmp_path / "t.gz"
    path.write_bytes(gzip.compress(b'{"id": "1"}\n' * 1000)[:-10])
    done = cli("duplicates", "rank", "--file", str(path))
    assert done.code == 2
    assert "cannot read" in done.err


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02T00:00:00Z", 86_400),
        ("1970-01-02", 86_400),
        ("1970-01-02T01:00:00+01:00", 86_400),
        (86_400, 86_400),
        (1_767_225_600, 1_767_225_600),
        (1_767_225_600_500, 1_767_225_600.5),
    ],
)
def test_moments(text: object, seconds: float) -> None:
    assert moment(text) == seconds


@pytest.mark.parametrize(
    "text", [None, "", "soon", True, [], {}, "2026-13-01", "2101-01-01", 5e9, 1e300, -1e300, 10**400, float("inf")]
)
def test_no_moments(text: object) -> None:
    assert moment(text) != moment(text)


def test_a_key_comes_back_as_it_was_written(cli, tmp_path) -> None:
    rows = [{"id": key, "created_at": "2026-01-01", "title": "Printer jams"} for key in (1, "2", 1.5)]
    rows.append({"id": 7, "created_at": None})
    done = cli("duplicates", "rank", "--file", str(written(tmp_path / "t", rows)))
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [each["id"] for each in found] == [7, 1, "2", 1.5]
    assert [each["id"] for each in found[2]["candidates"]] == [1]


@pytest.mark.parametrize("key", [{"a": 1}, [1], True, None, ""])
def test_what_is_no_key_is_refused(cli, tmp_path, key: object) -> None:
    done = cli("duplicates", "rank", "--file", str(written(tmp_path / "t", [{"id": key, "created_at": "2026-01-01"}])))
    assert done.code == 2
    assert "line 1" in done.err


def test_fields_as_objects_and_lists_and_under_other_names() -> None:
    found = ticket(
        {
            "key": "A-1",
            "summary": "s",
            "description": "d",
            "project": {"name": "HR"},
            "components": ["b", {"name": "A"}],
        }
    )
    assert (found.id, found.title, found.body) == ("A-1", "s", "d")
    assert found.fields == {"product": "hr", "component": "a\x1fb"}
