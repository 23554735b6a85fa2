"""One JSON document: ``{"schema": "supportctl/tickets/v1", "tickets": [...], ...}``, written as it comes.

Characters that could act on a terminal (C1 controls, bidi and other invisible controls) are written as ``\\uXXXX``: the
same JSON value, harmless on a screen.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from supportctl.console import Console
from supportctl.reports.base import Sheet

T = TypeVar("T")

# UTF-8 of U+007F-9F, U+061C, U+180E, U+200B, U+200E-F, U+2028-2E, U+2060-69, U+FEFF, U+FFF9-FB, U+E0000-E007F.
_ACTIVE = re.compile(
    rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe1\xa0\x8e|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xa9]"
    rb"|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb]|\xf3\xa0[\x80\x81][\x80-\xbf]"
)


def harmless(data: bytes) -> bytes:
    """The same JSON with characters that act on terminals escaped. They can only stand inside strings."""
    return _ACTIVE.sub(_escape, data)


def _escape(match: re.Match[bytes]) -> bytes:
    units = match[0].decode().encode("utf-16-be")
    return b"".join(b"\\u%02x%02x" % (units[at], units[at + 1]) for at in range(0, len(units), 2))


def encoded(sheet: Sheet[T], item: T, fields: Sequence[str] | None) -> bytes:
    """One thing as JSON on one line: whole, or the ``fields`` of it."""
    return harmless(sheet.encode(item) if fields is None else msgspec.json.encode(sheet.pick(item, fields)))


class Json(Generic[T]):
    """Streams: memory stays flat, and a run that fails leaves a document that does not parse."""

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
        self.rows = 0

    def row(self, item: T) -> None:
        line = encoded(self.sheet, item, self.fields)
        self.console.write_bytes((b",\n" if self.rows else self._head() + b"\n") + line)
        self.rows += 1

    def close(self, more: Mapping[str, Any] | None = None) -> None:
        tail = b"\n]" if self.rows else self._head() + b"]"
        for name, value in (more or {}).items():
            tail += b",\n" + msgspec.json.encode(name) + b": " + harmless(msgspec.json.encode(value))
        self.console.write_bytes(tail + b"}\n", flush=True)

    def _head(self) -> bytes:
        return b'{"schema": "%b", "%b": [' % (self.sheet.schema.encode(), self.sheet.name.encode())
