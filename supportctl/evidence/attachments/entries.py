"""What an archive says of one of its entries, before it is read."""

from collections.abc import Callable
from typing import NamedTuple


class Entry(NamedTuple):
    name: str
    """As it stands in the archive."""
    size: int | None
    """As the archive says; None where it does not."""
    read: Callable[[], bytes]
    """Raises `RefusedEntry`, or `RefusedArchive` when it shows what the whole archive is."""
