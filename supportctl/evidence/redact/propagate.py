"""Finding a value again wherever it stands, however it is written there, and giving it the same token.

Looking for thousands of values in megabytes must not take the product of both. Every occurrence of a value covers
whole pieces of the text cut every four bytes, beginning at one of four places; a value none of whose four rows of
pieces is among those of the text cannot be in it.
"""

import base64
import html
import json
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from operator import is_
from typing import Any
from urllib.parse import quote, quote_plus

from supportctl.evidence.redact.machines import NOBODY
from supportctl.evidence.redact.tokens import TOKEN, Tokens
from supportctl.evidence.redact.words import words_of

LEAST = 6
"""Characters of a value that is looked for elsewhere; shorter ones are replaced only where they were found."""
_NAMES = ("PERSON", "ORGANIZATION", "USER", "ADDRESS", "HOST")
"""Kinds whose values are words: they count only where they stand as such."""
_WORDS = words_of(
    """
    undefined anonymous disabled enabled unknown default general standard english deutsch desktop android windows chrome
    firefox safari public private closed opened accept accepted denied granted expired deleted session cookie cookies
    text/html application/json application text/plain utf-8 charset keep-alive no-cache no-store gzip deflate https:// http://
    content headers request response redacted
    """
)
_MOMENT = re.compile(
    r"(?:19|20)[0-9]{2}[-/.]?[01][0-9][-/.]?[0-3][0-9](?:[T ]?[0-9:]*)?|"
    r"1[0-9]{9}(?:[0-9]{3}){0,2}(?:\.[0-9]+)?|[0-9]{1,7}"
)


def looked_for(value: str, kind: str, *, strict: bool) -> bool:
    """Whether a value is particular enough to be replaced elsewhere. ``strict``: for logs, whose times stay."""
    if kind in ("PERSON", "ORGANIZATION", "USER", "ADDRESS"):
        return len(value) >= 5 and value.lower() not in _WORDS and value.lower() not in NOBODY and not value.isdigit()
    if len(value) < LEAST or value.lower() in _WORDS:
        return False
    if strict and (_MOMENT.fullmatch(value) or (value.isalpha() and value.lower() == value and len(value) < 12)):
        return False
    return not (value.isdigit() and len(value) < 8 and kind not in ("PHONE", "CARD", "NATIONAL_ID"))


@lru_cache(maxsize=50_000)
def forms(value: str) -> tuple[str, ...]:
    """The value as it may be written: plain, in addresses (once and twice), in JSON and in HTML."""
    if value.isalnum() and value.isascii():
        return (value,)
    once = quote(value, safe="")
    found = [value, once, quote_plus(value), quote(value, safe="/"), quote(once, safe="")]
    found += [json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], html.escape(value)]
    found += [found[5].replace("/", "\\/"), once.replace("%", "%25").lower(), _lower_escapes(once)]
    return tuple(dict.fromkeys(form for form in found if form))


def _lower_escapes(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), text)


@lru_cache(maxsize=50_000)
def packed_forms(value: str) -> tuple[str, ...]:
    """What of base64 does not depend on the neighbours, at each of the three offsets, in both alphabets."""
    data = value.encode("utf-8", "surrogatepass")
    if len(data) < 8:
        return ()
    found: list[str] = []
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data).decode().rstrip("=")
        text = text[(0, 2, 3)[offset] :]
        text = text[: len(text) - (1 if (len(data) + offset) % 3 else 0)]
        found += [text, text.replace("+", "-").replace("/", "_")]
    return tuple(dict.fromkeys(form for form in found if len(form) >= 8))


class Pieces:
    """A text made ready to be asked whether it may hold a value."""

    def __init__(self, text: str) -> None:
        self.text = text
        data = text.encode("utf-8", "surrogatepass")
        self.pieces = set(memoryview(data)[: len(data) // 4 * 4].cast("I"))

    def holds(self, value: str) -> bool:
        rows = _rows(value)
        return (not rows or any(map(self.pieces.issuperset, rows))) and value in self.text


@lru_cache(maxsize=200_000)
def _rows(value: str) -> tuple[tuple[int, ...], ...]:
    """The four rows of pieces, one of which stands in every text that holds the value; none of a short one."""
    data = value.encode("utf-8", "surrogatepass")
    if len(data) < 7:
        return ()
    return tuple(
        tuple(int.from_bytes(data[at : at + 4], sys.byteorder) for at in range(row, len(data) - 3, 4))
        for row in range(4)
    )


class Known:
    """All values so far, ready to be replaced in any text. Takes in what became known since when it is asked."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._taken = 0
        self._forms: dict[str, str] = {}
        self._packed: dict[str, str] = {}
        self._bounded: set[str] = set()
        """Forms that count only where they stand as words."""
        self._bounded_strictly: set[str] = set()
        self._not_strict: set[str] = set()
        self._short: list[str] = []
        self._by_piece: dict[int, list[str]] = {}
        self._pieces: set[int] = set()

    def _take_in(self) -> None:
        for value, token, kind in islice(self._tokens.originals(), self._taken, None):
            if not looked_for(value, kind, strict=False):
                continue
            strictly = looked_for(value, kind, strict=True)
            short = value.isalnum() and len(value) < 12
            for form in forms(value):
                if form in self._forms:
                    continue
                self._index(form)
                self._forms[form] = token
                if kind in _NAMES:
                    self._bounded.add(form)
                elif short:
                    self._bounded_strictly.add(form)
                if not strictly:
                    self._not_strict.add(form)
            for form in packed_forms(value):
                self._index(form)
                self._packed.setdefault(form, value)
                if not strictly:
                    self._not_strict.add(form)
        self._taken = len(self._tokens)

    def _index(self, form: str) -> None:
        if form in self._forms or form in self._packed:
            return
        data = form.encode("utf-8", "surrogatepass")
        if len(data) < 7:
            self._short.append(form)
            return
        for row in range(4):
            at = row + (len(data) - row) // 8 * 4
            piece = int.from_bytes(data[at : at + 4], sys.byteorder)
            self._by_piece.setdefault(piece, []).append(form)
            self._pieces.add(piece)

    def _held(self, text: str) -> set[str]:
        """The forms that stand in a text."""
        ready = Pieces(text)
        held = {form for form in self._short if form in text}
        looked: set[str] = set()
        for piece in ready.pieces & self._pieces:
            for form in self._by_piece[piece]:
                if form not in looked:
                    looked.add(form)
                    if ready.holds(form):
                        held.add(form)
        return held

    def within(self, text: str, *, strict: bool) -> "Replacing | None":
        """What of them is in the text; None where nothing is. ``strict``: in logs, see `looked_for`."""
        if self._taken < len(self._tokens):
            self._take_in()
        if not self._forms or not (held := self._held(text)):
            return None
        if strict:
            held -= self._not_strict
        plain = {form: self._forms[form] for form in held if form in self._forms}
        packed = {form: self._packed[form] for form in held if form in self._packed}
        if not held:
            return None
        inside = {form: self._forms[form] for value in packed.values() for form in forms(value) if form in self._forms}
        bounded = self._bounded | self._bounded_strictly if strict else self._bounded
        return Replacing(plain, packed, inside, bounded)


class Replacing:
    """The values that one text holds."""

    def __init__(
        self, plain: dict[str, str], packed: dict[str, str], inside: dict[str, str], bounded: set[str]
    ) -> None:
        self.count = 0
        self._calm: set[str] = set()
        self._plain = {**inside, **plain}
        self._form = _alternatives(plain, bounded)
        self._inside = _alternatives(inside, bounded)
        self._packed = re.compile("|".join(map(re.escape, sorted(packed, key=len, reverse=True)))) if packed else None

    def text(self, text: str) -> str:
        if text in self._calm:
            return text
        told = self._replaced(text)
        if told == text and len(text) < 4096:
            self._calm.add(text)
        return told

    def _replaced(self, text: str) -> str:
        if self._form is not None and self._form.search(text):
            text = self._form.sub(self._told, text)
        if self._packed is not None and self._packed.search(text):
            text = _RUN.sub(self._unpacked, text)
        return text

    def _told(self, match: re.Match[str]) -> str:
        if match.lastgroup == "kept":
            return match[0]
        self.count += 1
        return self._plain[match[0]]

    def _unpacked(self, match: re.Match[str]) -> str:
        """A run of base64 that holds a value: its text with the token, or nothing of it where it is no text."""
        run = match[0]
        if self._packed is None or self._inside is None or not self._packed.search(run):
            return run
        plain = unpacked(run)
        if plain is None:
            self.count += 1
            return "[ENCODED_1]"
        return packed_again(run, self._inside.sub(self._told, plain), plain)


_RUN = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


def unpacked(run: str) -> str | None:
    """What a run of base64 says; None where that is no text."""
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except ValueError:
        return None


def packed_again(run: str, told: str, plain: str) -> str:
    """Base64 in the alphabet and with the end the run had."""
    if told == plain:
        return run
    packed = base64.b64encode(told.encode("utf-8", "surrogatepass")).decode()
    if not run.endswith("=") and len(run) % 4:
        packed = packed.rstrip("=")
    return packed.replace("+", "-").replace("/", "_") if "-" in run or "_" in run else packed


def _alternatives(plain: dict[str, str], bounded: set[str]) -> "re.Pattern[str] | None":
    if not plain:
        return None
    ordered = sorted(plain, key=lambda form: (-len(form), form))
    parts = [rf"(?<!\w){re.escape(form)}(?!\w)" if form in bounded else re.escape(form) for form in ordered]
    return re.compile(rf"(?P<kept>{TOKEN.pattern.replace('(', '(?:')})|{'|'.join(parts)}")


def everywhere(
    node: Any, replacing: Replacing, *, kept: Iterable[str] = (), names: frozenset[str] = frozenset()
) -> Any:
    """All strings of a document; the same object where nothing is replaced.

    ``kept`` are fields left alone, ``names`` field names that stay.
    """
    if isinstance(node, str):
        return replacing.text(node)
    if isinstance(node, list):
        listed = [everywhere(each, replacing, kept=kept, names=names) for each in node]
        return node if all(map(is_, listed, node)) else listed
    if isinstance(node, dict):
        told = {
            (name if name in names else replacing.text(name)): (
                each if name in kept else everywhere(each, replacing, kept=kept, names=names)
            )
            for name, each in node.items()
        }
        return node if all(map(is_, told.values(), node.values())) and told.keys() == node.keys() else told
    return node
