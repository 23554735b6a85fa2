from __future__ import annotations

import contextlib
import io
from datetime import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters import reading
from supportctl.adapters.base import Selection
from supportctl.adapters.registry import open_file
from supportctl.errors import DataError, UsageError
from supportctl.model import Platform, Status, Ticket, Unknown
from supportctl.query import parse


def ticket(number: int, **fields: object) -> Ticket:
    values: dict[str, object] = {
        "platform": Platform.JSM,
        "profile": "x",
        "id": str(number),
        "key": f"A-{number}",
        "status": Status.OPEN,
        **fields,
    }
    return Ticket(**values)  # type: ignore[arg-type]


def lines(*tickets: Ticket) -> bytes:
    return b"".join(msgspec.json.encode(ticket) + b"\n" for ticket in tickets)


def read(content: bytes, now: datetime, query: str | None = None, **options: object) -> reading.Reading:
    node = parse(query, now=now) if query else None
    reader = open_file(io.BytesIO(content), "queue.ndjson")
    return reading.Reading(reader, Selection(now=now, query=node), **options)  # type: ignore[arg-type]


def test_tickets_come_in_order_and_are_filtered(now: datetime) -> None:
    content = lines(ticket(1), ticket(2, status=Status.CLOSED), ticket(3))
    found = read(content, now, "status:open")
    assert [t.key for t in found] == ["A-1", "A-3"]
    assert (found.scanned, found.matched, found.truncated) == (3, 2, False)


def test_repeats_are_dropped_and_counted(now: datetime) -> None:
    found = read(lines(ticket(1), ticket(1)), now)
    assert len(list(found)) == 1
    assert found.repeats == 1


def test_an_unknown_field_decides_nothing_and_is_counted(now: datetime) -> None:
    found = read(lines(ticket(1, tags=[], unknown={"tags": Unknown.HIDDEN}), ticket(2)), now, "-tag:vip")
    assert [t.key for t in found] == ["A-2"]
    assert found.undecided == 1


@pytest.mark.parametrize(("limit", "truncated"), [(1, True), (3, False), (4, False), (0, True)])
def test_a_limit_says_whether_there_was_more(now: datetime, limit: int, truncated: bool) -> None:
    found = read(lines(ticket(1), ticket(2), ticket(3)), now, limit=limit)
    assert len(list(found)) == min(limit, 3)
    assert found.truncated is truncated


def test_a_reading_resumes_at_its_cursor(now: datetime) -> None:
    content = lines(*(ticket(n) for n in range(1, 451)))
    first = read(content, now)
    walk = iter(first)
    early = [next(walk).key for _ in range(200)]
    next(walk)
    assert first.cursor is not None
    rest = [t.key for t in read(content, now, cursor=first.cursor)]
    assert early + rest == [f"A-{n}" for n in range(1, 451)]


def test_unknown_survives_the_file(now: datetime) -> None:
    original = ticket(1, unknown={"requester": Unknown.HIDDEN})
    assert list(read(lines(original), now)) == [original]


def test_bom_and_blank_lines_are_passed_over(now: datetime) -> None:
    assert len(list(read(b"\xef\xbb\xbf" + lines(ticket(1)) + b"\n  \n" + lines(ticket(2)), now))) == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "line 2"),
        (b'{"platform": "jsm"}', "profile"),
        (b'{"platform":"jsm","profile":"x","id":"1","key":"k","status":"VERY SECRET"}', "status"),
        (b'{"platform":"jsm","profile":"x","id":1,"key":"k"}', "id"),
        (b"[" * 100_000, "line 2"),
    ],
)
def test_what_is_not_a_ticket_is_named_by_line_never_by_content(now: datetime, line: bytes, words: str) -> None:
    with pytest.raises(DataError) as caught:
        list(read(lines(ticket(1)) + line + b"\n", now))
    assert "line 2" in caught.value.message
    assert words in caught.value.message
    assert "SECRET" not in caught.value.message


@given(st.binary(max_size=200))
def test_any_bytes_end_in_tickets_or_words(content: bytes) -> None:
    with contextlib.suppress(DataError):
        list(read(content, datetime.fromisoformat("2026-03-02T12:00:00+00:00")))


def test_a_pipe_can_be_read_once(now: datetime) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    reader = open_file(Pipe(lines(ticket(1))), "standard input")
    selection = Selection(now=now)
    assert len(list(reading.Reading(reader, selection))) == 1
    with pytest.raises(UsageError, match="only once"):
        list(reading.Reading(reader, selection))


def test_a_platforms_own_query_is_refused(now: datetime) -> None:
    reader = open_file(io.BytesIO(b""), "queue.ndjson")
    with pytest.raises(UsageError, match="--native"):
        list(reading.Reading(reader, Selection(now=now, native="project = X")))


def test_get_names_the_missing(now: datetime) -> None:
    reader = open_file(io.BytesIO(lines(ticket(1), ticket(2))), "queue.ndjson")
    found = reading.get(reader, ["A-2", "A-9", "A-2"])
    assert [t.key for t in found.tickets] == ["A-2"]
    assert found.missing == ["A-9"]


def test_one_key_of_two_tickets_is_refused() -> None:
    reader = open_file(io.BytesIO(lines(ticket(1), ticket(2, key="A-1"))), "queue.ndjson")
    with pytest.raises(UsageError, match="two tickets"):
        reading.get(reader, ["A-1"])
