"""What of a packet goes out, and which packets do not."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.errors import DataError, RefusedError
from supportctl.evidence.handing import take
from supportctl.evidence.handing.marks import mark_of
from tests.fixtures.packets import TITLE, build, document

if TYPE_CHECKING:
    from pathlib import Path

TICKET: dict[str, Any] = {"platform": "zendesk", "profile": "zd", "key": "#4711", "id": "4711", "url": None}


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_whole_packet_goes_out(tmp_path: Path, form: str) -> None:
    folder = build(tmp_path, [TICKET], text="Größe 山田")
    archive = tmp_path / f"{folder.name}.zip"
    handed = take(folder if form == "folder" else archive, reviewed=False)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert handed.title == TITLE
    assert handed.document == document("Größe 山田")
    assert handed.markup.startswith("h2. What happened")
    assert (handed.size, handed.sha256) == (archive.stat().st_size, digest)
    assert handed.name == f"PKT-4711-20260302-{digest[:12]}.zip"
    assert handed.archive == str(archive.resolve())
    assert [each.key for each in handed.tickets] == ["#4711"]


def test_the_same_bytes_have_the_same_name_and_others_another(tmp_path: Path) -> None:
    first = take(build(tmp_path / "a", [TICKET]), reviewed=False)
    same = take(build(tmp_path / "b", [TICKET]), reviewed=False)
    other = take(build(tmp_path / "c", [TICKET], text="More is known."), reviewed=False)
    assert first.name == same.name
    assert first.name != other.name


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda packet: (packet / "README.md").write_text("changed"), "README.md was changed"),
        (lambda packet: (packet / "README.md").unlink(), "README.md is missing"),
        (lambda packet: (packet / "original.log").write_text("secret"), "original.log is not in the manifest"),
    ],
)
def test_a_folder_that_is_not_as_it_was_made_does_not_go(tmp_path: Path, spoil: Any, said: str) -> None:
    packet = build(tmp_path, [TICKET])
    spoil(packet)
    with pytest.raises(RefusedError, match=said):
        take(packet, reviewed=True)


def test_a_zip_that_is_not_as_it_was_made_does_not_go(tmp_path: Path) -> None:
    archive = build(tmp_path, [TICKET]).with_suffix(".zip")
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("PKT-4711-20260302/original.log", "secret")
    with pytest.raises(RefusedError, match=r"original\.log is not in the manifest"):
        take(archive, reviewed=True)


def test_a_zip_of_another_packet_does_not_go_with_the_folder(tmp_path: Path) -> None:
    packet = build(tmp_path, [TICKET])
    build(tmp_path / "other", [TICKET], text="Something else.").with_suffix(".zip").replace(
        tmp_path / f"{packet.name}.zip"
    )
    with pytest.raises(RefusedError, match="not the same packet"):
        take(packet, reviewed=True)


def test_what_was_not_verified_does_not_go(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="was not verified"):
        take(build(tmp_path, [TICKET], verified=False), reviewed=True)


def test_what_no_tool_has_read_wants_somebodys_eye(tmp_path: Path) -> None:
    packet = build(tmp_path, [TICKET], needs_eye=["evidence/a.png", "evidence/b.png", "evidence/c.png", "d.png"])
    with pytest.raises(RefusedError, match=r"a\.png, evidence/b\.png, evidence/c\.png and 1 more") as refused:
        take(packet, reviewed=False)
    assert "--images reviewed" in str(refused.value.hint)
    assert take(packet, reviewed=True).needs_eye[-1] == "d.png"


@pytest.mark.parametrize(
    "more",
    [
        {"summary.jira.json": b"{"},
        {"summary.jira.json": b"[]"},
        {"summary.wiki": b"\xff\xfe"},
        {"redaction-report.json": b"[1]"},
        {"redaction-report.json": b"x" * (5 * 1024 * 1024)},
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, more: dict[str, bytes]) -> None:
    with pytest.raises(DataError, match=rf"{next(iter(more))} cannot be read"):
        take(build(tmp_path, [TICKET], more=more), reviewed=True)


def test_what_is_no_packet_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no packet at"):
        take(tmp_path / "none", reviewed=True)
    (tmp_path / "a.zip").write_bytes(b"PK")
    (tmp_path / "folder").mkdir()
    packet = build(tmp_path, [TICKET])
    packet.with_suffix(".zip").unlink()
    for place in (tmp_path / "a.zip", tmp_path / "folder", packet):
        with pytest.raises(DataError, match=r"nothing was sent|is no packet"):
            take(place, reviewed=True)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as opened:
        opened.writestr("x/manifest.json", "{}")
    with pytest.raises(DataError, match="is no packet"):
        take(tmp_path / "b.zip", reviewed=True)


def test_a_packet_about_no_ticket_has_nobody_to_be_told(tmp_path: Path) -> None:
    packet = build(tmp_path, [], name="PKT-none")
    with pytest.raises(DataError, match="names no ticket"):
        take(packet, reviewed=True)


def test_a_mark_is_of_one_ticket_on_one_instance() -> None:
    marks = {mark_of(instance, ticket) for instance in ("a", "b") for ticket in ("1", "2")}
    assert len(marks) == 4
    assert all(mark.startswith("supportctl-") and len(mark) == 27 and " " not in mark for mark in marks)
