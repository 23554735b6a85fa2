"""Folder and zip: both whole, or neither."""

from __future__ import annotations

import errno
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from supportctl.errors import DataError, RefusedError, StateError
from supportctl.evidence.packet import archive, manifest, placing
from tests.evidence.packet.cases import NOW, built

NAME = "PKT-SUP-12-20260302"


def placed(parent: Path, *, replace: bool = False) -> tuple[Path, Path]:
    return placing.place(parent, NAME, built().files, NOW, replace=replace)


def names(parent: Path) -> list[str]:
    return sorted(path.name for path in parent.iterdir())


def test_folder_and_zip_hold_the_same(tmp_path: Path) -> None:
    folder, zipped = placed(tmp_path / "out")
    assert names(tmp_path / "out") == [NAME, f"{NAME}.zip"]
    with zipfile.ZipFile(zipped) as packed:
        held = {info.filename: packed.read(info) for info in packed.infolist()}
    on_disk = {
        f"{NAME}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert held == on_disk
    assert manifest.check(folder) == manifest.check(zipped) == []
    assert manifest.read(zipped) == manifest.read(folder)


def test_the_same_zip_again(tmp_path: Path) -> None:
    _, one = placed(tmp_path / "a")
    _, two = placed(tmp_path / "b")
    assert one.read_bytes() == two.read_bytes()


def test_a_zip_knows_no_time_before_1980() -> None:
    from datetime import UTC, datetime

    out = io.BytesIO()
    archive.write(out, "x", {"a": b"1", "b": io.BytesIO(b"22")}, datetime(1970, 1, 1, tzinfo=UTC))
    with zipfile.ZipFile(out) as packed:
        assert [info.date_time[0] for info in packed.infolist()] == [1980, 1980]
        assert packed.read("x/b") == b"22"


def test_what_is_there_stays_without_force(tmp_path: Path) -> None:
    placed(tmp_path)
    with pytest.raises(RefusedError, match="exists already"):
        placed(tmp_path)


def test_force_replaces_a_packet_whole(tmp_path: Path) -> None:
    folder, _ = placed(tmp_path)
    (folder / "evidence" / "old.log").write_text("of an earlier packet")
    placed(tmp_path, replace=True)
    assert names(tmp_path) == [NAME, f"{NAME}.zip"]
    assert manifest.check(folder) == []
    assert not (folder / "evidence" / "old.log").exists()


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_force_replaces_nothing_else(tmp_path: Path, kind: str) -> None:
    mine = tmp_path / NAME
    if kind == "folder":
        mine.mkdir()
        (mine / "thesis.txt").write_text("years of work")
    elif kind == "file":
        mine.write_text("years of work")
    else:
        mine.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="is no packet"):
        placed(tmp_path, replace=True)
    assert names(tmp_path) == [NAME]


def test_out_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(RefusedError, match="is a file"):
        placed(tmp_path / "out")


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", [1, 5, 11])
@pytest.mark.parametrize("there", [False, True])
def test_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: int, there: bool
) -> None:
    """Interrupted at any file, or at the zip, with or without a packet that is to be replaced."""
    if there:
        placed(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    calls = 0
    real = os.fsync

    def failing(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise error
        real(handle)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises((StateError, KeyboardInterrupt)):
        placed(tmp_path, replace=there)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert names(tmp_path) == ([NAME, f"{NAME}.zip"] if there else [])


@pytest.mark.parametrize("step", range(1, 5))
def test_interrupted_between_the_two_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    placed(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    calls = 0
    real = Path.rename

    def failing(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == step:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(KeyboardInterrupt):
        placed(tmp_path, replace=True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_was_changed_is_named(tmp_path: Path) -> None:
    folder, _ = placed(tmp_path)
    (folder / "README.md").write_text("nothing to see")
    (folder / "ticket.json").unlink()
    (folder / "extra.txt").write_text("x")
    (folder / "link").symlink_to("/etc/hostname")
    assert manifest.check(folder) == [
        "README.md was changed since the packet was made",
        "extra.txt is not in the manifest",
        "link is not in the manifest",
        "ticket.json is missing",
    ]


def test_a_broken_zip_is_named(tmp_path: Path) -> None:
    _, zipped = placed(tmp_path)
    data = bytearray(zipped.read_bytes())
    with zipfile.ZipFile(zipped) as packed:
        at = packed.getinfo(f"{NAME}/summary.html").header_offset + 120
    data[at] ^= 0xFF
    zipped.write_bytes(data)
    assert manifest.check(zipped) == ["summary.html was changed since the packet was made"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"{}", b'{"schema": "other/v1"}', json.dumps({"schema": 1}).encode()]
)
def test_what_is_no_packet(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    (tmp_path / "x.zip").write_bytes(content)
    for path in (tmp_path, tmp_path / "x.zip", tmp_path / "absent"):
        with pytest.raises(DataError, match=r"is no packet|another version"):
            manifest.read(path)
