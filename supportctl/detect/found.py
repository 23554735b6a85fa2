"""A piece of personal data by place, and the words around it."""

import re
from collections.abc import Iterator

import msgspec

Zones = list[tuple[int, int]]
"""Where digits stand close together."""


class Pii(msgspec.Struct, frozen=True, kw_only=True):
    """The raw value is not kept."""

    kind: str
    """Stable name, e.g. ``card``, ``iban``, ``us-ssn``."""
    start: int
    end: int
    masked: str
    """Nothing can be restored from it: the last four digits of a card, the country of an account, else nothing."""
    sure: bool
    """Whether form, checksum and context leave no reasonable doubt."""


_SAMPLE = re.compile(
    r"\b(?:test|tests|testing|sandbox|demo|dummy|sample|samples|example|examples|docs|documentation|beispiel\w*|"
    r"testkarte\w*|exemple\w*|ejemplo\w*|esempio|exemplo\w*|voorbeeld\w*|przykład\w*|fixture\w*|mock|format|placeholder|e\.g|z\.b)\b",
    re.IGNORECASE,
)


def around(text: str, start: int, end: int, before: int, after: int) -> str:
    """The words near a place, without the place itself."""
    return f"{text[max(0, start - before) : start]}\n{text[end : end + after]}"


def speaks_of_samples(text: str, start: int, end: int) -> bool:
    """Whether the words around say that this is documentation or a test."""
    return _SAMPLE.search(around(text, start, end, 100, 60)) is not None


def digits_of(value: str) -> str:
    return "".join(character for character in value if "0" <= character <= "9")


_ZONE = re.compile(r"[0-9](?:[ \u00a0./()+-]{0,3}[0-9]){5,}")


def matches_near_digits(form: re.Pattern[str], text: str, zones: Zones) -> Iterator[re.Match[str]]:
    """What ``form`` matches in or right around the zones; forms hold seven digits at least."""
    for start, end in zones:
        yield from form.finditer(text, max(0, start - 2), end + 6)


def digit_zones(text: str) -> Zones:
    """Where six or more digits stand close together: most texts have few such places."""
    return [match.span() for match in _ZONE.finditer(text)]
