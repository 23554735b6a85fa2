"""Files that are whole or as they were, under a disk that fails."""

import os
import stat
from pathlib import Path

import pytest

from supportctl import atomic
from supportctl.errors import StateError


def leftovers(folder: Path, *known: str) -> list[str]:
    return sorted({each.name for each in folder.iterdir()} - set(known))


def test_a_new_file_in_a_new_folder(tmp_path: Path) -> None:
    atomic.write(tmp_path / "reports" / "a.json", b"{}\n", "the report")
    assert (tmp_path / "reports" / "a.json").read_bytes() == b"{}\n"
    assert leftovers(tmp_path / "reports", "a.json") == []


def test_until_it_is_committed_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    part = atomic.Replacement(path, "the report")
    part.write(b"new")
    assert path.read_bytes() == b"old"
    part.abandon()
    part.abandon()
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path, "a.csv") == []
    part = atomic.Replacement(path, "the report")
    part.write(b"new")
    part.commit()
    part.abandon()
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync", fail) if step == "fsync" else (Path, "replace", fail)))
    with pytest.raises(StateError, match="No space left on device"):
        atomic.write(path, b"new", "the report")
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path, "a.csv") == []


def test_a_write_that_fails(tmp_path: Path) -> None:
    part = atomic.Replacement(tmp_path / "a.csv", "the report")
    part.file.close()
    part.file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 (closed by the write that fails)
    with pytest.raises(StateError, match="the report could not be written"):
        part.write(b"new")
    assert leftovers(tmp_path) == []


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(StateError, match="no ordinary file"):
            atomic.write(tmp_path / name, b"new", "the report")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_permissions(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        atomic.write(tmp_path / "new", b"", "the report")
        atomic.write(tmp_path / "own", b"", "the report", mode=atomic.PRIVATE)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600
    (tmp_path / "new").chmod(0o604)
    atomic.write(tmp_path / "new", b"", "the report")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o604


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    atomic.write(tmp_path / "link", b"new", "the report")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
