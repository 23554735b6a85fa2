"""Tickets named in a stream: keys one a line, NDJSON, a JSON document, CSV, or the findings of an audit.

Everything is read before anything is asked for, so that a line that cannot be used ends the command at once. What is
kept of it is a key, and the reason where a finding gives one.
"""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from supportctl.errors import DataError, RefusedError, UsageError

if TYPE_CHECKING:
    from supportctl.config import Profile

MAX_KEYS = 100_000
LONGEST_LINE = 16 * 1024 * 1024
LONGEST_DOCUMENT = 256 * 1024 * 1024
MOST_REFUSED = 20
"""Refused lines before the rest is not looked at any more."""

FITS = "keys one a line, supportctl list … --format ndjson, or CSV with a column `key` fit"

Normalize = Callable[[str], str]


class _NotAKeyError(Exception):
    """Why a line names no ticket of this profile; ``str`` says it."""


@dataclass
class Named:
    """What a stream named."""

    source: str
    keys: dict[str, list[str]] = field(default_factory=dict)
    """Canonical key -> reasons, in the order they came."""
    refused: list[tuple[int, str]] = field(default_factory=list)
    findings: int = 0
    """Findings that were passed over: about no one ticket, or of another rule."""

    def add(self, key: str, reason: str | None = None) -> None:
        if key not in self.keys and len(self.keys) >= MAX_KEYS:
            raise RefusedError(
                f"more than {MAX_KEYS:,} keys in {self.source}; nothing was changed", hint="send them in parts"
            )
        reasons = self.keys.setdefault(key, [])
        if reason is not None and reason not in reasons:
            reasons.append(reason)

    def refuse(self, line: int, why: str) -> None:
        self.refused.append((line, why))
        if len(self.refused) >= MOST_REFUSED:
            self.check()

    def check(self, hint: str = FITS) -> None:
        """Raises `DataError` naming every line that was refused."""
        if not self.refused:
            return
        line, why = self.refused[0]
        others = ", ".join(str(number) for number, _ in self.refused[1:])
        more = f"; refused as well: line{'s' if len(self.refused) > 2 else ''} {others}" if others else ""
        raise DataError(f"{self.source}, line {line}: {why}{more}; nothing was changed", hint=hint)


def open_stream(path: str, what: str) -> tuple[BinaryIO, str]:
    """The file, or standard input for ``-``, and what to call it. Raises `UsageError` for a terminal."""
    if path == "-":
        if sys.stdin.isatty():
            raise UsageError(f"- reads {what} from standard input, which is a terminal here", hint=f"pipe {what} in")
        return sys.stdin.buffer, "standard input"
    try:
        return Path(path).open("rb"), Path(path).name
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}; nothing was changed", hint="give the path of a file, or -"
        ) from None


def read_keys(stream: BinaryIO, source: str, profile: "Profile", normalize: Normalize) -> Named:
    """Keys one a line, NDJSON tickets of this profile, the document of ``list --format json``, or CSV."""
    named = Named(source)
    lines = numbered(stream, source)
    first = next(lines, None)
    if first is None:
        return named
    dialect = _header(first[1])
    everything = _chain(first, lines)
    entries = objects(everything, named, "tickets", bare="key") if dialect is None else _cells(everything, dialect)
    for number, entry in entries:
        try:
            key = _key_of(entry, "key", profile, normalize)
        except _NotAKeyError as why:
            named.refuse(number, str(why))
            continue
        if key is not None:
            named.add(key)
    named.check()
    return named


def read_findings(
    stream: BinaryIO, source: str, profile: "Profile", normalize: Normalize, rules: Sequence[str] = ()
) -> Named:
    """Tickets named by the findings of ``audit --format json`` or ``ndjson``; a finding's text is the reason."""
    named = Named(source)
    hint = "supportctl audit … --format ndjson prints lines that fit"
    wanted = {rule.casefold() for rule in rules}
    seen: set[str] = set()
    for number, entry in objects(numbered(stream, source), named, "findings"):
        rule = entry.get("rule")
        if not isinstance(rule, str):
            named.refuse(number, "not a finding")
            continue
        seen.add(rule)
        names = {rule.casefold(), str(entry.get("name", "")).casefold()}
        if (wanted and not names & wanted) or entry.get("ticket", "") is None:
            named.findings += 1
            continue
        try:
            key = _key_of(entry, "ticket", profile, normalize)
        except _NotAKeyError as why:
            named.refuse(number, str(why))
            continue
        message = entry.get("message")
        if key is not None:
            named.add(key, f"{rule}: {message}" if isinstance(message, str) else rule)
    named.check(hint)
    if wanted and not named.keys and seen:
        raise UsageError(
            f"{source} holds no finding of {', '.join(rules)}; nothing was changed",
            hint=f"it holds findings of: {', '.join(sorted(seen))}",
        )
    return named


def numbered(stream: BinaryIO, source: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that hold something; what is no UTF-8 is marked with U+FFFD, which no key holds."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise DataError(f"{source}, line {number} is longer than 16 MB; nothing was changed", hint=FITS)
        text = line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")
        if text.strip():
            yield number, text


def _chain(first: tuple[int, str], rest: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from rest


def objects(
    lines: Iterator[tuple[int, str]], named: Named, inside: str, *, bare: str | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of NDJSON, or those under ``inside`` of one document. Headers and summaries are passed over.

    ``bare`` is what a line that is no object stands for.
    """
    first = True
    for number, text in lines:
        if bare is not None and not text.lstrip().startswith("{"):
            first = False
            yield number, {bare: text}
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            if first and text.lstrip().startswith("{"):
                yield from _document(_chain((number, text), lines), named, inside)
                return
            named.refuse(number, "not a JSON object")
            continue
        if first and isinstance(value, dict) and isinstance(value.get(inside), list):
            yield from _members(value[inside], number, named)
            continue
        first = False
        if not isinstance(value, dict):
            named.refuse(number, "not a JSON object")
        elif not _is_frame(value):
            yield number, value


def _document(lines: Iterable[tuple[int, str]], named: Named, inside: str) -> Iterator[tuple[int, dict[str, Any]]]:
    kept: list[str] = []
    first, size = 0, 0
    for number, text in lines:
        first = first or number
        size += len(text)
        kept.append(text)
        if size > LONGEST_DOCUMENT:
            raise DataError(f"{named.source} is longer than 256 MB; nothing was changed", hint="use --format ndjson")
    try:
        value = json.loads("\n".join(kept))
        yield from _members(value[inside], first, named)
    except (ValueError, RecursionError, KeyError, TypeError):
        named.refuse(first, f"neither JSON lines nor a document with `{inside}`")


def _members(values: list[Any], number: int, named: Named) -> Iterator[tuple[int, dict[str, Any]]]:
    for value in values:
        if isinstance(value, dict):
            yield number, value
        else:
            named.refuse(number, "not a JSON object")


def _is_frame(value: dict[str, Any]) -> bool:
    """The first or last line of another output: it speaks of the whole and names no ticket."""
    return not {"key", "ticket", "id"} & value.keys() and bool({"schema", "summary", "notices"} & value.keys())


def _header(text: str) -> "type[csv.Dialect] | None":
    """How the CSV below this header is written; None when it is no header with a column ``key``."""
    for delimiter in ",;\t|":
        cells = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
        if "key" in [cell.strip().casefold() for cell in cells]:
            return type("Sniffed", (csv.excel,), {"delimiter": delimiter, "skipinitialspace": True})
    return None


def _cells(lines: Iterator[tuple[int, str]], dialect: "type[csv.Dialect]") -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows as objects, each with the number of the line it ends on."""
    at = 0

    def fed() -> Iterator[str]:
        nonlocal at
        for number, text in lines:
            at = number
            yield text + "\n"

    csv.field_size_limit(LONGEST_LINE)
    rows = csv.reader(fed(), dialect)
    names = [cell.strip().casefold() for cell in next(rows)]
    for row in rows:
        found: dict[str, Any] = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
        yield at, {name: found.get(name) or None for name in ("key", "platform", "profile") if name in names}


def _key_of(entry: dict[str, Any], name: str, profile: "Profile", normalize: Normalize) -> str | None:
    """The canonical key. Raises `_NotAKeyError` for none and for a ticket of another platform or profile."""
    key = entry.get(name)
    if not isinstance(key, str) or not key.strip():
        raise _NotAKeyError("neither a key nor an object with a `key`" if name == "key" else "it names no ticket")
    for part, expected in (("platform", profile.platform), ("profile", profile.name)):
        said = entry.get(part) or expected
        if said != expected:
            raise _NotAKeyError(
                f"a ticket of {part} {str(said)[:60]!r}, and this profile is {profile.name!r} ({profile.platform}), "
                "where the same key names another ticket"
            )
    try:
        return normalize(key.strip())
    except UsageError as error:
        like_a_key = re.fullmatch(r"[#\w.:/?=&%-]{1,200}", key.strip())
        raise _NotAKeyError(error.message if like_a_key else "not a key of this platform") from None
