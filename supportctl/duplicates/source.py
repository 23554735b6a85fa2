"""Tickets of a file in the order of their creation, page by page; their texts stay where they are.

The file is gone through twice: first for keys and dates, then for the texts, in order. What cannot be read twice
(standard input, an archive) is laid down in a file without a name first.
"""

import gzip
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

import msgspec
import numpy as np

from supportctl.duplicates.long import Array, Growing, Texts
from supportctl.duplicates.reading import mark
from supportctl.duplicates.ticket import Ticket, is_number, key, moment, ticket
from supportctl.errors import DataError

HINT = "it has one JSON object a line, with id and created_at: supportctl list --format ndjson > tickets.ndjson"
LONGEST_LINE = 64 * 1024 * 1024
PAGE = 1_000
PAGE_BYTES = 8 * 1024 * 1024
"""A page ends with the line that makes it longer than this."""
_GZIP = b"\x1f\x8b"
_MANY = 10_000


class _Head(msgspec.Struct):
    id: Any = None
    key: Any = None
    created_at: Any = None


_head = msgspec.json.Decoder(_Head)


Line = tuple[int, int, float, str, bool]
"""Its bounds, date and key, and whether that is written as a number."""


class Source:
    """Of an NDJSON file, also packed with gzip; ``-`` is standard input. `DataError` names file and line."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.undated: list[str | int | float] = []
        """Keys of tickets without a date that can be read: they have no older tickets, and are nobody's."""
        self.repeated = 0
        """Lines whose key came again later."""
        self._open = ExitStack()
        try:
            self._file = self._whole()
            self._born = self._look()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    def __len__(self) -> int:
        """Tickets with a date; of two with one key the last one read."""
        return len(self._order)

    @property
    def size(self) -> int:
        """Bytes of all lines."""
        return int(self._end[-1]) if len(self._end) else 0

    @property
    def born(self) -> Array:
        """In order."""
        return self._born

    @property
    def ids(self) -> Array:
        """In order: whether the key is written as a number."""
        numbers: Array = self._numbers[self._order]
        return numbers

    def pages(self) -> Iterator[list[bytes]]:
        """Lines of tickets with a date, oldest first; of one moment the shorter and smaller key first."""
        page: list[bytes] = []
        size = 0
        place = -1
        starts, ends = self._start[self._order], self._end[self._order]
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if start != place:
                self._file.seek(start)
            line = self._file.read(end - start)
            place = end
            page.append(line)
            size += len(line)
            if len(page) == PAGE or size > PAGE_BYTES:
                yield page
                page, size = [], 0
        if page:
            yield page

    def tickets(self) -> Iterator[Ticket]:
        for page in self.pages():
            yield from map(read_line, page)

    def _whole(self) -> IO[bytes]:
        """All of it, as a file in which one can go back."""
        try:
            if self.name == "-":
                return self._laid_down(sys.stdin.buffer)
            file = self._open.enter_context(Path(self.name).open("rb"))  # noqa: SIM115
            if not file.seekable():
                return self._laid_down(file)
            packed = file.read(2) == _GZIP
            file.seek(0)
            if packed:
                with gzip.open(file, "rb") as stream:
                    return self._laid_down(cast("IO[bytes]", stream))
            return file
        except (OSError, EOFError) as error:
            reason = getattr(error, "strerror", None) or "it ends too early or is not what its name says"
            raise DataError(f"cannot read {self.name}: {reason}; nothing was ranked", hint=HINT) from error

    def _laid_down(self, stream: IO[bytes]) -> IO[bytes]:
        file = self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        shutil.copyfileobj(stream, file, 1024 * 1024)
        file.seek(0)
        return file

    def _look(self) -> Array:
        """Keys and dates."""
        start, end, born, marks = Growing(np.int64), Growing(np.int64), Growing(np.float64), Growing(np.uint64)
        numbers = Growing(np.bool_)
        ids = Texts()
        for some in _some(self._lines(), _MANY):
            start.add(np.array([each[0] for each in some], np.int64))
            end.add(np.array([each[1] for each in some], np.int64))
            born.add(np.array([each[2] for each in some], np.float64))
            keys = [each[3] for each in some]
            ids.add(keys)
            numbers.add(np.array([each[4] for each in some], np.bool_))
            marks.add(np.array([mark(each) for each in keys], np.uint64))
        last = _last_of_each(marks.all)
        self.repeated = len(ids) - len(last)
        dated = np.isfinite(born.all[last])
        self._numbers = numbers.all
        undated = last[~dated]
        self.undated = [as_read(*each) for each in zip(ids.of(undated), self._numbers[undated].tolist(), strict=True)]
        last = last[dated]
        last = last[np.argsort(born.all[last], kind="stable")]
        self._start, self._end = start.all, end.all
        self._order = _ties_by_key(last, born.all, ids)
        return born.all[self._order]

    def _lines(self) -> Iterator[Line]:
        """Of each line that is not empty."""
        at = number = 0
        while line := self._file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise DataError(f"{self.name} has a line of more than 64 MB; nothing was ranked", hint=HINT)
            start, at = at, at + len(line)
            if line.isspace():
                continue
            yield start, at, *self._head(line, number)

    def _head(self, line: bytes, at: int) -> tuple[float, str, bool]:
        try:
            head = _head.decode(line)
            born, names = moment(head.created_at), (head.id, head.key)
        except ValueError:
            try:
                row = _decoded(line)
            except (ValueError, RecursionError) as error:
                raise DataError(f"{self.name}, line {at}: not JSON; nothing was ranked", hint=HINT) from error
            if not isinstance(row, dict):
                raise DataError(f"{self.name}, line {at}: not an object; nothing was ranked", hint=HINT) from None
            born, names = moment(row.get("created_at")), (row.get("id"), row.get("key"))
        if not (name := key(*names)):
            raise DataError(
                f"{self.name}, line {at}: a ticket without id, or whose id is no text or number; nothing was ranked",
                hint=HINT,
            )
        return born, name, is_number(*names)


def as_read(key: str, number: bool) -> str | int | float:
    """A key as the file has it."""
    if not number:
        return key
    try:
        return int(key)
    except ValueError:
        return float(key)


def read_line(line: bytes) -> Ticket:
    """A line that was looked at before."""
    try:
        row = _decoded(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise DataError(
            "the file was changed while it was read; nothing was ranked",
            hint="run it again when nothing writes to the file, or on a copy",
        )
    return ticket(row)


def _some(lines: Iterator[Line], many: int) -> Iterator[list[Line]]:
    some: list[Line] = []
    for each in lines:
        some.append(each)
        if len(some) == many:
            yield some
            some = []
    if some:
        yield some


def _last_of_each(marks: Array) -> Array:
    """Places of the last of those that are equal, ascending."""
    order = np.argsort(marks, kind="stable")
    ends = np.append(marks[order][1:] != marks[order][:-1], True)[: len(order)]
    return np.sort(order[ends])


def _ties_by_key(order: Array, born: Array, ids: Texts) -> Array:
    """In each run of one moment by length of the key, and the key."""
    same = np.diff(born[order]) == 0
    if not same.any():
        return order
    run = np.cumsum(np.concatenate([[True], ~same]))
    inside = np.nonzero(np.concatenate([[False], same]) | np.concatenate([same, [False]]))[0]
    names = ids.of(order[inside])
    sorted_ = sorted(range(len(inside)), key=lambda n: (int(run[inside[n]]), len(names[n]), names[n]))
    order = order.copy()
    order[inside] = order[inside[sorted_]]
    return order


def _decoded(line: bytes) -> Any:
    """Halves of surrogate pairs, which exports leave where they cut texts, become question marks."""
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        if b"\\ud" not in line.lower():
            raise
        return json.loads(json.dumps(json.loads(line), ensure_ascii=False).encode("utf-8", "replace"))
