"""What is found in a text by its looks, by profile: people's prose, logs, the values of structured files.

The profiles differ in what costs more. In prose a number is a telephone unless something speaks against it; in a
log nearly every number is an id, so there a number needs its name beside it.
"""

import re
from collections.abc import Iterator
from typing import Literal

from supportctl.detect.found import digit_zones
from supportctl.detect.pii import IDENTITY_KINDS, find_pii
from supportctl.detect.secrets import find_secrets
from supportctl.detect.vendors import find_vendor_tokens
from supportctl.evidence.redact import labelled, markup, web, webtokens
from supportctl.evidence.redact.keyed import headers, keyed
from supportctl.evidence.redact.machines import home_folders, ip_addresses, mac_addresses
from supportctl.evidence.redact.spots import Spot, apart
from supportctl.evidence.redact.telephones import telephones
from supportctl.evidence.redact.tokens import HOST_TOKEN, TOKEN

Profile = Literal["prose", "log", "json"]

_NOTHING = re.compile(r"[@:=/\\-]|[0-9]{2}|[A-Za-z0-9_-]{16}|[A-Za-z0-9]\.[A-Za-z]")
"""Without one of these a short text holds nothing that is found by its looks."""
_LABELS = (
    "ssn", "social sec", "nhs", "steuer", "pesel", "bsn", "burgerservice", "personnummer", "personnr", "cpf", "dni",
    "rijksregister", "aadhaar", "tfn", "cpr", "fødselsn", "oib", "rodn", "cnp", "kimlik", "nric", "身份证",
    "マイナンバー", "주민", "itin", "ahv", "svnr", "pps",
    "card", "visa", "amex", "maestro", "karte", "tarjeta", "carte", "cc_num", "ccnum", "credit", "debit",
)  # fmt: skip
_LETTERED = ("national ins", "nino", "codice fiscale", "curp", "henkil")
"""Labels of numbers that begin with letters."""
_FREE = re.compile(r"[0-9](?:[ .-]?[0-9]){7,22}+")
_GLUED = frozenset("_:")
_STAMP = re.compile(r"(?:19|20)[0-9]{2}[-.][01][0-9][-.][0-3][0-9]")
_GROUPED = re.compile(r"[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}")
"""A card behind its first group; it begins with what is rarer than a digit."""
_ACCOUNT = re.compile(r"[A-Z][0-9]{2} ?[A-Z0-9]{4} ?[A-Z0-9]{3}")
_INTERNATIONAL = re.compile(r"(?<![\w+.])\+[1-9][0-9]{0,2}[ ().-]{0,2}[0-9](?:[ ().-]{0,2}[0-9]){7,12}(?![0-9A-Za-z_])")


_WHOLE = re.compile(
    r"\+(?:1[2-9][0-9]{9}|7[3489][0-9]{9}|(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])[0-9]{8,11}|"
    r"(?:2[1-69]|3[578]|42|5[09]|6[789]|8[58]|9[679])[0-9]{9,12})"
)
"""International numbers without gaps, by the codes of countries (ITU-T E.164)."""


def find(text: str, profile: Profile) -> list[Spot]:
    """By place, without overlaps. Tokens that stand in the text already are left alone."""
    if len(text) < 400 and _NOTHING.search(text) is None:
        return []
    found = apart(_all(text, profile))
    if not found:
        return []
    taken = [match.span() for match in TOKEN.finditer(text)] if "[" in text else []
    taken += [match.span() for match in HOST_TOKEN.finditer(text)] if ".invalid" in text else []
    if taken:
        found = [spot for spot in found if not any(spot.start < end and start < spot.end for start, end in taken)]
    return found


def _all(text: str, profile: Profile) -> Iterator[Spot]:
    folded = text.lower()
    prose = profile == "prose"
    yield from webtokens.places(text)
    for secret in find_vendor_tokens(text):
        yield Spot(secret.start, secret.end, _kind(secret.kind), secret=True)
    if "PRIVATE KEY" in text or prose:
        for secret in find_secrets(text):
            if not (secret.kind in ("password", "url-with-password") and TOKEN.search(text[secret.start : secret.end])):
                yield Spot(secret.start, secret.end, _kind(secret.kind), secret=True)
    if "cookie" in folded or "authorization" in folded or "bearer " in folded or "basic " in folded:
        yield from headers(text, folded)
    if ":" in text or "=" in text or " -" in text or "</" in text:
        yield from keyed(text)
    if "<" in text:
        yield from markup.fields(text)
    if "://" in text:
        for start, end in web.addresses(text):
            yield from web.sign_ins(text, start, end)
    if "=" in text or "%3d" in folded:
        yield from web.queries(text)
    if "@" in text:
        yield from _addresses(text)
    if "%40" in text:
        yield from _encoded_addresses(text)
    yield from ip_addresses(text, private=prose)
    yield from mac_addresses(text)
    yield from home_folders(text)
    if prose:
        yield from _in_prose(text, folded)
    else:
        yield from _in_machine_text(text, folded)


def _in_prose(text: str, folded: str) -> Iterator[Spot]:
    zones = digit_zones(text)
    for pii in find_pii(text, IDENTITY_KINDS, zones):
        yield Spot(pii.start, pii.end, _pii_kind(pii.kind))
    if zones:
        yield from _called_cards(text, folded)
    yield from labelled.spots(text, folded)
    yield from web.hosts(text)
    if "." in text:
        yield from web.domains(text)
    yield from telephones(text, folded, zones)


def _luhn(number: str) -> bool:
    from stdnum import luhn

    digits = re.sub(r"[^0-9]", "", number)
    return len(set(digits)) > 1 and bool(luhn.is_valid(digits))


def _in_machine_text(text: str, folded: str) -> Iterator[Spot]:
    """Numbers count where the line names them, or where only one thing is written like that."""
    lines: set[tuple[int, int]] = set()
    for label in _LABELS:
        at = folded.find(label)
        while at >= 0:
            for match in _FREE.finditer(text, max(0, at - 30), at + len(label) + 80):
                if not _glued(text, *match.span()) and not _STAMP.match(match[0]):
                    lines.add(_line(text, match.start()))
            at = folded.find(label, at + len(label))
    lines.update(
        _line(text, match.start())
        for match in _GROUPED.finditer(text)
        if match.start() >= 4 and not _glued(text, match.start() - 4, match.end())
    )
    for label in _LETTERED:
        at = folded.find(label)
        while at >= 0:
            lines.add(_line(text, at))
            at = folded.find(label, at + len(label))
    lines.update(_line(text, match.start()) for match in _ACCOUNT.finditer(text))
    for start, end in sorted(lines):
        for pii in find_pii(text[start:end], IDENTITY_KINDS):
            if pii.sure:
                yield Spot(start + pii.start, start + pii.end, _pii_kind(pii.kind))
    if "+" in text:
        for match in _INTERNATIONAL.finditer(text):
            written = any(gap in match[0] for gap in " -(")
            if match[0].count("+") == 1 and (written or _WHOLE.fullmatch(match[0])):
                yield Spot(match.start(), match.end(), "PHONE")


def _glued(text: str, start: int, end: int) -> bool:
    """Whether the digits are part of something longer: an id, an address, a path."""
    return (start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_.:/-")) or text[end : end + 1] in _GLUED


def _line(text: str, at: int) -> tuple[int, int]:
    """The line a place is in, or what of a long one is near."""
    start = max(text.rfind("\n", max(0, at - 400), at) + 1, at - 400, 0)
    end = text.find("\n", at, at + 400)
    return start, min(len(text), at + 400) if end < 0 else end


_LOCAL = re.compile(r"[A-Za-z0-9_.%+'\u00c0-\u04ff-]{1,64}$")
_NO_ADDRESS = re.compile(
    r"^@[0-9]x\.|\.(?:png|jpe?g|gif|svg|webp|js|css|py|service|socket|timer|target)$", re.IGNORECASE
)
_DOMAIN = re.compile(r"@(?:[A-Za-z0-9\u00c0-\u04ff-]{1,63}\.){1,8}[A-Za-z\u00c0-\u04ff]{2,24}(?![0-9A-Za-z_-])")


def _addresses(text: str) -> Iterator[Spot]:
    """E-mail addresses, looked for from their sign."""
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at)
        local = None if domain is None else _LOCAL.search(text, max(0, at - 64), at)
        if domain is not None and local is not None:
            start = local.end() - len(local[0].lstrip(".%+-'"))
            if start < at and not _NO_ADDRESS.search(domain[0]):
                yield Spot(start, domain.end(), "EMAIL")
        at = text.find("@", at + 1)


_CARD_WORDS = ("card", "visa", "maestro", "amex", "karte", "tarjeta", "carte", "carta")
_CALLED_CARD = re.compile(r"\w{0,10}[^0-9\n]{0,24}(?P<n>[0-9](?:[ -]?[0-9]){11,18})(?![0-9A-Za-z])")


def _called_cards(text: str, folded: str) -> Iterator[Spot]:
    """What the text itself calls a card needs no issuer that we know."""
    for word in _CARD_WORDS:
        at = folded.find(word)
        while at >= 0:
            match = _CALLED_CARD.match(folded, at + len(word))
            if match is not None and len(folded) == len(text) and _luhn(match["n"]):
                yield Spot(match.start("n"), match.end("n"), "CARD")
            at = folded.find(word, at + len(word))


_ENCODED = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}%(?:25)?40(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![\w-])")
_ESCAPE = re.compile(r"^(?:25)?(?:3[dD]|2[6cCfF]|3[aAfF]|20|22|27)")


def _encoded_addresses(text: str) -> Iterator[Spot]:
    for match in _ENCODED.finditer(text):
        start = match.start()
        if start and text[start - 1] == "%" and (escape := _ESCAPE.match(match[0])):
            start += escape.end()
        yield Spot(start, match.end(), "EMAIL")


def _kind(name: str) -> str:
    return (
        {"assigned-secret": "SECRET", "bearer-token": "SECRET", "basic-authorization": "SECRET"}.get(
            name, name.upper().replace("-", "_").replace("1PASSWORD", "ONEPASSWORD")
        )
        .replace("URL_WITH_PASSWORD", "PASSWORD")
        .replace("JSON_WEB_TOKEN", "JWT")
    )


def _pii_kind(name: str) -> str:
    return {"card": "CARD", "iban": "IBAN"}.get(name, "NATIONAL_ID")
