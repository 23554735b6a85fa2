"""Addresses of the web in text: host, sign-in, parameters."""

import re
from collections.abc import Iterator

from supportctl.evidence.redact.names import KEEP, SECRET, meaning
from supportctl.evidence.redact.randomness import machine_made
from supportctl.evidence.redact.spots import Spot
from supportctl.evidence.redact.tokens import is_token
from supportctl.evidence.redact.words import words_of

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,15}$")
_REST = re.compile(r"[^\s<>\"'`|^{}\\]{1,4000}")
_PARAMETER = re.compile(r"(?:(?<=[?&;#])|(?<=%3F|%3f|%26))(?P<n>[^=&;#?\s%]{1,100})(?:=|%3D|%3d)(?P<v>[^&;#\s\"'<>]*)")
_BEGIN = re.compile(r"[?#][^=&;#?\s%\"'<>(){}]{1,100}=")
_BEGIN_ENCODED = re.compile(r"%3[Ff][^=&;#?\s%\"'<>]{1,100}%3[Dd]")
_ENCODED_END = re.compile(r"%(?:25)?(?:26|23)", re.IGNORECASE)
_WWW = re.compile(r"(?<![\w.@/-])www\.[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}", re.IGNORECASE)
_ENDS = "com|org|net|edu|gov|info|biz|io|co"
_COUNTRIES = "de|fr|jp|br|uk|eu|ch|nl|es|cz|se|dk|fi|pt|ru|cn|au|ca|kr|mx|tr"
"""Those that are no word at the beginning of a sentence and no end of a file's name."""
_BARE = re.compile(
    rf"\.(?:(?:{_ENDS})|(?:com|co|org|net|ac|gov)\.[a-z]{{2}}|(?-i:{_COUNTRIES}))(?![\w@-]|\.[A-Za-z0-9]|\()",
    re.IGNORECASE,
)
_LABEL_BEFORE = re.compile(r"[A-Za-z0-9.-]*$")
_PRODUCTS = words_of("asp.net ado.net vb.net ml.net paint.net socket.io draw.io system.net system.io java.net java.io")
_PUBLIC_HOSTS = ("localhost", "example.com", "example.org", "example.net", "w3.org", "schemas.microsoft.com")
_TRAILING = ".,;:!?)]}*_"


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where each address with a scheme begins and ends."""
    at = text.find("://")
    while at >= 0:
        scheme = _SCHEME.search(text, max(0, at - 16), at)
        rest = None if scheme is None else _REST.match(text, at + 3)
        if scheme is not None and rest is not None:
            end = rest.start() + len(_without_punctuation(rest[0]))
            yield scheme.start(), end
        at = text.find("://", at + 3)


def _without_punctuation(rest: str) -> str:
    """A token at the end keeps its bracket."""
    while rest and rest[-1] in _TRAILING:
        if rest[-1] == "]" and rest.rfind("[") > rest.rfind("=") - 1 >= 0:
            break
        rest = rest[:-1]
    return rest


def hosts(text: str) -> Iterator[Spot]:
    """Hosts of addresses, and what begins with ``www.``; machines of documentation are nobody's."""
    for start, end in addresses(text):
        begin = text.find("://", start, end) + 3
        stop = next((i for i in range(begin, end) if text[i] in "/?#"), end)
        at = text.rfind("@", begin, stop)
        begin = at + 1 if at >= 0 else begin
        host, _, port = text[begin:stop].partition(":")
        if port and not port.isdigit():
            continue
        if text[start : start + 4].lower() in ("urn:", "file") or not host or _nobodys(host):
            continue
        yield Spot(begin, begin + len(host), "HOST", host=True)
    folded = text.lower()
    at = folded.find("www.")
    while at >= 0:
        match = _WWW.match(text, at)
        if match is not None and not _nobodys(match[0]):
            yield Spot(match.start(), match.end(), "HOST", host=True)
        at = folded.find("www.", at + 4)


def domains(text: str) -> Iterator[Spot]:
    """Bare names of hosts under the ends that companies use; names of files and products are none."""
    for match in _BARE.finditer(text):
        before = _LABEL_BEFORE.search(text, max(0, match.start() - 63), match.start())
        start, end = match.start() if before is None else before.start(), match.end()
        name = text[start:end]
        if start == match.start() or _nobodys(name) or name.lower() in _PRODUCTS:
            continue
        if start and (text[start - 1] in "@/._-%:\\=" or text[start - 1].isalnum()):
            continue
        yield Spot(start, end, "HOST", host=True)


def _nobodys(host: str) -> bool:
    folded = host.lower().rstrip(".")
    if folded.endswith((".invalid", ".localhost", ".example", ".test", ".local")) or "[" in folded:
        return True
    return any(folded == known or folded.endswith(f".{known}") for known in _PUBLIC_HOSTS)


def queries(text: str) -> Iterator[Spot]:
    """Parameters of every address in the text, with or without its host."""
    for form in (_BEGIN, _BEGIN_ENCODED):
        at = -1
        for match in form.finditer(text):
            if match.start() < at:
                continue
            rest = _REST.match(text, match.start())
            if rest is None:
                continue
            at = match.start() + len(_without_punctuation(rest[0]))
            yield from parameters(text, match.start(), at)


def parameters(text: str, begin: int, end: int) -> Iterator[Spot]:
    """Values of the secret parameters of one address (query, fragment, and an address inside a parameter)."""
    for match in _PARAMETER.finditer(text, begin, end):
        value, start = match["v"], match.start("v")
        cut = _ENCODED_END.search(value)
        if cut is not None and match[0][: match.start("v") - match.start()].lower().endswith("%3d"):
            value = value[: cut.start()]
        stop = start + len(value)
        if not value or is_token(value):
            continue
        told = meaning(match["n"], query=True)
        if told == KEEP:
            continue
        if told == SECRET:
            if len(value) > 1:
                yield Spot(start, stop, "SECRET", secret=True)
        elif told is not None:
            if len(value) > 1 and not (told in ("USER", "ADDRESS") and value.isdigit() and len(value) < 4):
                yield Spot(start, stop, told)
        elif machine_made(value):
            yield Spot(start, stop, "SECRET", secret=True)


def sign_ins(text: str, begin: int, end: int) -> Iterator[Spot]:
    """Name and password before the host."""
    begin = text.find("://", begin, end) + 3
    stop = next((i for i in range(begin, end) if text[i] in "/?#"), end)
    at = text.rfind("@", begin, stop)
    if at <= begin:
        return
    user, colon, password = text[begin:at].partition(":")
    if user and not is_token(user) and user != "git":
        yield Spot(begin, begin + len(user), "USER", host=True)
    if colon and password and not is_token(password):
        yield Spot(begin + len(user) + 1, at, "PASSWORD", secret=True, host=True)
