"""Carrying a plan or a run out from the command line: leave, progress, Ctrl-C, and how it ended."""

import os
import shlex
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count
from supportctl.commands._options import Options
from supportctl.commands._tracker import tracker_of
from supportctl.errors import NotFoundError, RefusedError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.changes.apply import Report
    from supportctl.changes.gates import Settings
    from supportctl.changes.journal import Journal
    from supportctl.changes.means import Means
    from supportctl.changes.plan import Header, Plan
    from supportctl.commands._applying import Applying
    from supportctl.config import Profile

EFFECTS = 6
"""Side effects that are named before the rest is counted."""


def journal_path(applying: "Applying") -> Path:
    return Path(applying.journal).expanduser() if applying.journal else applying.state / "journal.db"


@contextmanager
def open_journal(applying: "Applying", *, known: bool = False) -> "Iterator[Journal]":
    """The journal the options name. ``known``: it has to be there; raises `NotFoundError`."""
    from supportctl.changes.journal import Journal

    path = journal_path(applying)
    if known and not path.exists():
        raise NotFoundError(
            f"there is no journal at {path}", hint="name it with --journal FILE, or its folder with --state-dir DIR"
        )
    journal = Journal(path)
    try:
        yield journal
    finally:
        journal.close()


def ask_leave(app: App, plan: "Plan") -> bool:
    """Whether the person at the terminal types the number of tickets; False where there is nobody to ask."""
    console = app.console
    if not console.can_ask:
        return False
    wanted = len(plan.changes)
    answer = console.ask(f"Type {wanted} to change {count(wanted, 'ticket')}, anything else to leave it", flag="--yes")
    if answer.strip().replace(",", "") != str(wanted):
        console.note("Nothing was changed.")
        return False
    return True


def apply_plan(
    app: App, plan: "Plan", applying: "Applying | None" = None, left: "Sequence[tuple[str, str]]" = ()
) -> int:
    """Apply, show the outcomes, say what was and was not done and how to go on. Returns the exit code.

    ``left``: keys and reasons of tickets that were chosen and are not in the plan.
    """
    from supportctl.changes.apply import apply, refuse_final

    applying = applying or app.options.applying
    profile = app.require_writes()
    refuse_final(plan.changes, allowed=applying.allow_irreversible)

    return _carry(
        app,
        applying,
        plan,
        lambda means, tracker: apply(
            plan, profile, means, tracker=tracker, allow_irreversible=applying.allow_irreversible
        ),
        left,
    )


def resume_run(app: App, run: str, plan: "Plan") -> int:
    """Go on with a run of the journal, as `apply_plan` does with a plan."""
    from supportctl.changes.apply import resume

    profile = app.require_writes()
    return _carry(app, app.options.applying, plan, lambda means, tracker: resume(run, profile, means, tracker=tracker))


def _locks() -> Path:
    """One folder for all journals of this account: two runs are kept apart wherever each keeps its own."""
    from supportctl.config import state_dir

    return state_dir()


def _carry(
    app: App,
    applying: "Applying",
    plan: "Plan",
    work: "Callable[[Means, Profile | None], Report]",
    left: "Sequence[tuple[str, str]]" = (),
) -> int:
    from supportctl.changes.means import Means
    from supportctl.changes.plan import Plan
    from supportctl.commands._changing import show
    from supportctl.wire.clock import SYSTEM_CLOCK

    with (
        open_journal(applying) as journal,
        tracker_of(app, plan.header) as there,
        _interruptions(app) as stop,
    ):
        if there is not None:
            there.app.require_writes()
        with app.console.progress("changes") as progress:
            means = Means(
                adapter=app.adapter,
                journal=journal,
                clock=SYSTEM_CLOCK,
                settings=_settings(applying, stop),
                progress=progress,
                say=app.console.warn,
                locks=_locks(),
                tracker=None if there is None else there.tracker,
            )
            report = work(means, None if there is None else there.profile)
        if there is not None:
            # What was made has a name now.
            names = {change.id: change for change in journal.changes(report.run)}
            changes = [names.get(change.id, change) for change in plan.changes]
            plan = Plan(header=plan.header, changes=changes, removed=plan.removed)
        show(app, plan, report.outcomes, left)
        return _tell(app, report, applying)


def _settings(applying: "Applying", stop: Event) -> "Settings":
    from supportctl.changes.gates import Settings

    return Settings(
        rate=applying.rate,
        max_error_rate=applying.max_error_rate,
        pause_file=None if applying.pause_file is None else Path(applying.pause_file),
        stop=stop,
        **({} if applying.settle is None else {"settle": applying.settle}),
    )


@contextmanager
def _interruptions(app: App) -> Iterator[Event]:
    """First Ctrl-C (or SIGTERM): finish what is under way. Second: stop at once. Third: be gone."""
    stop = Event()
    presses = 0

    def hear(_number: int, _frame: FrameType | None) -> None:
        nonlocal presses
        presses += 1
        if presses == 1:
            stop.set()
            app.console.error_line("Stopping: what was begun is finished; Ctrl-C again stops at once.")
        elif presses == 2:
            raise KeyboardInterrupt
        else:
            os._exit(int(Exit.INTERRUPTED))

    if current_thread() is not main_thread():
        yield stop
        return
    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def go_on(app: App, run: str, applying: "Applying") -> str:
    """The command that continues a run, with the brakes it had."""
    words = ["supportctl", "resume", run, *_profile(app), *_place(applying)]
    for option, value in (
        ("--rate", applying.rate),
        ("--max-error-rate", applying.max_error_rate),
        ("--pause-file", applying.pause_file),
        ("--settle", applying.settle),
    ):
        if value is not None:
            words += [option, f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join(words)


def to_apply(app: App, plan: "Plan", path: Path, applying: "Applying") -> str:
    """The command that carries a stored plan out."""
    from supportctl.commands._applying import MAX_CHANGES

    words = ["supportctl", "plan", "apply", str(path), "--yes", *_profile(app), *_place(applying)]
    if len(plan.changes) > MAX_CHANGES:
        words += ["--max-changes", str(len(plan.changes))]
    if any(change.final for change in plan.changes):
        words.append("--allow-irreversible")
    return shlex.join(words)


def to_look(run: str, applying: "Applying", *more: str) -> str:
    """The command that shows what became of each ticket."""
    return shlex.join(["supportctl", "runs", "show", run, *more, *_place(applying)])


def with_maker(options: Options, header: "Header") -> Options:
    """The options with the profile a plan or run was made with, unless one is named or the environment is one."""
    from supportctl.config import ENVIRONMENT

    named = options.profile or os.environ.get("SUPPORTCTL_PROFILE")
    if named or header.profile == ENVIRONMENT or os.environ.get("SUPPORTCTL_PLATFORM"):
        return replace(options, profile=named or None)
    return replace(options, profile=header.profile)


def _profile(app: App) -> list[str]:
    from supportctl.config import ENVIRONMENT

    return [] if app.profile.name == ENVIRONMENT else ["--profile", app.profile.name]


def _place(applying: "Applying") -> list[str]:
    """Where the journal is, when it is not where it usually is."""
    words = ["--journal", applying.journal] if applying.journal else []
    return words + (["--state-dir", applying.state_dir] if applying.state_dir else [])


def _without_promise(message: str) -> str:
    """What stopped the run knew nothing of the changes sent before it."""
    for promise in ("; nothing was read or changed", "; nothing was changed"):
        message = message.replace(promise, "")
    return message


def _tell(app: App, report: "Report", applying: "Applying") -> int:
    console = app.console
    total = len(report.outcomes)
    done = sum(report.counts[word] for word in ("applied", "unchanged"))
    parts = ", ".join(f"{number:,} {word}" for word, number in sorted(report.counts.items()))
    text = f"{done:,} of {count(total, 'ticket')} as planned ({parts}); run {report.run}"
    _tell_effects(app, report, applying)
    if report.repeats:
        console.note(f"{count(report.repeats, 'change')} sent again: the first had not arrived", "dim")
    if report.idle and total:
        console.note(f"Nothing was left to do: run {report.run} had ended. What came of it: {text}")
        return int(Exit.OK if report.complete else Exit.PARTIAL)
    if not total:
        console.note("The plan has no rows left; nothing was changed.")
        return int(Exit.OK)
    if report.complete:
        console.success(text)
        return int(Exit.OK)
    console.warn(text)
    again = go_on(app, report.run, applying)
    if report.interrupted:
        console.error_line(f"Interrupted; nothing more was sent. To go on, run: {again}")
        return int(Exit.INTERRUPTED)
    if report.stopped_by is not None:
        stopped = report.stopped_by
        console.error_line(f"error[{stopped.code}]: the run stopped: {_without_promise(stopped.message)}")
        if report.stopped_by.hint and isinstance(report.stopped_by, RefusedError):
            console.error_line(f"  → {report.stopped_by.hint}")
        console.error_line(f"  → to go on, run: {again}")
        return int(report.stopped_by.exit_code)
    console.error_line(f"  → what became of each ticket: {to_look(report.run, applying)}")
    if report.unfinished:
        console.error_line(f"  → to look again for what is unverified: {again}")
    return int(Exit.PARTIAL)


def _tell_effects(app: App, report: "Report", applying: "Applying") -> None:
    """What the platform changed besides, by field."""
    from collections import Counter

    fields = Counter(name for names in report.effects.values() for name in names)
    if not fields:
        return
    named = ", ".join(f"{name} ({number:,})" for name, number in fields.most_common(EFFECTS))
    more = f" and {len(fields) - EFFECTS} more" if len(fields) > EFFECTS else ""
    start = "not as before the run that was undone" if report.undoes else "changed besides, by the platform"
    app.console.note(f"{start}: {named}{more} (each ticket: {to_look(report.run, applying, '--effects')})", "dim")
