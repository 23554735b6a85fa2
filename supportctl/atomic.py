"""Files that are whole or as they were: written beside their place, given their name when all is there."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from supportctl.errors import StateError

NEW_FILE = 0o666
PRIVATE = 0o600


class Replacement:
    """A file being written. Until `commit` whatever stood at ``path`` stays; `abandon` leaves no trace.

    Raises `StateError` where the file cannot be written: a missing folder is made, a full disk is said.
    """

    def __init__(self, path: Path, what: str, *, mode: int = NEW_FILE) -> None:
        self.path = path
        self._what = what
        self._mode = mode
        self._part: Path | None = None
        try:
            target = path.resolve() if path.is_symlink() else path
            if target.exists() and not target.is_file():
                raise IsADirectoryError(0, "it is no ordinary file")
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}-", suffix=".part", dir=target.parent)
        except OSError as error:
            raise self._failed(error) from None
        self._part, self._target = Path(name), target
        self.file: BinaryIO = os.fdopen(handle, "wb")

    def write(self, data: bytes) -> None:
        try:
            self.file.write(data)
        except OSError as error:
            self.abandon()
            raise self._failed(error) from None

    def commit(self) -> None:
        if self._part is None:
            return
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self._part.chmod(self._allowed())
            self._part.replace(self._target)
            self._part = None
        except OSError as error:
            self.abandon()
            raise self._failed(error) from None

    def abandon(self) -> None:
        if self._part is None:
            return
        part, self._part = self._part, None
        with suppress(OSError):  # What could not be flushed is thrown away with the file.
            self.file.close()
        part.unlink(missing_ok=True)

    def _allowed(self) -> int:
        """The permissions of the file that is replaced, else what the mask of the process leaves of the wanted ones."""
        if self._mode == PRIVATE:
            return PRIVATE
        try:
            return self._target.stat().st_mode & 0o777
        except OSError:
            mask = os.umask(0)
            os.umask(mask)
            return self._mode & ~mask

    def _failed(self, error: OSError) -> StateError:
        return StateError(
            f"{self._what} could not be written to {self.path} ({error.strerror}); what was there before stays",
            hint="make room, or name another place",
        )


def write(path: Path, data: bytes, what: str, *, mode: int = NEW_FILE) -> None:
    """The whole file at once. ``what`` names it in the error. Raises `StateError`."""
    part = Replacement(path, what, mode=mode)
    part.write(data)
    part.commit()
