"""What every writing command shares: choosing tickets, showing a plan, applying it, telling how it ended."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.commands._app import App, count, join_words
from supportctl.errors import DataError, RefusedError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs
    from supportctl.changes.apply import Report
    from supportctl.changes.plan import Plan
    from supportctl.config import Profile
    from supportctl.model import Outcome, Ticket

PREVIEW = 25
"""Rows of a plan a terminal shows; the plan file and the other forms have all."""

MAX_KEYS = 100_000


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Tickets to change, the selection in words (for the plan), and the number of named keys nobody answered for."""

    tickets: "list[Ticket]"
    words: str
    missing: int = 0


def chosen_tickets(app: App, words: Sequence[str], needs: "Needs") -> Chosen:
    """Tickets by query, keys, or ``-`` for keys on standard input.

    A bare word is never a query, so words without a field are keys. Missing keys are told and left out; it is an
    error when none is found.
    """
    options = app.options
    if not join_words(words) and options.native is None and options.view is None:
        raise UsageError(
            "no tickets were chosen; nothing was changed",
            hint="give a query ('status:open tag:vpn'), keys (SUP-1 SUP-2), or - to read keys from standard input",
        )
    if options.sort is not None:
        raise UsageError(
            "--sort chooses no tickets for a change; nothing was changed",
            hint="sort with list and pipe: supportctl list … --sort FIELD --limit N --format ndjson | supportctl … -",
        )
    if list(words) == ["-"] or (words and all(_is_key(word) for word in words)):
        for name, value in (("--native", options.native), ("--view", options.view), ("--limit", options.limit)):
            if value is not None:
                raise UsageError(
                    f"{name} does not go with keys; nothing was changed", hint="narrow with a query instead"
                )
        if list(words) == ["-"]:
            keys = list(_piped_keys(app.profile, app.adapter.normalize_key))
            if not keys:
                app.console.warn("standard input held no keys (did the command before it fail?)")
                return Chosen(tickets=[], words="")
            return _by_key(app, keys, needs, "keys on standard input")
        return _by_key(app, words, needs, " ".join(words))
    reading = app.read(app.select(words), needs, limit=app.options.row_limit)
    tickets = list(app.console.track(reading, app.source))
    app.tell(reading)
    if reading.truncated:
        app.console.warn("stopped at the limit; there may be more tickets that match")
    native = [text for text in (app.options.native, app.options.view) if text is not None]
    return Chosen(tickets=tickets, words=" ".join([*native, *words]))


def _is_key(word: str) -> bool:
    return word.startswith(("https://", "http://")) or not any(mark in word for mark in ':<>()" ')


def _by_key(app: App, keys: Sequence[str], needs: "Needs", words: str) -> Chosen:
    found = app.get(keys, needs)
    app.tell_notices(found.notices)
    if found.missing:
        named = ", ".join(found.missing[:10]) + (" …" if len(found.missing) > 10 else "")
        text = f"{count(len(found.missing), 'key')} not found or hidden from this account: {named}"
        if not found.tickets:
            from supportctl.errors import NotFoundError

            raise NotFoundError(f"{text}; nothing was changed", hint="check the profile: supportctl check")
        app.console.warn(text)
    return Chosen(tickets=found.tickets, words=words, missing=len(found.missing))


def _piped_keys(profile: "Profile", normalize: Callable[[str], str]) -> Iterator[str]:
    """Keys on standard input: one a line, or NDJSON tickets of this profile. Raises `DataError` naming the line."""
    if sys.stdin.isatty():
        raise UsageError("- reads keys from standard input, which is a terminal here", hint="pipe keys in")
    number = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if number > MAX_KEYS:
            raise RefusedError(
                f"more than {MAX_KEYS:,} keys on standard input; nothing was changed", hint="send them in parts"
            )
        text = line.strip().removeprefix(b"\xef\xbb\xbf")
        if not text:
            continue
        try:
            key = _json_key(text, profile, number) if text.startswith(b"{") else text.decode()
        except (UnicodeDecodeError, msgspec.MsgspecError, KeyError):
            raise DataError(
                f"standard input, line {number}: neither a key nor an object with a `key`; nothing was changed",
                hint="supportctl list … --format ndjson prints lines that fit",
            ) from None
        try:
            normalize(key)
        except UsageError as error:
            raise UsageError(
                f"standard input, line {number}: {error.message}; nothing was changed",
                hint="supportctl list … --format ndjson prints lines that fit",
            ) from None
        yield key


def _json_key(text: bytes, profile: "Profile", line: int) -> str:
    ticket = msgspec.json.decode(text, type=dict[str, Any])
    key = ticket["key"]
    if not isinstance(key, str):
        raise KeyError("key")
    for name, expected in (("platform", profile.platform), ("profile", profile.name)):
        if ticket.get(name, expected) != expected:
            raise UsageError(
                f"standard input, line {line}: a ticket of {name} {ticket[name]!r}, and this profile is "
                f"{profile.name!r} ({profile.platform}); nothing was changed",
                hint="the same key names another ticket there; choose the profile with -p",
            )
    return key


def store(app: App, plan: "Plan", path: str | None) -> Path:
    """Write the plan where it was asked for, else among the plans of the state folder."""
    from supportctl.changes import plan as plans
    from supportctl.config import state_dir

    name = f"{plan.header.created_at:%Y%m%d-%H%M%S}-{plan.header.id[:6]}.plan"
    place = Path(path) if path is not None else state_dir() / "plans" / name
    plans.write(plan, place)
    return place


def refuse_too_many(plan: "Plan", most: int) -> None:
    if len(plan.changes) > most:
        raise RefusedError(
            f"the plan would change {count(len(plan.changes), 'ticket')}, more than --max-changes {most:,}; "
            "nothing was changed",
            hint=f"narrow the selection, or allow it with --max-changes {len(plan.changes)}",
        )


def show(app: App, plan: "Plan", outcomes: "Mapping[str, Outcome | None] | None" = None) -> None:
    """The plan's rows in the form asked for; a terminal shows the first ones."""
    from supportctl.reports.changes import CHANGES, rows
    from supportctl.reports.registry import form_name, open_report

    options, console = app.options, app.console
    form = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=console.out_tty)
    fields = None if options.json_fields is None else CHANGES.named_fields(options.json_fields)
    columns = None if options.columns is None else CHANGES.named_columns(options.columns)
    report = open_report(form, CHANGES, console, now=app.now, columns=columns, fields=fields)
    listed = rows(plan.changes, outcomes)
    for row in _preview(listed) if form == "table" else listed:
        report.row(row)
    report.close({"plan": plan.header.id})
    left = len(plan.changes) - PREVIEW
    if form == "table" and left > 0:
        console.note(f"… and {count(left, 'ticket')} more (all of them: --format plain)", "dim")


def _preview(listed: "Iterable[Any]") -> "Iterator[Any]":
    from itertools import islice

    return islice(listed, PREVIEW)


def apply_plan(app: App, plan: "Plan", path: Path) -> int:
    """Apply, show the outcomes, say what was and was not done and how to go on. Returns the exit code."""
    from supportctl.changes.apply import apply
    from supportctl.changes.journal import Journal
    from supportctl.config import state_dir
    from supportctl.wire.clock import SYSTEM_CLOCK

    profile = app.require_writes()
    journal = Journal(state_dir() / "journal.db")
    again = f"supportctl plan apply {path} --yes --profile {profile.name}"
    try:
        report = apply(plan, profile, app.adapter, journal, SYSTEM_CLOCK)
    finally:
        journal.close()
    show(app, plan, report.outcomes)
    return _tell(app, report, again)


def _without_promise(message: str) -> str:
    """What stopped the run knew nothing of the changes sent before it."""
    for promise in ("; nothing was read or changed", "; nothing was changed"):
        message = message.replace(promise, "")
    return message


def _tell(app: App, report: "Report", again: str) -> int:
    console = app.console
    total = len(report.outcomes)
    done = sum(report.counts[word] for word in ("applied", "unchanged"))
    parts = ", ".join(f"{number:,} {word}" for word, number in sorted(report.counts.items()))
    text = f"{done:,} of {count(total, 'ticket')} as planned ({parts}); run {report.run}"
    if report.complete:
        console.success(text)
        return int(Exit.OK)
    console.warn(text)
    if report.interrupted:
        console.error_line(f"Interrupted; nothing more was sent. To go on, run: {again}")
        return int(Exit.INTERRUPTED)
    if report.stopped_by is not None:
        console.error_line(f"The run stopped: {_without_promise(report.stopped_by.message)}")
        console.error_line(f"  → to go on, run: {again}")
        return int(report.stopped_by.exit_code)
    console.error_line(f"  → what became of each ticket: supportctl runs show {report.run}")
    return int(Exit.PARTIAL)
