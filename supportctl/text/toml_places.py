"""Where things stand in a TOML text: ``tomllib`` tells values, not lines.

The text was read by ``tomllib`` before, so nothing is judged here; what is not understood has no place.
"""

import re
from contextlib import suppress
from typing import NamedTuple

Step = str | int
Path = tuple[Step, ...]


class Place(NamedTuple):
    """Line and column, counted from 1."""

    line: int
    column: int


_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONG = re.compile(r'"""(?:\\.|[^\\])*?"""+|\'\'\'.*?\'\'\'+', re.DOTALL)
_SHORT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')
_PLAIN = re.compile(r"[^,\]}#\n]*")


def places(text: str) -> dict[Path, Place]:
    """Path of keys and positions -> where its key (or, in an array, its value) begins."""
    scan = _Scan(text)
    with suppress(_LostError, RecursionError):
        scan.document()
    return scan.found


def place(found: dict[Path, Place], path: Path) -> Place:
    """The place of a path, or of the nearest that holds it; the first line when none does."""
    for end in range(len(path), 0, -1):
        if path[:end] in found:
            return found[path[:end]]
    return Place(1, 1)


class _LostError(Exception):
    """The scan no longer knows where it is."""


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, Place] = {}
        self._members: dict[Path, int] = {}
        """Array of tables -> number of its last table."""
        self._line, self._line_start = 1, 0
        self._counted = 0

    def document(self) -> None:
        table: Path = ()
        while self.skip(_BLANK) < len(self.text):
            if self.text.startswith("[", self.at):
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> Path:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        start = self.skip(_SPACE)
        table: Path = ()
        keys = self.keys()
        for number, (key, at) in enumerate(keys):
            table = (*table, key)
            self.record(table, at)
            if many and number == len(keys) - 1:
                self._members[table] = self._members.get(table, -1) + 1
            if table in self._members:
                table = (*table, self._members[table])
                self.record(table, start)
        self.skip(_SPACE)
        self.take("]]" if many else "]")
        return table

    def pair(self, table: Path) -> None:
        path = table
        for key, at in self.keys():
            path = (*path, key)
            self.record(path, at)
        self.skip(_SPACE)
        self.take("=")
        self.skip(_SPACE)
        self.value(path)

    def keys(self) -> list[tuple[str, int]]:
        """A dotted key as its parts, each with its offset."""
        found = []
        while True:
            start = self.skip(_SPACE)
            if match := _SHORT.match(self.text, self.at):
                found.append((_unquoted(match[0]), start))
            elif match := _BARE_KEY.match(self.text, self.at):
                found.append((match[0], start))
            else:
                raise _LostError
            self.at = match.end()
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return found
            self.at += 1

    def value(self, path: Path) -> None:
        mark = self.text[self.at : self.at + 1]
        if mark == "[":
            self.array(path)
        elif mark == "{":
            self.inline(path)
        else:
            match = _LONG.match(self.text, self.at) or _SHORT.match(self.text, self.at)
            match = match or _PLAIN.match(self.text, self.at)
            self.at = match.end() if match else self.at

    def array(self, path: Path) -> None:
        self.take("[")
        number = 0
        while self.skip(_BLANK) < len(self.text) and not self.text.startswith("]", self.at):
            self.record((*path, number), self.at)
            self.value((*path, number))
            number += 1
            self.comma("]")
        self.take("]")

    def inline(self, path: Path) -> None:
        self.take("{")
        while self.skip(_BLANK) < len(self.text) and not self.text.startswith("}", self.at):
            self.pair(path)
            self.comma("}")
        self.take("}")

    def comma(self, end: str) -> None:
        self.skip(_BLANK)
        if not self.text.startswith(end, self.at):
            self.take(",")

    def skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def take(self, mark: str) -> None:
        if not self.text.startswith(mark, self.at):
            raise _LostError
        self.at += len(mark)

    def record(self, path: Path, at: int) -> None:
        """Offsets come in order, so lines are counted once."""
        breaks = self.text.count("\n", self._counted, at)
        if breaks:
            self._line += breaks
            self._line_start = self.text.rindex("\n", 0, at) + 1
        self._counted = max(self._counted, at)
        self.found.setdefault(path, Place(self._line, at - self._line_start + 1))


_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    return _ESCAPE.sub(_escaped, key[1:-1])


def _escaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)
