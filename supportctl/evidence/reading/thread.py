"""A ticket's texts as lines and sentences that know where they stand, without quoted mail, signatures and machines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from supportctl.evidence.reading import cues
from supportctl.evidence.reading.shapes import Element, Source
from supportctl.model import Comment, Role, Ticket
from supportctl.text.automatic import automatic
from supportctl.text.characters import seen
from supportctl.text.cleaning import own_words
from supportctl.text.fold import fold
from supportctl.text.html import is_html, to_text
from supportctl.text.markup import fenced_lines

LONGEST = 60_000
"""Characters read of one text; a note tells where there were more."""
MOST = 400
"""Comments read: the last ones, where there are more."""
_END = re.compile(r"(?<=[.!?])[\"')\]»”]*(?=\s)|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\.b|d\.h|u\.a|bzw|ca|approx|vs|etc|nr|no|inkl|p\.ex|p\.ej|ex|sr|sra|mr|mrs|ms|dr|st|v|"
    r"ver|vers)"
    r"|(?:^|\s)[(\[]?\d{1,2})\.$",
    re.IGNORECASE,
)
_DAY_AND_MONTH = re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2}\.$")
_ITEM = re.compile(r"[ \t]*(?:[-*•·‣▪◦–—+#]{1,2}|\(?(?:\d{1,2}|[a-hA-H])[.):、．]|[①-⑳]|(?:step|schritt|étape|"
                   r"paso|passo|etapa|stap|krok|手順|步骤)\s?\d{1,2}[:.)]?)(?:[ \t]+|"
                   r"(?<=[、．①-⑳)]))(?=\S)", re.IGNORECASE)  # fmt: skip
_LABEL = re.compile(r"\s*[*_]{0,2}[^\W\d_][\w /-]{1,30}[*_]{0,2}\s?[:：]\s*\S.{0,80}$")
"""``Request id: 4f0c…``, on a line of its own."""
_LOG = re.compile(
    r"\s*(?:[\[(]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d[.,]\d|at [\w$.<>]+\(|File \"|Traceback|Caused by|"
    r"\w{3} +\d{1,2} \d\d:\d\d:\d\d |(?:ERROR|WARN|INFO|FATAL|DEBUG)\b)"
)


def is_output(text: str) -> bool:
    """A line of a log or of a trace."""
    return _LOG.match(text) is not None


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    number: int
    """From 1, in the stored text (of HTML: in its readable form)."""
    fenced: bool
    """Output or code."""

    @property
    def item(self) -> bool:
        """An item of a list."""
        return _ITEM.match(self.text) is not None

    @property
    def bare(self) -> str:
        """Without the mark of an item."""
        mark = _ITEM.match(self.text)
        return (self.text[mark.end() :] if mark else self.text).strip()


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    folded: str
    line: int
    part: "Part"
    section: Element | None
    """What the heading above it says it tells."""
    corrects: bool
    """It, or the sentence before it, takes something back."""

    @property
    def plain(self) -> bool:
        """A statement: nothing asked, nothing supposed. Customers may ask for help while they tell."""
        if cues.is_question(self.text) or cues.is_supposed(self.folded):
            return False
        return self.part.support is False or not cues.is_request(self.folded)

    @property
    def source(self) -> Source:
        return self.part.source(self.line)


@dataclass(slots=True, eq=False)
class Part:
    """One text: title, description, a comment, a field."""

    place: str
    lines: list[Line]
    support: bool | None
    comment: int | None = None
    at: datetime | None = None
    public: bool | None = None
    sections: dict[int, Element] = field(default_factory=dict)
    """Line number -> the element its heading names. Filled by `headings`."""
    heads: frozenset[int] = frozenset()
    """Numbers of lines that are headings."""
    asked: frozenset[Element] = frozenset()
    """What support had asked for just before."""
    _sentences: list[Sentence] | None = None

    def source(self, line: int | None) -> Source:
        return Source(place=self.place, comment=self.comment, line=line, at=self.at, support=self.support)

    @property
    def answer(self) -> bool:
        """A public message of support to the customer: what it names may be advice."""
        return self.support is True and self.public is not False

    def sentences(self) -> list[Sentence]:
        if self._sentences is None:
            self._sentences = list(self._split())
        return self._sentences

    def _split(self) -> Iterator[Sentence]:
        before = ""
        for block in self._blocks():
            for text, line in _short(_sentences(block)):
                folded = fold(text)
                corrects = cues.is_correction(folded) or (len(before) < 90 and cues.is_correction(before))
                yield Sentence(text, folded, line, self, self.sections.get(line), corrects)
                before = folded

    def _stands_alone(self, line: Line) -> bool:
        return line.number in self.heads or is_output(line.text) or _LABEL.match(line.text) is not None

    def _blocks(self) -> Iterator[list[Line]]:
        """Lines that belong together: wrapped text as one, items and lines of output one by one."""
        block: list[Line] = []
        for line in self.lines:
            alone = line.fenced or line.item or self._stands_alone(line)
            other = block and self.sections.get(block[-1].number) != self.sections.get(line.number)
            if block and (alone or other or not line.text.strip()):
                yield block
                block = []
            if not line.text.strip() or line.text.lstrip().startswith(("```", "~~~")):
                continue
            block.append(line)
            if line.fenced or self._stands_alone(line):
                yield block
                block = []
        if block:
            yield block


def _sentences(block: list[Line]) -> Iterator[tuple[str, int]]:
    if block[0].fenced:
        yield block[0].text.strip(), block[0].number
        return
    starts: list[tuple[int, int]] = []
    joined = ""
    for line in block:
        text = line.bare if line is block[0] else line.text.strip()
        if joined:
            joined += "" if ord(joined[-1]) > 0x3000 else " "
        starts.append((len(joined), line.number))
        joined += text
    at = 0
    for stop in [*(match.end() for match in _END.finditer(joined)), len(joined)]:
        piece = joined[at:stop]
        if not piece.strip() or (stop < len(joined) and _goes_on(piece[-12:], joined[stop : stop + 2].strip())):
            continue
        begins = at + len(piece) - len(piece.lstrip())
        yield piece.strip(), next(number for start, number in reversed(starts) if start <= begins)
        at = stop


_LONGEST_SENTENCE = 1200
"""Characters; what has no full stop in so many is read in pieces."""


def _short(sentences: Iterator[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for text, line in sentences:
        rest = text
        while len(rest) > _LONGEST_SENTENCE:
            cut = rest.rfind(" ", 1, _LONGEST_SENTENCE)
            cut = _LONGEST_SENTENCE if cut < 0 else cut
            yield rest[:cut], line
            rest = rest[cut:].lstrip()
        if rest:
            yield rest, line


def _goes_on(end: str, following: str) -> bool:
    """Whether the full stop belongs to an abbreviation or a date."""
    if _ABBREVIATION.search(end):
        return True
    return _DAY_AND_MONTH.search(end) is not None and not following.isupper()


def parts(ticket: Ticket) -> tuple[list[Part], bool]:
    """Every text somebody wrote, in order of time; and whether some of it was too long to be read whole."""
    found: list[Part] = []
    cut = False
    if ticket.title:
        found.append(Part("title", [Line(seen(ticket.title)[:1000].strip(), 1, False)], _author(ticket, None)))
    if ticket.description:
        cut |= len(ticket.description) > LONGEST
        found.append(Part("description", read_lines(ticket.description), _author(ticket, None), at=ticket.created_at))
    comments = in_order(ticket.comments)
    cut |= len(comments) > MOST
    for number, comment in list(enumerate(comments, 1))[-MOST:]:
        body = comment.body or (to_text(comment.html[:LONGEST]) if comment.html else "")
        if not body.strip() or _machine(comment, body) or _repeats(ticket.description, body):
            continue
        cut |= len(body) > LONGEST
        support = _author(ticket, comment)
        found.append(Part(f"comment {number}", read_lines(body), support, number, comment.created_at, comment.public))
    return found, cut


def in_order(comments: list[Comment]) -> list[Comment]:
    """By time; those without one stay behind the comment they came after."""
    at = datetime.min.replace(tzinfo=UTC)
    keyed = []
    for place, comment in enumerate(comments):
        at = max(at, comment.created_at) if comment.created_at is not None and _aware(comment.created_at) else at
        own = comment.created_at if comment.created_at is not None and _aware(comment.created_at) else at
        keyed.append((own, place, comment))
    return [comment for _, _, comment in sorted(keyed, key=lambda each: each[:2])]


def _aware(at: datetime) -> bool:
    return at.tzinfo is not None


def _repeats(description: str | None, body: str) -> bool:
    """Zendesk keeps the description as the first comment, too."""
    return description is not None and body.strip() == description.strip()


def _machine(comment: Comment, body: str) -> bool:
    if comment.author is not None and comment.author.role is Role.BOT:
        return True
    return automatic(body[:4000], comment.channel) is not None


def _author(ticket: Ticket, comment: Comment | None) -> bool | None:
    """Whether support wrote it."""
    if comment is None:
        return False
    if comment.public is False:
        return True
    author = comment.author
    if author is None:
        return None
    if ticket.requester is not None and author.id == ticket.requester.id:
        return False
    if author.role is Role.AGENT:
        return True
    if author.role is Role.END_USER:
        return False
    return True if ticket.assignee is not None and author.id == ticket.assignee.id else None


def read_lines(body: str) -> list[Line]:
    """The lines the writer wrote, each with its number in the stored text."""
    stored = seen(body[:LONGEST])
    if is_html(stored):
        stored = to_text(stored, foreign=True, marks=True)
    kept = own_words(stored).split("\n")
    fenced = fenced_lines(kept)
    squeezed = [_squeezed(line) for line in stored.split("\n")]
    lines: list[Line] = []
    at = 0
    for number, text in enumerate(kept):
        wanted = _squeezed(text)
        if wanted:
            at = _after(squeezed, wanted, at)
        lines.append(Line(text, min(at + 1, len(squeezed)), number in fenced))
        if wanted:
            at += 1
    return lines


_NEAR = 400
"""Lines looked ahead for the place of one that was kept."""


def _after(squeezed: list[str], wanted: str, at: int) -> int:
    """The next stored line that holds ``wanted``; ``at`` where markup has changed too much to tell."""
    start = wanted[:40]
    for place in range(at, min(at + _NEAR, len(squeezed))):
        if start in squeezed[place]:
            return place
    words = re.findall(r"\w{4,}", wanted)[:2]
    for place in range(at, min(at + _NEAR, len(squeezed))):
        if words and all(word in squeezed[place] for word in words):
            return place
    return min(at, max(0, len(squeezed) - 1))


def _squeezed(text: str) -> str:
    return re.sub(r"[\s*_#>|`{}\[\]]+", " ", text).strip()
