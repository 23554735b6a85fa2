"""Replacing what the detectors and the structure point at; one of these works through all files of a packet."""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import blake2b
from urllib.parse import unquote

from supportctl.evidence.redact import detectors, saml, webtokens
from supportctl.evidence.redact.identities import Identities
from supportctl.evidence.redact.keyed import cookie_values
from supportctl.evidence.redact.machines import NOBODY
from supportctl.evidence.redact.names import KEEP, SECRET, called_password, meaning
from supportctl.evidence.redact.randomness import machine_made
from supportctl.evidence.redact.spots import Spot, apart
from supportctl.evidence.redact.tokens import HOST_TOKEN, TOKEN, Tokens, is_token
from supportctl.evidence.redact.words import words_of

_CACHED = 2048
"""Characters up to which a text is remembered: headers and addresses come again and again."""
_NAMED = re.compile(r"[^\W0-9_]{2}|[\u3040-\u9fff\uac00-\ud7a3]")
_HEX_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f-]{36}|[0-9a-f]{24}(?:[0-9a-f:-]{0,40})")
_MOST_CACHED = 50_000
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9-]{1,20})[ \t]+(?P<v>\S.*)", re.DOTALL)
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_PLAIN = words_of("true false null none undefined yes no on off 0 1 -1")


class Scrubber:
    def __init__(self, tokens: Tokens, identities: Identities) -> None:
        self.tokens = tokens
        self.identities = identities
        self.counts: Counter[str] = Counter()
        self.calm: dict[object, set[tuple[str, str]]] = {}
        """Names and values in which there was nothing to do, by what they are."""
        self._calm_blocks: set[bytes] = set()
        self._seen: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}

    def text(self, text: str, profile: detectors.Profile) -> str:
        """``text`` with tokens in the places that the known people and the detectors name."""
        if len(text) > _CACHED:
            return self.remembered(text, profile, lambda: self._told_all(*self._replaced(text, profile)))
        key = (profile, text)
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) >= _MOST_CACHED:
                self._seen.clear()
            found = self._seen[key] = self._replaced(text, profile)
        told, kinds = found
        if kinds:
            self.counts.update(kinds)
        return told

    def _told_all(self, told: str, kinds: tuple[str, ...]) -> str:
        self.counts.update(kinds)
        return told

    def block(self, text: str, profile: detectors.Profile) -> str:
        """Like `text`, for one of the many blocks of a long text."""
        if len(text) <= 512:
            return self.text(text, profile)
        return self.remembered(text, profile, lambda: self.text(text, profile))

    def remembered(self, text: str, how: str, step: Callable[[], str]) -> str:
        """What ``step`` makes of a text; not asked again where it made nothing else of it."""
        mark = blake2b(f"{how}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if mark in self._calm_blocks:
            return text
        told = step()
        if told == text:
            self._calm_blocks.add(mark)
        return told

    def people(self, text: str) -> Iterator[Spot]:
        return self.identities.spots(text)

    def _replaced(self, text: str, profile: detectors.Profile) -> tuple[str, tuple[str, ...]]:
        spots = detectors.find(text, profile)
        if self.identities.known and (people := self._people(text)):
            spots = apart([*spots, *people])
        if not spots:
            return text, ()
        out: list[str] = []
        at = 0
        for spot in spots:
            out += (text[at : spot.start], self._told(spot, text[spot.start : spot.end]))
            at = spot.end
        out.append(text[at:])
        return "".join(out), tuple(spot.kind for spot in spots)

    def _people(self, text: str) -> list[Spot]:
        found = list(self.identities.spots(text))
        if not found or not ("[" in text or ".invalid" in text):
            return found
        taken = [match.span() for form in (TOKEN, HOST_TOKEN) for match in form.finditer(text)]
        return [spot for spot in found if not any(spot.start < end and start < spot.end for start, end in taken)]

    def _told(self, spot: Spot, value: str) -> str:
        if spot.kind == "JWT":
            return self._web_token(value)
        if spot.host:
            return self.tokens.host(spot.kind, self._plain(spot.kind, value, spot.secret))
        return self._token(spot.kind, value, secret=spot.secret)

    def _token(self, kind: str, value: str, *, secret: bool) -> str:
        return self.tokens.token(kind, self._plain(kind, value, secret), secret=secret)

    def _plain(self, kind: str, value: str, secret: bool) -> str:
        """The value as it is meant; how it was written is remembered as another name of it."""
        plain = value
        for _ in range(2):
            if "%" in plain and _ESCAPED.search(plain):
                plain = unquote(plain)
        if "&" in plain and ";" in plain:
            plain = html.unescape(plain)
        if plain != value:
            self.tokens.also(kind, plain, value, secret=secret)
        return plain

    def value(self, kind: str, value: str, *, secret: bool = False) -> str:
        """The whole of a value as one token; tokens, nothing and plain switches stay."""
        if not value or is_token(value) or value.lower() in _PLAIN:
            return value
        if webtokens.FORM.fullmatch(value):
            return self._web_token(value)
        self.counts[kind] += 1
        return self._token(kind, value, secret=secret)

    def cookie(self, value: str) -> str:
        return self.value("COOKIE", value, secret=True)

    def cookies(self, line: str) -> str:
        """``a=1; b=2`` or a ``Set-Cookie``: names, flags and attributes stay."""
        out: list[str] = []
        at = 0
        for start, end in cookie_values(line, whole=True):
            out += (line[at:start], self.cookie(line[start:end]))
            at = end
        return "".join(out) + line[at:]

    def credentials(self, value: str) -> str:
        """The value of ``Authorization``: the scheme stays."""
        match = _SCHEME.fullmatch(value.strip())
        if match is None:
            return self.value("SECRET", value, secret=True)
        return f"{match['scheme']} {self.value('SECRET', match['v'], secret=True)}"

    def named(self, name: str, value: str, profile: detectors.Profile, *, query: bool = False) -> str:
        """A value with its name beside it: parameter, field, attribute."""
        told = meaning(name, query=query)
        if told == KEEP or not value:
            return value
        if told == SECRET:
            if name.lower().startswith("saml") and (document := saml.redacted(value, self)) is not None:
                return document
            if value.isdigit() and len(value) < 3:
                return value
            return self.value("PASSWORD" if called_password(name) else "SECRET", value, secret=True)
        if told is not None and _holds(told, value):
            return self.value("EMAIL" if told in ("USER", "PERSON") and "@" in value else told, value)
        if query and machine_made(value):
            return self.value("SECRET", value, secret=True)
        return self.text(value, profile)

    def column(self, header: str, kind: str, value: str) -> str:
        """A cell of a table under a header that says ``kind``."""
        if kind == SECRET:
            return self.named(header, value, "json")
        if kind == "PERSON" and "@" not in value:
            return self.value("PERSON", value) if _NAMED.search(value) and not _HEX_ID.fullmatch(value) else value
        if kind in ("ADDRESS", "BIRTH_DATE"):
            return self.value(kind, value) if len(value) <= 300 else value
        return self.value(kind, value) if _holds(kind, value) else value

    def _web_token(self, value: str) -> str:
        told = webtokens.redacted(value, self._claim)
        if told is None:
            return self._token("JWT", value, secret=True)
        if told != value:
            self.counts["JWT"] += 1
            signature = webtokens.secrets(value)
            if len(signature) >= 16:
                self.tokens.token("JWT", signature, secret=True)
        return told

    def _claim(self, name: str, value: object) -> object:
        if isinstance(value, str):
            told = meaning(name) or {"sub": "USER", "name": "PERSON", "oid": "USER"}.get(name, "SECRET")
            return self.value(told.upper(), value, secret=told in (SECRET, "SECRET"))
        if isinstance(value, list):
            return [self._claim(name, each) for each in value]
        if isinstance(value, dict):
            return {key: self._claim(key, each) for key, each in value.items()}
        return value


def _holds(kind: str, value: str) -> bool:
    """Whether a value can be what its name says; the detectors look at it otherwise."""
    digits = sum(map(str.isdigit, value))
    if len(value) > 300 or len(value) < 2:
        return False
    if kind == "EMAIL":
        return "@" in value or "%40" in value
    if kind in ("PHONE", "CARD", "IBAN"):
        return digits >= 6
    if kind == "NATIONAL_ID":
        return digits >= 4
    if kind == "IP":
        return False
    if kind == "ADDRESS":
        return ":" not in value and "/" not in value and value.count(".") < 3
    if kind == "USER":
        return not value.isdigit() and len(value) > 2 and value.lower() not in NOBODY
    return True
