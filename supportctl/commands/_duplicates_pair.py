"""Two tickets side by side for the terminal, with what they share set off."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from supportctl.console import Console, safe_line
from supportctl.duplicates.suggestion import Suggestion
from supportctl.model import Ticket
from supportctl.reports.cells import ago

GAP = " │ "
MARK = "yellow"
CHARACTERS = 6_000
"""Of a body that are looked at; a screen shows fewer."""
_WORD = re.compile(r"[^\W_](?:[\w.:#/@-]*\w)?")
_SHORT = 4
"""Letters from which on a shared word is set off; words with a digit always are."""


def words(text: str) -> set[str]:
    """Words as they are compared here, without case."""
    return {match[0].casefold() for match in _WORD.finditer(text)}


class Common:
    """Words that so many of the tickets looked at hold that sharing them says nothing."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._of = 0

    def add(self, tickets: Iterable[Ticket]) -> None:
        for each in tickets:
            self._count.update(words(_text(each)))
            self._of += 1

    def __contains__(self, word: str) -> bool:
        return self._of >= 10 and self._count[word] > 0.3 * self._of


def shared(one: Ticket, other: Ticket, common: Common) -> set[str]:
    """Words of both that are worth a look."""
    both = words(_text(one)) & words(_text(other))
    return {
        word
        for word in both
        if (len(word) >= _SHORT or any(sign.isdigit() for sign in word) or not word.isascii()) and word not in common
    }


def screen(
    pair: Suggestion,
    ticket: Ticket,
    of: Ticket,
    marked: set[str],
    console: Console,
    *,
    now: datetime,
    height: int,
) -> list[str]:
    """The lines: facts of both, why they were put side by side, and as much of the texts as fits."""
    from rich.cells import cell_len

    width = (console.width - len(GAP)) // 2
    wrap = Wrapper(width)
    terms = {term.casefold() for reason in pair.reasons for term in reason.terms}
    said = [f"{pair.confidence:.2f} {pair.kind} ({pair.calibration})"]
    said += [safe_line(reason.text) for reason in pair.reasons]
    differs = [safe_line(reason.text) for reason in pair.differs]
    lines = [each for text in (" · ".join(said),) for each in Wrapper(console.width)(text)]
    if differs:
        lines += [console.paint(each, "red", err=True) for each in Wrapper(console.width)("≠ " + " · ".join(differs))]
    lines.append("─" * console.width)
    tops = [[line for text in _facts(each, now) for line in wrap(text)] for each in (ticket, of)]
    bodies = [wrap.block((each.description or "(no text)")[:CHARACTERS]) for each in (ticket, of)]
    room = max(4, height - len(lines) - max(map(len, tops)) - 2)
    columns = []
    for top, body in zip(tops, bodies, strict=True):
        more = len(body) > room
        columns.append([*top, *[""] * (max(map(len, tops)) - len(top)), "", *body[: room - more], *["…"] * more])
    for at in range(max(map(len, columns))):
        cells = [column[at] if at < len(column) else "" for column in columns]
        left, right = (_marked(cell, marked | terms, console) for cell in cells)
        lines.append((left + " " * (width - cell_len(cells[0])) + GAP + right).rstrip())
    return lines


def _facts(ticket: Ticket, now: datetime) -> Sequence[str]:
    parts = [ticket.key, ticket.status or "?", f"{ago(ticket.created_at, now)} ago" if ticket.created_at else "no date"]
    owner = ticket.requester and (ticket.requester.name or ticket.requester.email or ticket.requester.id)
    place = [each.name or each.id for each in (ticket.service, ticket.component) if each is not None]
    place += [each for each in (ticket.category, ticket.subcategory) if each]
    facts = [" · ".join(str(part) for part in parts), ticket.title or "(no title)", owner or "", " · ".join(place)]
    return [safe_line(fact) for fact in facts if fact]


def _marked(text: str, marked: set[str], console: Console) -> str:
    paint: Callable[[re.Match[str]], str] = lambda match: (  # noqa: E731
        console.paint(match[0], MARK, err=True) if match[0].casefold() in marked else match[0]
    )
    return _WORD.sub(paint, text)


def _text(ticket: Ticket) -> str:
    return f"{ticket.title or ''}\n{(ticket.description or '')[:CHARACTERS]}"


class Wrapper:
    """Breaks text at spaces to a width in cells; words that are longer are cut (scripts without spaces, URLs)."""

    def __init__(self, width: int) -> None:
        self.width = width

    def __call__(self, text: str) -> list[str]:
        """Of one line."""
        from rich.cells import cell_len, chop_cells

        lines: list[str] = []
        line = ""
        for word in text.split():
            for piece in chop_cells(word, self.width) if cell_len(word) > self.width else [word]:
                joined = f"{line} {piece}" if line else piece
                if cell_len(joined) > self.width:
                    lines.append(line)
                    joined = piece
                line = joined
        return [*lines, line] if line else lines

    def block(self, text: str) -> list[str]:
        """Of several lines; blank ones are kept, but one after the other."""
        out: list[str] = []
        for raw in text.splitlines():
            found = self(safe_line(raw)) or [""]
            if found != [""] or (out and out[-1]):
                out += found
        return out
