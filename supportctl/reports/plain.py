"""One thing a line, cells separated by tabs: for ``cut``, ``awk`` and ``grep``. Nothing coloured, cut or wrapped.

Times are ISO 8601 in UTC; unknown is ``?``, empty is empty. A header comes only on a terminal: lines count things.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from supportctl.console import Console, safe_line
from supportctl.reports.base import UNKNOWN, Column, Sheet
from supportctl.reports.cells import machine

T = TypeVar("T")


class Plain(Generic[T]):
    def __init__(
        self,
        sheet: Sheet[T],
        console: Console,
        *,
        now: datetime,
        columns: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
    ) -> None:
        self.sheet = sheet
        self.console = console
        self.columns = [sheet.column(name) for name in columns or sheet.default]
        self.headed = not console.out_tty

    def row(self, item: T) -> None:
        self._head()
        self.console.line("\t".join(self._cell(item, column) for column in self.columns))
        self.console.flush()

    def close(self, more: Mapping[str, Any] | None = None) -> None:
        self._head()
        self.console.flush()

    def _cell(self, item: T, column: Column[T]) -> str:
        value = column.value(item)
        if value is None and self.sheet.is_unknown(item, column):
            return UNKNOWN
        return safe_line(machine(value))

    def _head(self) -> None:
        if not self.headed:
            self.headed = True
            self.console.line("\t".join(column.name.upper() for column in self.columns))
