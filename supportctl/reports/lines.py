"""One JSON object a line and nothing else, so that lines count things. Flushed line by line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from supportctl.console import Console
from supportctl.reports.base import Sheet
from supportctl.reports.document import encoded

T = TypeVar("T")


class Ndjson(Generic[T]):
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
        self.fields = fields

    def row(self, item: T) -> None:
        self.console.write_bytes(encoded(self.sheet, item, self.fields) + b"\n", flush=True)

    def close(self, more: Mapping[str, Any] | None = None) -> None:
        """Facts about the whole go to standard error (the command prints them): every line here is one thing."""
        self.console.flush()
