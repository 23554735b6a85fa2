"""An index that is not wanted any more: all of its files."""

from contextlib import suppress
from pathlib import Path

from supportctl.errors import StateError
from supportctl.locking import held


def forget(folder: Path) -> int | None:
    """Bytes that were deleted; None where there was nothing. Raises `StateError` while another run writes there."""
    if not folder.is_dir():
        return None
    lock = folder / "lock"
    busy = StateError(
        "another supportctl is working on the index of duplicates; nothing was deleted",
        hint="try again when it has ended",
    )
    size, found = 0, False
    try:
        with held(lock, busy):
            for each in folder.iterdir():
                if each.is_file() and each != lock:
                    size, found = size + each.stat().st_size, True
                    each.unlink()
    except OSError as error:
        raise StateError(
            f"not all of {folder} could be deleted ({error.strerror})", hint="delete the folder yourself"
        ) from None
    with suppress(OSError):  # Somebody may begin a new one.
        lock.unlink(missing_ok=True)
        folder.rmdir()
    return size if found else None
