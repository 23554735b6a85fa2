"""E-mail addresses and telephone numbers.

A telephone number is sure when it is international, or written the way its country writes it with a word like
"call" or "Tel." beside it. Dates, versions, addresses of machines and ids of tickets have the same digits.
"""

import re
from collections.abc import Collection, Iterator

from supportctl.detect.found import Pii, Zones, digits_of, matches_near_digits

_EMAIL = re.compile(
    r"(?<![\w.%+-])[\w%+-][\w.%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}(?![\w@-])"
)
_NO_ADDRESS = ("@sentry.", "@2x.", "@3x.")
_FILE_ENDS = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".js", ".css", ".py", ".service", ".local")

_GAP = "[ \u00a0./()-]"
_INTERNATIONAL = re.compile(rf"(?<![\w+.])(?:\+|00)[1-9](?:{_GAP}{{0,3}}[0-9]){{6,14}}(?![0-9A-Za-z_])")
_AMERICAN = re.compile(
    r"(?<![\w+./-])(?:1[ .-]?)?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}(?![\w]|[./-][0-9])"
)
_NATIONAL = re.compile(rf"(?<![\w+./-])\(?[0-9](?:{_GAP}{{0,2}}[0-9]){{5,12}}(?![\w]|[./-][0-9])")
_CODES = re.compile(
    r"1[2-9]|7|2[07]|2[1-69][0-9]|3[0-469]|3[578][0-9]|4[013-9]|42[013]|5[1-8]|5[09][0-9]|6[0-6]|6[789][0-9]|"
    r"8[1246]|8[58][0-9]|9[0-58]|9[679][0-9]"
)
_CALLED = re.compile(
    r"(?<!\w)(?:phones?|telephone|tel|mobiles?|mob|cell|call(?: me| us| him| her| back)?|callback|"
    r"reach(?: me| him| her)?|"
    r"fax|sms|text me|whatsapp|dial|ring|desk|office|direct|"
    r"telefon\w*|handy\w*|rückruf\w*|anruf\w*|durchwahl|mobil|téléphone|telephone|portable|appel\w*|rappel\w*|"
    r"teléfono|móvil|llamar|llámame|celular|telefone|telemóvel|ligar|telefono|cellulare|chiamare|"
    r"telefoon\w*|mobiel\w*|bellen|terugbellen|komórk\w*|zadzwo\w*|puhelin\w*|телефон\w*|тел)(?!\w)|"
    r"電話|携帯|电话|手机|전화",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ][01]?[0-9][-./ ][0-3]?[0-9](?![0-9])|"
    r"[0-3]?[0-9][-./ ][01]?[0-9][-./ ](?:19|20)[0-9]{2}(?![0-9])|"
    r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])"
)


def emails(text: str, kinds: Collection[str], zones: Zones) -> Iterator[Pii]:
    if "@" not in text:
        return
    for match in _EMAIL.finditer(text):
        value = match[0].lower()
        if value.endswith(_FILE_ENDS) or any(mark in value for mark in _NO_ADDRESS) or value.startswith("git@"):
            continue
        # A password in a URL looks like the local part of an address.
        url = "://" in text[max(0, match.start() - 200) : match.start()].rpartition(" ")[2]
        sample = "@example." in value
        yield Pii(kind="email", start=match.start(), end=match.end(), masked="****@****", sure=not url and not sample)


def phones(text: str, kinds: Collection[str], zones: Zones) -> Iterator[Pii]:
    if not zones:
        return
    seen = bytearray(len(text))
    for match in matches_near_digits(_INTERNATIONAL, text, zones):
        number = digits_of(match[0]).removeprefix("00")
        plus = match[0].startswith("+")
        if not 9 <= len(number) <= 15 or _CODES.match(number) is None:
            continue
        if not plus and not _called(text, *match.span()):
            continue
        seen[match.start() : match.end()] = b"\1" * (match.end() - match.start())
        yield Pii(kind="phone", start=match.start(), end=match.end(), masked="****", sure=True)
    for form in (_AMERICAN, _NATIONAL):
        for match in matches_near_digits(form, text, zones):
            if any(seen[match.start() : match.end()]) or _DATE.match(match[0].lstrip("(")):
                continue
            number = digits_of(match[0])
            called = _called(text, *match.span())
            written = form is _AMERICAN and ("-" in match[0] or "(" in match[0])
            if not written and not (called and 7 <= len(number) <= 12):
                continue
            seen[match.start() : match.end()] = b"\1" * (match.end() - match.start())
            yield Pii(kind="phone", start=match.start(), end=match.end(), masked="****", sure=called or written)


def _called(text: str, start: int, end: int) -> bool:
    return _CALLED.search(text[max(0, start - 30) : start] + "\n" + text[end : end + 15]) is not None
