"""Forms of output: cells, widths, order, and what a spreadsheet or terminal may be made to do."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.console import Console
from supportctl.model import Platform, Sla, Ticket, Unknown
from supportctl.reports.base import Column
from supportctl.reports.cells import ago, duration, machine
from supportctl.reports.document import harmless
from supportctl.reports.registry import FORMS, form_name, open_report
from supportctl.reports.sorting import SORTS, natural, ordered
from supportctl.reports.spreadsheet import cell
from supportctl.reports.table import GAP, layout
from supportctl.reports.tickets import COLUMNS, TICKETS, sla_state

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ticket(key: str, **changes: object) -> Ticket:
    return Ticket(platform=Platform.JSM, profile="p", id=key, key=key, **changes)  # type: ignore[arg-type]


def report(
    form: str, tickets: list[Ticket], capsys: pytest.CaptureFixture[str], width: int = 80, **named: object
) -> str:
    console = Console(environ={"COLUMNS": str(width)})
    reporter = open_report(form, TICKETS, console, now=NOW, **named)  # type: ignore[arg-type]
    for one in tickets:
        reporter.row(one)
    reporter.close({"truncated": False})
    return capsys.readouterr().out


@pytest.mark.parametrize("form", FORMS)
def test_every_form_takes_a_bare_and_a_full_ticket(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = report(form, [ticket("A-1"), ticket("A-2", title="x", created_at=NOW, tags=["a", "b"])], capsys)
    assert "A-1" in out
    assert "A-2" in out
    report(form, [], capsys)


@given(st.lists(st.text(), min_size=1, max_size=6))
def test_csv_reads_back_to_as_many_rows(titles: list[str]) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for title in titles:
        writer.writerow([cell(title)])
    assert len(list(csv.reader(io.StringIO(lines.getvalue())))) == len(titles)


@given(st.sampled_from("=+-@\t\r\0＝＋－＠"), st.text(max_size=20), st.sampled_from(["", " ", '"', "'", "\u3000"]))
def test_no_cell_begins_like_a_formula(first: str, rest: str, before: str) -> None:
    shown = cell(before + first + rest)
    assert shown.startswith("'") or shown.lstrip("+-").replace(".", "").replace(",", "").isdigit()


@given(
    st.lists(st.text(alphabet="=+-@＝＠;,|\t\r\n\0 \"'a1　", max_size=12), min_size=1, max_size=4),
    st.sampled_from(",;|\t"),
)
def test_no_cell_begins_like_a_formula_whatever_parts_cells(texts: list[str], parts: str) -> None:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([cell(text) for text in texts])
    number = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
    for row in csv.reader(io.StringIO(line.getvalue(), newline=""), delimiter=parts):
        for shown in row:
            bare = shown.lstrip(' "\n\r\t　')
            if parts == "," or not shown.startswith(","):
                assert not bare.startswith(tuple("=+-@＝＋－＠\0")) or number.match(bare), (row, line.getvalue())


def test_numbers_that_are_no_text_stay_numbers_in_csv() -> None:
    assert [cell(value) for value in (-5, -0.5, True, None)] == ["-5", "-0.5", "true", ""]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-5, "-5"),
        ("-5", "-5"),
        ("+3.5", "+3.5"),
        ("-5+1", "'-5+1"),
        ("=1", "'=1"),
        ("a=1", "a=1"),
        ("a;=1", "a;'=1"),
        ("a\n@b", "a\n'@b"),
    ],
)
def test_numbers_are_left_alone(value: str | int, expected: str) -> None:
    assert cell(value) == expected


@given(st.text())
def test_harmless_json_is_the_same_json(text: str) -> None:
    data = json.dumps({"a": text}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        data.decode()
    except UnicodeDecodeError:
        return
    made = harmless(data)
    assert json.loads(made) == {"a": text}
    shown = made.decode()
    assert not any(0x7F <= ord(c) <= 0x9F or 0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 for c in shown)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_a_table_never_wraps(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    tickets = [ticket(f"SUP-{n}", title="東京 " * n + "é" * 50, tags=["x" * n], created_at=NOW) for n in range(1, 30)]
    from rich.cells import cell_len

    out = report("table", tickets, capsys, width)
    assert all(cell_len(line) <= width for line in out.splitlines())
    assert out.count("\n") == 30


def test_asked_columns_are_never_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    out = report(
        "table", [ticket("A-1", url="https://x.example/" + "y" * 99)], capsys, 40, columns=("key", "url", "unknown")
    )
    assert out.splitlines()[0].split() == ["KEY", "URL", "UNKNOWN"]


def test_unknown_is_a_question_mark_and_empty_is_blank(capsys: pytest.CaptureFixture[str]) -> None:
    tickets = [ticket("A-1", unknown={"assignee": Unknown.HIDDEN}), ticket("A-2")]
    lines = report("plain", tickets, capsys, columns=("key", "assignee")).splitlines()
    assert lines == ["A-1\t?", "A-2\t"]
    rows = list(csv.DictReader(io.StringIO(report("csv", tickets, capsys))))
    assert rows[0]["unknown"] == "assignee: hidden"
    lines = report("ndjson", tickets, capsys, fields=("key", "assignee")).splitlines()
    assert json.loads(lines[0]) == {"key": "A-1", "assignee": None, "unknown": {"assignee": "hidden"}}
    assert json.loads(lines[1]) == {"key": "A-2", "assignee": None}


def test_a_long_table_keeps_the_widths_it_began_with(capsys: pytest.CaptureFixture[str]) -> None:
    tickets = [ticket(f"A-{n}", title="t") for n in range(1000)]
    out = report("table", tickets, capsys, columns=("key", "title"))
    assert out.count("\n") == 1001
    assert "A-999" in out


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9), st.integers(0, 40)), min_size=1, max_size=10),
    st.integers(20, 200),
)
def test_layout_fits(specs: list[tuple[int, int, int]], width: int) -> None:
    columns: list[Column[Ticket]] = [
        Column(name=str(at), value=lambda _t: None, rank=rank, width=most) for at, (_, rank, most) in enumerate(specs)
    ]
    kept, widths = layout(columns, [natural for natural, _, _ in specs], width)
    room = sum(widths) + GAP * (len(widths) - 1)
    assert room <= max(width, GAP * len(widths) + len(widths))
    assert all(at >= 1 for at in widths)
    assert {column.name for column in columns if column.rank == 0} <= {
        column.name for column in kept
    } or kept == columns[:1]


def test_every_column_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    names = tuple(column.name for column in COLUMNS)
    assert len(set(names)) == len(names)
    out = report("csv", [ticket("A-1")], capsys, columns=names)
    assert out.splitlines()[0] == ",".join(names)


@pytest.mark.parametrize("field", SORTS)
def test_empty_comes_last_either_way(field: str) -> None:
    full = [
        ticket("A-2", created_at=NOW, updated_at=NOW, priority="p1", status="open", title="b", reopens=1),
        ticket(
            "A-10", created_at=NOW - timedelta(1), updated_at=NOW, priority="p2", status="new", title="a", reopens=2
        ),
    ]
    bare = ticket("A-3")
    for order in (field, f"-{field}"):
        found = ordered([bare, *full], order)
        if field != "key":
            assert [one for one in found if SORTS[field](one) is None][-1:] in ([found[-1]], [])
        assert ordered([bare, *full], order, 2) == found[:2]
    assert [one.key for one in ordered(full, "key")] == ["A-2", "A-10"]
    assert [one.key for one in ordered(full, "-key")] == ["A-10", "A-2"]


@given(st.data())
def test_natural_order_is_an_order(data: st.DataObject) -> None:
    keys = data.draw(st.lists(st.text(max_size=8), max_size=8, unique_by=lambda key: repr(natural(key))))
    shuffled = data.draw(st.permutations(keys))
    assert sorted(shuffled, key=natural) == sorted(keys, key=natural)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (7199, "119m"),
        (7200, "2h"),
        (172_799, "47h"),
        (172_800, "2d"),
        (1e8, "3y"),
        (-60, "-1m"),
    ],
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_times() -> None:
    assert machine(NOW) == "2026-03-02T12:00:00Z"
    assert machine(True) == "true"
    assert ago(NOW - timedelta(hours=3), NOW) == "3h"
    assert ago(NOW + timedelta(hours=3), NOW) == "in 3h"


@pytest.mark.parametrize(
    ("slas", "expected"),
    [
        ([], None),
        ([Sla(metric="a", breached=True), Sla(metric="b")], "breached"),
        ([Sla(metric="a", breached=False, stopped_at=NOW)], "met"),
        ([Sla(metric="a", paused=True)], "paused"),
        ([Sla(metric="a", paused=True), Sla(metric="b", paused=False)], "running"),
    ],
)
def test_sla_state(slas: list[Sla], expected: str | None) -> None:
    assert sla_state(slas) == expected


def test_form_follows_the_terminal() -> None:
    assert form_name(None, fields=None, columns=None, tty=True) == "table"
    assert form_name(None, fields=None, columns=None, tty=False) == "plain"
    assert form_name(None, fields="key", columns=None, tty=True) == "json"
    assert form_name("ndjson", fields="key", columns=None, tty=True) == "ndjson"
