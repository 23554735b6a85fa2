"""A window on a long JSON text: values are parsed at its place, and what was passed is let go."""

import json
import re
from collections.abc import Iterator
from typing import Any

_SPACE = re.compile(r"[ \t\r\n\ufeff\x00]*")
_STRING_END = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_STRUCTURE = re.compile(r'["{}\[\]]')
_FIRST_NAME = re.compile(r'\{\s*"([^"\\]{0,100})"')
LARGE = 8 << 20
"""Characters of one value from which on its long strings are cut while it is read."""
LONGEST_STRING = 65_536
LARGEST_VALUE = 64 << 20
_PASSED = 1 << 20


class EndedError(Exception):
    """The text ended inside a value."""


class BrokenError(Exception):
    """No JSON at this place."""


class Window:
    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._decoder = json.JSONDecoder(strict=False)
        self.text = ""
        self.at = 0
        self.ended = False

    def more(self) -> bool:
        """One piece more; False at the end."""
        if self.ended:
            return False
        if self.at > _PASSED:
            self.text = self.text[self.at :]
            self.at = 0
        parts = [next(self._pieces, "")]
        size = len(self.text)  # Doubled each time, so that a long value is not parsed again and again.
        while parts[-1] and sum(map(len, parts)) < size:
            parts.append(next(self._pieces, ""))
        self.ended = not parts[-1]
        self.text += "".join(parts)
        return bool(parts[0])

    def fill(self, size: int) -> None:
        while len(self.text) - self.at < size and self.more():
            pass

    def peek(self) -> str:
        """The next character that is no space. Raises `EndedError`."""
        while True:
            match = _SPACE.match(self.text, self.at)
            self.at = self.at if match is None else match.end()
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                raise EndedError

    def need(self, mark: str) -> None:
        if self.peek() != mark:
            raise BrokenError
        self.at += 1

    def first_name(self) -> str | None:
        """Name of the first field of the object that begins here."""
        self.fill(400)
        match = _FIRST_NAME.match(self.text, self.at)
        return None if match is None else match[1]

    def value(self) -> Any:
        """The value here. Raises `EndedError`, `BrokenError`, `RecursionError`; the place stays where it was."""
        self.peek()
        while True:
            try:
                told, end = self._decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                open_end = error.msg.startswith("Unterminated string") or error.pos >= len(self.text) - 12
                if not open_end:
                    raise BrokenError from None
                if len(self.text) - self.at > LARGE:
                    return self._large()
                if not self.more():
                    raise EndedError from None
            else:
                if end == len(self.text) and not isinstance(told, str | dict | list) and self.more():
                    continue  # A number may go on.
                self.at = end
                return told

    def _large(self) -> Any:
        """A value of many megabytes, without the middle of its long strings. What is too large still is no value."""
        out: list[str] = []
        depth = size = 0
        while True:
            match = _STRUCTURE.search(self.text, self.at)
            if match is None:
                out.append(self.text[self.at :])
                self.at = len(self.text)
                if not self.more():
                    raise EndedError
                continue
            out.append(self.text[self.at : match.end()])
            size += match.end() - self.at
            self.at = match.end()
            if match[0] == '"':
                told = self._string()
                size += len(told)
                out.append(told)
            else:
                depth += 1 if match[0] in "{[" else -1
            if size > LARGEST_VALUE:
                out, size = [], -(1 << 62)
            if depth <= 0:
                break
        if size < 0:
            raise BrokenError
        try:
            return self._decoder.decode("".join(out))
        except json.JSONDecodeError:
            raise BrokenError from None

    def _string(self) -> str:
        """The rest of a string with its quote; of a long one its beginning."""
        kept = ""
        while True:
            match = _STRING_END.match(self.text, self.at)
            end = len(self.text) if match is None else match.end()
            if match is None:  # Leave what may be half an escape.
                end = max(self.at, end - 8)
                while end > self.at and self.text[end - 1] == "\\":
                    end -= 1
            if len(kept) < LONGEST_STRING:
                kept += self.text[self.at : end]
            self.at = end
            if match is not None:
                break
            if not self.more():
                raise EndedError
        if len(kept) <= LONGEST_STRING:
            return kept if kept.endswith('"') else kept + '"'
        cut = LONGEST_STRING
        while cut and "\\" in kept[cut - 6 : cut]:
            cut -= 1
        return kept[:cut] + '"'

    def seek(self, form: "re.Pattern[str]") -> bool:
        """Go to the next place of ``form`` behind this one."""
        self.at += 1
        while True:
            match = form.search(self.text, self.at)
            if match is not None:
                self.at = match.start()
                return True
            self.at = max(self.at, len(self.text) - 200)
            if not self.more():
                return False

    def rest(self, size: int) -> str:
        """What lies before us, as far as it is held."""
        return self.text[self.at : self.at + size]
