"""Files packed by gzip, bzip2 or xz: unfolded bit by bit, so that what comes out is known before it is too much."""

import bz2
import lzma
import zlib
from typing import NamedTuple, Protocol

from supportctl.evidence.attachments.limits import Budget, RefusedArchive, megabytes

_STEP = 1 << 16
_MOST_PARTS = 1000
"""Packed files may be strung together; thousands of empty ones are an attack on our time."""
_MEMORY = 256 << 20
"""Bytes xz may ask for; its head can demand 4 GB."""
_MARKS = {"gz": b"\x1f\x8b", "bz2": b"BZh", "xz": b"\xfd7zXZ"}


class Unfolded(NamedTuple):
    data: bytes
    note: str | None
    """What was wrong with it, where a beginning could be read."""


class _Opener(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def take(self, data: bytes, most: int) -> bytes: ...
    @property
    def hungry(self) -> bool: ...


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self.eof = False
        self.unused_data = b""
        self._left = b""

    def take(self, data: bytes, most: int) -> bytes:
        told = self._inner.decompress(self._left + data, most)
        self._left = self._inner.unconsumed_tail
        self.eof, self.unused_data = self._inner.eof, self._inner.unused_data
        return told

    @property
    def hungry(self) -> bool:
        return not self._left


class _Other:
    def __init__(self, inner: "bz2.BZ2Decompressor | lzma.LZMADecompressor") -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def hungry(self) -> bool:
        return self._inner.needs_input

    def take(self, data: bytes, most: int) -> bytes:
        return self._inner.decompress(data, most)


def unfold(form: str, data: bytes, budget: Budget) -> Unfolded:
    """The one file inside. Raises `RefusedArchive` for a bomb and for what is no such file at all."""
    pieces: list[bytes] = []
    size, at, parts = 0, 0, 0
    note: str | None = None
    try:
        while at < len(data) and note is None:
            if parts and not data.startswith(_MARKS[form], at):
                if data[at : at + _STEP].strip(b"\0"):
                    note = "bytes behind its end were left out"
                break
            parts += 1
            if parts > _MOST_PARTS:
                raise RefusedArchive(f"it is strung together of more than {_MOST_PARTS} parts")
            opener = _opener(form)
            while not opener.eof:
                chunk = b""
                if opener.hungry:
                    chunk = data[at : at + _STEP]
                    at += len(chunk)
                    if not chunk:
                        note = "it is cut off; only its beginning could be read"
                        break
                piece = opener.take(chunk, _STEP * 4)
                pieces.append(piece)
                size += len(piece)
                budget.opened += len(piece)
                check_ratio(size, len(data), budget)
                if budget.room < 0:
                    most = megabytes(budget.limits.opened_bytes)
                    raise RefusedArchive(f"all archives together unfold to more than {most}")
            at -= len(opener.unused_data)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        if isinstance(error, lzma.LZMAError) and "memory" in str(error).lower():
            raise RefusedArchive("it asks for too much memory") from None
        note = "it is damaged; only its beginning could be read"
    if not size and note is not None:
        raise RefusedArchive("it is damaged")
    return Unfolded(b"".join(pieces), note)


def _opener(form: str) -> _Opener:
    if form == "gz":
        return _Gzip()
    if form == "bz2":
        return _Other(bz2.BZ2Decompressor())
    return _Other(lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MEMORY))


def check_ratio(size: int, packed: int, budget: Budget) -> None:
    """Raises `RefusedArchive` once an archive of ``packed`` bytes has grown beyond measure."""
    limits = budget.limits
    if size > limits.ratio_from and size > packed * limits.ratio:
        raise RefusedArchive(f"it unfolds to more than {limits.ratio} times its size")
