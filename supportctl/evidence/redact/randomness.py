"""Telling what a machine made up (a session's key) from words, ids and hashes that engineers need."""

import re

from supportctl.detect.dummies import entropy

_CHARACTERS = re.compile(r"[A-Za-z0-9_+/=.~%-]{20,4096}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{1,128}")
_DATE = re.compile(r"(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9]")


def machine_made(value: str) -> bool:
    """Twenty characters or more with digits, both cases and little order; no UUID, hash, date, path or number."""
    if not 20 <= len(value) <= 4096 or _CHARACTERS.fullmatch(value) is None:
        return False
    if _HEX.fullmatch(value) or _UUID.fullmatch(value) or _DATE.match(value):
        return False
    digits = sum(map(str.isdigit, value))
    if not digits or digits == len(value) or value.lower() == value or value.upper() == value:
        return False
    longest = max(map(len, re.split(r"[^A-Za-z0-9]", value)))
    return longest >= 16 and entropy(value) >= 3.7
