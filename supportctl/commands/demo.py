"""``supportctl demo``: the main jobs on three practice platforms, with the real commands, shown as they run."""

import os
import shlex
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import Options, shared
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.commands._practice import Practice

app = command_app()

Runner = Callable[[Sequence[str]], int]

QUIET = {
    "SUPPORTCTL_FORMAT": "table",
    "SUPPORTCTL_NO_HINTS": "1",
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}
"""The demo's surroundings: tables also in a log, and nothing between us and this computer."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command line, why it is shown, and the exit codes that are right."""

    why: str
    words: tuple[str, ...]
    expected: tuple[int, ...] = (0,)


@app.command("demo")
@shared()
def demo(
    options: Options,
    platform: Annotated[
        str | None, typer.Option("--platform", metavar="NAME", help="Only zendesk, jsm or servicenow.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Hold findings and duplicates against what was planted.")
    ] = False,
) -> int:
    """See the main jobs run on sample companies; no account needed.

    Starts three practice platforms on this computer, lists, shows, explains, tags and audits on each, and cleans up.
    Your own profiles, keyring and state are not touched; nothing leaves this computer.
    """
    with App(options) as it:
        return run(it, platform=platform, check=check)


def run(app: App, *, platform: str | None = None, check: bool = False, runner: Runner | None = None) -> int:
    """Exit 0 when every step ended as it should; else the code of the first that did not."""
    from supportctl.commands._practice import server_room, write_profiles
    from supportctl.config import PLATFORMS
    from supportctl.errors import UsageError
    from supportctl.sandbox.conditions import Conditions
    from supportctl.sandbox.seeding import seed_store
    from supportctl.sandbox.store import Store

    if platform is not None and platform not in PLATFORMS:
        raise UsageError(f"there is no platform {platform!r}", hint=f"platforms: {', '.join(PLATFORMS)}")
    room = server_room()
    began = time.monotonic()
    console = app.console
    console.line("Three practice platforms on this computer, each with the queue of a company that does not exist.")
    console.flush()
    with (
        tempfile.TemporaryDirectory(prefix="supportctl-demo-") as folder,
        Store(Path(folder) / "demo.sqlite", Conditions(limit_factor=100 if check else 1)) as store,
    ):
        seed_store(store)
        with room.serve(store) as running:
            every = write_profiles(running.url, Path(folder) / "config.toml")
            # One deployment of each platform shows what there is to see.
            practice = [one for one in every if one.deployment == "cloud"]
            with _surroundings(Path(folder), practice):
                if check:
                    from supportctl.commands import _demo_check

                    return _demo_check.check(app, [one for one in practice if platform in (None, one.platform)], store)
                code, ran = _walk(app, practice, platform, runner or in_process)
    if code != Exit.OK:
        console.error_line(f"The demo stopped at step {ran}, which did not end as it should.")
        return code
    console.line()
    console.line(f"{ran} commands in {time.monotonic() - began:.0f} s; everything they made is gone again.")
    console.line()
    console.line("What next:")
    console.line("  supportctl sandbox serve          keep the practice platforms and try things yourself")
    console.line("  supportctl profile add NAME       connect an account (read-only until you say otherwise)")
    console.line("  supportctl help query             the query language")
    console.flush()
    return int(Exit.OK)


def in_process(words: Sequence[str]) -> int:
    """Run a command line as the entry point does."""
    from supportctl.__main__ import main

    return main(words)


def _walk(app: App, practice: "Sequence[Practice]", platform: str | None, runner: Runner) -> tuple[int, int]:
    """Every step of every platform. Returns the exit code and how many steps ran."""
    ran = 0
    for one in practice:
        if platform is not None and one.platform != platform:
            continue
        title = f"── {one.platform} "
        app.console.line()
        app.console.line(app.console.paint(title + "─" * max(0, min(app.console.width, 100) - len(title)), "bold"))
        for step in steps(one.name, _a_ticket(one.name), CLOSING[one.platform]):
            ran += 1
            code = _take(app, _with_run(step), runner)
            if code not in step.expected:
                return code or int(Exit.INTERNAL), ran
    return int(Exit.OK), ran


LAST_RUN = "RUN"
"""Stands for the id of the run before, as somebody would copy it."""

CLOSING = {
    "zendesk": (),
    "jsm": ("--to", "Resolved", "--code", "Done"),
    "servicenow": ("--code", "Solution provided", "--notes", "The customer did not come back to us."),
}
"""By platform: what closing asks for there."""


def steps(profile: str, key: str, closing: Sequence[str]) -> list[Step]:
    """The main jobs, in the order somebody new would meet them."""
    here = ("-p", profile)
    close = ("close", "status:pending", "--limit", "8", *closing, "--note", "Closed in bulk: no answer.", *here)
    some = (int(Exit.OK), int(Exit.PARTIAL))
    return [
        Step(
            why="What is urgent and still open?",
            words=("list", "is:unresolved priority:p1..p2", "--sort", "-updated", "--limit", "5", *here),
        ),
        Step(why="What does a query ask of the platform?", words=("query", "explain", 'status:open text:"vpn"', *here)),
        Step(why="One ticket with its thread.", words=("show", key, *here)),
        Step(why="Tag it. Without --yes this only plans:", words=("tag", "add", "demo-reviewed", key, *here)),
        Step(
            why="With --yes the plan is journalled, applied and read back:",
            words=("tag", "add", "demo-reviewed", key, "--yes", *here),
        ),
        Step(why="Did it happen?", words=("list", "tag:demo-reviewed", "--columns", "key,status,tags", *here)),
        Step(why="Close what waits for the customer, in bulk. The plan, and who is left out and why:", words=close),
        Step(why="Do it. (Exit code 6 would say that some were left out.)", words=(*close, "--yes"), expected=some),
        Step(
            why="And back again: the planned fields return, what stays is named.",
            words=("undo", LAST_RUN, "--yes", *here),
        ),
        Step(
            why="Hygiene: exit code 1 says that something was found.",
            words=("audit", "is:unresolved", *here),
            expected=(int(Exit.OK), int(Exit.FOUND)),
        ),
    ]


def _with_run(step: Step) -> Step:
    """The step with the id of the newest run where it is asked for."""
    if LAST_RUN not in step.words:
        return step
    from supportctl.changes.journal import Journal
    from supportctl.config import state_dir

    journal = Journal(state_dir() / "journal.db")
    try:
        newest = journal.runs()[0].id
    finally:
        journal.close()
    return replace(step, words=tuple(newest if word == LAST_RUN else word for word in step.words))


def _a_ticket(profile: str) -> str:
    """The key of the newest urgent open ticket, as the first step shows it."""
    from supportctl.adapters import reading
    from supportctl.reports.sorting import ordered

    with App(Options(profile=profile, quiet=True)) as app:
        selection = app.select(["is:unresolved priority:p1..p2"])
        [ticket] = ordered(reading.Reading(app.reader, selection), "-updated", 1)
        return ticket.key


def _take(app: App, step: Step, runner: Runner) -> int:
    console = app.console
    console.line()
    console.line(console.paint(f"# {step.why}", "dim"))
    console.line(console.paint(f"$ supportctl {shlex.join(step.words)}", "bold"))
    console.flush()
    return runner(step.words)


@contextmanager
def _surroundings(folder: Path, practice: "Sequence[Practice]") -> Iterator[None]:
    """Configuration, state and secrets of the demo in place of the person's own, for as long as it runs."""
    before = dict(os.environ)
    ours = {
        **QUIET,
        "SUPPORTCTL_CONFIG": str(folder / "config.toml"),
        "SUPPORTCTL_STATE_DIR": str(folder / "state"),
        **{one.variable: one.secret for one in practice},
    }
    try:
        for name in [name for name in os.environ if name.startswith("SUPPORTCTL_")]:
            del os.environ[name]
        os.environ.update(ours)
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)
