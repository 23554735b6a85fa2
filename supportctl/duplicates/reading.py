"""From tickets to flat arrays of numbers, as one process can do it for another.

Nothing here depends on other tickets, so pages may be read in any order and anywhere. What depends on the tickets
before (lines that many share) is told line by line and settled where the page is taken in, see `Index`.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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
REMEMBERED = 300_000
"""Runs of signs that are remembered."""
LONGEST_REMEMBERED = 60
SHORTEST_LINE = 2
"""Characters without numbers; a shorter line is as if it were not there."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)


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
    letters: terms.Entries


class _Runs(dict[str, int]):
    """Run of signs between blanks -> its place in the arrays, where what is needed of it is remembered."""

    def __init__(self) -> None:
        self.words, self.start, self.size = array("i"), array("q"), array("q")
        """Numbers of its words: `words[start : start + size]`."""
        self.mark, self.length = array("Q"), array("q")
        """Hash and length of its form without numbers."""

    def __missing__(self, run: str) -> int:
        found = [terms.number(word) for chunk in words.chunks(run) for word in words.of_chunk(chunk)]
        masked = run.casefold() if run.isalpha() else words.masked(run)
        at = len(self.start)
        self.start.append(len(self.words))
        self.size.append(len(found))
        self.words.extend(found)
        self.mark.append(crc32(masked.encode("utf-8", "surrogatepass")) + 1)
        self.length.append(len(masked))
        if len(run) <= LONGEST_REMEMBERED:
            self[run] = at
        return at

    def full(self) -> bool:
        return len(self.start) > REMEMBERED or len(self.words) > 20 * REMEMBERED


_runs = _Runs()


def read(tickets: Sequence[Ticket]) -> Page:
    """A run of signs never stands in two lines, and no word and no number in two runs: so runs are remembered whole."""
    global _runs
    if _runs.full():
        _runs = _Runs()
    known = _runs.__getitem__
    runs, sizes, lines = array("q"), array("q"), array("q")
    for each in tickets:
        before = len(sizes)
        parts = each.title[:TITLE].split()
        runs.extend(map(known, parts))
        sizes.append(len(parts))
        for line in words.own_words(each.body[: terms.CHARACTERS]).splitlines():
            if parts := line.split():
                runs.extend(map(known, parts))
                sizes.append(len(parts))
        lines.append(len(sizes) - before)
    return _page(tickets, np.array(runs, np.int64), np.array(sizes, np.int64), np.array(lines, np.int64))


def _page(tickets: Sequence[Ticket], run: Array, sizes: Array, lines: Array) -> Page:
    """``run``: places in `_runs`, line after line; how many there are in each line, and lines in each ticket."""
    is_title = np.zeros(len(sizes), bool)
    is_title[np.cumsum(lines) - lines] = True
    ends = np.concatenate([[0], np.cumsum(sizes)])
    place = np.arange(len(run)) - np.repeat(ends[:-1], sizes)
    power = np.multiply.accumulate(np.full(int(sizes.max(initial=0)) + 1, _PRIME, np.uint64))
    mixed = np.array(_runs.mark, np.uint64)[run] * power[place]
    mark = _sums(mixed, ends) >> np.uint64(32)
    length = _sums(np.array(_runs.length, np.int64)[run] + 1, ends) - 1
    size, start = np.array(_runs.size, np.int64)[run], np.array(_runs.start, np.int64)[run]
    count = _sums(size, ends)
    counts = is_title | (length >= SHORTEST_LINE)
    used = np.repeat(counts, sizes)
    owner = np.repeat(np.arange(len(tickets)), lines)
    return Page(
        [each.id for each in tickets],
        [each.title[:SHOWN] for each in tickets],
        np.array([each.born for each in tickets], np.float64),
        np.array([digest(each) for each in tickets], np.uint64),
        np.array([[_value(each.fields.get(kind)) for kind in KINDS] for each in tickets], np.int64).reshape(
            -1, len(KINDS)
        ),
        np.bincount(owner[counts], minlength=len(tickets)).astype(np.int32),
        mark[counts].astype(np.uint32),
        (length >= words.LONG)[counts].astype(np.uint8),
        count[counts].astype(np.int32),
        np.array(_runs.words, np.int32)[ranges(start[used], (start + size)[used])],
        terms.letters([terms.plain(each.title[:SHOWN]) for each in tickets]),
    )


def _sums(values: Array, bounds: Array) -> Array:
    """Of each of the ranges between neighbouring bounds; whole numbers, which may wrap around."""
    upto = np.zeros(len(values) + 1, values.dtype)
    np.cumsum(values, out=upto[1:])
    found: Array = upto[bounds[1:]] - upto[bounds[:-1]]
    return found


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


@lru_cache(maxsize=20_000)
def _value(text: str | None) -> int:
    """Never 0 for a known value; the text itself is not kept."""
    if text is None:
        return 0
    found = int.from_bytes(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True
    )
    return found or 1
