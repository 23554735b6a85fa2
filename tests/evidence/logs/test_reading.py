"""Logs as a whole: encodings, levels, repeated lines, windows, ids, secrets, floods."""

import gzip
import io
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.evidence import logs
from supportctl.evidence.logs import levels, tracking
from supportctl.evidence.logs.lines import lines
from supportctl.evidence.logs.model import LogSummary

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
LINE = "2024-05-01 10:00:0{} ERROR could not reach {}\n"
TEXT = "".join(LINE.format(number, f"10.0.0.{number}") for number in range(5)) + "2024-05-01 10:00:09 INFO ok\n"


def of(text: str, **more: object) -> LogSummary:
    return logs.read("a.log", text.encode(), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(), TEXT.encode("utf-16"), TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be"),
        b"\xef\xbb\xbf" + TEXT.encode(), TEXT.replace("\n", "\r\n").encode(), gzip.compress(TEXT.encode(), mtime=0),
        TEXT.encode() + b"tail \xfc\xe4 of old bytes\n",
        TEXT.replace("reach", "erreichen: Zugriff verweigert für").encode("cp1252"),
        gzip.compress(TEXT.encode(), mtime=0)[:-9],
    ],
)  # fmt: skip
def test_whatever_it_is_saved_as(data: bytes) -> None:
    summary = logs.read("a.log", data)
    assert summary.readable
    assert summary.errors[0].count >= 4
    assert summary.began == datetime(2024, 5, 1, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04rest", b"\x7fELF" + b"\x00" * 100, bytes(range(256)) * 40, b"ElfFile\x00" + b"\x00" * 99]
)
def test_what_is_no_text_is_named(data: bytes) -> None:
    summary = logs.read("a.log", data)
    assert not summary.readable
    assert summary.notes
    assert summary.moments() == []
    assert summary.markdown()


def test_repeated_lines_are_one() -> None:
    [one] = of(TEXT).errors
    assert (one.count, one.first_line, one.last_line, one.level) == (5, 1, 5, "error")
    assert one.at == datetime(2024, 5, 1, 10, 0, 0, tzinfo=UTC)
    assert one.last_at == datetime(2024, 5, 1, 10, 0, 4, tzinfo=UTC)


def test_longer_numbers_do_not_move_the_end_of_a_long_message() -> None:
    text = "".join(f"2024-05-01 10:00:00 ERROR no {10**size} for {'you ' * 200}\n" for size in range(9))
    assert [each.count for each in of(text).errors] == [9]


def test_json_lines_are_told_apart_by_their_message() -> None:
    text = (
        '{"level":"error","time":"2024-05-01T10:00:00Z","msg":"no stock","id":1}\n'
        '{"level":"error","time":"2024-05-01T10:00:01Z","msg":"no stock","id":2}\n'
        '{"level":50,"time":1714557602000,"msg":"no money"}\n'
        '{"level":"info","msg":"error page shown"}\n'
    )
    assert [(each.what, each.count) for each in of(text).errors] == [("no stock", 2), ("no money", 1)]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2024-05-01 10:00:00 ERROR x", "error"),
        ("[error] x", "error"),
        ("level=warn msg=x", "warning"),
        ('{"severity":"CRITICAL"}', "fatal"),
        ("E0501 10:00:00.000000 1 x", "error"),
        ("05-01 10:00:00.000  12  34 E Tag: x", "error"),
        ("INFO no ERROR here", "info"),
        ('1.2.3.4 - - [01/May/2024:10:00:00 +0000] "GET / HTTP/1.1" 503 12', "error"),
        ("2016-09-28 04:30:30, Error   CBS x", "error"),
        ("FEHLER: kaputt", "error"),
        ("the ERROR_LOG is fine", None),
        ("we have an error", None),
        ("[php:error] x", "error"),
    ],
)
def test_levels(line: str, level: str | None) -> None:
    assert levels.level(line) == level


@pytest.mark.parametrize(
    "text", ["Connection refused", "job failed", "konnte nicht: Fehler", "接続に失敗しました", "timed out"]
)
def test_what_sounds_wrong(text: str) -> None:
    assert levels.sounds_wrong(text)


@pytest.mark.parametrize(
    "text",
    [
        "0 errors",
        "no errors found",
        "error=null",
        "errors: 0, failed=0",
        "error_log opened",
        "all is well",
        "timeout=30",
    ],
)
def test_what_does_not(text: str) -> None:
    assert not levels.sounds_wrong(text)


def test_a_trace_is_no_error_line_and_keeps_its_time() -> None:
    text = (
        "2024-05-01 10:00:00 INFO start\n2024-05-01 10:00:05 ERROR it failed\n"
        "Traceback (most recent call last):\n  File \"/srv/a.py\", line 3, in f\n    x()\nKeyError: 'a'\n"
    )
    summary = of(text * 3 + "2024-05-01 10:00:09 INFO end\n" * 20)
    [trace] = summary.traces
    assert (trace.count, trace.line, trace.at) == (3, 3, datetime(2024, 5, 1, 10, 0, 5, tzinfo=UTC))
    assert [each.what for each in summary.errors] == ["ERROR it failed"]
    assert [moment.line for moment in summary.moments()] == [2, 3]
    assert all(moment.failed for moment in summary.moments())


def test_the_window_of_time() -> None:
    text = "".join(f"2024-05-01 1{hour}:00:00 ERROR {hour}\n continued\n" for hour in range(5))
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    summary = of(text, around=noon, within=timedelta(minutes=5))
    assert (summary.lines, summary.shown) == (10, 2)
    assert [each.first_line for each in summary.errors] == [5]
    assert of(text, since=noon).shown == 6
    assert of(text, until=noon).shown == 6
    assert "window" in of(text, since=noon + timedelta(days=9)).notes[-1]


def test_ids_and_codes() -> None:
    text = (
        "ERROR trace_id=4bf92f3577b34da6a3ce929d0e0e4736 ORA-01017: x\n"
        "ERROR req-12345678-1234-4234-8234-123456789012 ECONNREFUSED status=503\nINFO request_id=harmless-1\n"
    )
    summary = of(text)
    assert {each.value for each in summary.ids} == {
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "req-12345678-1234-4234-8234-123456789012",
    }
    assert {(each.kind, each.value) for each in summary.codes} == {
        ("oracle", "ORA-01017"),
        ("errno", "ECONNREFUSED"),
        ("http", "503"),
    }


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "trace",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
        (
            "X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793",
            "trace",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
        ),
        ('"correlationId": "a1b2-c3d4"', "correlation", "a1b2-c3d4"),
        ("Request ID: 9f8e7d6c", "request", "9f8e7d6c"),
        ("CF-Ray: 7d0a1b2c3d4e5f60-FRA", "ray", "7d0a1b2c3d4e5f60-FRA"),
        ("id 123e4567-e89b-42d3-a456-426614174000.", "uuid", "123e4567-e89b-42d3-a456-426614174000"),
    ],
)
def test_kinds_of_ids(text: str, kind: str, value: str) -> None:
    [found] = tracking.ids(text)
    assert (found.kind, found.value) == (kind, value)
    assert text[found.start :].startswith(value)


@pytest.mark.parametrize("text", ["the request id is missing", "requestId: null", "an identity", "message id", ""])
def test_no_ids(text: str) -> None:
    assert tracking.ids(text) == []


@given(st.text(max_size=200))
def test_ids_and_codes_of_anything(text: str) -> None:
    for found in tracking.ids(text) + tracking.codes(text):
        assert text[found.start :].startswith(found.value)


def test_secrets_of_one_line_are_hidden_in_another() -> None:
    text = (
        "2024-05-01 10:00:00 INFO login password=Geheim77!x\n"
        "2024-05-01 10:00:00 INFO sent session_token=abcDEF123456789\n"
        "2024-05-01 10:00:01 ERROR for eva.klein@firma-x.de: Geheim77!x was refused, abcDEF123456789 too\n"
        'Traceback (most recent call last):\n  File "/home/evaklein/a.py", line 3, in f\n    x()\n'
        "ValueError: Geheim77!x\n"
    )
    summary = of(text)
    shown = msgspec.json.encode(summary).decode() + summary.markdown() + repr(summary.moments())
    assert "was refused" in shown
    for secret in ("Geheim77", "abcDEF123456789", "eva.klein", "evaklein"):
        assert secret not in shown, secret


@given(st.text(alphabet="ab\r\n\x00é", max_size=200), st.lists(st.integers(0, 200), max_size=10))
def test_lines_do_not_depend_on_pieces(text: str, cuts: list[int]) -> None:
    bounds = sorted({0, *(min(cut, len(text)) for cut in cuts), len(text)})
    pieces = [text[a:b] for a, b in pairwise(bounds)]
    assert list(lines(iter(pieces))) == list(lines(iter([text])))


@settings(max_examples=40)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    summary = logs.read("a.log", data)
    assert summary.markdown()
    assert msgspec.json.encode(summary)


def test_a_line_without_an_end_is_cut() -> None:
    summary = logs.read("a.log", b"ERROR start " + b"x" * 3_000_000 + b"\nERROR next\n")
    assert summary.lines == 2
    assert max(len(each.what) for each in summary.errors) < 1000


def test_progress_and_streams() -> None:
    seen: list[int] = []
    logs.read("a.log", io.BytesIO(TEXT.encode()), told=seen.append)
    assert seen[-1] == len(TEXT)


@pytest.mark.night
def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """Three times the lines, all of them longer than what is read at once: the memory of some pieces."""
    import tracemalloc

    line = "2024-05-01 10:00:{:02} ERROR worker {} could not reach db-{} requestId=r{:06} {}\n"
    padding = "and more " * 40
    peaks = []
    for size in (8_000, 24_000):
        path = tmp_path / f"{size}.log"
        path.write_text("".join(line.format(at % 60, at, at % 7, at, padding) for at in range(size)))
        with path.open("rb") as file:
            logs.read("warm", b"ERROR x\n")
            tracemalloc.start()
            summary = logs.read("a.log", file)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert summary.errors[0].count == size
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.recordings
def test_recorded_logs(recordings: Path) -> None:
    """Counts against another reading of the same files."""
    folder = recordings / "data" / "logs"
    told = {path.name: logs.read(path.name, path.read_bytes()) for path in sorted(folder.glob("*.log"))}
    for path in sorted(folder.glob("*.log")):
        text = path.read_text(errors="replace")
        summary = told[path.name]
        assert summary.lines == len(text.splitlines())
        assert summary.began is not None
        assert not summary.traces
    apache = (folder / "Apache_2k.log").read_text()
    assert told["Apache_2k.log"].levels["error"] == apache.count("[error]")
    hdfs = (folder / "HDFS_2k.log").read_text()
    assert told["HDFS_2k.log"].levels["warning"] == hdfs.count(" WARN ")
