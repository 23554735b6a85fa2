"""Parts of a file, in memory or, for large ones, in a temporary file without a name.

A file without a name is gone when the program is, however it ends: what is not redacted yet is never left behind.
"""

import json
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, cast

import msgspec

_HEAD = struct.Struct("<cQ")


def nameless() -> BinaryIO:
    """An empty temporary file (`TMPDIR`), readable for nobody else and gone with the program."""
    return cast("BinaryIO", tempfile.TemporaryFile(prefix="supportctl-"))


def packed(value: Any) -> bytes:
    """JSON of a value; ASCII where a string holds half a character."""
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, ValueError):
        return json.dumps(value, separators=(",", ":")).encode()


class Parts:
    """Texts, or values of JSON, in order."""

    def __init__(self, parts: Iterable[Any] = (), *, large: bool = False) -> None:
        self._file = nameless() if large else None
        self._parts: list[Any] = []
        for part in parts:
            self._add(part)

    def _add(self, part: Any) -> None:
        if self._file is None:
            self._parts.append(part)
        elif isinstance(part, str):
            data = part.encode("utf-8", "surrogatepass")
            self._file.write(_HEAD.pack(b"t", len(data)) + data)
        else:
            data = packed(part)
            self._file.write(_HEAD.pack(b"j", len(data)) + data)

    def __iter__(self) -> Iterator[Any]:
        if self._file is None:
            yield from self._parts
            return
        self._file.seek(0)
        while head := self._file.read(_HEAD.size):
            kind, size = _HEAD.unpack(head)
            data = self._file.read(size)
            yield data.decode("utf-8", "surrogatepass") if kind == b"t" else json.loads(data)

    def replace(self, step: Callable[[Any], Any], told: Callable[[float], None] | None = None) -> bool:
        """Each part by what ``step`` makes of it. Whether one is another than before."""
        changed = False
        size = len(self._parts) if self._file is None else self._file.seek(0, 2)
        before = 0
        fresh = Parts(large=self._file is not None)
        for part in self:
            new = step(part)
            changed = changed or (new is not part and new != part)
            fresh._add(new)
            if told is not None:
                at = before + 1 if self._file is None else self._file.tell()
                told((at - before) / size)
                before = at
        self.close()
        self._file, self._parts = fresh._file, fresh._parts
        return changed

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
