"""Comparing words the way people read them."""

import unicodedata
from functools import lru_cache


def fold(text: str) -> str:
    """Without case and in one Unicode form: ``É`` typed as one or as two characters, ``STRASSE`` and ``straße``."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


@lru_cache(maxsize=4096)
def fold_word(text: str) -> str:
    """`fold` for short values that come again and again (query values, tags, names)."""
    return fold(text)
