"""The work of ``redact reveal``: from a token back to the value, where the private map has it."""

from pathlib import Path
from typing import Any

import msgspec

from supportctl.commands._app import App
from supportctl.errors import DataError, NotFoundError, UsageError
from supportctl.exits import Exit


class Revealed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One token."""

    token: str
    value: str
    """As it was written; other spellings are in `also`."""
    also: list[str]


def run(tokens: list[str], map_: str | None, app: App) -> int:
    """Raises `NotFoundError` for a token that the map does not hold."""
    from supportctl.commands._rows import print_rows
    from supportctl.config import state_dir
    from supportctl.evidence.redact import maps
    from supportctl.evidence.redact.tokens import parsed

    asked = {written: parsed(written) for written in tokens}
    if wrong := [written for written, told in asked.items() if told is None]:
        raise UsageError(f"{wrong[0]!r} is no token", hint="tokens look like EMAIL_1 or host-1.invalid")
    path = Path(map_).expanduser() if map_ is not None else maps.latest(state_dir())
    if path is None:
        raise DataError("no map is kept on this computer", hint="name one with --map; --no-map runs keep none")
    if not path.exists():
        raise DataError(f"there is no map {path}", hint="check the path given with --map")
    known = maps.load(path)
    rows = []
    for written, told in asked.items():
        assert told is not None
        kind, number = told
        values = known.values(kind, number)
        if not values:
            secret = kind in known.secret_kinds
            raise NotFoundError(
                f"{written} is not in the map {path}" + (": secrets and cards are never kept" if secret else ""),
                hint="" if secret else "name the map of the run that made it with --map",
            )
        rows.append(Revealed(token=f"[{kind}_{number}]", value=values[-1], also=values[:-1]))
    print_rows(app, sheet(), rows)
    app.console.note(f"from {path}")
    return int(Exit.OK)


def sheet() -> Any:
    """One row a token."""
    from supportctl.commands import _sheets
    from supportctl.reports.base import Column

    columns: tuple[Column[Any], ...] = (
        Column(name="token", value=lambda row: row.token, rank=0, width=20),
        Column(name="value", value=lambda row: row.value, rank=0, width=0),
        Column(name="also", value=lambda row: ", ".join(row.also), rank=1, width=0),
    )
    return _sheets.sheet_of("revealed", Revealed, columns, ("token", "value", "also"))
