"""How much is taken, and what has been taken so far: attachments come from strangers."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The defaults let through what support bundles hold, and fit into the memory of a small computer."""

    file_bytes: int = 50 * MIB
    """Of one download, and of one entry of an archive."""
    total_bytes: int = 200 * MIB
    """Of all downloads together."""
    files: int = 500
    """Downloads."""
    local_bytes: int = 2048 * MIB
    """Of one file that somebody names: texts above ``file_bytes`` are handed on as open files."""
    local_files: int = 2000
    """Files in the folders somebody names."""
    opened_bytes: int = 200 * MIB
    """What all archives together may unfold into."""
    entries: int = 5000
    """Of all archives together."""
    ratio: int = 200
    """By how much an archive may grow, once more than ``ratio_from`` bytes came out."""
    ratio_from: int = 8 * MIB
    depth: int = 5
    """Archives within archives; a packed tar counts as two."""
    pixels: int = 50_000_000
    """Of one picture."""


class Budget:
    """What is left of the `Limits` of one packet."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.opened = 0
        self.entries = 0
        self.downloaded = 0
        self.downloads = 0
        self.refused = 0
        """Downloads for which the platform did not accept who we are."""

    @property
    def room(self) -> int:
        """Bytes that archives may still unfold into."""
        return self.limits.opened_bytes - self.opened

    @property
    def entries_left(self) -> int:
        return self.limits.entries - self.entries


class RefusedArchive(Exception):  # noqa: N818 (a refusal, told to nobody but the collector)
    """An archive that is not opened at all; the message says why, without any text of its sender."""


class RefusedEntry(Exception):  # noqa: N818
    """The same of one entry; the others may still be opened."""


def megabytes(size: int) -> str:
    """``50 MB``; small sizes in bytes."""
    return f"{size / MIB:,.0f} MB" if size >= MIB else f"{size:,} bytes"
