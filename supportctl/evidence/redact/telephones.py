"""Telephone numbers that only a redactor takes: extensions, trunk prefixes and loose groups beside a word for calling.

An audit must be sure and leaves them alone; here a miss costs more than a number too many.
"""

import re
from collections.abc import Iterator

from supportctl.detect.contacts import phones
from supportctl.detect.found import Zones, digits_of
from supportctl.evidence.redact.spots import Spot

_W = r"0-9A-Za-z_\u00c0-\u04ff"
"""Letters of scripts that put spaces between words: in others a number stands glued to its words."""
_BEFORE = rf"(?<![{_W}+./:,-])"
_AFTER = rf"(?![{_W}]|[.:/,-][0-9])"
_EXTENSION = re.compile(r"[ ,]{0,2}(?:x|ext\.?|extension|durchwahl|#)[ :]{0,2}[0-9]{1,6}(?![0-9A-Za-z])", re.IGNORECASE)
_AMERICAN_EXTENDED = re.compile(
    rf"(?<![{_W}+./-])(?:\+?(?:001|1)[ .-])?(?:\([2-9][0-9]{{2}}\) ?|[2-9][0-9]{{2}}[ .-])[0-9]{{3}}[ .-][0-9]{{4}}"
    r"(?=[ ,]{0,2}(?:x|ext\.?|extension)[ :]{0,2}[0-9]{1,6}(?![0-9A-Za-z]))",
    re.IGNORECASE,
)
_LONG_AMERICAN = re.compile(
    rf"(?<![{_W}+./-])(?:\+1|001|1)[ .-]?\(?[2-9][0-9]{{2}}\)?[ .-][0-9]{{3}}[ .-][0-9]{{4}}(?![{_W}]|[./-][0-9])"
)
_WITH_TRUNK = re.compile(rf"(?<![{_W}+(-])\+[1-9][0-9]{{0,2}} ?\(0\) ?[0-9](?:[ .-]?[0-9]){{6,11}}(?![{_W}])")
_TRUNK = re.compile(
    rf"{_BEFORE}(?:\(0[0-9]{{1,4}}\) ?|0[1-9][0-9]{{0,3}}[ /-])[0-9]{{2,4}}(?:[ -][0-9]{{2,4}}){{1,3}}{_AFTER}"
)
_LONG_TRUNK = re.compile(
    rf"{_BEFORE}(?:\(0[1-9][0-9]{{0,4}}\) ?|0[1-9][0-9]{{1,4}}[ /-])[0-9]{{5,8}}(?:-[0-9]{{1,4}})?{_AFTER}|"
    rf"(?<![{_W}+./:,$#-])0[1-9][0-9]{{8,9}}{_AFTER}"
)
_AREA = re.compile(rf"(?<![{_W}+./:-])\([0-9]{{2,4}}\) ?[0-9]{{3,4}}[ -][0-9]{{3,4}}(?![{_W}]|[.:/-][0-9])")
_TRIPLES = re.compile(
    rf"(?<![{_W}+./:,$€£#-])[0-9]{{3}}(?P<s>[ .-])[0-9]{{3}}(?P=s)(?:[0-9]{{2}}(?P=s)[0-9]{{2}}|[0-9]{{3,4}}){_AFTER}"
)
_PAIRS = re.compile(rf"{_BEFORE}0[1-9](?P<s>[ .-])[0-9]{{2}}(?:(?P=s)[0-9]{{2}}){{3}}{_AFTER}")
_LOOSE = re.compile(
    rf"(?<![{_W}+./:,$€£#-])\(?[0-9]{{1,5}}\)?(?:[ .-][0-9]{{1,8}}){{1,4}}{_AFTER}|"
    rf"(?<![{_W}+./:,$€£#-])[0-9]{{7,12}}{_AFTER}"
)
_CALLS = (
    r"phones?|telephone|tel|mobile|mob|cell|cellphone|call(?:ed|ing|s)?|callback|reach(?:ed|able)?|"
    r"answer(?:s|ing|ed)?|contact(?:ed)?|dial(?:ed|led|ling)?|ring|fax|sms|text(?:ed)?|whatsapp|extension|hotline|"
    r"landline|voicemail|number is|my number|numbers? to|"
    r"telefon\w*|handy\w*|mobil\w*|rückruf\w*|anruf\w*|nummer|durchwahl|erreich\w*|"
    r"téléphone|portable|appel\w*|joindre|numéro|teléfono|móvil|celular|llam\w*|número|telefone|telemóvel|ligar|telefono|"
    r"cellulare|chiam\w*|numero|telefoon\w*|mobiel\w*|bel(?:len)?|komórk\w*|zadzwo\w*|telefonu|puhelin\w*|"
    r"телефон\w*|тел|звон\w*"
)
_CALLING = re.compile(rf"(?<!\w)(?:{_CALLS})(?!\w)|電話|携帯|电话|手机|전화")
_HEADS = frozenset(word.lstrip("(?:")[:2] for word in re.sub(r"\(\?:[^)]*\)", "", _CALLS).split("|"))
_WORD = re.compile(r"\w{2,}")
_OTHER = re.compile(
    r"(?<!\w)(?:orders?|invoices?|tickets?|case|ref(?:erence)?|tracking|serial|imei|version|build|port|error|code|"
    r"account|amount|total|price|zip|room|card|visa|mastercard|iban|ssn|social|ip|id|size|bytes|meter|pin|licen[cs]e|passport|policy|membership|"
    r"auftrag\w*|rechnung\w*|bestell\w*|kunden\w*|konto\w*|vorgang\w*|facture|commande|pedido|factura)"
    r"[ .:#=-]{0,3}(?:(?:no|nr|number|is|was|n°)[.: ]{0,2}){0,2}$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ][01]?[0-9][-./ ][0-3]?[0-9](?![0-9])|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9](?![0-9])|"
    r"[0-3]?[0-9][-./ ][01]?[0-9][-./ ](?:19|20)[0-9]{2}(?![0-9])|"
    r"[0-3]?[0-9](?P<s>[-./])[01]?[0-9](?P=s)[0-9]{2}(?![0-9]|(?P=s)[0-9])|"
    r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[0-9])"
)
_ROUND = re.compile(r"[0-9]{1,3}(?: [0-9]00)+|[0-9]{1,3}(?: 000)+")
"""Thousands, or a row of sizes."""
_SHAPES = (_AMERICAN_EXTENDED, _LONG_AMERICAN, _WITH_TRUNK, _AREA, _TRUNK, _LONG_TRUNK, _PAIRS, _TRIPLES)


def telephones(text: str, folded: str, zones: Zones) -> Iterator[Spot]:
    """Those everybody takes for telephones first, then shapes, then whatever digits stand beside a word for calling."""
    if not zones:
        return
    for pii in phones(text, ("phone",), zones):
        if not _argument(text, pii.start):
            yield Spot(pii.start, _extended(text, pii.end), "PHONE")
    for shape in _SHAPES:
        for start, end in zones:
            for match in shape.finditer(text, max(0, start - 3), min(len(text), end + 12)):
                if _DATE.match(match[0]) or _ROUND.fullmatch(match[0]) or not 7 <= len(digits_of(match[0])) <= 15:
                    continue
                if _OTHER.search(text, max(0, match.start() - 40), match.start()):
                    continue
                yield Spot(match.start(), _extended(text, match.end()), "PHONE")
    words = folded if len(folded) == len(text) else text
    for start, end in zones:
        if not _speaks_of_calling(words, start, end):
            continue
        for match in _LOOSE.finditer(text, max(0, start - 1), min(len(text), end + 8)):
            digits = digits_of(match[0])
            if _argument(text, match.start()):
                continue
            if not 6 <= len(digits) <= 13 or _DATE.match(match[0].lstrip("(")) or len(set(digits)) < 3:
                continue
            if _OTHER.search(text, max(0, match.start() - 40), match.start()):
                continue
            yield Spot(match.start(), _extended(text, match.end()), "PHONE")


def _speaks_of_calling(folded: str, start: int, end: int) -> bool:
    """Within sixty characters before or twenty-five behind."""
    begin = max(0, start - 80)
    before, after = folded[begin:start], folded[end : end + 45]
    words = [*_WORD.findall(before), *_WORD.findall(after)]
    if all(word[:2] not in _HEADS and word.isascii() for word in words):
        return False
    return any(match.end() + begin >= start - 60 for match in _CALLING.finditer(before)) or any(
        match.start() <= 25 for match in _CALLING.finditer(after)
    )


def _argument(text: str, start: int) -> bool:
    """Whether it stands behind the bracket of a function's call."""
    return start > 1 and text[start - 1] == "(" and (text[start - 2].isalnum() or text[start - 2] == "_")


def _extended(text: str, end: int) -> int:
    more = _EXTENSION.match(text, end)
    return end if more is None else more.end()
