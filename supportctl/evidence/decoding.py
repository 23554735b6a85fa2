"""Text from files of any size in pieces, whatever somebody's program saved it as."""

import codecs
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from supportctl.evidence.redact.decode import decode

PIECE = 1 << 20
_HEAD = 65_536
LARGEST = 4 << 30
"""Bytes at most, also of what is packed: more is an attack or a mistake."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = {
    b"PK\x03\x04": "a zip archive",
    b"%PDF-": "a PDF",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"MZ": "a Windows program",
    b"\x7fELF": "a Linux program",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"ElfFile\x00": "a Windows event log",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\xca\xfe\xba\xbe": "a Java class",
    b"MDMP": "a crash dump",
    b"JAVA PROFILE": "a Java heap dump",
    b"LPKSHHRH": "a systemd journal",
}

Told = Callable[[int], None]


@dataclass
class Opened:
    """A text that is being read. `pieces` can be gone through once."""

    stream: BinaryIO | None
    """None where there is no text."""
    encoding: str
    notes: list[str] = field(default_factory=list)
    told: Told | None = None
    skip: int = 0
    done: int = 0
    """Bytes read so far, unpacked."""

    def pieces(self) -> Iterator[str]:
        """Never raises on what the bytes are: what is no text becomes replacement characters."""
        if self.stream is None:
            return
        odd = 0

        def old(error: UnicodeError) -> tuple[str, int]:
            """Bytes that are no UTF-8 are taken for what older programs of the West write."""
            nonlocal odd
            if not isinstance(error, UnicodeDecodeError):
                raise error
            odd += 1
            return error.object[error.start : error.end].decode("cp1252", "replace"), error.end

        codecs.register_error("supportctl-old", old)
        decoder = codecs.getincrementaldecoder(self.encoding)(
            "supportctl-old" if self.encoding == "utf-8" else "replace"
        )
        skip = self.skip
        while True:
            data = self.stream.read(PIECE)
            self.done += len(data)
            if self.done > LARGEST:
                self.notes.append(f"larger than {LARGEST >> 30} GB: the rest was not read")
                data = b""
            if self.told is not None:
                self.told(self.done)
            text = decoder.decode(data[skip:] if skip else data, final=not data)
            skip = 0
            if self.encoding != "utf-8":
                odd += text.count("\ufffd")
            if text:
                yield text
            if not data:
                break
        if odd:
            self.notes.append(f"{odd:,} places were no text in {self.encoding}")


def opened(data: bytes | bytearray | memoryview | BinaryIO, told: Told | None = None) -> Opened:
    """Finds out what it is from its beginning; archives but gzip, pictures and programs are named, not read."""
    stream: BinaryIO = io.BytesIO(data) if isinstance(data, bytes | bytearray | memoryview) else data
    head, stream = _peeked(stream)
    notes: list[str] = []
    if head.startswith(b"\x1f\x8b"):
        notes.append("packed with gzip")
        head, stream = _peeked(cast("BinaryIO", _Unpacked(stream, notes)))
    if not head:
        return Opened(stream, "utf-8", [*notes, "the file is empty"], told)
    for magic, what in _BINARY.items():
        if head.startswith(magic):
            return Opened(None, "binary", [*notes, f"no text: it is {what}; nothing was read"])
    for bom, encoding in _BOMS:
        if head.startswith(bom) and not (encoding == "utf-32-le" and len(head) % 4 and len(head) < _HEAD):
            return Opened(stream, encoding, notes, told, skip=len(bom))
    guessed = _guessed(head)
    if guessed is None:
        return Opened(None, "binary", [*notes, "no text: binary data; nothing was read"])
    return Opened(stream, guessed, notes, told)


def _guessed(head: bytes) -> str | None:
    """By the detector of redaction, on the beginning only; a character cut at its end does not count."""
    encoding = None
    for cut in range(4):
        found = decode(head[: len(head) - cut])
        if found is None:
            return None
        encoding = found.encoding
        if encoding == "utf-8" and not any("\udc80" <= each <= "\udcff" for each in found.text[-4:]):
            return encoding
        if encoding != "utf-8" and len(head) < _HEAD:
            return encoding
    return encoding


def _peeked(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The beginning, and the whole stream again; pipes cannot go back."""
    head = b""
    while len(head) < _HEAD:
        more = stream.read(_HEAD - len(head))
        if not more:
            break
        head += more
    return head, cast("BinaryIO", _Again(head, stream))


class _Again(io.RawIOBase):
    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self._head:
            if size < 0 or size >= len(self._head):
                told, self._head = self._head, b""
                return told
            told, self._head = self._head[:size], self._head[size:]
            return told
        return self._rest.read(size)


class _Unpacked(io.RawIOBase):
    """Gzip in pieces: what can be unpacked of a broken file is, and never more at once than asked for."""

    def __init__(self, packed: BinaryIO, notes: list[str]) -> None:
        self._packed = packed
        self._notes = notes
        self._unpacker = zlib.decompressobj(31)
        self._input = b""
        self._over = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        size = PIECE if size < 0 else size
        while not self._over:
            if not self._input:
                self._input = self._packed.read(PIECE)
            if not self._input:
                told = b"" if self._unpacker.eof else self._unpacker.decompress(b"", size)
                return told or self._end(broken=not self._unpacker.eof)
            if self._unpacker.eof:  # Several packed files, one behind the other.
                self._unpacker = zlib.decompressobj(31)
            try:
                told = self._unpacker.decompress(self._input, size)
            except zlib.error:
                return self._end(broken=True)
            self._input = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            if told:
                return told
        return b""

    def _end(self, *, broken: bool) -> bytes:
        self._over = True
        if broken:
            self._notes.append("the packed file is broken or cut off: read up to there")
        return b""
