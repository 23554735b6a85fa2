"""``supportctl duplicates find`` and ``of``: suggestions with their reasons."""

import sys
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count
from supportctl.commands._duplicates_compare import Asked, compared, keeps
from supportctl.commands._duplicates_pool import before, gather, needs, searched
from supportctl.commands._duplicates_site import site
from supportctl.commands._rows import form_of
from supportctl.errors import NotFoundError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from supportctl.duplicates.suggestion import Suggestion
    from supportctl.model import Ticket

LONGEST = 1_000_000
"""Characters read of a text that is being typed."""


@dataclass(frozen=True, kw_only=True)
class FindOptions(Asked):
    min_confidence: float = 0.25
    most: int = 1
    linked: bool = False


def find(asked: FindOptions, app: App) -> int:
    """Of the selected tickets, the most certain first."""
    from supportctl.commands._duplicates_sheet import SUGGESTIONS

    form_of(app, SUGGESTIONS)
    with compared(app, asked, asked.most) as every:
        told = _told(asked, every)
        number, where = every.told()
    _show(app, asked, told, number, where)
    return int(Exit.OK)


@dataclass
class _Told:
    found: "list[Suggestion]" = field(default_factory=list)
    looked: int = 0
    linked: int = 0
    below: int = 0


def _told(asked: FindOptions, every: "Iterable[list[Suggestion]]") -> _Told:
    told = _Told()
    for suggestions in every:
        told.looked += 1
        for each in suggestions:
            if each.confidence < asked.min_confidence:
                told.below += 1
            elif each.linked and not asked.linked:
                told.linked += 1
            else:
                told.found.append(each)
    told.found.sort(key=lambda each: (-each.confidence, each.ticket.key))
    return told


def _show(app: App, asked: FindOptions, told: _Told, tickets: int, where: str) -> None:
    print_suggestions(app, told.found, looked=told.looked, searched=tickets)
    facts = [f"{count(len(told.found), 'suggestion')} for {count(told.looked, 'ticket')}", where]
    if told.linked:
        facts.append(f"{told.linked:,} already linked left out (--linked shows them)")
    if told.below:
        facts.append(f"{told.below:,} below {asked.min_confidence:g}")
    _summary(app, told.found, facts)
    if told.found:
        app.console.hint("the text of one: supportctl show KEY · to link them: supportctl duplicates link --help")
    elif not told.looked:
        app.console.hint("no ticket was asked about: --all also asks about finished ones")


def of(app: App, key: str | None, text: str | None, asked: FindOptions) -> int:
    """Of one ticket, or of a text before it is one."""
    from supportctl.commands._duplicates_sheet import SUGGESTIONS

    form_of(app, SUGGESTIONS)
    if (key is None) == (text is None):
        raise UsageError("name one ticket, or give a text", hint="supportctl duplicates of KEY, or --text -")
    written = None if text is None else _typed(text)
    wanted = None if key is None or app.options.file is not None else _ticket(app, key)
    if keeps(app, asked):
        with site(app, asked.window) as kept:
            kept.only(wanted)
            suggestions = kept.finder.suggest(written or wanted or "", asked.most)
            _show_of(app, asked, suggestions, len(kept), str(kept))
        return int(Exit.OK)
    since = None if wanted is None or wanted.created_at is None else before(wanted.created_at, asked.window)
    pool = gather(app, (), window=asked.window, other=asked.other, every=True, since=since)
    if written is None and wanted is None and key is not None:
        wanted = pool.finder.named(key, app.reader.normalize_key(key))
        if wanted is None:
            raise NotFoundError(f"{key} is not among the tickets read", hint="the key as the file has it")
    with closing(pool.finder):
        suggestions = pool.finder.suggest(written or wanted or "", asked.most)
    pool.tell(app)
    _show_of(app, asked, suggestions, len(pool.finder), searched(app, pool))
    return int(Exit.OK)


def _show_of(app: App, asked: FindOptions, every: "Sequence[Suggestion]", tickets: int, where: str) -> None:
    found = [each for each in every if each.confidence >= asked.min_confidence]
    print_suggestions(app, found, looked=1, searched=tickets, one=True)
    _summary(app, found, [count(len(found), "suggestion"), where])


def print_suggestions(
    app: App, found: "Sequence[Suggestion]", *, looked: int, searched: int, one: bool = False
) -> None:
    from supportctl.commands._duplicates_sheet import OF_ONE, SUGGESTIONS
    from supportctl.commands._rows import print_rows

    besides = {"asked": looked, "searched": searched}
    print_rows(app, SUGGESTIONS, found, besides=besides, for_people=OF_ONE if one else None)


def _summary(app: App, found: "Sequence[Suggestion]", facts: list[str]) -> None:
    app.console.note(" · ".join(facts), "dim")
    if any(each.calibration == "uncalibrated" for each in found):
        app.console.note(
            "The confidence is uncalibrated: it was learned on public trackers, not on this site's links.", "dim"
        )


def _typed(text: str) -> str:
    if text == "-":
        if sys.stdin.isatty():
            raise UsageError(
                "--text - reads standard input, which is a terminal here", hint="pipe the text in, or give it"
            )
        text = sys.stdin.buffer.read(4 * LONGEST).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError("the text is empty", hint="its first line is taken as the title")
    return text[:LONGEST]


def _ticket(app: App, key: str) -> "Ticket":
    found = app.get([key], needs())
    app.tell_notices(found.notices)
    if not found.tickets:
        raise NotFoundError(
            f"{app.reader.normalize_key(key)} was not found or is hidden from this account",
            hint="check the profile: supportctl check",
        )
    return found.tickets[0]
