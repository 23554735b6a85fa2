"""Filling the sandbox from files: real exports into the dialect they came from, our own NDJSON into any.

Told apart by content, not by name: Jira issues (``id``, ``key``, ``fields``), ServiceNow incident event logs (CSV
with ``incident_state``), Zendesk tickets, and the NDJSON that ``supportctl list`` prints. ``.gz`` and ``.xz`` are
unpacked on the way. Files are read as streams, except for JSON that is one array or object and for our own form.
"""

import csv
import gzip
import io
import lzma
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import msgspec

from supportctl.errors import DataError
from supportctl.sandbox.dialects import LoadReport, dialects

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store

PLATFORMS = ("zendesk", "jsm", "servicenow")
_COUNT = {
    "zendesk": "SELECT count(*) FROM zd_tickets",
    "jsm": "SELECT count(*) FROM jira_issue",
    "servicenow": "SELECT count(*) FROM sn_record WHERE number IS NOT NULL",
}
Record = dict[str, Any]
Numbered = tuple[int, Record]
_HINT = "it takes Jira issues, ServiceNow incident event logs (CSV), Zendesk tickets, or supportctl's own NDJSON"


def load_file(store: "Store", path: Path, platform: str | None = None, *, as_of: datetime | None = None) -> LoadReport:
    """Replace a platform's tickets by those of a file. All or nothing: a file that cannot be read changes nothing.

    ``platform`` is needed for our own NDJSON only, and must fit the file otherwise. Raises `DataError` with the line.
    """
    with _open(path) as stream:
        kind, records = _records(stream, path.name)
        target = _target(kind, platform, path.name)
        counted = _Counted(records)
        with store.write():
            before = int(store.value(_COUNT[target]))
            store.clear(target)
            try:
                report = _into(store, target, kind, counted, as_of, path.name)
            except _UNFIT as error:
                # Records are taken as they come: one that has a field of another kind than its form promises.
                raise DataError(
                    f"{path.name}, line {counted.line}: a record that does not have the form of the others "
                    f"({type(error).__name__}); nothing was loaded",
                    hint=_HINT,
                ) from error
            report.replaced = before
            return report


_UNFIT = (
    AttributeError, KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError,
    sqlite3.InterfaceError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.IntegrityError,
)  # fmt: skip


class _Counted:
    """Records on their way into a dialect; ``line`` is where the one being taken stands."""

    def __init__(self, records: Iterator[Numbered]) -> None:
        self._records = records
        self.line = 0

    def __iter__(self) -> Iterator[Numbered]:
        for number, record in self._records:
            self.line = number
            yield number, record


def _into(store: "Store", target: str, kind: str, records: _Counted, as_of: datetime | None, name: str) -> LoadReport:
    if kind == "own":
        from supportctl.sandbox.own import load_own

        return load_own(store, target, records, as_of=as_of, name=name)
    return dialects()[target].load(store, (record for _, record in records), as_of=as_of)


def _target(kind: str, platform: str | None, name: str) -> str:
    if kind == "own":
        if platform is None:
            raise DataError(
                f"{name} holds supportctl's own tickets, which fit any platform; nothing was loaded",
                hint=f"say which: --into {'|'.join(PLATFORMS)}",
            )
        return platform
    if platform not in (None, kind):
        raise DataError(f"{name} holds {kind} tickets, not {platform}'s; nothing was loaded", hint=f"say --into {kind}")
    return kind


@contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    try:
        raw = path.open("rb")
    except OSError as error:
        raise DataError(f"cannot read {path.name}: {error.strerror}; nothing was loaded") from None
    with raw:
        magic = raw.read(6)
        raw.seek(0)
        if magic.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast("IO[bytes]", unpacked)
        elif magic == b"\xfd7zXZ\x00":
            with lzma.LZMAFile(raw) as unpacked:
                yield cast("IO[bytes]", unpacked)
        else:
            yield raw


def _records(stream: IO[bytes], name: str) -> tuple[str, Iterator[Numbered]]:
    """What the file holds, and its records with their line numbers."""
    try:
        first = _first_line(stream)
    except (OSError, EOFError, lzma.LZMAError):
        raise _broken(name) from None
    if first.lstrip(b"\xef\xbb\xbf").startswith((b"{", b"[")):
        found = _json_lines(first, stream, name)
    else:
        found = _rows(first, stream, name)
    try:
        number, record = next(found)
    except StopIteration:
        raise DataError(f"{name} holds no record; nothing was loaded", hint=_HINT) from None
    return _kind(record, name, number), chain([(number, record)], found)


def _broken(name: str) -> DataError:
    return DataError(f"{name} is cut off or not what its first bytes say; nothing was loaded", hint="fetch it again")


def _first_line(stream: IO[bytes]) -> bytes:
    for line in stream:
        if line.strip():
            return line
    return b""


def _kind(record: Record, name: str, number: int) -> str:
    if "incident_state" in record and "sys_updated_at" in record:
        return "servicenow"
    if {"platform", "profile", "id", "key"} <= record.keys():
        return "own"
    if isinstance(record.get("fields"), dict) and "key" in record:
        return "jsm"
    if isinstance(record.get("ticket"), dict) or isinstance(record.get("user"), dict):
        return "zendesk"
    if isinstance(record.get("id"), int) and {"subject", "status", "requester_id"} & record.keys():
        return "zendesk"
    raise DataError(f"{name}, line {number}: no ticket of a known form; nothing was loaded", hint=_HINT)


def _rows(first: bytes, stream: IO[bytes], name: str) -> Iterator[Numbered]:
    text = io.TextIOWrapper(cast("IO[bytes]", _Rejoined(first, stream)), "utf-8-sig", newline="")
    reader = csv.DictReader(text)
    try:
        for row in reader:
            yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error):
        raise DataError(f"{name}, line {reader.line_num + 1}: no CSV in UTF-8; nothing was loaded") from None
    except (OSError, EOFError, lzma.LZMAError):
        raise _broken(name) from None


class _Rejoined(io.RawIOBase):
    """A stream whose first line was read already."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first = first
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._first:
            part = self._first[: len(buffer)]
            self._first = self._first[len(part) :]
        else:
            part = self._rest.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _json_lines(first: bytes, stream: IO[bytes], name: str) -> Iterator[Numbered]:
    """One object a line; or one value over the whole file: an array, or ``{"tickets": [...]}`` and its like."""
    first = first.removeprefix(b"\xef\xbb\xbf")
    try:
        head = msgspec.json.decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield from _whole(first + stream.read(), name)
        return
    if not isinstance(head, dict) or _envelope(head) is not None:
        yield from _whole(first + stream.read(), name)
        return
    try:
        for number, line in enumerate(chain([first], stream), start=1):
            if line.strip():
                record = head if number == 1 else _decoded(line, number, name)
                if "schema" not in record:
                    yield number, record
    except (OSError, EOFError, lzma.LZMAError):
        raise _broken(name) from None


def _decoded(line: bytes, number: int, name: str) -> Record:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise DataError(f"{name}, line {number}: not a JSON object; nothing was loaded", hint=_HINT) from None


def _whole(content: bytes, name: str) -> Iterator[Numbered]:
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise DataError(f"{name}, line 1: broken JSON; nothing was loaded", hint=_HINT) from None
    found: Iterable[Any] = value if isinstance(value, list) else _envelope(value) or [value]
    for number, record in enumerate(found, start=1):
        if not isinstance(record, dict):
            raise DataError(f"{name}, record {number}: not a JSON object; nothing was loaded", hint=_HINT)
        yield number, record


def _envelope(value: Any) -> list[Any] | None:
    """The records inside a page of an API; people and groups beside Zendesk tickets come along."""
    if not isinstance(value, dict):
        return None
    for key in ("tickets", "results", "issues"):
        if isinstance(value.get(key), list):
            beside = [
                {kind: doc}
                for kind, plural in (("user", "users"), ("group", "groups"), ("organization", "organizations"))
                for doc in value.get(plural) or ()
            ]
            return [*beside, *value[key]] if key == "tickets" else list(value[key])
    return None
