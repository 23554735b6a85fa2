"""Tickets of files into an index: one by one, by pages or by several processes, it is the same index."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supportctl.duplicates import intake, known_runs, reading, runs, source, words
from supportctl.duplicates.index import Index
from supportctl.duplicates.intake import index_of
from supportctl.duplicates.source import Source
from supportctl.duplicates.ticket import ticket
from supportctl.text.tokens import pieces, words_of
from tests.duplicates.corpus import stamp, tickets

RUN = "abXYZs190'_-.:!é日/"
TEXTS = st.text(st.sampled_from("ab1é日\U0001f600\ud800 \t\n\r\x1c\x85\xa0\u2028\u3000") | st.characters(), max_size=40)

Rows = list[dict[str, Any]]


def written(path: Path, rows: Rows) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def same(one: Index, other: Index) -> None:
    assert list(one.ids) == list(other.ids)
    assert list(one.titles) == list(other.titles)
    assert one.born.tolist() == other.born.tolist()
    for name, rows in one.rows.items():
        theirs = other.rows[name]
        assert rows.start.tolist() == theirs.start.tolist()
        for mine, its in zip(rows.between(0, len(one)), theirs.between(0, len(one)), strict=True):
            assert np.array_equal(mine, its)
    for kind in one.kinds:
        assert one.field(kind).tolist() == other.field(kind).tolist()


def mixed(count: int = 60) -> Rows:
    """With a line that many share, other scripts, codes, markup and nothing at all."""
    rows = tickets(count)
    for at, row in enumerate(rows):
        row["body"] += "\nPlease do not reply to this mail, nobody reads it."
        if at % 5 == 0:
            row["title"], row["body"] = "無法登入系統 x", "登入時系統顯示錯誤 0x80070005 é\u0301 ﬁle\u00a0don’t"
        if at % 7 == 0:
            row["body"] = ""
    return rows


def test_one_by_one_by_pages_and_by_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = mixed()
    one = Index()
    for row in rows:
        one.add([ticket(row)])
    monkeypatch.setattr(source, "PAGE", 7)
    monkeypatch.setattr(intake, "LARGE", 0)
    for jobs in (1, 2):
        with Source(written(tmp_path / "t", rows)) as read:
            heard: list[int] = []
            same(one, index_of(read, jobs, heard.append))
            assert heard[-1] == 60


def test_what_is_remembered_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Index(), Index()
    one.add(map(ticket, mixed()))
    monkeypatch.setattr(known_runs, "REMEMBERED", 1 << 6)
    monkeypatch.setattr(reading, "TOGETHER", 1)
    monkeypatch.setattr(reading, "_runs", known_runs.KnownRuns())
    for row in mixed():
        other.add([ticket(row)])
    same(one, other)


@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(["", "a\u2028b\x1cc\r\n d\u3000e"])
def test_runs_are_what_lines_and_words_are_to_python(texts: list[str]) -> None:
    found = runs.find(texts)
    lines = [[line.split() for line in (text.splitlines() or [""])] for text in texts]
    kept = [[line for at, line in enumerate(each) if line or not at] for each in lines]
    assert found.strings(np.arange(len(found.start))) == [run for each in kept for line in each for run in line]
    assert found.sizes.tolist() == [len(line) for each in kept for line in each]
    assert found.lines.tolist() == [len(each) for each in kept]
    alike: dict[int, set[str]] = {}
    for number, run in zip(found.hash.tolist(), found.strings(np.arange(len(found.start))), strict=True):
        alike.setdefault(number, set()).add(run)
    assert all(len(each) == 1 for each in alike.values())
    assert len(alike) == len({run for each in alike.values() for run in each})


@given(st.text(RUN, max_size=14))
def test_a_plain_run_is_read_like_any_other(run: str) -> None:
    assert list(words.of_run(run)) == [word for piece in pieces(run) for word in words_of(piece)]


def test_a_line_that_many_share_is_left_out() -> None:
    index = Index()
    index.add(map(ticket, mixed()))
    first, last = index.lines.row(1)[0], index.lines.row(59)[0]
    assert len(first) > len(last)


def test_the_order_and_the_ties_of_a_file(tmp_path: Path) -> None:
    rows = [
        {"id": key, "created_at": stamp(hours), "title": str(n)}
        for n, (key, hours) in enumerate([("30", 2), ("4", 1), ("b", 1), ("12", 1), ("a", 1), ("9", 0), ("30", 1)])
    ]
    rows.insert(3, {"id": "none", "created_at": None, "title": ""})
    with Source(written(tmp_path / "t", rows)) as read:
        assert [each.id for each in read.tickets()] == ["9", "4", "a", "b", "12", "30"]
        assert [each.title for each in read.tickets()][-1] == "6"
        assert (len(read), read.repeated, read.undated) == (6, 1, ["none"])


def test_a_file_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t"
    with Source(written(path, tickets(5))) as read:
        path.write_bytes(b"x" * path.stat().st_size)
        with pytest.raises(source.DataError, match="changed"):
            list(read.tickets())


def test_ten_thousand_copies_and_long_bodies_are_bounded() -> None:
    """Each costs what its own words cost, and what all say is left out."""
    alert = {"title": "Disk full on db7", "body": "Filesystem /var is at 97 %\nHost db7.example.com"}
    index = Index()
    index.add(ticket(alert | {"id": str(n), "created_at": float(n)}) for n in range(10_000))
    assert len(index.words.row(9_999)[0]) < len(index.words.row(0)[0])
    assert sum(len(each.ticket) for each in index.postings.segments) < 10_000 * 30
    long = Index()
    words = " ".join(f"word{n}" for n in range(6_000))
    long.add([ticket({"id": "1", "created_at": 0.0, "title": "t " * 9_000, "body": words})])
    assert len(long.words.row(0)[0]) <= 1_501
    assert len(long.titles[0]) == 300
