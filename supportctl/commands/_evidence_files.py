"""Files of evidence as commands take them: by name or from standard input, in pieces, with progress."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from supportctl.commands._app import App
from supportctl.console import safe_line
from supportctl.errors import DataError, UsageError

STDIN = "standard-input"


class File(NamedTuple):
    name: str
    stream: BinaryIO
    told: Callable[[int], None]
    """Takes the bytes read so far."""


def check(files: Sequence[str], verb: str, *, markdown: bool, app: App) -> None:
    """Raises `UsageError` before anything is read."""
    options = app.options
    if markdown and any((options.format, options.json_fields, options.columns)):
        raise UsageError("--markdown is a form of its own", hint="leave --format, --json and --columns out")
    if files.count("-") > 1:
        raise UsageError("standard input can be read once only", hint="name - once")
    if not files and sys.stdin.isatty():
        raise UsageError("no file was named, and standard input is a terminal", hint=f"supportctl {verb} FILE")


def opened(files: Sequence[str], app: App) -> "Iterator[File]":
    """Each file in turn, open while it is looked at. Raises `DataError` for one that cannot be read."""
    for name in files or ("-",):
        with _one(name, app) as file:
            yield file


@contextmanager
def _one(name: str, app: App) -> Iterator[File]:
    if name == "-":
        with app.console.progress("standard input") as tell:
            yield File(STDIN, sys.stdin.buffer, lambda done: tell(done >> 20, max(done >> 20, 1)))
        return
    path = Path(name)
    try:
        if path.is_dir():
            raise DataError(f"{name} is a folder; nothing was read", hint="name its files")
        stream = path.open("rb")
    except OSError as error:
        raise DataError(f"cannot read {name}: {error.strerror}", hint="check the path") from None
    with stream, app.console.progress(f"{safe_line(path.name)} · MB") as tell:
        size = max(os.fstat(stream.fileno()).st_size >> 20, 1)
        yield File(path.name, stream, lambda done: tell(min(done >> 20, size), size))
