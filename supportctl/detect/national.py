"""National identity and social security numbers: form, checksum, and what the text calls them.

A number of nine or eleven digits passes its checksum by chance once in ten to a hundred, so most of them count only
beside their name. Those whose form says it all (letters and a date, or the official punctuation with two check
digits) need no name. The checksums are python-stdnum's.
"""

import re
from collections.abc import Collection, Iterator
from importlib import import_module

from supportctl.detect.found import Pii, Zones, around, digits_of, matches_near_digits, speaks_of_samples
from supportctl.detect.national_forms import NUMBERS, Number

NATIONAL_KINDS: tuple[str, ...] = tuple(number.kind for number in NUMBERS)

_LETTERS = frozenset({"uk-nino", "it-codice-fiscale", "mx-curp", "in-pan"})
"""Kinds whose digits stand between letters."""
_DASHED = frozenset({"us-ssn"})
"""Kinds whose dashes say enough for a redactor."""
_LETTERS_AND_DIGITS = re.compile(r"[0-9]{2}(?<=[A-Z ]..)")
_DUMMIES = frozenset({"123456789", "987654321", "078051120", "111223333", "123121234"})


def national_ids(text: str, kinds: Collection[str], zones: Zones) -> Iterator[Pii]:
    lettered = _LETTERS_AND_DIGITS.search(text) is not None
    if not (zones or lettered):
        return
    folded = text.lower()
    near = [(zone, folded[max(0, zone[0] - 64) : zone[1] + 40]) for zone in zones]
    nearby = "\n".join(words for _, words in near)
    kinds = frozenset(kinds)
    for number in NUMBERS:
        if number.kind not in kinds or not (lettered if number.kind in _LETTERS else zones):
            continue
        if any(mark in (folded if number.kind in _LETTERS else nearby) for mark in number.marks):
            called = [zone for zone, words in near if any(mark in words for mark in number.marks)]
            if number.alone is None and number.kind not in _DASHED:
                yield from _find(number, text, True, called)
            else:
                yield from _find(number, text, True, zones)
        elif number.alone is not None:
            roomy = [zone for zone in zones if zone[1] - zone[0] >= number.least]
            if roomy or number.kind in _LETTERS:
                yield from _find(number, text, False, roomy)


def _find(number: Number, text: str, named: bool, zones: Zones) -> Iterator[Pii]:
    whole = number.kind in _LETTERS
    for match in number.form.finditer(text) if whole else matches_near_digits(number.form, text, zones):
        start, end = match.span()
        value = match[0]
        called = named and number.called.search(around(text, start, end, 60, 30)) is not None
        alone = number.alone is not None and number.alone.match(value) is not None
        dashed = number.kind in _DASHED and "-" in value
        if not (called or alone or dashed) or not _genuine(number, value):
            continue
        dummy = digits_of(value) in _DUMMIES and speaks_of_samples(text, start, end)
        yield Pii(kind=number.kind, start=start, end=end, masked="****", sure=(called or alone) and not dummy)


def _genuine(number: Number, value: str) -> bool:
    digits = digits_of(value)
    if len(digits) > 6 and len(set(digits)) < 3:
        return False
    if not number.module:
        return True
    # Imported when the first number of this form turns up: most runs never see one.
    return bool(import_module(f"stdnum.{number.module}").is_valid(value.replace(" ", "")))
