"""Kinds are told by content; a name only makes a file more suspicious."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.evidence.attachments.kinds import Kind, form_of

from .packed import tarred, zipped

TEXT = b"2026-03-02 12:00 started\n"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.log", TEXT, Kind.TEXT),
        ("a.log", TEXT.decode().encode("utf-16"), Kind.TEXT),
        ("a.har", b'{"log": {"entries": []}}', Kind.TEXT),
        ("a.pdf", TEXT, Kind.TEXT),
        ("a", "ログ 始まりました\n".encode(), Kind.TEXT),
        ("a.txt", b"BM is short for (a name of somebody in here)", Kind.TEXT),
        ("a.txt", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", Kind.PDF),
        ("a.log", b"GET /x.pdf -> %PDF-1.7\n" * 9, Kind.TEXT),
        ("a.exe", TEXT, Kind.PROGRAM),
        ("a.log", b"MZ\x90\0\3\0\0\0" + bytes(90), Kind.PROGRAM),
        ("a.log", b"\x7fELF\2\1\1" + bytes(90), Kind.PROGRAM),
        ("run.BAT", b"@echo off\n", Kind.PROGRAM),
        ("a.png.lnk", b"L\0\0\0\1\x14\2\0" + bytes(90), Kind.PROGRAM),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(90), Kind.IMAGE),
        ("a.txt", b"\xff\xd8\xff\xe0" + bytes(90), Kind.IMAGE),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(90), Kind.IMAGE),
        ("a.mov", b"\0\0\0\x14ftypqt  " + bytes(90), Kind.VIDEO),
        ("a.webm", b"\x1aE\xdf\xa3" + bytes(90), Kind.VIDEO),
        ("a.avi", b"RIFF\0\0\0\0AVI " + bytes(90), Kind.VIDEO),
        ("a.webp", b"RIFF\0\0\0\0WEBP" + bytes(90), Kind.IMAGE),
        ("a.wav", b"RIFF\0\0\0\0WAVE" + bytes(90), Kind.AUDIO),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), Kind.OFFICE),
        ("a.rtf", b"{\\rtf1\\ansi hello}", Kind.OFFICE),
        ("a.zip", zipped({"a": b"b"}), Kind.ARCHIVE),
        ("a.log", tarred({"a.log": TEXT * 4000}), Kind.ARCHIVE),
        ("a.eml", b"From: a\n\nb\n", Kind.MAIL),
        ("a.pcap", b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(90), Kind.BINARY),
        ("a.db", b"SQLite format 3\0" + bytes(90), Kind.BINARY),
        ("a.dat", bytes(range(256)) * 9, Kind.BINARY),
        ("a.log", b"", Kind.EMPTY),
    ],
)
def test_by_content(name: str, data: bytes, kind: Kind) -> None:
    assert form_of(name, data).kind is kind


def test_a_tar_without_a_mark() -> None:
    head = bytearray(tarred({"a.log": TEXT}))
    head[257:265] = bytes(8)
    head[148:156] = b" " * 8
    head[148:155] = f"{sum(head[:512]):06o}\0".encode()
    assert form_of("backup", bytes(head)).name == "tar"


def test_text_in_a_bitmap_stays_a_bitmap() -> None:
    body = b"all letters " * 500
    head = (
        b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 54) + struct.pack("<IiiHH", 40, 2000, 1, 1, 24) + bytes(24)
    )
    assert form_of("a.bmp", head + bytes(4000) + body).kind is Kind.IMAGE


@pytest.mark.parametrize("data", [bytes(5000), b"abc" + bytes(5000), bytes(range(1, 9)) + bytes(3000)])
def test_zeros_are_no_text(data: bytes) -> None:
    assert form_of("a.log", data).kind is Kind.BINARY


@given(st.text(max_size=20), st.binary(max_size=600))
def test_nothing_raises(name: str, data: bytes) -> None:
    assert form_of(name, data).kind in Kind
    assert form_of(name, zlib.compress(data)).kind in Kind
