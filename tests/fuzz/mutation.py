"""Small damage to real documents: what buggy servers, proxies, editors and people do to them."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

CANARY = "Canary Tweety 4711"
"""Stands for customer text: it may come back in a ticket, never in an error."""


def deep(levels: int) -> Any:
    value: Any = CANARY
    for _ in range(levels):
        value = [value]
    return value


VALUES: tuple[Any, ...] = (
    None, "", 0, -1, 2**63, 1.5, 1e308, True, [], {}, [None], {"id": None}, CANARY, "\ud800", "\x00", deep(40),
    "2026-13-45T99:99:99Z", "0000-00-00", "9999-12-31T23:59:59Z", "NaN", [[]], {"value": {"value": CANARY}},
    ["a", 1, None], "true", "-0", " ", "1970-01-01 00:00:00",
)  # fmt: skip


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    found: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        container = waiting.pop()
        keys = container.keys() if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], dict | list):
                waiting.append(container[key])
    return found


def damage(rng: random.Random, document: Any, times: int) -> Any:
    """The document with some values replaced, left out or doubled."""
    for _ in range(times):
        found = places(document)
        if not found:
            return document
        container, key = rng.choice(found)
        match rng.randrange(4):
            case 0:
                del container[key]
            case 1 if isinstance(container, list):
                container.append(deepcopy(container[key]))
            case _:
                # A copy: what is damaged further must not be what others are damaged with.
                container[key] = deepcopy(rng.choice(VALUES))
    return document


def damaged_json(rng: random.Random, content: bytes, times: int) -> bytes:
    return json.dumps(damage(rng, json.loads(content), times)).encode()


def damaged_bytes(rng: random.Random, content: bytes, times: int) -> bytes:
    """Bytes overwritten, cut, repeated, inserted: what editors, transfers and spreadsheets do."""
    text = bytearray(content)
    for _ in range(times):
        at, to = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        to = min(to, at + 60)
        match rng.randrange(6):
            case 0:
                del text[at:to]
            case 1:
                text[at:at] = text[at:to]
            case 2:
                text[at : at + 1] = bytes([rng.randrange(256)])
            case 3:
                text[at:at] = rng.choice(
                    [
                        b"\r\n",
                        b"\x00",
                        b'"',
                        b",",
                        b"\xff\xfe",
                        b"\xef\xbb\xbf",
                        b"?",
                        b"{",
                        b"}",
                        b"\n\n",
                        CANARY.encode(),
                    ]
                )
            case 4:
                del text[at:]
            case _:
                text[at:to] = b"9" * (to - at)
    return bytes(text)
