"""Tickets from our own NDJSON, as ``supportctl list --format ndjson`` prints them.

One ticket a line, read as a stream: memory does not grow with the file. Blank lines and a byte-order mark are
passed over; anything else that is not a ticket is an error that names the line and the field, never the text.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

import msgspec

from supportctl.adapters.base import (
    Capabilities,
    Check,
    Count,
    FieldInfo,
    Need,
    Needs,
    Page,
    Pushdown,
    Selection,
    Vocabulary,
)
from supportctl.errors import DataError, UsageError
from supportctl.model import Attachment, Comment, Event, Platform, Ticket

PAGE_SIZE = 20
"""Few: tickets are cheapest to read, to judge and to forget while they are in the processor's cache."""
BOM = b"\xef\xbb\xbf"
COMPRESSED = (b"\x1f\x8b", b"\xfd7zXZ", b"PK\x03\x04")

CAPABILITIES = Capabilities(
    platform=Platform.FILES,
    reads=frozenset(Need),
    native_language="none",
)


class FileReader:
    """A `Reader` over one binary stream. A stream that cannot seek can be read once."""

    capabilities = CAPABILITIES

    def __init__(self, source: BinaryIO, name: str, first_line: int = 1, wanted: bytes | None = None) -> None:
        """``first_line`` is the number of the source's first line, where the source is a part of a file.

        ``wanted``: of each ticket whether it is read, a byte each; None: all are.
        """
        self._source = source
        self._name = name
        self._first = first_line
        self._wanted = wanted
        self._used = False
        self._decoder = msgspec.json.Decoder(Ticket)

    def check(self) -> list[Check]:
        total = sum(1 for _ in self._tickets(0))
        return [Check(name="file", ok=True, detail=f"{self._name}: {total} tickets")]

    def count(self, selection: Selection) -> Count:
        self._refuse_native(selection)
        return Count(value=sum(1 for _ in self._tickets(0)), exact=True, note="tickets in the file, before the query")

    def explain(self, selection: Selection) -> Pushdown:
        self._refuse_native(selection)
        return Pushdown(native=None, endpoint=self._name, left=[], notes=["a file is read whole and filtered here"])

    def search(self, selection: Selection, needs: Needs, cursor: str | None = None) -> Iterator[Page]:
        """Pages in file order; the cursor is the number of lines already read."""
        self._refuse_native(selection)
        skip = _line_number(cursor)
        batch: list[Ticket] = []
        line = skip
        try:
            for line, ticket in self._tickets(skip):
                batch.append(ticket)
                if len(batch) == PAGE_SIZE:
                    yield Page(items=batch, cursor=str(line))
                    batch = []
        except DataError:
            if batch:
                yield Page(items=batch, cursor=str(line))
            raise
        yield Page(items=batch)

    def get(self, keys: Sequence[str], needs: Needs) -> Iterator[Page]:
        wanted = set(keys)
        found = [ticket for _, ticket in self._tickets(0) if ticket.key in wanted or ticket.id in wanted]
        yield Page(items=found)

    def normalize_key(self, text: str) -> str:
        key = text.strip()
        if not key:
            raise UsageError("an empty ticket key", hint="give keys as they stand in the file's `key` field")
        return key

    def comments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Comment]]:
        return {ticket.id: ticket.comments for ticket in tickets if ticket.knows("comments")}

    def history(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Event]]:
        return {ticket.id: ticket.history for ticket in tickets if ticket.knows("history")}

    def attachments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Attachment]]:
        return {ticket.id: ticket.attachments for ticket in tickets if ticket.knows("attachments")}

    def download(self, attachment: Attachment, into: BinaryIO, *, max_bytes: int) -> int:
        raise UsageError(
            f"{self._name} holds no attachment content",
            hint="read the ticket from its platform: supportctl show KEY --profile NAME",
        )

    def vocabulary(self) -> Vocabulary:
        names: dict[str, str] = {}
        for _, ticket in self._tickets(0):
            for field in ticket.custom:
                names[field.id] = field.name or field.id
        return Vocabulary(fields=[FieldInfo(id=key, name=name, custom=True) for key, name in names.items()])

    def _tickets(self, skip: int) -> Iterator[tuple[int, Ticket]]:
        """``(lines read so far, ticket)``."""
        self._rewind()
        wanted = None if self._wanted is None else iter(self._wanted)
        for number, line in enumerate(self._source, start=self._first):
            text = line.removeprefix(BOM) if number == 1 else line
            if not text or text.isspace() or (wanted is not None and not next(wanted, 1)) or number <= skip:
                continue
            yield number, self._decode(text, number)

    def _rewind(self) -> None:
        if not self._used:
            self._used = True
            return
        if not self._source.seekable():
            raise UsageError(
                f"{self._name} can be read only once",
                hint="save it to a file first and give that with --file PATH",
            )
        self._source.seek(0)

    def _decode(self, text: bytes, number: int) -> Ticket:
        if number == 1 and text.startswith(COMPRESSED):
            raise DataError(f"{self._name} is compressed; nothing was read", hint="unpack it first: gzip -dc FILE | …")
        try:
            return self._decoder.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise DataError(
                f"{self._name}, line {number}: not a ticket ({_reason(error)}); nothing after it was read",
                hint="a line holds one whole ticket, as list --format ndjson prints it: supportctl schema ticket",
            ) from None

    def _refuse_native(self, selection: Selection) -> None:
        if selection.native is not None or selection.view is not None:
            option = "--native" if selection.native is not None else "--view"
            raise UsageError(
                f"{option} asks a platform, and {self._name} is a file",
                hint="filter a file with a query: supportctl list --file PATH 'status:open'",
            )


def _reason(error: Exception) -> str:
    """msgspec's words: type and path for a wrong value, position for broken JSON; values only for enumerations."""
    if isinstance(error, msgspec.ValidationError):
        what, _, path = str(error).partition(" - at `")
        if "Invalid enum value" in what:
            what = "not an allowed value"
        return f"at {path.rstrip('`')}: {what}" if path else what
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return f"broken JSON: {error}"


def _line_number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal():
        raise UsageError("a cursor that is not from a file reading", hint="start again without --cursor")
    return int(cursor)
