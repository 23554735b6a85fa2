"""Zip files: what their index promises is checked before anything is unfolded, and again while it is."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial

from supportctl.evidence.attachments.entries import Entry
from supportctl.evidence.attachments.kinds import Form, Kind
from supportctl.evidence.attachments.limits import Budget, RefusedArchive, RefusedEntry, megabytes
from supportctl.evidence.attachments.streams import check_ratio

_STEP = 1 << 16
_HEAD = 30
"""Bytes before the name of an entry."""
_INDEX_MARK = b"PK\x01\x02"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What can be unfolded bit by bit: others give all of it at once, or ask for memory at will."""
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error, NotImplementedError, RuntimeError,
    IndexError, OverflowError,
)  # fmt: skip
_IPHONE = re.compile(r"payload/[^/]+\.app/")
_PROGRAM = ("meta-inf/manifest.mf", "androidmanifest.xml", "classes.dex", "install.rdf")


class Zip:
    """An opened zip. Raises `RefusedArchive` for one that is broken, huge or folded over itself."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._data = data
        self._budget = budget
        self._out = 0
        # The index is read whole by the library: its size is known before.
        if data.count(_INDEX_MARK) > budget.limits.entries:
            raise RefusedArchive(f"it holds more than {budget.limits.entries:,} entries")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._infos = self._zip.infolist()
        except _BROKEN:
            raise RefusedArchive("it is damaged") from None

    def form(self) -> Form:
        """What it really is: documents and programs are zips too."""
        names = {info.filename.lower().lstrip("/") for info in self._infos[:2000]}
        if "[content_types].xml" in names:
            return Form(Kind.OFFICE, "office document")
        if self._infos and self._infos[0].filename == "mimetype" and self._infos[0].file_size < 200:
            try:
                mime = self._read(self._infos[0])
            except (RefusedEntry, RefusedArchive):
                mime = b""
            if mime.startswith((b"application/vnd.oasis", b"application/epub")):
                return Form(Kind.OFFICE, "office document")
        if any(name in names for name in _PROGRAM) or any(_IPHONE.match(name) for name in names):
            return Form(Kind.PROGRAM, "program package")
        return Form(Kind.ARCHIVE, "zip")

    def entries(self) -> Iterator[Entry]:
        self._check_places()
        for info in self._infos:
            self._budget.entries += 1
            if self._budget.entries > self._budget.limits.entries:
                raise RefusedArchive(f"all archives together hold more than {self._budget.limits.entries:,} entries")
            name = _name(info)
            if name.endswith(("/", "\\")):
                continue
            yield Entry(name, info.file_size, partial(self._read, info))

    def _check_places(self) -> None:
        """Entries that share bytes are how a small file unfolds to petabytes."""
        end = 0
        for info in sorted(self._infos, key=lambda each: each.header_offset):
            if info.header_offset < end:
                raise RefusedArchive("its entries lie on top of each other")
            end = info.header_offset + _HEAD + info.compress_size
        if end > len(self._data):
            raise RefusedArchive("it is cut off")

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        limits = self._budget.limits
        mode = stat.S_IFMT(info.external_attr >> 16)
        if mode not in (0, stat.S_IFREG):
            raise RefusedEntry("it is a link or a device")
        if info.flag_bits & _ENCRYPTED:
            raise RefusedEntry("it is encrypted")
        if info.compress_type not in _METHODS:
            raise RefusedEntry("it is packed in a way that is not opened")
        if info.file_size > limits.file_bytes:
            raise RefusedEntry(f"it is larger than {megabytes(limits.file_bytes)}")
        if info.file_size > self._budget.room:
            raise RefusedEntry(f"all archives together unfold to more than {megabytes(limits.opened_bytes)}")
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as file:
                while piece := file.read(_STEP):
                    size += len(piece)
                    self._out += len(piece)
                    self._budget.opened += len(piece)
                    if size > limits.file_bytes:
                        raise RefusedEntry(f"it is larger than {megabytes(limits.file_bytes)}")
                    check_ratio(self._out, len(self._data), self._budget)
                    pieces.append(piece)
        except _BROKEN:
            raise RefusedEntry("it is damaged") from None
        return b"".join(pieces)


def _name(info: zipfile.ZipInfo) -> str:
    """With the zero bytes the library cuts at; in UTF-8 where the name is, whether the index says so or not."""
    name = info.orig_filename
    if not info.flag_bits & 0x800 and not name.isascii():
        try:
            return name.encode("cp437").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return name
