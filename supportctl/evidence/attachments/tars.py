"""Tar files, read from memory entry by entry; nothing is ever extracted to a disk."""

import io
import re
import tarfile
from collections.abc import Iterator
from functools import partial
from typing import Any

from supportctl.evidence.attachments.entries import Entry
from supportctl.evidence.attachments.limits import Budget, RefusedArchive, RefusedEntry, megabytes

_BLOCK = 512
_LONGEST_HEAD = 1 << 16
"""Bytes of an extended header."""
_DIGITS = re.compile(rb"\d{24}")
"""No size or length has more; older Pythons take quadratic time over long runs of them (CVE-2024-6232)."""
_EXTENDED = frozenset({b"x", b"g", b"X", b"L", b"K"})
_BROKEN = (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, IndexError, RecursionError, KeyError)


class _Head(tarfile.TarInfo):
    """The standard library's entry, which names this method as the one to override."""

    def _proc_member(self, archive: tarfile.TarFile) -> Any:
        if self.size < 0 or (self.type in _EXTENDED and not self._is_sane(archive.fileobj)):
            raise tarfile.HeaderError("size")
        return super()._proc_member(archive)  # type: ignore[misc]

    def _is_sane(self, file: Any) -> bool:
        if self.size > _LONGEST_HEAD:
            return False
        at = file.tell()
        head = file.read(self.size)
        file.seek(at)
        return self.type in (b"L", b"K") or not _DIGITS.search(head)


class Tar:
    """An opened tar. Raises `RefusedArchive` when not even its beginning can be read."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._data = data
        self._budget = budget
        self.note: str | None = None
        """What was wrong, once the entries have been read."""
        try:
            self._tar = tarfile.TarFile(
                fileobj=io.BytesIO(data), tarinfo=_Head, encoding="utf-8", errors="surrogateescape"
            )
        except _BROKEN:
            raise RefusedArchive("it is damaged") from None

    def entries(self) -> Iterator[Entry]:
        at = -1
        while (head := self._next()) is not None:
            self._budget.entries += 1
            if self._budget.entries > self._budget.limits.entries:
                raise RefusedArchive(f"all archives together hold more than {self._budget.limits.entries:,} entries")
            if head.offset <= at or head.size < 0:
                raise RefusedArchive("its entries lie on top of each other")
            at = head.offset
            if not head.isdir():
                yield Entry(head.name, head.size, partial(self._read, head))
        end = self._data[self._tar.offset : self._tar.offset + _BLOCK]
        if self.note is None and (end.strip(b"\0") or self._tar.offset > len(self._data)):
            self.note = "it is damaged or cut off; only its beginning could be read"

    def _next(self) -> tarfile.TarInfo | None:
        try:
            return self._tar.next()
        except _BROKEN:
            self.note = "it is damaged or cut off; only its beginning could be read"
            return None

    def _read(self, head: tarfile.TarInfo) -> bytes:
        limits = self._budget.limits
        if not head.isreg():
            raise RefusedEntry("it is a link or a device")
        if head.issparse():
            raise RefusedEntry("it is stored with holes, which are not filled")
        if head.size > limits.file_bytes:
            raise RefusedEntry(f"it is larger than {megabytes(limits.file_bytes)}")
        if head.size > self._budget.room:
            raise RefusedEntry(f"all archives together unfold to more than {megabytes(limits.opened_bytes)}")
        try:
            file = self._tar.extractfile(head)
            data = b"" if file is None else file.read()
        except _BROKEN:
            raise RefusedEntry("it is damaged or cut off") from None
        self._budget.opened += len(data)
        return data
