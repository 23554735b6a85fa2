"""International bank account numbers (ISO 13616): the country's length and structure, and the check digits."""

import re
from collections.abc import Collection, Iterator

from supportctl.detect.found import Pii, Zones, speaks_of_samples

_BEGIN = re.compile(r"[0-9]{2}(?<=[A-Za-z]{2}..)(?<![A-Za-z0-9_/=+%.-][A-Za-z]{2}..)(?=[ \u00a0.-]?[A-Za-z0-9])")
"""The check digits after a country code. It begins with a digit, which is quick to look for."""
_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20,
    "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_GAPS = " \u00a0.-"
_PUBLISHED = frozenset(
    {
        "DE89370400440532013000",
        "GB29NWBK60161331926819",
        "GB82WEST12345698765432",
        "FR1420041010050500013M02606",
        "ES9121000418450200051332",
        "NL91ABNA0417164300",
        "CH9300762011623852957",
        "IT60X0542811101000000123456",
        "BE68539007547034",
        "AT611904300234573201",
    }
)


def ibans(text: str, kinds: Collection[str], zones: Zones) -> Iterator[Pii]:
    for match in _BEGIN.finditer(text):
        start = match.start() - 2
        country = text[start : start + 2].upper()
        length = _LENGTHS.get(country)
        read = None if length is None else _read(text, start, length)
        if read is None:
            continue
        value, end = read
        from stdnum import iban

        if not iban.is_valid(value, check_country=False):
            continue
        written = text[start:end]
        sample = value in _PUBLISHED and speaks_of_samples(text, start, end)
        # Lower case is how people type it, but also how machines write hexadecimal ids.
        sure = not sample and (written.upper() == written or "iban" in text[max(0, start - 60) : end].lower())
        yield Pii(kind="iban", start=start, end=end, masked=f"{country}****", sure=sure)


def _read(text: str, start: int, length: int) -> tuple[str, int] | None:
    """The next ``length`` letters and digits with at most one gap between two, and nothing glued to the end."""
    value: list[str] = []
    at, gap = start, False
    while len(value) < length:
        if at >= len(text):
            return None
        character = text[at]
        if character.isascii() and character.isalnum():
            value.append(character)
            gap = False
        elif character in _GAPS and not gap:
            gap = True
        else:
            return None
        at += 1
    if at < len(text) and (text[at].isalnum() or text[at] in "_/=+"):
        return None
    return "".join(value).upper(), at
