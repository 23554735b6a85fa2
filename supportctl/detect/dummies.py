"""Telling a real secret from documentation, placeholders and plain words."""

import math
import re
from collections import Counter

_WORDS = re.compile(
    r"example|dummy|sample|placeholder|redacted|changeme|change_me|change-me|replace|fake|"
    r"your[_-]?(?:token|key|secret|pass)|insert|xxxx|\*\*\*|\.\.\.|…|1234567890|0123456789|abcdefgh|qwertyu",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"\$\{|\$\(|\{\{|<[a-z_ -]{1,40}>|\[[a-z_ -]{1,40}\]|%[a-z_]{1,40}%|%s\b|^\$[.a-z_]|\w\(|environ|getenv",
    re.IGNORECASE,
)
_ANSWERS = frozenset(
    {
        "password",
        "passwort",
        "passwd",
        "secret",
        "none",
        "null",
        "nil",
        "true",
        "false",
        "unknown",
        "empty",
        "required",
        "optional",
        "expired",
        "incorrect",
        "wrong",
        "invalid",
        "reset",
        "hidden",
        "removed",
        "masked",
        "same",
        "n/a",
        "na",
        "tbd",
        "test",
        "hunter2",
        "yes",
        "no",
    }
)
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,64}(?:\.[a-z]{2,20}){1,4}", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}")
LEADING = "([{*"
TRAILING = ".!?)]}*"
"""Punctuation around a password rather than in it."""
_PUBLISHABLE = ("pk.", "pk_")
"""Keys that are made to stand in public pages (Mapbox, Stripe)."""


def obviously_dummy(value: str) -> bool:
    """Documentation examples, templates and filler; also anything made of very few different characters."""
    if _WORDS.search(value) or _TEMPLATE.search(value):
        return True
    counts = Counter(value)
    return len(counts) < min(5, len(value)) or max(counts.values()) * 2 > len(value)


def entropy(value: str) -> float:
    """Shannon entropy in bits per character."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values()) if total else 0.0


def looks_random(value: str, bits: float = 3.0) -> bool:
    """A machine-made token: enough bits a character, and more than letters of one case."""
    return entropy(value) >= bits and not obviously_dummy(value)


def publishable(value: str) -> bool:
    return value.startswith(_PUBLISHABLE)


def _is_row(digits: str) -> bool:
    """``123456``, ``654321``, ``123123``: what everybody types where any password will do."""
    half = len(digits) // 2
    rows = "01234567890123456789"
    return digits in rows or digits[::-1] in rows or (len(digits) % 2 == 0 and digits[:half] == digits[half:])


def looks_chosen(value: str) -> bool:
    """A password a person may have chosen: not a word of the sentence, not a placeholder, date, path or address."""
    value = value.lstrip(LEADING).rstrip(TRAILING)
    if not 6 <= len(value) <= 128 or value.lower() in _ANSWERS:
        return False
    if value.startswith(("http://", "https://", "/", "www.")) or _DATE.fullmatch(value) or _ADDRESS.fullmatch(value):
        return False
    if _WORDS.search(value) or _TEMPLATE.search(value) or entropy(value) < 1.8:
        return False
    if value.isdecimal() and _is_row(value):
        return False
    letters = any(character.isalpha() for character in value)
    digits = any(character.isdigit() for character in value)
    signs = any(not character.isalnum() and character not in "-_'.’" for character in value)
    return digits or (letters and signs)
