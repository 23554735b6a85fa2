"""All tickets known so far, numbered in the order of their creation."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from supportctl.duplicates import terms
from supportctl.duplicates.long import Array, Growing, Long, Texts
from supportctl.duplicates.norms import Norms
from supportctl.duplicates.postings import Postings
from supportctl.duplicates.reading import Page, read
from supportctl.duplicates.rows import Rows
from supportctl.duplicates.shared_lines import SharedLines
from supportctl.duplicates.ticket import KINDS, Ticket

BLOCK = 2_000


class Index:
    """Grows at its end: `add` takes tickets that are not older than those it holds.

    Those that are older all the same form a tail, from `ordered` on: it is searched as a whole. A ticket that is
    gone or was replaced stays, as `gone`, and is nobody's candidate.
    """

    def __init__(self, long: Callable[[str, Any], Long] = lambda _, kind: Long(kind)) -> None:
        """``long`` gives the place of a long array by its name (those of `LONG`) and kind."""
        self.ids = Texts(long("ids", np.uint8))
        self.titles = Texts(long("titles", np.uint8))
        self.words = Rows(terms.WORDS, long("words", np.uint32))
        self.pairs = Rows(terms.PAIRS, long("pairs", np.uint32))
        self.lines = Rows(terms.LINES, long("lines", np.uint32))
        self.letters = Rows(terms.LETTERS, long("letters", np.uint32))
        self.postings = Postings(self.words)
        self.ordered = 0
        """Tickets before this one stand in the order of their creation."""
        self.gone: set[int] = set()
        self.norms = Norms(self.words)
        self._born = Growing(np.float64)
        self._fields = {kind: Growing(np.int32) for kind in KINDS}
        self.values: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}
        self.shared_lines = SharedLines()
        self._lent = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lent(self) -> Array:
        """A number for every ticket, of no meaning: to be written before it is read."""
        if len(self._lent) < len(self):
            self._lent = np.zeros(len(self) * 5 // 4, np.int32)
        return self._lent

    @property
    def texts(self) -> dict[str, Texts]:
        return {"ids": self.ids, "titles": self.titles}

    @property
    def rows(self) -> dict[str, Rows]:
        return {"words": self.words, "pairs": self.pairs, "lines": self.lines, "letters": self.letters}

    @property
    def born(self) -> Array:
        return self._born.all

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self._fields)

    def field(self, kind: str) -> Array:
        """Number of each ticket's value, -1 when it is not known."""
        return self._fields[kind].all

    def add(self, tickets: Iterable[Ticket]) -> None:
        """Tickets in the order of their creation."""
        for block in blocks(tickets):
            self.take(read(block))
        self.postings.refresh()

    def take(self, page: Page) -> None:
        """Tickets in the order of their creation, already read. When all are in, `postings.refresh` is due."""
        tickets = len(page.ids)
        if not tickets:
            return
        self.ids.add(page.ids)
        self.titles.add(page.titles)
        for rows, (row, term, mark) in zip(self.rows.values(), self.entries(page, count=True), strict=True):
            rows.add(row, term, mark, tickets)
        numbered = {}
        for kind, column in zip(self._fields, page.fields.T, strict=True):
            values = self.values[kind]
            numbered[kind] = np.array(
                [values.setdefault(each, len(values)) if each else -1 for each in column.tolist()], np.int32
            )
        self.add_columns(page.born, numbered)

    def add_columns(self, born: Array, fields: dict[str, Array]) -> None:
        """Dates and numbers of field values of tickets whose texts are in."""
        before = len(self.born)
        self._born.add(born)
        for kind, column in fields.items():
            self._fields[kind].add(column)
        if self.ordered == before:
            latest = float(self.born[before - 1]) if before else -np.inf
            self.ordered += int(np.argmin(np.append(np.diff(born, prepend=latest) >= 0, False)))

    def entries(self, page: Page, *, count: bool = False) -> tuple[terms.Entries, ...]:
        """Words, pairs, lines and letters of a page, without the lines that many tickets share, but for their codes.

        ``count``: its lines count as met from then on.
        """
        owner = np.repeat(np.arange(len(page.ids)), page.lines)
        is_title = np.diff(owner, prepend=-1) > 0
        body = ~is_title
        keep = is_title.copy()
        keep[body] = self.shared_lines.take(owner[body], page.mark[body], len(page.ids), count=count)
        # An alert of nothing but lines that many share is known by them.
        keep |= (np.bincount(owner, np.where(keep, page.size, 0), minlength=len(page.ids)) == 0)[owner]
        return (*terms.entries(page, owner, is_title, keep), page.letters)

    def numbered(self, page: Page) -> dict[str, int]:
        """Numbers of the values of the first ticket's fields: -1 unknown, beyond all others when never met."""
        return {
            kind: self.values[kind].get(value, len(self.values[kind])) if value else -1
            for kind, value in zip(KINDS, page.fields[0].tolist(), strict=True)
        }


def blocks(tickets: Iterable[Ticket], size: int = BLOCK) -> Iterable[list[Ticket]]:
    block: list[Ticket] = []
    for each in tickets:
        block.append(each)
        if len(block) == size:
            yield block
            block = []
    if block:
        yield block
