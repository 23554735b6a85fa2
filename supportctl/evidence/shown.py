"""What is shown of a file, without its secrets: collected while it is read, replaced at the end, verified.

A value that is a secret by its place (a cookie) can stand in an error's text again. What was met in the whole file is
therefore looked for in the little that is shown of it.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from supportctl.evidence.redact import Identities, Source, Tokens, redact
from supportctl.evidence.redact.scrubber import Scrubber

T = TypeVar("T", bound=msgspec.Struct)

WITHHELD = "[withheld]"
MOST = 200_000
"""Values remembered of one file."""
_FRESH = 5000
"""Pieces after which the scrubber's memory is let go; its tokens stay."""
_SHORTEST = 4


class Shown:
    """``tokens``: those of a packet, so that the same value has the same token there."""

    def __init__(self, tokens: Tokens | None, identities: Identities | None) -> None:
        self._given = tokens
        self._identities = Identities() if identities is None else identities
        self._met = Tokens() if tokens is None else tokens
        self._scrubber = Scrubber(self._met, self._identities)
        self._pieces = 0
        self.full = False
        """More values than are remembered: texts of the file are not shown any more."""

    @property
    def scrubber(self) -> Scrubber:
        """To walk pieces of the file with."""
        self._pieces += 1
        if self._pieces % _FRESH == 0:
            self._scrubber = Scrubber(self._met, self._identities)
            self.full = self.full or len(self._met) > MOST
        return self._scrubber

    def clean(self, told: T, *, kept: frozenset[str], public: frozenset[str] = frozenset()) -> tuple[T, bool]:
        """A copy with tokens in all texts but those of the fields ``kept``; False: nothing could be vouched for.

        The texts are withheld then. ``public``: values in lower case (names of hosts) that stay although they are
        met as a cookie's value or a parameter somewhere.
        """
        plain = msgspec.to_builtins(told)
        texts: list[str] = []
        _each(plain, kept, texts.append)
        safe = None if self.full else self._cleaned(texts, public)
        there = iter(safe if safe is not None else [WITHHELD] * len(texts))
        return msgspec.convert(_replaced(plain, kept, there), type(told)), safe is not None

    def _cleaned(self, texts: list[str], public: frozenset[str]) -> list[str] | None:
        if not texts:
            return []
        data = json.dumps(texts, ensure_ascii=False).encode("utf-8", "backslashreplace")
        done = redact([Source("shown.json", data, "json")], identities=self._identities, tokens=self._of(texts, public))
        [told] = done.files
        if not done.clean or told.data is None:
            return None
        safe = json.loads(told.data)
        return safe if isinstance(safe, list) and len(safe) == len(texts) and all(map(_is_text, safe)) else None

    def _of(self, texts: list[str], public: frozenset[str]) -> Tokens:
        """The tokens of what occurs in ``texts``: all others would only cost time."""
        if self._given is not None:
            return self._given
        whole = "\n".join(texts)
        chosen = Tokens()
        for value, _token, kind in self._met.originals():
            if value.lower() in public:
                continue
            if len(value) >= _SHORTEST and (value in whole or quote(value, safe="") in whole):
                chosen.token(kind, value, secret=kind in self._met.secret_kinds)
        return chosen


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _each(node: Any, kept: frozenset[str], take: Callable[[str], Any]) -> None:
    if isinstance(node, str):
        take(node)
    elif isinstance(node, list):
        for each in node:
            _each(each, kept, take)
    elif isinstance(node, dict):
        for name, each in node.items():
            if name not in kept:
                _each(each, kept, take)


def _replaced(node: Any, kept: frozenset[str], texts: Any) -> Any:
    if isinstance(node, str):
        return next(texts)
    if isinstance(node, list):
        return [_replaced(each, kept, texts) for each in node]
    if isinstance(node, dict):
        return {name: each if name in kept else _replaced(each, kept, texts) for name, each in node.items()}
    return node
