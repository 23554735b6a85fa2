"""Files and folders that somebody names: links inside of folders are not followed, devices never opened."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from supportctl.errors import DataError, RefusedError
from supportctl.evidence.attachments.limits import Limits


class Named(NamedTuple):
    folder: str
    """Where it lay below the folder that was named, with that folder's name; parts joined by ``/``."""
    told: str
    path: Path
    inside: bool
    """Whether it was come upon in a folder, and not named itself."""


def found(paths: Sequence[str | Path], limits: Limits) -> list[Named]:
    """The files, in order of their names. Raises `DataError` for what is not there, `RefusedError` for too many."""
    files: list[Named] = []
    for each in paths:
        path = Path(each)
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no path"
            raise DataError(f"cannot read {path}: {why}; nothing was taken", hint="check the path") from None
        if stat.S_ISDIR(mode):
            for one in _inside(path):
                files.append(one)
                if len(files) > limits.local_files:
                    raise RefusedError(
                        f"{path} holds more than {limits.local_files:,} files; nothing was taken",
                        hint="name the files, or a smaller folder",
                    )
        elif stat.S_ISREG(mode):
            files.append(Named("", path.name, path, inside=False))
        else:
            raise DataError(f"{path} is neither a file nor a folder; nothing was taken", hint="name a file")
    return files


def _inside(folder: Path) -> Iterator[Named]:
    root = folder.resolve().name or "folder"
    closed: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=False, onerror=lambda error: closed.append(_place(error))):
        folders.sort()
        below = Path(place).relative_to(folder).parts
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*names, *linked]):
            yield Named("/".join((root, *below)), name, Path(place) / name, inside=True)
    for path in closed:
        below = path.parent.relative_to(folder).parts if path != folder else ()
        yield Named("/".join((root, *below)), path.name, path, inside=True)


def _place(error: OSError) -> Path:
    """Of a folder that could not be listed."""
    return Path(os.fsdecode(error.filename))


def opened(named: Named) -> BinaryIO | str:
    """The file, or why it is not opened."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    if named.inside:
        if named.path.is_symlink():
            return "a link: it was not followed"
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        number = os.open(named.path, flags)
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            return "neither a file nor a folder: it was not opened"
        return os.fdopen(number, "rb")
    except OSError as error:
        with suppress(OSError):
            os.close(number)
        return f"it cannot be read ({error.strerror})"
