"""A folder that is there whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from supportctl.errors import RefusedError, StateError


def check_free(folder: Path, names: list[str], *, replace: bool) -> None:
    """Raises `RefusedError` where a file would be written over. Asked before any work is done, and again after it."""
    if folder.exists() and not folder.is_dir():
        raise RefusedError(f"{folder} is a file; nothing was written", hint="name a folder with --out")
    there = [name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    if there and not replace:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise RefusedError(
            f"{there[0]}{more} exist already in {folder}; nothing was written",
            hint="name another folder with --out, or write over them with --force",
        )


def place(folder: Path, files: Mapping[str, bytes | BinaryIO], *, replace: bool = False) -> None:
    """Write ``files`` (relative names) beside ``folder`` and give them their place when all are there.

    Large files may be given as streams, which are read to their end.

    Raises `StateError` where they cannot be written (full disk); then, and on Ctrl-C, no part of them is left.
    """
    for name in files:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\\" in name or "\0" in name:
            raise RefusedError("a file's name leads out of the folder; nothing was written")
    check_free(folder, list(files), replace=replace)
    part: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}-", suffix=".part", dir=folder.parent))
        for name, data in files.items():
            target = part / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    shutil.copyfileobj(data, file, 1_048_576)
                file.flush()
                os.fsync(file.fileno())
        _move(part, folder, files)
    except OSError as error:
        raise StateError(
            f"the files could not be written to {folder} ({error.strerror}); none of them is there",
            hint="make room, or name another folder with --out",
        ) from None
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)


def _move(part: Path, folder: Path, files: Iterable[str]) -> None:
    if not folder.exists():
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o777 & ~mask)
        part.rename(folder)
        return
    done: list[Path] = []
    try:
        for name in files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = not target.exists()
            (part / name).replace(target)
            if fresh:
                done.append(target)
    except BaseException:
        for target in done:
            with suppress(OSError):
                target.unlink()
        raise
