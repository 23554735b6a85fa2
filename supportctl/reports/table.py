"""A table for people: fits the terminal by dropping columns, then by cutting cells; never wraps.

The first rows are held back to find good widths; later ones are printed as they come, in those widths. Cells are plain
text that has passed through `console.safe_line`: nothing in a ticket is markup here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from supportctl.console import Console, safe_line
from supportctl.reports.base import UNKNOWN, Column, Sheet
from supportctl.reports.cells import machine

T = TypeVar("T")

GAP = 2
HELD_BACK = 200
LEAST = 28
"""What the column that takes the left-over room keeps before others are dropped."""


class Table(Generic[T]):
    def __init__(
        self,
        sheet: Sheet[T],
        console: Console,
        *,
        now: datetime,
        columns: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
    ) -> None:
        from rich.cells import cell_len, set_cell_size

        self._len = cell_len
        self._fit = set_cell_size
        self.sheet = sheet
        self.console = console
        self.now = now
        self.columns = [sheet.column(name) for name in columns or sheet.default]
        self.asked = columns is not None
        self.held: list[T] = []
        self.widths: list[int] | None = None
        self.dropped: list[str] = []

    def row(self, item: T) -> None:
        if self.widths is not None:
            self._print(item)
            return
        self.held.append(item)
        if len(self.held) >= HELD_BACK:
            self._start()

    def close(self, more: Mapping[str, Any] | None = None) -> None:
        if self.widths is None and self.held:
            self._start()
        self.console.flush()
        if self.dropped:
            self.console.hint(
                f"{', '.join(self.dropped)} left out to fit {self.console.width} columns: --columns, or plain"
            )

    def _start(self) -> None:
        rows = [[self._text(item, column) for column in self.columns] for item in self.held]
        natural = [
            max(self._len(column.short or column.name), *(self._len(row[at]) for row in rows))
            for at, column in enumerate(self.columns)
        ]
        kept, self.widths = layout(self.columns, natural, self.console.width, keep=self.asked)
        self.dropped = [column.name for column in self.columns if column not in kept]
        self.columns = kept
        header = [(column.short or column.name).upper() for column in kept]
        cells = [self._cell(text, column, width) for text, column, width in zip(header, kept, self.widths, strict=True)]
        self.console.line(self.console.paint((" " * GAP).join(cells).rstrip(), "bold"))
        for item in self.held:
            self._print(item)
        self.held = []

    def _print(self, item: T) -> None:
        cells = []
        for column, width in zip(self.columns, self.widths or [], strict=True):
            text = self._text(item, column)
            cell = self._cell(text, column, width)
            bare = cell.strip()
            shown = self.console.paint(bare, column.style(item) if column.style else None)
            if column.link:
                shown = self.console.link(shown, column.link(item))
            cells.append(cell.replace(bare, shown, 1) if bare else cell)
        self.console.line((" " * GAP).join(cells).rstrip(" "))

    def _text(self, item: T, column: Column[T]) -> str:
        value = column.value(item)
        if value is None:
            return UNKNOWN if self.sheet.is_unknown(item, column) else ""
        return safe_line(column.human(item, self.now) if column.human else machine(value))

    def _cell(self, text: str, column: Column[T], width: int) -> str:
        room = self._len(text)
        if room > width:
            mark = "…" if self.console.unicode_out else "~"
            text = self._fit(text, width - 1).rstrip(" ") + mark if width > 1 else mark
            room = self._len(text)
        padding = " " * (width - room)
        return padding + text if column.right else text + padding


def layout(
    columns: Sequence[Column[Any]], natural: Sequence[int], width: int, *, keep: bool = False
) -> tuple[list[Column[Any]], list[int]]:
    """Which columns to show in ``width`` cells, and how wide.

    Columns of the highest rank go first until the rest fits; ``keep`` (columns asked for by name) drops none and only
    cuts. What is left over goes to the columns of width 0.
    """
    kept = list(range(len(columns)))

    def least(at: int) -> int:
        return min(natural[at], columns[at].width or LEAST)

    def taken() -> int:
        return sum(least(at) for at in kept) + GAP * (len(kept) - 1)

    while not keep and taken() > width and len(kept) > 1:
        worst = max(kept, key=lambda at: (columns[at].rank, at))
        if columns[worst].rank == 0:
            break
        kept.remove(worst)
    widths = {at: least(at) for at in kept}
    while taken_now(widths) > width and max(widths.values()) > 1:
        widest = max(widths, key=lambda at: widths[at])
        widths[widest] -= 1
    spare = width - taken_now(widths)
    for at in sorted(kept, key=lambda at: columns[at].width):
        more = min(spare, natural[at] - widths[at])
        if more > 0:
            widths[at] += more
            spare -= more
    return [columns[at] for at in kept], [widths[at] for at in kept]


def taken_now(widths: Mapping[int, int]) -> int:
    return sum(widths.values()) + GAP * (len(widths) - 1)
