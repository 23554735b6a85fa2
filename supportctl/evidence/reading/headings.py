"""Headings and labels of forms: which element the lines below them, or behind their colon, tell."""

import re
from typing import NamedTuple

from supportctl.evidence.reading.names import ELSE, element_of
from supportctl.evidence.reading.shapes import Element
from supportctl.evidence.reading.thread import Line, Part, is_output
from supportctl.text.fold import fold

_MARKS = r"[\s>*_#=■●▼◆◇□○・\-–—\[【《<(]*"
_SHAPE = re.compile(
    rf"{_MARKS}(?:\d{{1,2}}[.)]\s*)?(?P<name>[^\n:：|]{{2,90}}?)(?:\s*[(（][^)）\n]{{0,120}}[)）])?"
    r"\s*(?P<marks>[\s*_=#\]】》>)]*)(?P<colon>\s?[:：|]|\s[-–—]\s|\?|？|$)[\s*_]*(?P<rest>.*)$"
)
_MARKED = re.compile(r"\s*(?:#{1,6}\s|\*\*|__|==|\*\S|【|■|●|▼|◆|h[1-6]\.)")
_NOTHING = re.compile(
    r"[\s\W_\d]*|(?:[\s\W_]|n/?a|none|nil|null|unknown|not known|not sure|unsure|no idea|tbd|tba|todo|see above|"
    r"same as above|"
    r"as (?:above|described)|\?+|x+|test|keine(?: angabe)?|unbekannt|weiss nicht|siehe oben|s\.? ?o|entfällt|offen|"
    r"inconnue?|aucune?|voir ci-dessus|non renseigné|ne sais pas|desconocid[oa]|ningun[oa]|ninguno|no (?:lo )?sé|"
    r"ver arriba|sin datos|desconhecid[oa]|nenhum[a]?|não sei|ver acima|sem informação|sconosciut[oa]|nessun[oa]?|"
    r"onbekend|geen|nieznan[ya]|brak|不明|なし|無し|特になし|わかりません|分かりません|未定|上記(?:の通り)?|"
    r"未知|无|不详)+",
)
_HINT = re.compile(
    r"[\s>*_\-]*[\[<(（【{](?:[^\]>)）】}]{0,200})[\]>)）】}][\s.]*$|(?:please |bitte |veuillez |"
    r"por favor )?(?:describe|"
    r"list|enter|fill in|provide|specify|add|write|tell us|explain|e\.g\.|for example|beschreiben sie|angeben|"
    r"eintragen|décri\w+|indiqu\w+|describ\w+|indi(?:que|car)|descrev\w+|preench\w+)\b.{0,160}(?:\.\.\.|…|here|"
    r"hier|ici|"
    r"aquí|aqui|below|:)?\s*$|.{0,80}(?:を記入|をご記入|記載してください|入力してください|请填写|请描述).{0,40}$"
)


class Section(NamedTuple):
    """What stands under one heading, without it."""

    element: Element
    part: str | None
    line: int
    """Of the first line that tells something; of the heading where none does."""
    lines: list[str]
    filled: bool
    """False: left empty, a placeholder, ``n/a``."""


def sections(part: Part) -> list[Section]:
    """All there are in a text; the lines of each are marked in `Part.sections`, its headings in `Part.heads`."""
    found: list[Section] = []
    heads: set[int] = set()
    lines = part.lines
    at = 0
    while at < len(lines):
        head = None if lines[at].fenced else _head(lines[at])
        if head is None:
            at += 1
            continue
        heads.add(lines[at].number)
        at = _gather(part, at, head, found)
    part.heads = frozenset(heads)
    return found


class _Head(NamedTuple):
    kind: tuple[Element, str | None] | None
    """None: a heading of something else."""
    rest: str
    """What stands behind its colon."""


def _head(line: Line) -> _Head | None:
    text = line.text
    if len(text) > 2000 or not text.strip():
        return None
    match = _SHAPE.match(text)
    if match is None:
        return None
    name, rest = match["name"], match["rest"].strip()
    marked = _MARKED.match(text) is not None
    ended = bool(match["colon"].strip())
    if not ended and (rest or (len(name.split()) < 2 and name.isascii() and not marked)):
        return None
    kind = element_of(name)
    if kind is not None:
        # A word alone, without a mark: as "Version" in a table that lost its lines.
        return _Head(kind, rest)
    if not rest and (marked or ELSE.fullmatch(fold(name).strip())):
        return _Head(None, "") if marked or ended else None
    if ended and ELSE.fullmatch(fold(name).strip(" *_")):
        return _Head(None, rest)
    return None


def _gather(part: Part, at: int, head: _Head, found: list[Section]) -> int:
    """Read what belongs to the heading at ``at``; the number of the first line that does not."""
    lines = part.lines
    if head.kind is None:
        return at + 1
    told = [head.rest] if head.rest else []
    first = lines[at].number if head.rest else None
    after = at + 1
    blank = False
    for line in lines[after:]:
        text = line.text.strip()
        if not line.fenced and _begins_another(line, head):
            break
        if text and _ends(head, line, lines[after - 1], told, blank):
            break
        blank = not text
        if text and not text.startswith(("```", "~~~")):
            told.append(text)
            first = first or line.number
        after += 1
    for line in lines[at:after]:
        part.sections[line.number] = head.kind[0]
    filled = any(not is_nothing(text, head.kind[0]) for text in told)
    found.append(Section(*head.kind, first or lines[at].number, told, filled))
    return after


def _begins_another(line: Line, head: _Head) -> bool:
    """Whether a line is a heading itself. ``# Open the plan`` is one in Markdown, and a step in Jira's markup."""
    found = _head(line)
    if found is None:
        return False
    steps = head.kind is not None and head.kind[0] is Element.STEPS
    return not (steps and found.kind is None and line.text.startswith("# "))


def _ends(head: _Head, line: Line, above: Line, told: list[str], blank: bool) -> bool:
    """Whether a line no longer belongs to what stands under ``head``."""
    if line.fenced:
        return False
    steps = head.kind is not None and head.kind[0] is Element.STEPS
    if blank and told and not (steps and line.item):
        return True
    return bool(head.rest) and not _belongs(above, line)


def _belongs(above: Line, line: Line) -> bool:
    """Whether a line goes on with what stands behind a label: an item, output, or a wrapped line."""
    if line.item or line.fenced or is_output(line.text):
        return True
    wrapped = len(above.text) > 55 and line.text[:1].islower()
    return wrapped or (line.text[:1] in " \t" and not above.text[:1].isspace())


def is_nothing(text: str, element: Element) -> bool:
    """Whether a field of a form was left as it came, or says that there is nothing to say.

    Digits alone are an answer where a number is asked for.
    """
    folded = fold(text).strip().rstrip(".!")
    if not folded or _HINT.fullmatch(folded):
        return True
    numbers = element in (
        Element.ENVIRONMENT,
        Element.TIMES,
        Element.TRACE,
        Element.SEVERITY,
        Element.IMPACT,
        Element.SINCE,
    )
    if numbers and any(map(str.isdigit, folded)):
        return False
    if element is Element.IMPACT and folded in _NONE_IS_AN_ANSWER:
        return False
    return _NOTHING.fullmatch(folded) is not None


_NONE = (
    "none no nobody keine keiner niemand aucun aucune personne ninguno ninguna nadie nenhum nenhuma ninguém "
    "なし 無し 无"
)
_NONE_IS_AN_ANSWER = frozenset(_NONE.split())
