"""From tickets to flat arrays of numbers, as one process can do it for another.

Nothing here depends on other tickets, so pages may be read in any order and anywhere. What depends on the tickets
before (lines that many share) is told line by line and settled where the page is taken in, see `Index`.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

import numpy as np

from supportctl.duplicates import terms, words
from supportctl.duplicates.long import Array
from supportctl.duplicates.rows import ranges
from supportctl.duplicates.ticket import KINDS, Ticket

TITLE = 2000
SHOWN = 300
"""Characters that are kept of a title."""
REMEMBERED = 200_000
"""Runs of letters whose words are remembered."""


@dataclass(frozen=True)
class Page:
    """Some tickets, read. The first "line" of each ticket is its title."""

    ids: list[str]
    titles: list[str]
    born: Array
    digest: Array
    """Per ticket a hash of all that was read."""
    fields: Array
    """Tickets by `KINDS`: a hash of the value, 0 when it is not known."""
    lines: Array
    """Lines per ticket, the title included."""
    mark: Array
    """Per line the hash of its form without numbers."""
    long: Array
    """Per line whether it is worth comparing as a whole."""
    size: Array
    """Per line how many words it has."""
    words: Array
    """Their numbers, line after line."""


class _Numbers(dict[str, int]):
    """Run of letters -> its place among `size` and `start`; the numbers of its words lie in `flat`."""

    def __init__(self) -> None:
        self.flat, self.start, self.size = array("i"), array("q"), array("q")

    def __missing__(self, chunk: str) -> int:
        found = [terms.number(each) for each in words.of_chunk(chunk)]
        self.start.append(len(self.flat))
        self.size.append(len(found))
        self.flat.extend(found)
        at = self[chunk] = len(self)
        return at


_numbers = _Numbers()


def read(tickets: Sequence[Ticket]) -> Page:
    global _numbers
    if len(_numbers) > REMEMBERED:
        _numbers = _Numbers()
    known, chunks_of, masked = _numbers.__getitem__, words.chunks, words.masked
    chunks, sizes, marks, long, lines = array("q"), array("q"), array("L"), bytearray(), array("q")
    for each in tickets:
        before = len(sizes)
        found = chunks_of(each.title[:TITLE])
        chunks.extend(map(known, found))
        sizes.append(len(found))
        marks.append(0)
        long.append(0)
        for line in words.own_words(each.body[: terms.CHARACTERS]).splitlines():
            key = masked(line)
            if len(key) < 2:
                continue
            marks.append(crc32(key.encode("utf-8", "surrogatepass")))
            long.append(len(key) >= words.LONG)
            found = chunks_of(line)
            chunks.extend(map(known, found))
            sizes.append(len(found))
        lines.append(len(sizes) - before)
    chunk, per_line = np.array(chunks, np.int64), np.array(sizes, np.int64)
    size, start = np.array(_numbers.size, np.int64)[chunk], np.array(_numbers.start, np.int64)[chunk]
    upto = np.concatenate([[0], np.cumsum(size)])
    ends = np.concatenate([[0], np.cumsum(per_line)])
    return Page(
        [each.id for each in tickets],
        [each.title[:SHOWN] for each in tickets],
        np.array([each.born for each in tickets], np.float64),
        np.array([digest(each) for each in tickets], np.uint64),
        np.array([[_value(each.fields.get(kind)) for kind in KINDS] for each in tickets], np.int64).reshape(
            -1, len(KINDS)
        ),
        np.array(lines, np.int32),
        np.array(marks, np.uint32),
        np.frombuffer(bytes(long), np.uint8),
        np.diff(upto[ends]).astype(np.int32),
        np.array(_numbers.flat, np.int32)[ranges(start, start + size)],
    )


def digest(ticket: Ticket) -> int:
    """Equal for two tickets that are read alike."""
    hashed = blake2b(repr((ticket.born, sorted(ticket.fields.items()))).encode("utf-8", "surrogatepass"), digest_size=8)
    for text in (ticket.title[:TITLE], "\0", ticket.body[: terms.CHARACTERS]):
        hashed.update(text.encode("utf-8", "surrogatepass"))
    return int.from_bytes(hashed.digest(), "little")


def mark(key: str) -> int:
    """Of a ticket's key; never 0."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") or 1


def signature() -> str:
    """Of the way texts are read: what was read in another way cannot be compared."""
    page = read([Ticket("1", 0.0, _SAMPLE, "\n".join([_SAMPLE] * 2), {"product": "a"})])
    hashed = blake2b(digest_size=8)
    for each in (page.words, page.size, page.mark, page.long, page.fields):
        hashed.update(np.ascontiguousarray(each).astype(np.int64).tobytes())
    return hashed.hexdigest()


_SAMPLE = (
    "Die Drucker streiken: System.IO.FileNotFoundException, ERR_RESET at 12:30 (0x80070005). See "
    "https://example.com/a/b?c=1 don't 無法登入系統 エラーコード printers crashing e-mail foo_bar v2.10.3 MT2001"
)


def _value(text: str | None) -> int:
    """Never 0 for a known value; the text itself is not kept."""
    if text is None:
        return 0
    found = int.from_bytes(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True
    )
    return found or 1
