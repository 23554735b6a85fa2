"""A large JSON document as its frame and the values of its longest array, read one after the other.

HAR files, exports and API answers are one long array with little around it. What is cut off or broken ends it; what
was whole before that is kept.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from supportctl.evidence.redact import documents
from supportctl.evidence.redact.documents import PIECE, WRAPPED, Document

_WINDOW = 2_000_000
"""Characters at the beginning of which the long array must have begun."""
_READ = 1_000_000
_LONGEST = 200_000_000
"""Characters of one value, and of what stands behind the array."""
_BETWEEN = " \t\r\n,"


class Frame(NamedTuple):
    """The document with an empty list in the array's place."""

    document: Document
    places: tuple[int, ...]
    """Which field of which object leads to the array, from outside."""
    names: tuple[str, ...]
    mark: int
    """A number that the document does not hold."""

    def split(self, document: Document, *, ascii_only: bool) -> tuple[str, str]:
        """What stands before and behind the array's values in ``document``, a redacted form of this one."""
        whole = document._replace(data=_put(document.data, self.places, [self.mark]))
        before, _, after = whole.text(ascii_only=ascii_only).partition(str(self.mark))
        return before, after


def _put(node: Any, places: tuple[int, ...], value: Any) -> Any:
    if not places:
        return value
    return {
        name: _put(each, places[1:], value) if number == places[0] else each
        for number, (name, each) in enumerate(node.items())
    }


def _places(node: Any, mark: int) -> tuple[int, ...] | None:
    if node == [mark]:
        return ()
    for number, each in enumerate(node.values() if isinstance(node, dict) else ()):
        if (rest := _places(each, mark)) is not None:
            return (number, *rest)
    return None


class Readable(Protocol):
    def read(self, size: int) -> str:
        """``size`` characters or more; fewer at the end only."""


class Long:
    """Reads a text once. ``frame()`` is there when ``values()`` has been read to its end."""

    def __init__(self, text: Readable) -> None:
        self._text = text
        self._buffer = text.read(_WINDOW)
        self._end = len(self._buffer) < _WINDOW
        self._at = 0
        self.cut = False
        found = _long_array(self._buffer)
        self.found = found is not None
        """False where no array goes on behind the beginning: then nothing was read that could be used."""
        self.path: tuple[str, ...] = ()
        self._head = ""
        self._closing = ""
        if found is not None:
            self._at, self.path, self._closing = found
            self._head = self._buffer[: self._at]

    def _more(self) -> bool:
        if self._end:
            return False
        fresh = self._text.read(max(_READ, len(self._buffer) - self._at))
        self._end = not fresh
        self._buffer = self._buffer[self._at :] + fresh
        self._at = 0
        return bool(fresh)

    def values(self) -> Iterator[Any]:
        decoder = json.JSONDecoder()
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _BETWEEN:
                self._at += 1
            if self._at >= len(self._buffer):
                if not self._more():
                    self.cut = True
                    return
                continue
            if self._buffer[self._at] == "]":
                return
            try:
                value, stop = decoder.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError):
                stop = -1
            if stop < 0 or (stop >= len(self._buffer) and not self._end):
                if len(self._buffer) - self._at > _LONGEST or not self._more():
                    self.cut = True
                    return
                continue
            self._at = stop
            yield value

    def frame(self) -> Frame | None:
        """None where what stands around the array is no JSON."""
        tail = self._closing
        if not self.cut:
            while len(self._buffer) - self._at < _LONGEST and self._more():
                pass
            tail = self._buffer[self._at :]
        mark = next(n for n in range(10**17 + 1, 10**17 + 1000) if str(n) not in self._head and str(n) not in tail)
        for end in (tail, self._closing):
            document = documents.read(f"{self._head}{mark}{end}")
            places = None if document is None else _places(document.data, mark)
            if document is not None and places is not None:
                data = _put(document.data, places, [])
                cut = self.cut or document.cut
                return Frame(document._replace(data=data, cut=cut), places, self.path, mark)
            self.cut = True
        return None


def _long_array(text: str) -> tuple[int, tuple[str, ...], str] | None:
    """Where the outermost array that is open at the end of ``text`` begins, the names to it, and what closes it."""
    wrapped = WRAPPED.match(text)
    begin = wrapped.end() if wrapped is not None else 0
    open_: list[tuple[str, int, str]] = []
    name = last = ""
    for match in PIECE.finditer(text, begin):
        piece = match[0]
        if piece[0] == '"':
            last = piece
        elif piece == ":":
            name = last
        elif piece in "{[":
            open_.append((piece, match.end(), name))
            name = ""
        elif piece in "}]":
            if not open_:
                return None
            open_.pop()
            name = ""
        elif piece == ",":
            name = ""
    for depth, (sign, at, _) in enumerate(open_):
        if sign == "[":
            closing = "".join("}" if each[0] == "{" else "]" for each in reversed(open_[: depth + 1]))
            return at, tuple(_plain(each[2]) for each in open_[1 : depth + 1]), closing
    return None


def _plain(name: str) -> str:
    try:
        return str(json.loads(name))
    except ValueError:
        return ""
