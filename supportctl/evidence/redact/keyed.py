"""Values that their key gives away in running text: ``password=…``, ``"token": "…"``, ``--secret …``, headers, XML."""

import re
from collections.abc import Iterator
from functools import lru_cache

from supportctl.detect.dummies import looks_chosen
from supportctl.evidence.redact.machines import NOBODY
from supportctl.evidence.redact.names import KEEP, SECRET, called_password, meaning, words
from supportctl.evidence.redact.spots import Spot
from supportctl.evidence.redact.tokens import TOKEN, is_token
from supportctl.evidence.redact.words import words_of

_KEY = re.compile(r"(?<![\w.])[A-Za-z_\u00c0-\u00ff][\w.-]{1,60}+(?=\\{0,3}[\"']?\]?[ \t]{0,3}[:=])")
_ELEMENT = re.compile(r"<(?:[\w.-]{1,30}:)?(?P<n>[A-Za-z_][\w.-]{1,60})(?=[ \t>])")
_FLAGGED = re.compile(r"--(?P<n>[A-Za-z][\w-]{1,60}+)(?=[ \t])")
_SIGN = re.compile(
    r"(?P<q>\\{0,3}[\"'])?(?:\])?[ \t]{0,3}(?P<s>=>|:=|[:=](?![:/=]))[ \t]{0,3}"
    r"(?:(?P<vq>\\{0,3}[\"'])(?P<quoted>(?:(?!(?P=vq))[^\r\n]){0,8000}?)(?P=vq)|(?P<bare>[^\s\"'<>,;&|`]{1,8000}))"
)
_FLAG = re.compile(
    r"[ \t]{1,3}(?:(?P<vq>[\"'])(?P<quoted>[^\"'\r\n]{1,500})(?P=vq)|(?P<bare>[^\s\"'<>|;&-][^\s\"'<>|;&]{2,500}))"
)
_MARKUP = re.compile(r"(?:[ \t][^<>]{0,300})?>[ \t]{0,3}(?P<quoted>(?!))?(?P<bare>[^<>\r\n]{1,8000}?)[ \t]{0,3}</")
_PLACEHOLDERS = words_of(
    """
    true false null none nil undefined yes no on off n/a na empty missing expired invalid required optional failed
    failure error ok success unknown not the a is was has and or for set unset changed accepted denied rejected
    incorrect wrong disabled enabled string int integer bool object self this new
    """
)
_CODES = words_of("cvv cvc cvv2 cvc2 csc otp totp mfa pin tan")
"""Names of short numbers that let somebody in."""
_TEMPLATE = re.compile(r"\$\{|\$\(|\{\{|<%|%\(|^%[sd]|^\*+$|^[xX]{3,}$|^\.+$|^-+$|\w\($")


def keyed(text: str) -> Iterator[Spot]:
    """Each key is looked up by name; most say nothing."""
    for match in _KEY.finditer(text):
        name = match[0]
        told = _meant(name)
        if told is not None and (value := _SIGN.match(text, match.end())) is not None:
            group = "bare" if value["bare"] is not None else "quoted"
            if "cookie" in name.lower() and _NAMED.match(value[group]):
                continue  # A list of cookies, of which the values alone are secret: see `headers`.
            tight = group == "quoted" or (value["s"] != ":" and value.end("s") == value.start("bare"))
            if (spot := _spot(told, value, group, name, certain=tight)) is not None:
                yield spot
    if "</" in text:
        yield from _following(text, _ELEMENT, _MARKUP)
    if "--" in text:
        yield from _following(text, _FLAGGED, _FLAG)
    yield from _typed(text)


_SIGN_IN = re.compile(r"(?:(?<=\s)-u|--user|--proxy-user)[ =]?[\"']?(?P<u>[^\s:\"'@/=]{1,100}):(?P<p>[^\s\"']{1,200})")
_GLUED = re.compile(r"\b(?:mysql\w*|mariadb\w*|sshpass)\b[^\r\n|;]{0,200}?\s-p(?P<p>[^\s\"']{3,200})")


def _typed(text: str) -> Iterator[Spot]:
    """``curl -u name:password``, ``mysql -ppassword``."""
    if "-u" in text:
        for match in _SIGN_IN.finditer(text):
            if not TOKEN.search(match["p"]) and not _TEMPLATE.search(match["p"]):
                if match["u"].lower() not in NOBODY and not TOKEN.search(match["u"]):
                    yield Spot(match.start("u"), match.end("u"), "USER")
                yield Spot(match.start("p"), match.end("p"), "PASSWORD", secret=True)
    if " -p" in text:
        for match in _GLUED.finditer(text):
            if not TOKEN.search(match["p"]) and not _TEMPLATE.search(match["p"]):
                yield Spot(match.start("p"), match.end("p"), "PASSWORD", secret=True)


def _following(text: str, names: re.Pattern[str], values: re.Pattern[str]) -> Iterator[Spot]:
    """Elements, and flags of a command line."""
    for match in names.finditer(text):
        told = _meant(match["n"])
        if told is not None and (value := values.match(text, match.end())) is not None:
            group = "bare" if value["bare"] is not None else "quoted"
            if (spot := _spot(told, value, group, match["n"], certain=True)) is not None:
                yield spot


@lru_cache(maxsize=20_000)
def _meant(name: str) -> str | None:
    told = meaning(name.rstrip(".-")) or meaning(name.rpartition(".")[2])
    return None if told == KEEP else told


def _places(folded: str, mark: str) -> Iterator[int]:
    at = folded.find(mark)
    while at >= 0:
        yield at
        at = folded.find(mark, at + len(mark))


def _spot(told: str, match: re.Match[str], group: str, name: str, *, certain: bool) -> Spot | None:
    value, start = match[group], match.start(group)
    kept = TOKEN.search(value)
    if group == "bare" and kept is None:
        value = value.rstrip(".)]}*\\")
    if not value or is_token(value) or kept is not None or value.lower() in _PLACEHOLDERS or _TEMPLATE.search(value):
        return None
    end = start + len(value)
    if told != SECRET:
        return _personal(told, value, start, end, certain=certain)
    scheme = re.match(r"(?:basic|bearer|digest|token|negotiate|apikey)$", value, re.IGNORECASE)
    if scheme is not None:
        return None
    if called_password(name):
        return (
            Spot(start, end, "PASSWORD", secret=True) if (certain and len(value) >= 3) or looks_chosen(value) else None
        )
    if certain and value.isdigit() and 3 <= len(value) <= 8 and not _CODES.isdisjoint(words(name)):
        return Spot(start, end, "SECRET", secret=True)
    if len(value) < 6 or (value.isalpha() and not certain) or (value.isalpha() and len(value) < 12):
        return None
    if value.isdigit() and len(value) < 8 and not certain:
        return None
    if not any(map(str.isdigit, value)) and (" " in value or len(value) < 16) and not certain:
        return None
    return None if " " in value and not certain else Spot(start, end, "SECRET", secret=True)


def _personal(told: str, value: str, start: int, end: int, *, certain: bool) -> Spot | None:
    if not certain and told in ("USER", "PERSON", "ADDRESS"):
        return None
    if told in ("USER", "PERSON") and "@" in value.strip("@"):
        told = "EMAIL"
    if told == "USER" and (len(value) < 3 or value.isdigit() or value.lower() in NOBODY):
        return None
    if told in ("PHONE", "CARD", "IBAN", "NATIONAL_ID") and sum(map(str.isdigit, value)) < 6:
        return None
    if told == "ADDRESS" and (":" in value or "/" in value or value.count(".") > 2):
        return None  # Of a machine.
    if told == "EMAIL" and "@" not in value and "%40" not in value:
        return None
    if told == "IP":  # The detector of addresses knows which are to be hidden.
        return None
    return Spot(start, end, told) if len(value) <= 300 else None


_HEADER = re.compile(r"(?P<q>[\"'])?[ \t]{0,2}[:=][ \t]{0,3}[\"']?(?P<v>[^\r\n]{1,16000})")
_COOKIE = re.compile(r"(?:^|;[ \t]*)(?P<n>[^=;\s,\"']{1,200})=(?P<v>\"[^\"\r\n]*\"|[^;\"'\r\n]*)")
_NAMED = re.compile(r"[^=;\s]{1,200}=[^=;\s]")
_WHOLE_COOKIE = re.compile(r"(?:^|;[ \t]*)(?P<n>[^=;\s]{1,400})=(?P<v>[^;\r\n]*)")
_ATTRIBUTES = words_of("expires path domain max-age samesite secure httponly priority partitioned")
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9-]{2,20})[ \t]+(?P<v>[^\s\"',;]{4,8000})")


def headers(text: str, folded: str) -> Iterator[Spot]:
    """``Cookie:``, ``Set-Cookie:`` and ``Authorization:`` as they stand in traces and logs."""
    if len(folded) != len(text):
        return
    for at in _places(folded, "cookie"):
        match = _HEADER.match(text, at + 6)
        if match is None or text[at - 1 : at].isalnum():
            continue
        line = match["v"].partition(match["q"] or "\n")[0] if match["q"] else match["v"]
        for start, end in cookie_values(line):
            yield Spot(match.start("v") + start, match.start("v") + end, "COOKIE", secret=True)
    for mark, back in (("authorization", 13), ("bearer ", 0), ("basic ", 0)):
        for at in _places(folded, mark):
            if mark == "authorization":
                match = _HEADER.match(text, at + back)
                found = None if match is None else _SCHEME.match(text, match.start("v"), match.end("v"))
            else:
                found = None if text[at - 1 : at].isalnum() else _SCHEME.match(text, at)
            if found is None or is_token(found["v"]) or TOKEN.match(found["v"]):
                continue
            value = found["v"].rstrip(".)]}")
            if mark != "authorization" and not _like_a_credential(value):
                continue
            if len(value) >= 4:
                yield Spot(found.start("v"), found.start("v") + len(value), "SECRET", secret=True)


def _like_a_credential(value: str) -> bool:
    return len(value) >= 12 and any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def cookie_values(line: str, *, whole: bool = False) -> Iterator[tuple[int, int]]:
    """Where the values stand in a list of cookies; attributes stay. ``whole``: the line holds nothing else."""
    for match in (_WHOLE_COOKIE if whole else _COOKIE).finditer(line):
        value = match["v"].rstrip()
        if value and match["n"].lower() not in _ATTRIBUTES and not is_token(value):
            yield match.start("v"), match.start("v") + len(value)
