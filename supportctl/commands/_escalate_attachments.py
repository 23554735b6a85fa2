"""The work of ``supportctl escalate attachments``: read what hangs on tickets, tell what would be taken."""

from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.commands._app import App, count
from supportctl.errors import NotFoundError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.evidence.attachments import Collected
    from supportctl.reports.base import Sheet


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One file. ``name`` is what it would be called in the packet, before names are redacted."""

    file: str
    origin: str
    kind: str
    bytes: int | None
    taken: bool
    needs_eye: bool
    notes: list[str]
    name: str
    same_as: str | None
    sha256: str | None


def run(keys: tuple[str, ...], attached: tuple[str, ...], app: App) -> int:
    """Raises `UsageError` where nothing was named, `NotFoundError` for a ticket that is not shown."""
    from supportctl.commands._rows import form_of, print_rows
    from supportctl.evidence.attachments import collect

    form_of(app, sheet())
    if not keys and not attached:
        raise UsageError("no ticket and no file was named", hint="give a key (SUP-12), or a file with --attach")
    if app.options.file is not None and not keys:
        raise UsageError("--file names tickets, and no ticket was asked for", hint="give its key")
    tickets = _tickets(keys, app) if keys else []
    found = collect(attached=attached, tickets=tickets, reader=app.reader if keys else None)
    for each in found:
        if each.stream is not None:
            each.stream.close()
    print_rows(app, sheet(), map(_row, found))
    if not found:
        app.console.note(f"nothing is attached to {', '.join(ticket.key for ticket in tickets[:5])}")
        return int(Exit.OK)
    taken = sum(each.taken for each in found)
    eyes = sum(each.needs_eye for each in found)
    parts = [f"{count(taken, 'file')} of {len(found):,} would be taken"]
    if eyes:
        parts.append(f"{count(eyes, 'picture')} to look at")
    app.console.note(" · ".join(parts))
    if keys:
        app.console.hint(f"build the packet: supportctl escalate {' '.join(keys[:3])}{' …' if len(keys) > 3 else ''}")
    return int(Exit.OK)


def _tickets(keys: tuple[str, ...], app: App) -> list[Any]:
    from supportctl.adapters.base import Need

    found = app.get(keys, frozenset({Need.ATTACHMENTS}))
    app.tell_notices(found.notices)
    if found.missing:
        raise NotFoundError(
            f"{app.source} shows no ticket {', '.join(found.missing[:10])} (absent and hidden look alike)",
            hint="check the key, and the account's access with: supportctl check",
        )
    return found.tickets


def _row(each: "Collected") -> Row:
    return Row(
        file=each.told or each.name,
        origin=each.origin,
        kind=str(each.kind),
        bytes=each.size,
        taken=each.taken,
        needs_eye=each.needs_eye,
        notes=list(each.notes),
        name=each.name,
        same_as=each.same_as,
        sha256=each.sha256,
    )


def sheet() -> "Sheet[Any]":
    """One row a file."""
    from supportctl.commands import _sheets
    from supportctl.reports.base import Column

    columns: tuple[Column[Any], ...] = (
        Column(name="file", value=lambda row: row.file, rank=0, width=36),
        Column(name="origin", value=lambda row: row.origin, rank=3, width=12),
        Column(name="kind", value=lambda row: row.kind, rank=2, width=8),
        Column(name="bytes", value=lambda row: row.bytes, rank=2, width=10, right=True),
        Column(name="taken", value=lambda row: "yes" if row.taken else "no", rank=1, width=5),
        Column(name="notes", value=lambda row: "; ".join(row.notes), rank=1, width=0),
        Column(name="name", value=lambda row: row.name, rank=4, width=36),
        Column(name="sha256", value=lambda row: row.sha256, rank=5, width=64),
    )
    return _sheets.sheet_of("attachments", Row, columns, ("file", "origin", "kind", "bytes", "taken", "notes"))
