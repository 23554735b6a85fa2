"""Reading JSON as people send it: with a mark in front, wrapped in a call, or cut off."""

import json
import math
import re
from typing import Any, NamedTuple

WRAPPED = re.compile(
    r"\s*(?:/\*.{0,200}?\*/)?\s*(?P<b>[A-Za-z_$][\w$.]{0,100}\s{0,3}\(|\)\]\}',?\s{0,3}|while\(1\);|for\(;;\);)",
    re.DOTALL,
)
_WRAP_END = re.compile(r"\s*\)?\s*;?\s*$")


class Document(NamedTuple):
    data: Any
    before: str
    after: str
    cut: bool
    """Whether the end was missing; what was not whole is dropped."""
    spread: bool
    """Whether it stood on several lines."""

    def text(self, *, ascii_only: bool = False) -> str:
        """The document again. ASCII where asked, and where a string holds half a character."""
        import msgspec

        data = self.data
        try:  # Ten times as fast; NaN, and numbers too large for any computer, become null: no JSON has them.
            told = (
                json.dumps(_finite(data), separators=(",", ":")) if ascii_only else msgspec.json.encode(data).decode()
            )
        except (UnicodeEncodeError, ValueError, RecursionError):  # Half a character, deep nests.
            told = json.dumps(_finite(data), separators=(",", ":"))
        if self.spread:
            told = msgspec.json.format(told, indent=2)
        return f"{self.before}{told}{self.after}"


def _finite(node: Any) -> Any:
    if isinstance(node, list):
        return [_finite(each) for each in node]
    if isinstance(node, dict):
        return {name: _finite(each) for name, each in node.items()}
    return None if isinstance(node, float) and not math.isfinite(node) else node


def read(text: str) -> Document | None:
    """None where the text is no JSON and cannot be made so without guessing."""
    body, before, after = text, "", ""
    match = WRAPPED.match(text)
    if match is not None:
        before, body = text[: match.end()], text[match.end() :]
        end = _WRAP_END.search(body)
        if end is not None:
            body, after = body[: end.start()], end[0].strip() if "(" in match["b"] else ""
    body = body.strip("\ufeff \t\r\n\x00")
    if not body.startswith(("{", "[")):
        return None
    spread = "\n" in body[:2000]
    try:
        return Document(json.loads(body), before, after, False, spread)
    except RecursionError:
        return None
    except ValueError:
        pass
    try:  # Something behind the end: a second document, a line of a console.
        data, stop = json.JSONDecoder().raw_decode(body)
        if stop > len(body) * 0.9:
            return Document(data, before, after, True, spread)
    except (ValueError, RecursionError):
        pass
    repaired = _closed(body)
    return None if repaired is None else Document(repaired, before, after, True, spread)


PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|\\|[{}\[\],:]|[^\s{}\[\],:"\\]+', re.DOTALL)
_TRIES = 12


def _closed(body: str) -> Any:
    """The document up to its last whole value, with what was open closed. None where more than the end is wrong."""
    open_: list[str] = []
    ends: list[tuple[int, str]] = []
    for match in PIECE.finditer(body):
        piece = match[0]
        if piece[0] == '"' and (len(piece) == 1 or piece[-1] != '"'):
            break  # The string that was cut.
        if piece in "{[":
            open_.append("}" if piece == "{" else "]")
        elif piece in "}]" and (not open_ or open_.pop() != piece):
            break
        if piece in ",}]":
            at = match.start() if piece == "," else match.end()
            ends.append((at, "".join(reversed(open_))))
            if len(ends) > 4 * _TRIES:
                del ends[: 2 * _TRIES]
    for at, closing in reversed(ends[-_TRIES:]):
        try:
            return json.loads(body[:at] + closing)
        except (ValueError, RecursionError):
            continue
    return None
