"""The work of ``supportctl redact``: read, redact, verify, write; nothing is written that was not verified."""

import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from supportctl.commands._app import App, count
from supportctl.errors import DataError, RefusedError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.evidence.redact import Identities, Packet, Source, Tokens
    from supportctl.reports.base import Sheet

REPORT = "redaction-report.json"
STDIN = "standard-input"


@dataclass(frozen=True, kw_only=True)
class Asked:
    files: tuple[str, ...] = ()
    out: str | None = None
    kind: str | None = None
    map: str | None = None
    no_map: bool = False
    tickets: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    force: bool = False


def run(asked: Asked, app: App) -> int:
    """Exit 0 when all is written and verified, 6 when a file was left out.

    Raises `RefusedError` with nothing written where something is still there.
    """
    from supportctl.evidence.redact import redact

    _check(asked, app)
    out = None if asked.out is None else Path(asked.out)
    tokens = _tokens(asked, out)
    identities = _identities(asked, app)
    with ExitStack() as stack:
        sources = [_source(name, asked.kind, stack) for name in asked.files or ("-",)]
        if out is not None:
            _check_out(sources, out, asked)
        with app.console.progress("redacting, per cent") as told:
            packet = redact(sources, identities=identities, tokens=tokens, told=told)
        stack.callback(packet.close)
        _refuse_residual(packet)
        if out is None:
            _to_output(packet, app)
        if asked.map is not None:
            from supportctl.evidence.redact import maps

            maps.save(Path(asked.map), tokens)
        if out is not None:
            _to_folder(packet, out, asked, app)
    if asked.map is None and not asked.no_map:
        _keep(packet, out, app)
    _tell(packet, app)
    return int(Exit.PARTIAL if any(each.left_out for each in packet.files) else Exit.OK)


def _check(asked: Asked, app: App) -> None:
    from supportctl.evidence.redact.kinds import KINDS

    if asked.kind is not None and asked.kind not in KINDS:
        raise UsageError(f"there is no kind {asked.kind!r}", hint=f"--profile-kind takes: {', '.join(KINDS)}")
    if asked.map is not None and asked.no_map:
        raise UsageError("--map and --no-map say opposite things", hint="give one of them")
    for option, value in (("--out", asked.out), ("--map", asked.map)):
        if value is not None and not value.strip():
            raise UsageError(f"{option} is empty", hint="give a path, or leave it out")
    if asked.out is None and len(asked.files) > 1:
        raise UsageError(
            f"{len(asked.files)} files cannot all go to standard output; nothing was redacted",
            hint="give a folder for them with --out",
        )
    options = app.options
    if asked.out is None and any((options.format, options.json_fields, options.columns)):
        raise UsageError(
            "the redacted text itself goes to standard output; a report has no room there",
            hint="write the files to a folder with --out",
        )
    if asked.files.count("-") > 1 or ("-" in asked.files and options.file == "-"):
        raise UsageError("standard input can be read once only", hint="name - once")
    if app.options.file is not None and not asked.tickets:
        raise UsageError("--file names tickets, and no ticket was asked for", hint="name one with --ticket KEY")


def _tokens(asked: Asked, out: Path | None) -> "Tokens":
    from supportctl.evidence.redact import Tokens, maps

    if asked.map is None:
        return Tokens()
    maps.check_place(Path(asked.map), *([] if out is None else [out]))
    return maps.load(Path(asked.map))


def _identities(asked: Asked, app: App) -> "Identities":
    from supportctl.evidence.redact import Identities

    if not asked.tickets:
        return Identities.of((), names=asked.known)
    from supportctl.adapters.base import LISTING, Need
    from supportctl.errors import NotFoundError

    found = app.get(asked.tickets, LISTING | {Need.COMMENTS, Need.HISTORY})
    if len(found.tickets) < len(set(asked.tickets)):
        raise NotFoundError(
            "not every ticket named with --ticket was found; nothing was redacted",
            hint="check the keys and the profile: supportctl check",
        )
    return Identities.of_tickets(found.tickets, names=asked.known)


def _source(name: str, kind: Any, stack: ExitStack) -> "Source":
    from supportctl.evidence.redact import Source
    from supportctl.evidence.redact.spool import nameless

    if name == "-":
        if sys.stdin.isatty():
            raise UsageError("no file was named, and standard input is a terminal", hint="supportctl redact FILE")
        file = stack.enter_context(nameless())
        shutil.copyfileobj(sys.stdin.buffer, file, 1_048_576)
        return Source(STDIN, file, kind)
    path = Path(name)
    try:
        if path.is_dir():
            raise DataError(f"{name} is a folder; nothing was redacted", hint="name its files")
        opened = stack.enter_context(path.open("rb"))
        if opened.seekable():
            return Source(path.name, opened, kind)
        file = stack.enter_context(nameless())  # A pipe: it can be read once only.
        shutil.copyfileobj(opened, file, 1_048_576)
        return Source(path.name, file, kind)
    except OSError as error:
        raise DataError(f"cannot read {name}: {error.strerror}; nothing was redacted", hint="check the path") from None


def _refuse_residual(packet: "Packet") -> None:
    if packet.clean:
        return
    left = []
    for number, each in enumerate(packet.files, 1):
        counts = ", ".join(f"{n} {kind}" for kind, n in each.residual.items())
        if counts:  # The name itself may be what is left.
            left.append(f"file {number} of {len(packet.files)} by name, {each.kind}: {counts}")
    raise RefusedError(
        f"something that should be hidden is still there ({'; '.join(left[:5])}); nothing was written",
        hint="this is a fault of ours: please report the kind of file and these counts",
    )


def _to_output(packet: "Packet", app: App) -> None:
    [done] = packet.files
    if done.left_out:
        raise DataError(f"{done.name}: {'; '.join(done.notes)}; nothing was written", hint="name a file of text")
    if done.data is not None:
        app.console.write_bytes(done.data, flush=True)
    elif done.stream is not None:
        while piece := done.stream.read(1_048_576):
            app.console.write_bytes(piece)
        app.console.flush()


def _check_out(sources: "list[Source]", out: Path, asked: Asked) -> None:
    """Before the work; the final names are known after it only."""
    from supportctl.evidence import staging

    if any(path.is_file() and path.resolve().parent == out.resolve() for path in map(Path, asked.files)):
        raise RefusedError(
            f"{out} holds the files themselves, which stay as they are; nothing was written",
            hint="name another folder with --out",
        )
    staging.check_free(out, [REPORT, *(source.name for source in sources)], replace=asked.force)


def _to_folder(packet: "Packet", out: Path, asked: Asked, app: App) -> None:
    from supportctl.commands._rows import print_rows
    from supportctl.evidence import staging
    from supportctl.evidence.redact import report

    files: dict[str, bytes | BinaryIO] = {}
    for each in packet.files:
        written = each.stream if each.data is None else each.data
        if written is not None:
            files[each.name] = written
    files[REPORT if REPORT not in files else f"supportctl-{REPORT}"] = report.document(packet)
    staging.place(out, files, replace=asked.force)
    print_rows(app, sheet(), report.rows(packet))


def _keep(packet: "Packet", out: Path | None, app: App) -> None:
    """The private map of this run. A run is not lost where it cannot be written."""
    from supportctl.config import state_dir
    from supportctl.errors import StateError
    from supportctl.evidence.redact import maps

    if not len(packet.tokens):
        return
    path = maps.place(state_dir(), out.name if out is not None else packet.files[0].name, packet.tokens)
    try:
        maps.save(path, packet.tokens)
    except StateError as error:
        app.console.warn(f"what the tokens stand for is not kept: {error}")
        return
    app.console.note(f"what the tokens stand for is kept for you alone in {path}; without: --no-map")


def _tell(packet: "Packet", app: App) -> None:
    from supportctl.evidence.redact import report

    console = app.console
    for each in packet.files:
        for note in each.notes:
            tell = console.warn if each.left_out else console.note
            tell(f"{each.name}: {note}")
    places = sum(sum(each.counts.values()) for each in packet.files)
    left_out = sum(1 for each in packet.files if each.left_out)
    written = len(packet.files) - left_out
    console.note(f"{count(places, 'place')} replaced in {count(written, 'file')} · verified · {report.people(packet)}")
    if left_out:
        console.warn(f"{count(left_out, 'file')} left out and not written: they could not be read as text")
    console.hint("also hide the people of a ticket: supportctl redact FILE --ticket KEY")


def sheet() -> "Sheet[Any]":
    """One row a file."""
    from supportctl.commands import _sheets
    from supportctl.evidence.redact.report import Row
    from supportctl.reports.base import Column

    def found(row: Row) -> str:
        return ", ".join(f"{kind} {number}" for kind, number in row.found.items())

    columns: tuple[Column[Any], ...] = (
        Column(name="file", value=lambda row: row.file, rank=0, width=40),
        Column(name="kind", value=lambda row: row.kind, rank=2, width=8),
        Column(name="replaced", value=lambda row: row.replaced, rank=1, width=9, right=True),
        Column(name="written", value=lambda row: row.written, rank=4, width=8),
        Column(name="found", value=found, rank=1, width=0),
        Column(name="notes", value=lambda row: "; ".join(row.notes), rank=3, width=40),
    )
    return _sheets.sheet_of("redacted", Row, columns, ("file", "kind", "replaced", "found", "notes"))
