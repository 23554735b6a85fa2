"""Attachments of tickets: how much is read, what is said when it is not, and when one stops asking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

import pytest

from supportctl.errors import (
    AuthError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    SupportctlError,
    TemporaryError,
    TooLargeError,
)
from supportctl.evidence.attachments import Collected, Kind, Limits, collect
from supportctl.model import Attachment, Platform, Ticket, Unknown

LOG = b"2026-03-02 12:00 ERROR one line\n"


class Reader:
    """Hands out what ``give`` gives, and keeps to the bytes allowed as the wire does."""

    def __init__(self, give: Callable[[Attachment], bytes]) -> None:
        self.give = give
        self.allowed: list[int] = []

    def download(self, attachment: Attachment, into: BinaryIO, *, max_bytes: int) -> int:
        self.allowed.append(max_bytes)
        data = self.give(attachment)
        if len(data) > max_bytes:
            into.write(data[:max_bytes])
            raise TooLargeError(f"the attachment is larger than {max_bytes} bytes; it was not kept")
        return into.write(data)


def hung(*names: str, size: int | None = len(LOG), **more: Any) -> Ticket:
    files = [Attachment(id=f"{n}", filename=name, size=size, **more) for n, name in enumerate(names)]
    return Ticket(platform=Platform.ZENDESK, profile="p", id="7", key="#7", attachments=files)


def read(ticket: Ticket, give: Callable[[Attachment], bytes] | bytes, **limits: int) -> tuple[list[Collected], Reader]:
    reader = Reader(give if callable(give) else lambda _: cast(bytes, give))
    return collect(tickets=[ticket], reader=cast(Any, reader), limits=Limits(**limits)), reader


def failing(error: SupportctlError) -> Callable[[Attachment], bytes]:
    def give(_: Attachment) -> bytes:
        raise error

    return give


def test_what_comes_is_taken() -> None:
    [found], _ = read(hung("device.log", created_at=datetime(2026, 3, 2, tzinfo=UTC)), LOG)
    assert (found.name, found.data, found.origin, found.kind) == ("7/device.log", LOG, "#7", Kind.TEXT)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("error", "note"),
    [
        (NotFoundError("GET /x answered 404"), "not read: it is gone, or the account may not see it"),
        (NotFoundError("the attachment was deleted; it was not read"), "the attachment was deleted; it was not read"),
        (PermissionDeniedError("GET /x answered 403"), "not read: the account may not read it"),
        (AuthError("GET /x answered 401"), "not read: the account may not read it"),
        (RateLimitedError("GET /x has to wait"), "not read: the platform's rate limit is used up; run again later"),
        (TemporaryError("GET /x failed"), "not read: the platform did not hand it out; running again may help"),
        (InvalidRequestError("GET /x answered 400"), "not read: the platform refuses it"),
        (
            RefusedError("the attachment lies elsewhere; it was not read"),
            "the attachment lies elsewhere; it was not read",
        ),
    ],
)
def test_an_error_is_one_files_fate(error: SupportctlError, note: str) -> None:
    found, _ = read(hung("one.log", "two.log"), lambda each: failing(error)(each) if each.id == "0" else LOG)
    assert [each.notes for each in found] == [(note,), ()]
    assert (found[0].kind, found[0].data, found[0].size) == (Kind.UNREAD, None, len(LOG))


def test_who_is_not_accepted_stops_asking() -> None:
    found, reader = read(hung(*(f"{n}.log" for n in range(8))), failing(AuthError("GET /x answered 401")))
    assert len(reader.allowed) == 3
    assert "did not accept the account" in found[-1].notes[0]


@pytest.mark.parametrize(
    ("size", "data", "limits", "note"),
    [
        (3_000, b"", {"file_bytes": 2_000}, "not read: larger than 2,000 bytes"),
        (None, b"x" * 3_000, {"file_bytes": 2_000}, "not read: larger than 2,000 bytes"),
        (10, b"x" * 3_000_000, {}, "not read: more came than the 10 bytes the platform had told of"),
        (3_000, b"", {"total_bytes": 2_000}, "not read: all attachments together are larger than 2,000 bytes"),
        (None, b"x" * 3_000, {"total_bytes": 2_000}, "not read: all attachments together are larger than 2,000 bytes"),
        (10, b"x" * 10, {"files": 0}, "not read: 0 attachments are read at most"),
    ],
)
def test_limits(size: int | None, data: bytes, limits: dict[str, int], note: str) -> None:
    [found], reader = read(hung("a.log", size=size), data, **limits)
    assert found.notes == (note,)
    assert not found.taken
    assert all(most <= limits.get("file_bytes", 50 << 20) for most in reader.allowed)


def test_all_of_a_packet_share_the_total() -> None:
    ticket = hung("a.log", "b.log", "c.log", size=None)
    found, reader = read(ticket, lambda each: each.id.encode() * 900, total_bytes=2_000)
    assert [each.taken for each in found] == [True, True, False]
    assert reader.allowed == [2_000, 1_100, 200]


def test_a_size_that_was_not_true_is_told() -> None:
    [found], _ = read(hung("a.log", size=40), LOG)
    assert found.notes == (f"{len(LOG)} bytes came; the platform had told of 40",)
    assert found.taken


def test_a_page_is_no_file_unless_it_was_said_to_be_one() -> None:
    page = b"<!doctype html><title>Sign in</title>"
    [found], _ = read(hung("a.log"), page)
    assert found.notes == ("not read: a web page came instead of it",)
    [found], _ = read(hung("a.html", size=7), page)
    assert found.taken
    assert found.name == "7/a.html.txt"


@pytest.mark.parametrize(
    ("name", "media"), [("a.exe", None), ("a.txt", "application/x-msdownload"), ("a.txt.lnk", None)]
)
def test_programs_are_not_even_read(name: str, media: str | None) -> None:
    [found], reader = read(hung(name, content_type=media), LOG)
    assert found.notes == ("a program: it was not read",)
    assert reader.allowed == []


def test_attachments_that_are_not_known() -> None:
    ticket = Ticket(
        platform=Platform.ZENDESK, profile="p", id="7", key="#7", unknown={"attachments": Unknown.NOT_FETCHED}
    )
    [found], _ = read(ticket, LOG)
    assert found.notes == ("the attachments are not known (not fetched)",)
    [found] = collect(tickets=[hung("a.log")])
    assert found.notes == ("not read",)


def test_one_that_is_listed_twice_is_read_once() -> None:
    ticket = hung("a.log")
    twice = Ticket(platform=Platform.ZENDESK, profile="p", id="7", key="#7", attachments=ticket.attachments * 2)
    found, reader = read(twice, LOG)
    assert len(found) == len(reader.allowed) == 1
