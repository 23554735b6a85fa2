"""From the text of a ticket to numbers: words, pairs of words, lines and the letters of a title."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from supportctl.duplicates import words
from supportctl.duplicates.rows import Array, distinct

if TYPE_CHECKING:
    from supportctl.duplicates.reading import Page

NAMES = 1 << 21
WORDS = NAMES * 2
"""Words are 0..NAMES-1, names and codes NAMES..WORDS-1."""
CODE = WORDS
"""Added to the number of a word that stays where its line, shared by many tickets, does not: lines of one form differ
in their codes only."""
MOST_CODES = 8
"""Of such lines of one ticket, as often as they stand there; where there are more they tell of a machine, its versions
and builds."""
PAIRS = 1 << 22
LINES = 1 << 20
HEAD = 60
"""The first words of a body, where the matter is usually told."""
LONGEST = 1500
"""Words read of a body: logs do not end."""
CHARACTERS = 60_000

TITLE_BIT, HEAD_BIT, COUNT_BITS = 0x80, 0x40, 0x3F
MARKS = np.arange(256)
IN_TITLE = (MARKS & TITLE_BIT > 0).astype(np.float32)
IN_HEAD = (MARKS & HEAD_BIT > 0).astype(np.float32)
IN_BODY = (MARKS & COUNT_BITS).astype(np.float32)
BODY = np.log1p(IN_BODY)
MAIN = (2 * IN_TITLE + IN_HEAD + 0.5 * np.log1p(np.maximum(IN_BODY - IN_HEAD, 0))).astype(np.float32)
"""How much a term counts by where it is."""
STARTS = np.maximum(IN_TITLE, IN_HEAD)


def number(token: str) -> int:
    code = crc32(token.encode("utf-8", "surrogatepass")) & (NAMES - 1)
    return code | NAMES if words.is_identifier(token) else code


def read_number(token: str) -> int:
    """As `number`, and whether it is a code: what a page holds."""
    found = number(token)
    return found | CODE if words.is_code(token) else found


Entries = tuple[Array, Array, Array]
"""Row, term, mark of each entry."""


def entries(page: "Page", owner: Array, is_title: Array, keep: Array) -> tuple[Entries, Entries, Entries]:
    """Words, pairs and lines of some tickets. Per line: the ticket it is of, whether it is the title, whether it
    counts. Of lines that do not count only a few codes are words."""
    tickets = len(page.ids)
    line, whole = np.repeat(np.arange(len(keep)), page.size), np.repeat(keep, page.size)
    """Per word: where it is, and whether its line counts."""
    code = np.nonzero((page.words >= CODE) & ~whole)[0]
    of = owner[line[code]]
    there = whole.copy()
    there[code[np.bincount(of, minlength=tickets)[of] <= MOST_CODES]] = True
    flat, line, whole = page.words[there] & (CODE - 1), line[there], whole[there]
    owners, title = owner[line], is_title[line]
    size = np.bincount(line, minlength=len(keep))
    part = np.where(title, 0, 2).astype(np.int8)
    per_part = np.bincount(owner * 2 + ~is_title, size, minlength=2 * tickets).astype(np.int64)
    place = np.arange(len(flat)) - np.repeat(np.cumsum(per_part) - per_part, per_part)
    """Of a word in its title or body."""
    read = title | (place < LONGEST)
    if not read.all():
        flat, owners, part, place, whole = flat[read], owners[read], part[read], place[read], whole[read]
    field = np.where((part == 2) & (place < HEAD), 1, part)
    row, term, counts = distinct(owners, flat, field, WORDS)
    mark = (
        TITLE_BIT * (counts[0] > 0) + HEAD_BIT * (counts[1] > 0) + np.minimum(counts[1] + counts[2], COUNT_BITS)
    ).astype(np.uint8)
    joined = (owners[1:] == owners[:-1]) & (part[1:] == part[:-1]) & whole[1:] & whole[:-1]
    one, other = flat[:-1].astype(np.uint64), flat[1:].astype(np.uint64)
    mixed = one * np.uint64(0x9E3779B97F4A7C15) + other * np.uint64(0xC2B2AE3D27D4EB4F)
    pair = ((mixed >> np.uint64(20)) % np.uint64(PAIRS)).astype(np.int64)
    p_row, p_term, p_counts = distinct(owners[1:][joined], pair[joined], part[1:][joined], PAIRS)
    p_mark = (TITLE_BIT * (p_counts[0] > 0) + (p_counts[2] > 0)).astype(np.uint8)
    lines = keep & (page.long > 0)
    l_row, l_term, _ = distinct(
        owner[lines], page.mark[lines] & np.uint32(LINES - 1), np.zeros(int(lines.sum()), np.int64), LINES
    )
    return (row, term, mark), (p_row, p_term, p_mark), (l_row, l_term, np.ones(len(l_row), np.uint8))


def plain(title: str) -> str:
    """A title as its runs of letters are taken."""
    return f"  {_SIGNS.sub(' ', title.casefold()).strip()}  "


def letters(titles: Sequence[str]) -> Entries:
    """Runs of three and four letters of `plain` titles; the mark is how often a run is there."""
    points = np.frombuffer("".join(titles).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(titles)), [len(each) for each in titles])
    mixed = points * np.uint64(0x9E3779B97F4A7C15)
    three = mixed[:-2] ^ (mixed[1:-1] >> np.uint64(7)) ^ (mixed[2:] >> np.uint64(17))
    four = three[:-1] ^ (mixed[3:] >> np.uint64(29)) ^ np.uint64(0x5555)
    found, owners = [], []
    for key, n in ((three, 3), (four, 4)):
        same = owner[: len(key)] == owner[n - 1 :]
        found.append(((key[same] * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(64 - 20)).astype(np.int64))
        owners.append(owner[: len(key)][same])
    key = np.sort(np.concatenate(owners) * LETTERS + np.concatenate(found))
    first = np.nonzero(np.diff(key, prepend=-1))[0]
    times = np.minimum(np.diff(np.append(first, len(key))), 255).astype(np.uint8)
    return key[first] // LETTERS, (key[first] % LETTERS).astype(np.int32), times


LETTERS = 1 << 20
_SIGNS = re.compile(r"[\W_]+")
