"""From tickets to flat arrays of numbers, as one process can do it for another.

Nothing here depends on other tickets, so pages may be read in any order and anywhere. What depends on the tickets
before (lines that many share) is told line by line and settled where the page is taken in, see `Index`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from supportctl.duplicates import runs, shared_lines, terms, words
from supportctl.duplicates.known_runs import Facts, KnownRuns
from supportctl.duplicates.long import Array
from supportctl.duplicates.ticket import KINDS, Ticket

TITLE = 2000
SHOWN = 300
"""Characters that are kept of a title."""
TOGETHER = 500_000
"""Characters that are looked at together."""
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
    """Their numbers, line after line; of codes with `terms.CODE`."""
    letters: terms.Entries


_runs = KnownRuns()


def read(tickets: Sequence[Ticket]) -> Page:
    """A run of signs never stands in two lines, and no word and no number in two runs: so runs are known whole."""
    found = [runs.find(texts) for texts in _together(tickets)]
    facts = [_runs.facts(each) for each in found]
    return _page(
        tickets,
        Facts(
            *(np.concatenate([getattr(each, name) for each in facts]) for name in ("mark", "length", "size", "words"))
        ),
        np.concatenate([each.sizes for each in found]),
        np.concatenate([each.lines for each in found]),
    )


def _together(tickets: Sequence[Ticket]) -> Iterator[list[str]]:
    """The title of each as its first line and the words of its body below, as many as are looked at together."""
    texts: list[str] = []
    characters = 0
    for each in tickets:
        texts.append(f"{' '.join(each.title[:TITLE].split())}\n{words.own_words(each.body[: terms.CHARACTERS])}")
        characters += len(texts[-1])
        if characters > TOGETHER:
            yield texts
            texts, characters = [], 0
    yield texts


def _page(tickets: Sequence[Ticket], facts: Facts, sizes: Array, lines: Array) -> Page:
    """``facts`` of the runs, line after line; how many there are in each line, and lines in each ticket."""
    is_title = np.zeros(len(sizes), bool)
    is_title[np.cumsum(lines) - lines] = True
    ends = np.concatenate([[0], np.cumsum(sizes)])
    place = np.arange(len(facts.mark)) - np.repeat(ends[:-1], sizes)
    power = np.multiply.accumulate(np.full(int(sizes.max(initial=0)) + 1, _PRIME, np.uint64))
    mixed = facts.mark * power[place]
    mark = _sums(mixed, ends) >> np.uint64(32)
    length = _sums(facts.length.astype(np.int64) + 1, ends) - 1
    count = _sums(facts.size.astype(np.int64), ends)
    counts = is_title | (length >= SHORTEST_LINE)
    used = np.repeat(np.repeat(counts, sizes), facts.size)
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
        facts.words[used],
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
    limits = (terms.HEAD, terms.LONGEST, terms.MOST_CODES, shared_lines.LEAST, shared_lines.SHARE)
    hashed = blake2b(repr(limits).encode(), digest_size=8)
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
