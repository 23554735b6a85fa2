"""A packet's folder and zip on the disk: both there and whole, or neither, whatever interrupts."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from supportctl.errors import DataError, RefusedError, StateError
from supportctl.evidence.packet import archive, manifest
from supportctl.evidence.packet.contents import Content, pieces


def check_free(parent: Path, name: str, *, replace: bool) -> None:
    """Raises `RefusedError` where a packet, or something else of that name, is there. Asked before any work is done."""
    folder, zipped = parent / name, parent / f"{name}.zip"
    if parent.exists() and not parent.is_dir():
        raise RefusedError(f"{parent} is a file; nothing was written", hint="name a folder with --out")
    for path in (folder, zipped):
        if not _there(path):
            continue
        if not replace:
            raise RefusedError(
                f"{path} exists already; nothing was written",
                hint="write it again with --force, or name another folder with --out",
            )
        if not _ours(path):
            raise RefusedError(
                f"{path} is no packet, so --force does not replace it; nothing was written",
                hint="move it away, or name another folder with --out",
            )


def place(parent: Path, name: str, files: Mapping[str, Content], at: datetime, *, replace: bool) -> tuple[Path, Path]:
    """Folder and zip. Raises `StateError` where they cannot be written (full disk); then no part of them is left."""
    check_free(parent, name, replace=replace)
    folder, zipped = parent / name, parent / f"{name}.zip"
    part: Path | None = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{name[:40]}-", suffix=".part", dir=parent))
        new = part / "new"
        for relative, content in files.items():
            target = new / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, content)
        with (part / "zip").open("xb") as file:
            archive.write(file, name, files, at)
            file.flush()
            os.fsync(file.fileno())
        _move(part, {new: folder, part / "zip": zipped})
    except OSError as error:
        raise StateError(
            f"the packet could not be written to {parent} ({error.strerror}); no part of it is there",
            hint="make room, or name another folder with --out",
        ) from None
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
    return folder, zipped


def _write(target: Path, content: Content) -> None:
    with target.open("xb") as file:
        for piece in pieces(content):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _move(part: Path, moves: Mapping[Path, Path]) -> None:
    """Both get their place, or all is as it was."""
    undo: list[tuple[Path, Path]] = []
    try:
        for number, (new, place_) in enumerate(moves.items()):
            if _there(place_):
                old = part / f"old{number}"
                undo.append((old, place_))
                place_.rename(old)
            undo.append((place_, new))
            new.rename(place_)
    except BaseException:
        for now, before in reversed(undo):
            with suppress(OSError):
                now.rename(before)
        raise


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _ours(path: Path) -> bool:
    if path.is_symlink():
        return False
    try:
        manifest.read(path)
    except DataError:
        return False
    return True
