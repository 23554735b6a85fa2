"""The last look at a finished packet: bytes and names are searched for everything that was hidden.

It knows nothing of how the files were made, and is not the redactor's own search: each value is looked for as it is
and as HTML, JSON and addresses write it, names of people and organizations also in other case and without accents.
"""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from supportctl.evidence.packet.contents import Content, pieces
from supportctl.evidence.redact import Identities, Tokens
from supportctl.evidence.redact.propagate import looked_for

_WORDS = ("PERSON", "ORGANIZATION", "USER", "ADDRESS", "HOST")
"""Kinds whose values are words: inside of another word they are not what was hidden."""
_OVERLAP = 4096


def left(files: Mapping[str, Content], tokens: Tokens, identities: Identities, *, ours: str) -> Counter[str]:
    """Kinds still there, with counts; never a value.

    ``ours`` is what every packet says: a customer called Evidence does not make a heading a leak.
    """
    found: Counter[str] = Counter()
    common = ours.casefold()
    values = [
        (form, kind)
        for value, _, kind in tokens.originals()
        if looked_for(value, kind, strict=True) and value.casefold() not in common
        for form in _forms(value)
    ]
    for name, content in files.items():
        for text in (name, *_texts(content)):
            found.update(_within(text, values, identities, common))
    return found


def _within(text: str, values: list[tuple[str, str]], identities: Identities, common: str) -> Iterator[str]:
    pieces_of = {text[at : at + 4] for at in range(0, len(text), 4)}
    for form, kind in values:
        if (
            _may_hold(pieces_of, form)
            and form in text
            and ((kind not in _WORDS and not form.isalnum()) or _bounded(form, text))
        ):
            yield kind
    for spot in identities.spots(text):
        if text[spot.start : spot.end].casefold() not in common:
            yield spot.kind


def _may_hold(pieces_of: set[str], form: str) -> bool:
    """A value that stands in a text covers whole pieces of it from one of four places on: most are out at once."""
    return len(form) < 7 or any(
        all(form[at : at + 4] in pieces_of for at in range(start, len(form) - 3, 4)) for start in range(4)
    )


def _bounded(form: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) is not None


def _forms(value: str) -> set[str]:
    return {
        value, html.escape(value), quote(value, safe=""), json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
    }  # fmt: skip


def _texts(content: Content) -> Iterator[str]:
    """In pieces that overlap, so that nothing hides where two meet."""
    before = ""
    for piece in pieces(content):
        text = before + piece.decode("utf-8", "replace")
        yield text
        before = text[-_OVERLAP:]
