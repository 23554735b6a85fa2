"""``duplicates review``: a person says of each suggestion whether the two are the same; one key each."""

import os
import shutil
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count
from supportctl.commands._duplicates_decide import read_verdicts
from supportctl.commands._duplicates_from import find_suggestions, read_suggestions, refuse_both
from supportctl.commands._duplicates_keyboard import Keys, keyboard
from supportctl.commands._duplicates_read import tickets_of
from supportctl.commands._duplicates_state import apart, decisions, who
from supportctl.commands._duplicates_times import YEAR
from supportctl.commands._planning import refuse_empty
from supportctl.errors import RefusedError, UsageError
from supportctl.exits import Exit
from supportctl.locking import held

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportctl.commands._duplicates_pair import Common
    from supportctl.duplicates.decisions import Decision, Decisions
    from supportctl.duplicates.suggestion import Suggestion
    from supportctl.duplicates.triage import Triage
    from supportctl.model import Ticket

AHEAD = 10
"""Suggestions whose tickets are read at once."""
KEYS = "y same · n different · l later · u undo · q quit"
HINT = "decide without one: supportctl duplicates review --decide FILE (NDJSON or CSV: ticket, of, verdict; - is stdin)"


@dataclass(frozen=True, kw_only=True)
class ReviewOptions:
    words: tuple[str, ...] = ()
    source: str | None = None
    decide: str | None = None
    listing: bool = False
    by: str | None = None
    minimum: float = 0.25
    window: timedelta = YEAR


def run(it: App, asked: ReviewOptions, keys: Keys | None = None) -> int:
    """Ask, and return the exit code; `keys` instead of the terminal's."""
    refuse_empty({"--from": asked.source, "--decide": asked.decide, "--by": asked.by})
    refuse_both(it, asked.source, asked.words)
    if asked.listing:
        decided = decisions(it).all
        _show(it, decided)
        if not decided:
            it.console.note("Nothing is decided yet: supportctl duplicates review")
        return int(Exit.OK)
    with _alone(it):
        known = decisions(it)
        if asked.decide is not None:
            return _decide(it, asked, known)
        if keys is None:
            _require_terminal(it, asked)
        return _ask(it, asked, known, keys)


def _alone(it: App) -> "AbstractContextManager[None]":
    """Two sessions of one profile would each overwrite what the other was told."""
    busy = RefusedError(
        "another review of this profile is under way; nothing was changed",
        hint="end it there with q; what was decided: supportctl duplicates review --list",
    )
    return held(decisions(it).path.with_name("decisions.lock"), busy)


def _require_terminal(it: App, asked: ReviewOptions) -> None:
    """With suggestions from standard input it is the terminal behind it. Raises `UsageError`."""
    piped = asked.source == "-"
    if it.options.no_input or not it.console.err_tty or not (sys.stdin.isatty() or (piped and _has_terminal())):
        raise UsageError("a review needs a terminal, and there is none here; nothing was asked", hint=HINT)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | getattr(os, "O_NOCTTY", 0)))
    except OSError:
        return False
    return True


def _ask(it: App, asked: ReviewOptions, known: "Decisions", keys: Keys | None) -> int:
    from supportctl.duplicates.triage import Triage

    if asked.source is not None:
        found = read_suggestions(asked.source)
    else:
        found = find_suggestions(it, asked.words, asked.window).suggestions
    found = [each for each in found if each.confidence >= asked.minimum and not each.linked]
    triage = Triage(found, known, clock=it.clock, by=asked.by or who())
    if triage.decided_before:
        it.console.note(f"{count(triage.decided_before, 'suggestion')} decided before", "dim")
    if triage.current is None:
        it.console.note("Nothing is left to decide.")
        return int(Exit.OK)
    interrupted = False
    try:
        with keyboard() if keys is None else nullcontext(keys) as typed:
            _go_through(it, triage, typed)
    except (KeyboardInterrupt, EOFError):
        interrupted = True
    _tell(it, triage)
    if it.options.format in ("json", "ndjson", "csv") or it.options.json_fields is not None:
        _show(it, triage.said)
    return int(Exit.INTERRUPTED if interrupted else Exit.OK)


def _go_through(it: App, triage: "Triage", keys: Keys) -> None:
    from supportctl.commands._duplicates_pair import Common
    from supportctl.duplicates.decisions import Verdict

    verdicts = {"y": Verdict.SAME, "n": Verdict.DIFFERENT, "l": Verdict.LATER}
    tickets: dict[tuple[str, str], Ticket] = {}
    common = Common()
    read = 0
    while (pair := triage.current) is not None:
        if triage.at >= read:
            batch = triage.queue[read : read + AHEAD]
            new = _read(it, batch)
            common.add(ticket for place, ticket in new.items() if place not in tickets)
            tickets |= new
            read += len(batch)
        ends = [tickets.get((brief.profile, brief.id)) for brief in (pair.ticket, pair.of)]
        if ends[0] is None or ends[1] is None:
            gone = pair.ticket.key if ends[0] is None else pair.of.key
            it.console.warn(f"{gone} was not found, or is hidden from this account: passed over")
            triage.pass_over()
            continue
        _draw(it, triage, ends[0], ends[1], common)
        while True:
            key = keys().lower()
            if key in verdicts:
                triage.say(verdicts[key])
                break
            if key == "u":
                if triage.undo():
                    break
                it.console.error_line("Nothing was decided in this session.")
            elif key in ("q", "\x1b", "\x04"):
                return
            elif key == "\x03":
                raise KeyboardInterrupt
            else:
                it.console.error_line(KEYS)


def _read(it: App, batch: "list[Suggestion]") -> "dict[tuple[str, str], Ticket]":
    from supportctl.adapters.base import LISTING

    return tickets_of(it, batch, LISTING)


def _draw(it: App, triage: "Triage", ticket: "Ticket", of: "Ticket", common: "Common") -> None:
    from supportctl.commands._duplicates_pair import screen, shared

    console, pair = it.console, triage.current
    assert pair is not None
    height = shutil.get_terminal_size((80, 24)).lines - 3
    lines = screen(pair, ticket, of, shared(ticket, of, common), console, now=it.now, height=height)
    if console.color_err and console.err_tty:
        lines[0] = "\x1b[2J\x1b[H" + lines[0]
    lines.append(console.paint(f"[{triage.at + 1} of {len(triage.queue)}] {KEYS}", "bold", err=True))
    for line in lines:
        console.error_line(line)


def _tell(it: App, triage: "Triage") -> None:
    said = [each.verdict for each in triage.said]
    parts = ", ".join(f"{said.count(word):,} {word}" for word in dict.fromkeys(sorted(said)))
    it.console.note(f"{count(len(said), 'decision')}{f' ({parts})' if parts else ''}; {triage.left:,} left to decide")
    if "same" in said and apart(it):
        it.console.note(
            "  → kept for tickets of files; --file with -p NAME keeps decisions for a profile, to link them"
        )
    elif "same" in said:
        it.console.note("  → to link what is the same: supportctl duplicates link --reviewed --plan FILE")


def _decide(it: App, asked: ReviewOptions, known: "Decisions") -> int:
    assert asked.decide is not None
    if asked.source == asked.decide == "-":
        raise UsageError(
            "standard input holds either the suggestions or the decisions; nothing was changed",
            hint="write one of them to a file and name it",
        )
    given = [] if asked.source is None else read_suggestions(asked.source)
    made = read_verdicts(it, asked.decide, given, by=asked.by or who())
    known.extend(made)
    it.console.note(f"{count(len(made), 'decision')} kept in {known.path}")
    _show(it, made)
    return int(Exit.OK)


def _show(it: App, found: "Iterable[Decision]") -> None:
    from supportctl.commands._rows import print_rows
    from supportctl.reports.decisions import DECISIONS, DecisionRow

    print_rows(
        it,
        DECISIONS,
        (
            DecisionRow(
                ticket=each.ticket.key,
                of=each.of.key,
                verdict=each.verdict,
                at=each.at,
                by=each.by,
                confidence=each.confidence,
                calibration=each.calibration,
                kind=each.kind,
                profile=each.ticket.profile,
                of_profile=each.of.profile,
            )
            for each in found
        ),
    )
