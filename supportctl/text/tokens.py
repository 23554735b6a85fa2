"""The words of a text as an index wants them, in any language.

A name put together (``fooBar``, ``err_reset``, ``java.lang.String``, ``re-open``) gives itself and its parts. Letters
lose case and accents, English words their commonest endings. Scripts without spaces give their overlapping pairs of
characters, Korean words these besides themselves. What differs from one occurrence to the next and tells nothing
(times, hashes, addresses in memory) is left out.
"""

import re
import unicodedata
from functools import lru_cache

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0900-\u0963\u0971-\u0df3\u0f71-\u0f84\u135d-\u135f"
    "\u1a17-\u1a1b\u1b00-\u1b44"
)
"""Vowel signs and accents: parts of words, though no letters to `re`."""
_ASCII = re.compile(r"[A-Za-z0-9]+(?:[._:'\-][A-Za-z0-9]+|_+[A-Za-z0-9]+)*")
_LETTERS = rf"[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}])*+"
_ANY = re.compile(rf"[{_UNSPACED}]{{1,4000}}|{_LETTERS}(?:[._:'’\-]{_LETTERS}|_++{_LETTERS})*")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_KOREAN = re.compile("[\uac00-\ud7a3]{2,}")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SEPARATOR = re.compile(r"[._:'’\-]+")
_SAYS_NOTHING = re.compile(
    r"(?:0x)?(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{9,}|0x\d{9,}|\d{16,}|1\d{9}(?:\d{3})?|"
    r"\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?",
    re.IGNORECASE,
)
"""Hashes, addresses in memory, seconds since 1970, times of day. Shorter numbers may be those of orders."""
_LONGEST_WHOLE, _LONGEST_SEGMENT = 80, 60
_ACCENTS = re.compile("[\u0300-\u036f]")
_LATIN = re.compile("[\u00c0-\u024f\u1e00-\u1eff\u0370-\u03ff\u1f00-\u1fff\u0401\u0451\u0300-\u036f]")
_SHORT = frozenset(("s", "t", "re", "ve", "ll", "d", "m"))


def tokens(text: str | None) -> list[str]:
    """In the order of the text, as often as they stand there."""
    return [word for piece in pieces(text or "") for word in _remembered(piece)]


def pieces(text: str) -> list[str]:
    """Runs of letters and figures, in order; none goes over the end of a line."""
    found: list[str] = (_ASCII if text.isascii() else _ANY).findall(
        text if text.isascii() else unicodedata.normalize("NFKC", text)
    )
    return found


def words_of(piece: str) -> tuple[str, ...]:
    """The words of one piece: itself, and its parts when it is put together."""
    if not piece.isascii():
        if _IS_UNSPACED.match(piece):
            return tuple(piece[at : at + 2] for at in range(max(1, len(piece) - 1)))
        bare = unaccented(piece.replace("’", "'"))
        if not bare.isascii():
            return _in_other_letters(bare)
        piece = bare
        before, _, after = piece.partition("'")
        if len(before) <= 2 < len(after):
            piece = after
    if _SAYS_NOTHING.fullmatch(piece):
        return ()
    if "'" in piece:
        head, _, tail = piece.rpartition("'")
        elided, _, rest = piece.partition("'")
        piece = head if tail.lower() in _SHORT else rest if len(elided) == 1 and len(rest) > 2 else piece
        piece = piece.replace("'", "")
    parts = _PIECE.findall(piece)
    if len(parts) < 2:
        return (stem(piece.lower()),)
    found = [piece.lower()[:_LONGEST_WHOLE]]
    segments = [part for part in _SEPARATOR.split(piece) if part]
    if len(segments) > 1:
        found += [part.lower()[:_LONGEST_SEGMENT] for part in segments if len(_PIECE.findall(part)) > 1]
    found += [stem(part.lower()) for part in parts if len(part) > 1]
    return tuple(dict.fromkeys(found))


_remembered = lru_cache(maxsize=200_000)(words_of)


def _in_other_letters(piece: str) -> tuple[str, ...]:
    """Cyrillic, Arabic, Hindi, Korean: no endings are known here."""
    whole = unicodedata.normalize("NFKC", piece.casefold())[:_LONGEST_WHOLE]
    found = [whole, *(part for part in re.split(r"[._:'\-]+", whole) if len(part) > 1)]
    for run in _KOREAN.findall(whole):
        found += [run[at : at + 2] for at in range(len(run) - 1)]
    return tuple(dict.fromkeys(found))


def unaccented(word: str) -> str:
    """Latin and Greek letters without accents: people leave them out on telephones."""
    if word.isascii() or _LATIN.search(word) is None:
        return word
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", word.replace("ß", "ss")))
    return unicodedata.normalize("NFC", bare)


def stem(word: str) -> str:
    """An English word without its commonest endings; others are left alone."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and any(c in "aeiouy" for c in word[: -len(ending)]):
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word
