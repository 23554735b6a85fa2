"""One run at a time per instance and state folder: two that apply at once would each check before the other writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from supportctl.errors import RefusedError, StateError


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file; the system lets go of it when the process ends, however it ends.

    Raises `RefusedError` when another process holds it, `StateError` when it cannot be made.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise RefusedError(
            "another run is changing this instance; nothing was changed",
            hint="wait until it has ended: supportctl runs list",
        ) from None
    except OSError as error:
        raise StateError(
            f"the lock {path} could not be made ({error.strerror}); nothing was changed",
            hint="make room or name another place with SUPPORTCTL_STATE_DIR",
        ) from error
    try:
        yield
    finally:
        lock.release()
