"""The work of ``supportctl escalate KEY``: read, find, redact, tell, verify, write; or nothing is written."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supportctl.commands._app import App, count
from supportctl.errors import StateError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.evidence.packet.build import Built
    from supportctl.evidence.packet.parts import Case, Wish
    from supportctl.evidence.redact import Identities, Tokens
    from supportctl.reports.base import Sheet


@dataclass(frozen=True, kw_only=True)
class Asked:
    keys: tuple[str, ...]
    to: str = "engineering"
    attach: tuple[str, ...] = ()
    attachments: bool = True
    with_linked: bool = False
    ask: str = ""
    zone: str | None = None
    out: str = "."
    force: bool = False
    dry_run: bool = False
    min_score: int | None = None
    known: tuple[str, ...] = ()
    map: str | None = None
    no_map: bool = False
    now: str | None = None
    config: str | None = None
    no_config: bool = False


def run(asked: Asked, app: App) -> int:
    """Exit 0 with a verified packet; 1 below ``--min-score``; raises `RefusedError` where something would be left."""
    from supportctl.commands import _escalate_case
    from supportctl.commands._rows import form_of
    from supportctl.evidence.packet import placing
    from supportctl.evidence.packet.build import build, packet_id

    wish = _wish(asked, app)
    form_of(app, sheet())
    parent = Path(asked.out)
    case = _escalate_case.read(asked, app)
    name = packet_id(case.tickets[0].key, wish.created_at)
    if not asked.dry_run:
        placing.check_free(parent, name, replace=asked.force)
    least = asked.min_score if asked.min_score is not None else case.least
    if least is not None and (case.score or 0) < least:
        return _too_low(case, least, app)
    tokens = _tokens(asked, parent / name)
    with ExitStack() as stack:
        for file in case.files:
            if file.data is not None and not isinstance(file.data, bytes):
                stack.callback(file.data.close)
        with app.console.progress("redacting, per cent") as progress:
            built = build(case, wish, identities=_identities(asked, case), tokens=tokens, progress=progress)
        stack.callback(built.close)
        if asked.dry_run:
            _tell(built, None, app)
            return int(Exit.OK)
        if asked.map is not None:
            from supportctl.evidence.redact import maps

            maps.save(Path(asked.map), tokens)
        placed = placing.place(parent, name, built.files, wish.created_at, replace=asked.force)
        if asked.map is None and not asked.no_map:
            _keep(name, tokens, app)
        _tell(built, placed, app)
    return int(Exit.OK)


def _keep(name: str, tokens: "Tokens", app: App) -> None:
    """The private map of this packet. The packet is not lost where it cannot be written."""
    from supportctl.config import state_dir
    from supportctl.evidence.redact import maps

    if not len(tokens):
        return
    path = maps.place(state_dir(), name, tokens)
    try:
        maps.save(path, tokens)
    except StateError as error:
        app.console.warn(f"what the tokens stand for is not kept: {error}")
        return
    app.console.note(f"what the tokens stand for is kept for you alone in {path}; without: --no-map")


def _wish(asked: Asked, app: App) -> "Wish":
    from supportctl import __version__
    from supportctl.evidence.packet.parts import AUDIENCES, Wish

    audience = next((each for each in AUDIENCES if each == asked.to), None)
    if audience is None:
        raise UsageError(f"nobody is called {asked.to[:40]!r} here", hint=f"--to takes: {', '.join(AUDIENCES)}")
    for option, value in (("--out", asked.out), ("--map", asked.map)):
        if value is not None and not value.strip():
            raise UsageError(f"{option} is empty", hint="give a path, or leave it out")
    if asked.map is not None and asked.no_map:
        raise UsageError("--map and --no-map say opposite things", hint="give one of them")
    zone, zone_name = _zone(asked.zone)
    return Wish(
        to=audience,
        created_at=_moment(asked.now, app),
        zone=zone,
        zone_name=zone_name,
        version=__version__,
        log_zone=None if asked.zone is None else zone,
    )


def _moment(text: str | None, app: App) -> datetime:
    from supportctl.query.times import BadTimeError, moment

    if text is None:
        return app.now
    try:
        return moment(text)[0]
    except BadTimeError as bad:
        raise UsageError(f"--now {text[:40]!r} is not a time: {bad}") from None


def _zone(name: str | None) -> tuple[tzinfo | None, str]:
    from supportctl.calendars.business import zone_of

    if name is not None:
        return zone_of(name), name
    if not time.timezone and not time.daylight:
        return UTC, "UTC"
    return None, f"local ({'/'.join(dict.fromkeys(time.tzname))})"


def _tokens(asked: Asked, packet: Path) -> "Tokens":
    from supportctl.evidence.redact import Tokens, maps

    if asked.map is None:
        return Tokens()
    maps.check_place(Path(asked.map), packet)
    return maps.load(Path(asked.map))


def _identities(asked: Asked, case: "Case") -> "Identities":
    from supportctl.evidence.redact import Identities

    return Identities.of_tickets(case.tickets, names=asked.known)


def _too_low(case: "Case", least: int, app: App) -> int:
    key = case.tickets[0].key
    app.console.warn(f"{key} has {case.score or 0} of 100 points, {least} are wanted; nothing was written")
    app.console.hint(f"what to ask the customer: supportctl escalate check {key} --questions")
    return int(Exit.FOUND)


def _tell(built: "Built", placed: tuple[Path, Path] | None, app: App) -> None:
    from supportctl.commands._rows import print_rows

    listed = built.manifest
    facts = {
        "id": listed.id,
        "folder": None if placed is None else str(placed[0]),
        "zip": None if placed is None else str(placed[1]),
        "written": placed is not None,
        "to": listed.to,
        "tickets": [each.key for each in listed.tickets],
        "score": listed.score,
        "severity": listed.severity,
        "replaced": built.replaced,
        "needs_eye": listed.needs_eye,
        "missing": [name for name, each in built.told.elements.items() if each["state"] == "missing"],
        "not_taken": [each.name for each in built.told.evidence if each.path is None],
    }
    print_rows(app, sheet(), _rows(built), besides={"packet": facts})
    console = app.console
    for each in built.told.evidence:
        if each.path is None and each.what not in ("archive", "mail"):
            console.warn(f"{each.name} is not in the packet: {each.note}")
    for path in listed.needs_eye:
        console.warn(f"{path}: no tool has read it; look at it before you hand it on")
    for reason in built.told.left_out:
        console.note(reason)
    parts = [count(len(built.files), "file"), f"{count(built.replaced, 'place')} redacted", "verified"]
    if listed.score is not None:
        parts.insert(0, f"{listed.score} of 100 points")
    console.note(" · ".join(parts))
    if placed is None:
        console.note("nothing was written (--dry-run)")
        return
    console.success(f"{placed[0]} and {placed[1].name}")
    console.hint(f"read it first: {placed[0] / 'README.md'}; then: supportctl escalate send {placed[0]}")


def _rows(built: "Built") -> "list[Any]":
    from supportctl.evidence.packet.build import WHAT
    from supportctl.evidence.packet.contents import size
    from supportctl.evidence.packet.rows import Row

    notes = {each.path: each for each in built.told.evidence if each.path is not None}
    said = {each.about for each in built.told.evidence if each.about is not None}
    out = []
    for name, content in built.files.items():
        found = notes.get(name)
        what = found.what if found is not None else "what was read out of the file" if name in said else WHAT.get(name)
        note = "" if found is None else found.note
        out.append(Row(path=name, bytes=size(content), what=what or "this page", note=note))
    return out


def sheet() -> "Sheet[Any]":
    """One row a file of the packet."""
    from supportctl.commands import _sheets
    from supportctl.evidence.packet.rows import Row
    from supportctl.reports.base import Column

    columns: tuple[Column[Any], ...] = (
        Column(name="path", value=lambda row: row.path, rank=0, width=44),
        Column(name="bytes", value=lambda row: row.bytes, rank=1, width=10, right=True),
        Column(name="what", value=lambda row: row.what, rank=1, width=0),
        Column(name="note", value=lambda row: row.note, rank=2, width=40),
    )
    return _sheets.sheet_of("files", Row, columns, ("path", "bytes", "what", "note"))
