"""Saved mails: their texts and attachments are packed like those of an archive, where no redaction reaches."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from functools import partial

from supportctl.evidence.attachments.entries import Entry
from supportctl.evidence.attachments.limits import Budget, RefusedArchive, RefusedEntry, megabytes

_BROKEN = (ValueError, LookupError, TypeError, AttributeError, UnicodeError, RecursionError, AssertionError)
_SUFFIXES = {"text/html": "html", "text/calendar": "ics", "text/csv": "csv"}


class Mail:
    """An opened mail. Raises `RefusedArchive` for one that cannot be read."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._data = data
        self._budget = budget
        try:
            self._message = message_from_bytes(data)
        except _BROKEN:
            raise RefusedArchive("it is damaged") from None

    def entries(self) -> Iterator[Entry]:
        head = _head(self._data)
        yield self._entry("headers.txt", lambda: head)
        texts = 0
        for part in self._parts():
            kind = part.get_content_type()
            name = _name(part)
            if kind.startswith("text/") and not name:
                texts += 1
                yield self._entry(f"text-{texts}.{_SUFFIXES.get(kind, 'txt')}", partial(_text, part))
            else:
                yield self._entry(name or f"part.{_suffix(kind)}", partial(_content, part))

    def _entry(self, name: str, read: Callable[[], bytes]) -> Entry:
        self._budget.entries += 1
        if self._budget.entries > self._budget.limits.entries:
            raise RefusedArchive(f"all archives together hold more than {self._budget.limits.entries:,} entries")

        def limited() -> bytes:
            if len(self._data) > self._budget.room:
                most = megabytes(self._budget.limits.opened_bytes)
                raise RefusedEntry(f"all archives together unfold to more than {most}")
            try:
                data = read()
            except _BROKEN:
                raise RefusedEntry("it is damaged") from None
            self._budget.opened += len(data)
            return data

        return Entry(name, None, limited)

    def _parts(self) -> Iterator[Message]:
        """The leaves, in their order; a mail within the mail is one of them."""
        waiting: list[Message] = [self._message]
        while waiting:
            part = waiting.pop(0)
            inner = part.get_payload()
            if part.get_content_maintype() == "multipart" and isinstance(inner, list):
                waiting[:0] = [each for each in inner if isinstance(each, Message)]
            else:
                yield part


def _head(data: bytes) -> bytes:
    ends = [at for at in (data.find(b"\n\n"), data.find(b"\r\n\r\n")) if at >= 0]
    return data[: min(ends, default=len(data))].rstrip() + b"\n"


def _name(part: Message) -> str:
    try:
        return str(make_header(decode_header(part.get_filename() or "")))
    except _BROKEN:
        return ""


def _suffix(kind: str) -> str:
    return "eml" if kind == "message/rfc822" else "bin"


def _content(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"\n".join(each.as_bytes() for each in inner if isinstance(each, Message))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> bytes:
    data = _content(part)
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return data.decode(charset).encode()
    except (UnicodeError, LookupError):
        return data
