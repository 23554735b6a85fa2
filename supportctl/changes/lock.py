"""One run at a time per instance and state folder: two that apply at once would each check before the other writes."""

from contextlib import AbstractContextManager
from pathlib import Path

from supportctl.errors import RefusedError
from supportctl.locking import held


def alone(path: Path) -> AbstractContextManager[None]:
    """Hold the lock file. Raises `RefusedError` when another process holds it, `StateError` when it cannot be made."""
    busy = RefusedError(
        "another run is changing this instance; nothing was changed",
        hint="wait until it has ended: supportctl runs list",
    )
    return held(path, busy)
