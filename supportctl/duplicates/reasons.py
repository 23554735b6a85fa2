"""Why two tickets are put side by side, in words: what they share, how rare it is, and what differs.

The index holds numbers, no words. The words of the two are made again from their texts, and looked up by number.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from supportctl.duplicates import naming, terms, words
from supportctl.duplicates.suggestion import Kind, Reason
from supportctl.model import Ticket
from supportctl.text.fold import fold
from supportctl.text.language import language

if TYPE_CHECKING:
    from supportctl.duplicates import ticket as plain
    from supportctl.duplicates.asof import AsOf

SIBLINGS = "siblings"
"""Each names a code, device or number of its own where the other names another."""
HELD = 16
"""Tickets whose words are kept for the next pair."""
MOST_TERMS = 5
MOST_LINES = 2
RARE = 0.005
"""Share of the tickets from which on a word tells nothing by itself."""
FEW = 3
"""So many tickets are few, however small the queue is."""
LINE = 70
"""Characters shown of a line."""
ENDS = "\"'`´’“”„«»‹›()[]{}<>.,;:!?…*_~|/\\=+-–—#、。，：；！？「」（）"
_CHUNKS = re.compile(r"\S{1,200}")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d{3,}")


class Said:
    """One ticket's words as they stand in its text, by the form in which they are compared."""

    def __init__(self, ticket: "plain.Ticket") -> None:
        body = words.own_words(ticket.body)
        self.title = ticket.title
        self.body = body
        self.shown: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.numbered: dict[str, str] = {}
        """What stands before a number, with it; the number as in the text."""
        before = ""
        for count, chunk in enumerate(_chunks(ticket.title, body)):
            if count > terms.LONGEST:
                break
            for token in words.tokens(chunk):
                self.shown.setdefault(token, _cut(chunk, token))
            whole = fold(chunk)
            if is_code(chunk):
                self.codes.setdefault(whole, chunk)
            elif before and _NUMBER.fullmatch(chunk):
                self.numbered.setdefault(f"{before} {whole}", chunk)
            before = whole
        self.names = naming.names(ticket.title, body)
        self.lines = {words.masked(line): line.strip() for line in body.splitlines() if len(line.strip()) >= words.LONG}


def is_code(chunk: str) -> bool:
    """Letters and digits together, as in codes, hosts, devices and orders; no dates, times or amounts."""
    if not chunk.isascii():
        return False
    letters = sum(map(str.isalpha, chunk))
    digits = sum(map(str.isdigit, chunk))
    return bool(letters and digits >= 2) and len(chunk) >= 4 and not re.fullmatch(r"\d+[a-z]{1,3}", fold(chunk))


class Explainer:
    """With the frequencies of all tickets searched."""

    def __init__(self, now: "Callable[[], AsOf | None]") -> None:
        self._made = now
        self._said: dict[str, Said] = {}

    def pair(
        self,
        ticket: Ticket,
        asked: "plain.Ticket",
        of: Ticket,
        other: "plain.Ticket",
        kind: Kind,
        copies: int,
    ) -> tuple[list[Reason], list[Reason]]:
        """What the two share, the most telling first, and what differs."""
        own, theirs = self._read(asked), self._read(other)
        reasons = list(_by_rule(kind, copies))
        shared_codes = [code for code in own.codes if code in theirs.codes]
        if shared_codes:
            reasons.append(self._terms("codes", {own.codes[code]: self._df(code) for code in shared_codes}))
        if rare := self._rare(own, theirs, shared_codes):
            reasons.append(self._terms("terms", rare))
        if kind is Kind.TEXT and (lines := _same_lines(own, theirs)):
            reasons.append(Reason(code="lines", text="same line " + " and ".join(f'"{line}"' for line in lines)))
        differs: list[Reason] = []
        for name, value in asked.fields.items():
            if name not in other.fields:
                continue
            if value == other.fields[name]:
                reasons.append(Reason(code=f"same_{name}", text=f"same {name}"))
            else:
                differs.append(Reason(code=f"other_{name}", text=f"{name} differs"))
        reasons.extend(_of_people(ticket, of, kind))
        if ticket.created_at is not None and of.created_at is not None:
            reasons.append(Reason(code="time", text=f"{apart(ticket.created_at, of.created_at)} apart"))
        differs.extend(_siblings(own, theirs))
        differs.extend(_languages(own, theirs))
        return reasons, differs

    def siblings(self, asked: "plain.Ticket", other: "plain.Ticket") -> bool:
        """Whether each names a code, device or number of its own: perhaps one text about two things."""
        return any(_siblings(self._read(asked), self._read(other)))

    @property
    def _now(self) -> "AsOf | None":
        return self._made()

    def _read(self, ticket: "plain.Ticket") -> Said:
        """The ticket asked about, or the first of many copies, comes several times in a row."""
        key = f"{ticket.id}\x1f{ticket.title}\x1f{ticket.body}"
        found = self._said.pop(key, None) or Said(ticket)
        if len(self._said) >= HELD:
            del self._said[next(iter(self._said))]
        self._said[key] = found
        return found

    def _df(self, token: str) -> int:
        """In how many tickets searched; of a code with several parts that of the rarest form it is known by."""
        if self._now is None:
            return 0
        parts = words.tokens(token) or [token]
        # Of a line that many tickets have, the parts of a code are left out.
        whole = [each for each in parts if words.is_code(each)] or parts
        return min(int(self._now.df[terms.number(each)]) for each in whole)

    def _terms(self, code: str, found: dict[str, int]) -> Reason:
        total = 0 if self._now is None else self._now.step
        first = dict(sorted(found.items(), key=lambda each: (each[1], each[0]))[:MOST_TERMS])
        return Reason(code=code, text=", ".join(_often(first, total)), terms=first)

    def _rare(self, own: Said, theirs: Said, codes: list[str]) -> dict[str, int]:
        if self._now is None:
            return {}
        few = max(FEW, RARE * self._now.step)
        parts = {token for code in codes for token in (code, *words.tokens(code))}
        found: dict[str, tuple[int, str]] = {}
        for token, shown in own.shown.items():
            if token in theirs.shown and token not in parts and len(token) > 2 and not token.isdigit():
                df = int(self._now.df[terms.number(token)])
                if df <= few:
                    found.setdefault(fold(shown), (df, shown))
        whole = [each for each in found if not any(each != other and each in other for other in found)]
        return {shown: df for df, shown in sorted(found[each] for each in whole)[:MOST_TERMS]}


def _often(found: dict[str, int], total: int) -> Iterator[str]:
    """``"MT2001" in 4 of 18,499``; words that are equally rare are told together."""
    by_df: dict[int, list[str]] = {}
    for shown, df in found.items():
        by_df.setdefault(df, []).append(f'"{shown}"')
    for df, each in by_df.items():
        # Of lines that many tickets have not every code is counted.
        yield f"{' '.join(each)} in {df:,} of {total:,}" if df else " ".join(each)


def _chunks(*texts: str) -> Iterator[str]:
    for text in texts:
        for match in _CHUNKS.finditer(text):
            if chunk := match[0].strip(ENDS):
                yield chunk


def _cut(chunk: str, token: str) -> str:
    """The part of the text a token was made of; the whole where it cannot be told."""
    at = chunk.lower().find(token)
    if at < 0:
        return chunk
    end = at + len(token)
    while end < len(chunk) and chunk[end].isalpha() and chunk[end].islower():
        end += 1
    return chunk[at:end]


def _by_rule(kind: Kind, copies: int) -> Iterator[Reason]:
    if kind is Kind.RESEND:
        yield Reason(code="resend", text="same requester, same text")
    elif kind is Kind.ALERT:
        yield Reason(code="alert", text=f"same message, {copies:,} before")


def _same_lines(own: Said, theirs: Said) -> list[str]:
    found = [line for masked, line in own.lines.items() if masked in theirs.lines]
    found.sort(key=len, reverse=True)
    return [line if len(line) <= LINE else line[: LINE - 1] + "…" for line in found[:MOST_LINES]]


def _of_people(ticket: Ticket, of: Ticket, kind: Kind) -> Iterator[Reason]:
    one, other = ticket.requester, of.requester
    if one is None or other is None or ticket.profile != of.profile or kind is Kind.RESEND:
        return
    if one.id == other.id:
        yield Reason(code="same_requester", text="same requester")
    elif (
        ticket.organization is not None and of.organization is not None and ticket.organization.id == of.organization.id
    ):
        yield Reason(code="same_organization", text="same organization")


def _siblings(own: Said, theirs: Said) -> Iterator[Reason]:
    """A code or number of one form, of which each has its own: the same text about another thing."""
    pairs: list[str] = []
    for mine, others in ((own.codes, theirs.codes), (own.numbered, theirs.numbered)):
        forms: dict[str, str] = {}
        taken: set[str] = set()
        for code, shown in others.items():
            form = _form(code)
            taken.update((form,) if code in mine else ())
            if code not in mine:
                forms.setdefault(form, shown)
        for code, shown in mine.items():
            form = _form(code)
            if code not in others and form in forms and form not in taken:
                pairs.append(f"{shown} / {forms.pop(form)}")
    if not pairs and own.names and theirs.names and not own.names & theirs.names:
        pairs.append(" / ".join(each.codes.get(min(each.names), min(each.names)) for each in (own, theirs)))
    if pairs:
        yield Reason(code=SIBLINGS, text=", ".join(pairs[:3]))


def _form(code: str) -> str:
    return _DIGITS.sub("0", code)


def _languages(own: Said, theirs: Said) -> Iterator[Reason]:
    one, other = (language(f"{each.title}\n{each.body}") for each in (own, theirs))
    if one is not None and other is not None and one != other:
        yield Reason(code="language", text=f"other language ({one} / {other}): only names and codes compared")


def apart(one: datetime, other: datetime) -> str:
    """``2 h``, ``3 d``: rounded, for reading."""
    seconds = abs((one - other).total_seconds())
    for size, unit in ((86_400 * 365.25, "y"), (86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
