"""Days that people name in figures."""

import re
from datetime import date

_ISO = re.compile(r"\b(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b")
_DAY_FIRST = re.compile(r"(?<![\d.])(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(20\d\d)\b")
_SHORT = re.compile(r"(?<![\d.])(\d\d)([-/.])(\d\d)\2(\d\d)\b(?!\.\d)")
"""Two figures each, as ``8.2.11`` is a version."""
_JAPANESE = re.compile(r"(20\d\d)年\s?(\d{1,2})月\s?(\d{1,2})日")


def days_in(text: str) -> list[date]:
    """Every day named with its year. ``03/04/2026`` is two days, as nobody can tell whether it is March or April."""
    found = [_day(int(y), int(m), int(d)) for y, m, d in [*_ISO.findall(text), *_JAPANESE.findall(text)]]
    for one, mark, two, year in [*_DAY_FIRST.findall(text), *_SHORT.findall(text)]:
        whole = int(year) if len(year) == 4 else 2000 + int(year)
        found.append(_day(whole, int(two), int(one)))
        if mark == "/":
            found.append(_day(whole, int(one), int(two)))
    return [day for day in found if day is not None]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
