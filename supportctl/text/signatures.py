"""What stands below a message's last sentence: farewell, name, telephone numbers, "sent from my phone", disclaimers."""

import re
from collections.abc import Callable, Iterator

from supportctl.text.boilerplate import is_disclaimer, is_farewell, is_sent_from, is_thanks, may_disclaim
from supportctl.text.fold import fold

_DASHES = frozenset({"--", "—", "- -", "-- --"})
_DASHED = re.compile(r"\n[ \t]*[-—]")
"""Searched with a line break before the text: patterns that begin with a sign skip ahead, those with ``^`` do not."""
_LAST = 14
"""Lines with words, from the end, in which a farewell is looked for."""
_AFTER_DASHES = 15
_SIGNS = 80
_LABEL = (
    r"(?:tel|telephone|phone|ph|mobile|mob|cell|direct|office|fax|e-?mail|mail|web|website|www|skype|linkedin|telefon|"
    r"telefax|handy|mobil|durchwahl|tél|téléphone|portable|fixe|teléfono|móvil|telefono|cellulare|cell|telefone|"
    r"telemóvel|celular|telefoon|mobiel|komórka|kom|puhelin|тел|телефон|моб|факс|電話|携帯|电话|手机|传真|전화|"
    r"[mtfepwd])"
)
_EXTENSION = r"(?: ?(?:ext|x|dw|durchwahl)\.? ?\d{1,6})?"
_NUMBER = re.compile(
    rf"{_LABEL}\b\.? ?(?:\((?:office|mobile|direct|home|work|m|o)\))? ?[.:|]?\s*(?:\+|"
    rf"\(?\d)[\d ()/.\-–]{{5,25}}{_EXTENSION}|"
    rf"\+\d[\d ()/.\-–]{{7,22}}{_EXTENSION}"
)
_BARE_NUMBER = re.compile(r"\(?0\d[\d ()/–-]{7,20}")
_LABELLED = re.compile(rf"{_LABEL}\b\.? ?[:：]\s*\S.{{2,80}}")
_ADDRESS = re.compile(r"<?(?:mailto:)?[^\s@<>]{1,64}@[^\s@<>]{1,100}>?|(?:https?://|www\.)[^\s/]{3,80}/?")
_POSTAL = re.compile(
    r".{2,40}(?:straße|strasse|str\.|weg|platz|allee|street|road|avenue|ave\.?|lane|drive|blvd|rue de .{2,30}|"
    r"rue .{2,30}|calle "
    r".{2,30}|via .{2,30}|rua .{2,30}|straat|laan|ul\. .{2,30}) ?\d{0,4}\w?|(?:[a-z]{1,2}-)?\d{4,5} [^\W\d]{3,}.{0,30}"
)
_TELLS = re.compile(r"[\d@:：]|www\.", re.IGNORECASE)
"""A line without any of these is a contact only where it is short."""
_PARTS = re.compile(r"\s+[|•·]\s+|\s{3,}|\t")


def without_signature(text: str, proof: Callable[[str], bool]) -> str:
    """The text without what only says who wrote it; ``proof``: a line that names an error is kept."""
    lines = text.split("\n")
    if may_disclaim(text):
        lines = _without_disclaimers(lines)
    while lines and not lines[-1].strip():
        lines.pop()
    end = (
        _dashes(lines, proof)
        if ("-" in text or "—" in text) and _DASHED.search("\n" + text) is not None
        else len(lines)
    )
    end = _sent_from(lines, end)
    end = _farewell(lines, end, proof)
    end = _sent_from(lines, end)
    end = _contacts(lines, end, proof)
    return "\n".join(lines[:end])


def _without_disclaimers(lines: list[str]) -> list[str]:
    """Paragraphs that forbid other readers to read."""
    kept: list[str] = []
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            paragraph.append(line)
            continue
        if paragraph and not (len(paragraph) <= 12 and is_disclaimer(" ".join(paragraph)[:3000])):
            kept.extend(paragraph)
        paragraph = []
        kept.append(line)
    return kept[:-1]


def _with_words(lines: list[str], end: int, most: int) -> Iterator[int]:
    """The last lines that are not blank, from the last upwards."""
    found = 0
    number = end - 1
    while number >= 0 and found < most and end - number < 4 * most:
        if lines[number].strip():
            found += 1
            yield number
        number -= 1


def _dashes(lines: list[str], proof: Callable[[str], bool]) -> int:
    below: list[str] = []
    for number in _with_words(lines, len(lines), _AFTER_DASHES + 1):
        line = lines[number].strip()
        if line in _DASHES:
            return number if not proof("\n".join(below)) else len(lines)
        if len(line) > 2 * _SIGNS:
            break
        below.append(line)
    return len(lines)


def _sent_from(lines: list[str], end: int) -> int:
    while end and (not (line := lines[end - 1].strip()) or (len(line) <= _SIGNS and is_sent_from(line))):
        end -= 1
    return end


def _farewell(lines: list[str], end: int, proof: Callable[[str], bool]) -> int:
    """Above the highest farewell that only names, titles and addresses follow."""
    best = end
    for above, number in enumerate(_with_words(lines, end, _LAST)):
        line = lines[number].strip()
        if is_farewell(line) or (above <= 3 and is_thanks(line)):
            best = number
        elif not (_may_sign(line) or _is_contact(line)) or proof(line):
            break
    return best


def _contacts(lines: list[str], end: int, proof: Callable[[str], bool]) -> int:
    """Above a block of telephone numbers and addresses at the very end, with the name and title that head it."""
    sure = lines_in = 0
    top = end
    for number in _with_words(lines, end, _LAST):
        line = lines[number].strip()
        contact = _is_contact(line)
        if number < top - 2 or not (contact or (lines_in and top - number == 1 and _is_name(line))) or proof(line):
            break
        top = number
        if contact:
            sure += any(map(_is_number, _parts(line))) or "@" in line
            lines_in += 1
    return top if sure and lines_in >= 2 else end


def _is_contact(line: str) -> bool:
    if len(line) > 2 * _SIGNS or (_TELLS.search(line) is None and not _may_sign(line)):
        return False
    parts = _parts(line)
    return any(map(_is_number, parts)) or (bool(parts) and all(map(_is_place, parts)))


def _parts(line: str) -> list[str]:
    return [part for part in _PARTS.split(fold(line).strip("|•· \t*_")) if part]


def _is_number(part: str) -> bool:
    """One that says so, by a word or the country's number."""
    return _NUMBER.fullmatch(part) is not None or _LABELLED.fullmatch(part) is not None


def _is_place(part: str) -> bool:
    return any(each.fullmatch(part) is not None for each in (_ADDRESS, _POSTAL, _BARE_NUMBER))


_ENDS = ("?", "？", "!", "！", "。", ":", "…", ";", "{", "}")


def _may_sign(line: str) -> bool:
    """Names, titles and firms are short and no sentences."""
    return len(line) <= _SIGNS and len(line.split()) <= 8 and not line.endswith(_ENDS)


def _is_name(line: str) -> bool:
    """Every word of some length has a capital: a name, a title, a firm."""
    words = [word for word in re.split(r"[\s|,/&-]+", line[: _SIGNS + 1]) if word]
    if not words or len(line) > _SIGNS or len(words) > 7 or line[-1] in ".:?!;":
        return False
    return all(word[0].isupper() or word[0].isdigit() or len(word) <= 3 for word in words)
