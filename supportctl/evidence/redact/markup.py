"""Fields of pages: the value of an ``<input>`` or ``<meta>`` that its name gives away."""

import re
from collections.abc import Iterator

from supportctl.evidence.redact.names import KEEP, SECRET, meaning
from supportctl.evidence.redact.spots import Spot
from supportctl.evidence.redact.tokens import is_token

_ELEMENT = re.compile(r"<(?:input|meta|param|option|button|data|add|setting)\b[^<>]{1,4000}>", re.IGNORECASE)
_NAME = re.compile(r"\b(?:name|id|property|key)\s{0,3}=\s{0,3}[\"']([^\"']{1,100})[\"']", re.IGNORECASE)
_VALUE = re.compile(r"\b(?:value|content)\s{0,3}=\s{0,3}(?P<q>[\"'])(?P<v>[^\"']{1,8000})(?P=q)", re.IGNORECASE)


def fields(text: str) -> Iterator[Spot]:
    for element in _ELEMENT.finditer(text):
        value = _VALUE.search(text, *element.span())
        if value is None or is_token(value["v"]):
            continue
        for name in _NAME.finditer(text, *element.span()):
            told = meaning(name[1], query=False)
            if told is None or told == KEEP:
                continue
            plain = value["v"]
            if told == SECRET and len(plain) >= 4:
                yield Spot(value.start("v"), value.end("v"), "SECRET", secret=True)
                break
            if told != SECRET and len(plain) > 2 and told != "IP" and not plain.startswith(("{", "$")):
                yield Spot(value.start("v"), value.end("v"), told)
                break
