"""CSV for spreadsheets that cannot be made to run anything.

A cell that a spreadsheet would take for a formula gets a leading apostrophe (OWASP: CSV Injection; ASVS 1.2.10). So
does what would begin a cell of its own where another sign than the comma parts cells, as in Excel of many countries.
Numbers are left alone. UTF-8, a header line, lines end with a line feed.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from supportctl.console import Console, safe
from supportctl.reports.base import Scalar, Sheet
from supportctl.reports.cells import machine

T = TypeVar("T")

_FORMULA = re.compile("[\\s\"'\u00a0\u3000]*[=+\\-@\\t\\r\\0\uff1d\uff0b\uff0d\uff20]")
_INSIDE = re.compile("([;|\t\n\r][\\s\"'\u00a0\u3000]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def cell(value: Scalar) -> str:
    """Text of one cell; quoting is the writer's work."""
    if not isinstance(value, str):
        return machine(value)
    dangerous = _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    text = safe(_INSIDE.sub(r"\1'", value))
    return f"'{text}" if dangerous else text


class Csv(Generic[T]):
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
        self.columns = [sheet.column(name) for name in columns or sheet.csv]
        self.headed = False

    def row(self, item: T) -> None:
        self._head()
        self._write([cell(column.value(item)) for column in self.columns])

    def close(self, more: Mapping[str, Any] | None = None) -> None:
        self._head()
        self.console.flush()

    def _head(self) -> None:
        if not self.headed:
            self.headed = True
            self._write([column.name for column in self.columns])

    def _write(self, cells: list[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        self.console.write_bytes(line.getvalue().encode("utf-8", "backslashreplace"), flush=True)
