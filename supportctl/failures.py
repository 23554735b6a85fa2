"""How an error is told: ``error[CODE]: what happened``, then what to run next; the exit code to go with it."""

import errno
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from supportctl.console import Console, safe, safe_line
from supportctl.errors import QueryError, StateError, SupportctlError
from supportctl.exits import Exit


def report(error: Exception, arguments: Sequence[str]) -> int:
    """Print ``error`` on standard error and return the exit code it stands for."""
    console = Console(no_color="--no-color" in arguments)
    debug = "--debug" in arguments
    if debug and not isinstance(error, SupportctlError):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, SupportctlError):
        if debug:
            import traceback

            traceback.print_exception(error)
        return known(error, console)
    named = _usage(error) or _full_disk(error)
    if named is not None:
        return known(named, console)
    return unexpected(error, arguments, console)


def known(error: SupportctlError, console: Console) -> int:
    """An error with a name. The step to take comes last: it is what the eye finds first."""
    label = console.paint(f"error[{error.code}]", "bold red", err=True)
    console.error_line(f"{label}: {safe_line(error.message)}")
    if isinstance(error, QueryError) and error.query:
        from supportctl.query import format_error

        for line in format_error(error).splitlines()[1:3]:
            console.error_line(safe(line))
    if error.hint:
        for line in error.hint.splitlines():
            console.error_line(f"  → {safe_line(line)}")
    return int(error.exit_code)


def interrupted() -> int:
    Console().error_line("Interrupted. Nothing more was sent.")
    return int(Exit.INTERRUPTED)


def unexpected(error: Exception, arguments: Sequence[str], console: Console) -> int:
    """A defect of ours: a redacted report goes to a file, no traceback to the terminal."""
    where = _write_report(error, arguments)
    label = console.paint("error[INTERNAL]", "bold red", err=True)
    console.error_line(f"{label}: supportctl failed in a way nobody foresaw ({type(error).__name__})")
    if where:
        console.error_line(f"  → a report without ticket text or secrets is in {where}")
    console.error_line("  → run again with --debug to see the traceback")
    return int(Exit.INTERNAL)


def _usage(error: Exception) -> SupportctlError | None:
    """Typer's own complaints in our form; None for anything else."""
    import typer

    from supportctl.errors import UsageError

    if isinstance(error, typer.Abort):
        return UsageError("stopped before anything was done")
    if not isinstance(error, typer.TyperException):
        return None
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "supportctl"
    hint = f"run: {path} --help"
    message = error.format_message().rstrip(".")
    if getattr(error, "option_name", None) == "--json":
        from supportctl.reports.fields import ticket_fields

        message = "--json needs the fields to print"
        hint = f"one or more, separated by commas, or all: {', '.join(ticket_fields())}"
    return UsageError(message, hint=hint)


def _full_disk(error: Exception) -> SupportctlError | None:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StateError(
            "the disk is full: the output is incomplete", hint="free some space and run the command again"
        )
    return None


_OPTION = re.compile(r"--?[a-z][a-z-]*\Z")


def _write_report(error: Exception, arguments: Sequence[str]) -> str | None:
    """Frames (file, line, function) and types; no messages, no values: either could hold customer text."""
    import platform
    import secrets
    import traceback
    from datetime import UTC, datetime

    from supportctl import __version__
    from supportctl.cli import LAZY
    from supportctl.config import state_dir

    lines = [
        f"supportctl {__version__} · Python {platform.python_version()} · {platform.system()}",
        f"at {datetime.now(UTC).isoformat(timespec='seconds')}",
        "arguments: " + " ".join(word if word in LAZY or _OPTION.match(word) else "…" for word in arguments),
        "",
    ]
    link: BaseException | None = error
    while link is not None:
        lines.append(f"{type(link).__module__}.{type(link).__qualname__} (message left out)")
        lines.extend(
            f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)
        )
        link = link.__cause__ or link.__context__
    try:
        folder = state_dir() / "reports"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}.txt"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return None
    return str(path)


def _short(path: str) -> str:
    """From the package's name on; no home directories."""
    parts = path.replace(os.sep, "/").split("/")
    for marker in ("supportctl", "site-packages", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        if marker in parts:
            return "/".join(parts[parts.index(marker) :])
    return parts[-1]
