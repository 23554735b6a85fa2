"""Files that one process holds at a time; the system lets go of them when the process ends, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.errors import StateError, SupportctlError

if TYPE_CHECKING:
    from filelock import FileLock


def take(path: Path, busy: SupportctlError, *, patience: float = 0) -> "FileLock":
    """The lock at ``path``, held until it is released; its folder is made.

    Raises ``busy`` when another process still holds it after ``patience`` seconds, `StateError` when it cannot be made.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=patience)
    except Timeout:
        raise busy from None
    except OSError as error:
        raise StateError(
            f"the lock {path} could not be made ({error.strerror}); nothing was changed",
            hint="make room or name another place with SUPPORTCTL_STATE_DIR",
        ) from error
    return lock


@contextmanager
def held(path: Path, busy: SupportctlError, *, patience: float = 0) -> Iterator[None]:
    """As `take`, and released at the end."""
    lock = take(path, busy, patience=patience)
    try:
        yield
    finally:
        lock.release()
