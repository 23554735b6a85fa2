"""From bytes to text and back, in the encoding that came in."""

import codecs
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ", b"\x7fELF",
    b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"RIFF", b"OggS", b"ID3", b"\xd0\xcf\x11\xe0",
    b"SQLite format 3", b"\x00\x00\x00",
)  # fmt: skip
SINGLE = ("cp1252", "latin-1")
"""One byte a character: what older programs of the West write."""
_LOOKED_AT = 65_536


class Text(NamedTuple):
    text: str
    encoding: str
    bom: bytes = b""

    @property
    def errors(self) -> str:
        return "surrogatepass" if self.encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"

    def encode(self, text: str) -> bytes:
        """Bytes that were no text come out as they went in."""
        return self.bom + self.bare(text)

    def reopen(self, data: bytes) -> "Text | None":
        """The text of bytes that `encode` made; None where they are none."""
        try:
            return self._replace(text=data[len(self.bom) :].decode(self.encoding, self.errors))
        except UnicodeDecodeError:
            return None

    def bare(self, text: str) -> bytes:
        """Without the mark at the beginning."""
        try:
            return text.encode(self.encoding, self.errors)
        except UnicodeEncodeError:  # Half a character that a document wrote as an escape.
            return text.encode(self.encoding, "surrogatepass" if self.encoding.startswith("utf") else "replace")


def decode(data: bytes) -> Text | None:
    """None for what is no text: pictures, archives, programs, dumps."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return Text(data[len(bom) :].decode(encoding), encoding, bom)
            except UnicodeDecodeError:
                break
    if data.startswith(_MAGIC):
        return None
    head = data[:_LOOKED_AT]
    for encoding, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(head) > 3 and len(data) % 2 == 0 and head[at::2].count(0) > len(head) * 0.35:
            try:
                return Text(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                return None
    control = sum(head.count(bytes((code,))) for code in (*range(9), 11, *range(14, 27), *range(28, 32)))
    if control > max(len(head) * 0.02, 16):
        return None
    try:
        return Text(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        high = sum(1 for byte in head if byte > 127)
        if high > len(head) * 0.3 and error.start < 64:
            return None
    text = data.decode("utf-8", "surrogateescape")
    odd = sum(1 for character in text if "\udc80" <= character <= "\udcff")
    if odd > sum(1 for character in text if character > "\x7f") - odd:
        for encoding in SINGLE:
            try:
                return Text(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                continue
    return Text(text, "utf-8")
