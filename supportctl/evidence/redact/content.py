"""A file made ready: text in pieces, or a JSON document, whole or as a frame with its longest array in parts."""

import codecs
import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from supportctl.evidence.redact import documents, har
from supportctl.evidence.redact.blocks import held_back
from supportctl.evidence.redact.decode import SINGLE, Text, decode
from supportctl.evidence.redact.kinds import Kind, kind_of
from supportctl.evidence.redact.split import Frame, Long
from supportctl.evidence.redact.spool import Parts, nameless, packed
from supportctl.evidence.redact.table import whole_records

LARGE = 16 * 1024 * 1024
"""Bytes from which a file is worked on in parts; a JSON document takes ten times its size in memory."""
_PIECE = 2_000_000
"""Characters of a piece of text."""
_COPIED = 1_048_576
_HEAD = 100_000

Data = bytes | BinaryIO
Step = Callable[[str, Any], Any]
"""Gets ``text``, ``document`` or ``value`` (of the long array) and it; gives what takes its place."""


class Content:
    """`document` is None for text; `plain` is None for what is no text."""

    def __init__(self, data: Data, name: str, kind: Kind | None, *, like: Text | None = None) -> None:
        """``like``: the encoding, where it is known already."""
        self.notes: list[str] = []
        self.head = ""
        self.plain: Text | None = None
        self.kind: Kind = "prose"
        self.document: documents.Document | None = None
        self.large = not isinstance(data, bytes)
        self.size = len(data) if isinstance(data, bytes) else data.seek(0, 2)
        self._frame: Frame | None = None
        self._parts = Parts()
        self._whole: str | None = None
        if like is not None:
            self.plain = like.reopen(data) if isinstance(data, bytes) else like
        else:
            self.plain = decode(data) if isinstance(data, bytes) else _decoded_head(data)
        if self.plain is None:
            self.notes.append("not read: no text; look at it yourself before you hand it on")
            return
        self.kind = kind or kind_of(name, self.plain.text)
        if self.plain.encoding != "utf-8":
            self.notes.append(f"encoded as {self.plain.encoding}, kept so")
        if isinstance(data, bytes):
            self._small(self.plain.text)
        else:
            self._long(data, self.plain)
        self.head = self.plain.text[:_HEAD]
        self.plain = self.plain._replace(text="")

    @property
    def names(self) -> tuple[str, ...]:
        """Names that lead to the long array."""
        return () if self._frame is None else self._frame.names

    def _small(self, text: str) -> None:
        if self.kind in ("json", "har"):
            self._told(documents.read(text))
        if self.document is None:
            self._parts = Parts([text])

    def _long(self, data: BinaryIO, plain: Text) -> None:
        if self.kind in ("json", "har"):
            long = Long(Reader(data, plain))
            if long.found:
                parts = Parts(long.values(), large=True)
                self._frame = long.frame()
                if self._frame is not None:
                    self._parts = parts
                    self._told(self._frame.document)
                    return
                parts.close()
            self._told(None)
        self._parts = Parts(_pieces(Reader(data, plain), self.kind), large=True)

    def _told(self, document: documents.Document | None) -> None:
        if document is None:
            self.notes.append(f"no {'HAR' if self.kind == 'har' else 'JSON'} that can be read: treated as text")
            return
        if document.before:
            self.notes.append("wrapped in a call")
        if document.cut:
            self.notes.append("cut off: what was not whole at the end was dropped")
        if self.kind == "har" and not har.is_har(document.data):
            self.notes.append("has no log of requests: treated as JSON")
        self.document = document

    @property
    def cut(self) -> bool:
        return self.document is not None and self.document.cut

    def text_of(self, role: str, part: Any) -> str:
        """A part as it will be written, for looking for values in it."""
        if role == "text":
            return cast("str", part)
        if role == "value" or self._frame is not None:
            return packed(part).decode()
        return "".join(self.texts())

    def texts(self) -> Iterator[str]:
        """All of it as text, one part after the other."""
        if self.document is not None and self._frame is None:
            if self._whole is None:
                self._whole = self.document.text(ascii_only=self._ascii)
            yield self._whole
            return
        if self.document is not None and self._frame is not None:
            yield "".join(self._frame.split(self.document, ascii_only=False))
        for part in self._parts:
            yield part if self.document is None else packed(part).decode()

    def replace(self, step: Step, told: Callable[[float], None] | None = None) -> bool:
        """Each part by what ``step`` makes of it; whether anything is another than before.

        ``told`` gets the share of each part when it is done.
        """
        if self.document is None:
            return self._parts.replace(lambda part: step("text", part), told)
        data = step("document", self.document.data)
        changed = data is not self.document.data and data != self.document.data
        if changed:
            self.document = self.document._replace(data=data)
            self._whole = None
        if self._frame is not None:
            changed = self._parts.replace(lambda part: step("value", part), told) or changed
        elif told is not None:
            told(1)
        return changed

    def close(self) -> None:
        self._parts.close()

    def as_text(self) -> None:
        """What cannot be walked as a document."""
        text = "".join(self.texts())
        self.close()
        self._parts = Parts([text])
        self.document = self._frame = None

    @property
    def _ascii(self) -> bool:
        return self.plain is not None and self.plain.encoding in SINGLE

    def encoded(self) -> bytes:
        """All of a file that is not large."""
        assert self.plain is not None
        return self.plain.encode("".join(self.texts()))

    def stream(self) -> BinaryIO:
        """The bytes of a large one in a file without a name, at its beginning."""
        assert self.plain is not None
        plain, out = self.plain, nameless()
        out.write(plain.bom)
        if self.document is not None and self._frame is not None:
            before, after = self._frame.split(self.document, ascii_only=self._ascii)
            out.write(plain.bare(before))
            for number, part in enumerate(self._parts):
                told = self.document._replace(data=part, before="," if number else "", after="", spread=False)
                out.write(plain.bare(told.text(ascii_only=self._ascii)))
            out.write(plain.bare(after))
        else:
            for part in self.texts():
                out.write(plain.bare(part))
        out.seek(0)
        return out


def opened(data: Data) -> Data:
    """What is small as bytes, what is large as a stream at its beginning."""
    if isinstance(data, bytes):
        return data if len(data) <= LARGE else cast("BinaryIO", io.BytesIO(data))
    data.seek(0)
    head = data.read(LARGE + 1)
    if len(head) <= LARGE:
        return head
    data.seek(0)
    return data


def _decoded_head(data: BinaryIO) -> Text | None:
    """The encoding, told by the beginning; its end may lie in the middle of a character."""
    data.seek(0)
    head = data.read(LARGE)
    end = max(head.rfind(b"\n"), head.rfind(b","), head.rfind(b" "), len(head) // 2) + 1
    return decode(head[: end + end % 2])


class Reader:
    """Text of a stream from its beginning. A last character that was cut is left out."""

    def __init__(self, data: BinaryIO, plain: Text) -> None:
        data.seek(len(plain.bom))
        self._data = data
        self._decoder = codecs.getincrementaldecoder(plain.encoding)(plain.errors)

    def read(self, size: int) -> str:
        """``size`` characters or more; fewer at the end only."""
        out: list[str] = []
        got = 0
        while got < size and (fresh := self._data.read(_COPIED)):
            out.append(self._decoder.decode(fresh))
            got += len(out[-1])
        return "".join(out)


def _pieces(text: Reader, kind: Kind) -> Iterator[str]:
    kept = ""
    while fresh := text.read(_PIECE):
        kept += fresh
        if len(kept) >= _PIECE:
            at = whole_records(kept, held_back(kept)) if kind == "csv" else held_back(kept)
            yield kept[:at]
            kept = kept[at:]
    if kept:
        yield kept
