"""Arrays that grow at their end: small ones in memory, long ones in a file."""

import os
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
HELD = 8 * 1024 * 1024
"""Bytes that are held before they go to the file."""


class Growing:
    """An array to which is added at the end; a quarter more is set aside when it is full."""

    def __init__(self, kind: Any) -> None:
        self._kept = np.zeros(0, kind)
        self._used = 0

    def add(self, more: Array) -> None:
        end = self._used + len(more)
        if end > len(self._kept):
            larger = np.zeros(max(end, len(self._kept) * 5 // 4), self._kept.dtype)
            larger[: self._used] = self._kept[: self._used]
            self._kept = larger
        self._kept[self._used : end] = more
        self._used = end

    def clear(self) -> None:
        self._kept, self._used = np.zeros(0, self._kept.dtype), 0

    @property
    def all(self) -> Array:
        return self._kept[: self._used]


class Long:
    """Numbers of one kind. What does not fit into `HELD` is in a file, which has no name unless it is given one."""

    def __init__(self, kind: Any, path: Path | None = None, length: int = 0, check: int = 0) -> None:
        """The first `length` numbers are those of the file; what it holds after them is nobody's."""
        self.kind = np.dtype(kind)
        self.check = check
        """CRC-32 of what is in the file."""
        self._path = path
        self._file: IO[bytes] | None = None
        self._filed = length
        self._held = Growing(kind)

    def __len__(self) -> int:
        return self._filed + len(self._held.all)

    def add(self, more: Array) -> None:
        self._held.add(more)
        if self._held.all.nbytes > HELD:
            self.flush()

    def verify(self, whole: bool) -> None:
        """Raises ValueError where the file is shorter than it should be, or (`whole`) holds something else."""
        size = self._filed * self.kind.itemsize
        if size and (self._path is None or self._path.stat().st_size < size):
            raise ValueError("a file of the index is too short")
        check = 0
        for low in range(0, self._filed if whole else 0, HELD):
            check = crc32(self._read(low, min(self._filed, low + HELD)), check)
        if whole and check != self.check:
            raise ValueError("a file of the index is damaged")

    def flush(self) -> None:
        """All to the file. Raises OSError."""
        held = self._held.all
        if not len(held):
            return
        file = self._opened()
        file.seek(self._filed * self.kind.itemsize)
        data = memoryview(held.tobytes())
        at = 0
        while at < len(data):
            at += file.write(data[at:])
        self.check = crc32(data, self.check)
        self._filed += len(held)
        self._held.clear()

    def sync(self) -> None:
        """As `flush`, and on the disk."""
        self.flush()
        if self._file is not None:
            os.fsync(self._file.fileno())

    def hold(self) -> None:
        """Open the file, if there is one, so that it can be read when it has no name any more."""
        if self._filed:
            self._opened()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def between(self, low: int, high: int) -> Array:
        """Numbers `low` to `high`."""
        if low >= self._filed:
            held: Array = self._held.all[low - self._filed : high - self._filed]
            return held
        upto = min(high, self._filed)
        found: Array = np.frombuffer(self._read(low, upto), self.kind)
        return found if high <= upto else np.concatenate([found, self._held.all[: high - self._filed]])

    def parts(self, starts: Array, ends: Array) -> Array:
        """Numbers of all these ranges, one after the other."""
        if not self._filed:
            lengths = ends - starts
            total = int(lengths.sum())
            offsets = np.cumsum(lengths) - lengths
            places = np.arange(total, dtype=np.int64) + np.repeat(starts - offsets, lengths)
            held: Array = self._held.all[places]
            return held
        if len(ends) and int(ends.max()) <= self._filed:
            number, size = self._opened().fileno(), self.kind.itemsize
            lengths, places = ((ends - starts) * size).tolist(), (starts * size).tolist()
            data = b"".join([_pread(number, length, at) for length, at in zip(lengths, places, strict=True)])
            if len(data) == sum(lengths):
                return np.frombuffer(data, self.kind)
        found = [self.between(low, high) for low, high in zip(starts.tolist(), ends.tolist(), strict=True)]
        return np.concatenate(found) if found else np.zeros(0, self.kind)

    def _read(self, low: int, high: int) -> bytes:
        file, size = self._opened(), self.kind.itemsize
        file.seek(low * size)
        wanted = (high - low) * size
        data = file.read(wanted)
        while len(data) < wanted:
            if not (more := file.read(wanted - len(data))):
                raise OSError(0, "a file of the index ends too early")
            data += more
        return data

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            if self._path is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
            else:
                flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
                self._file = os.fdopen(os.open(self._path, flags, 0o600), "r+b", buffering=0)
        return self._file


def _seek_and_read(number: int, length: int, at: int) -> bytes:
    os.lseek(number, at, os.SEEK_SET)
    return os.read(number, length)


_pread = getattr(os, "pread", _seek_and_read)
"""Not every system reads at a place without going there."""


class Texts:
    """Short texts by number; as a sequence."""

    def __init__(self, letters: Long | None = None) -> None:
        self.letters = Long(np.uint8) if letters is None else letters
        self._start = Growing(np.int64)
        self._start.add(np.zeros(1, np.int64))

    @property
    def start(self) -> Array:
        return self._start.all

    def restore(self, sizes: Array) -> None:
        """The letters are there; these are the lengths of the texts."""
        self._start.add(np.cumsum(sizes))

    def add(self, texts: list[str]) -> None:
        encoded = [each.encode("utf-8", "surrogatepass") for each in texts]
        self.letters.add(np.frombuffer(b"".join(encoded), np.uint8))
        self._start.add(self._start.all[-1] + np.cumsum([len(each) for each in encoded]))

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, at: int) -> str:
        return self.between(at, at + 1)[0]

    def __iter__(self) -> Iterator[str]:
        for low in range(0, len(self), 10_000):
            yield from self.between(low, min(len(self), low + 10_000))

    def between(self, low: int, high: int) -> list[str]:
        """Texts `low` to `high`."""
        start = self.start[low : high + 1]
        data = self.letters.between(int(start[0]), int(start[-1])).tobytes()
        return _cut(data, (start - start[0]).tolist())

    def of(self, numbers: Array) -> list[str]:
        starts, ends = self.start[numbers], self.start[numbers + 1]
        data = self.letters.parts(starts, ends).tobytes()
        return _cut(data, np.concatenate([[0], np.cumsum(ends - starts)]).tolist())


def _cut(data: bytes, bounds: list[int]) -> list[str]:
    return [data[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(bounds)]
