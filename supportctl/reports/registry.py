"""Forms of output by name; a form's module is imported when it is asked for."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from importlib import import_module
from typing import Any, TypeVar, cast

from supportctl.console import Console
from supportctl.errors import UsageError
from supportctl.reports.base import Reporter, Sheet

T = TypeVar("T")

FORMS = {
    "table": "supportctl.reports.table:Table",
    "plain": "supportctl.reports.plain:Plain",
    "json": "supportctl.reports.document:Json",
    "ndjson": "supportctl.reports.lines:Ndjson",
    "csv": "supportctl.reports.spreadsheet:Csv",
}
MACHINE = frozenset({"json", "ndjson", "csv"})


def form_name(asked: str | None, *, fields: str | None, columns: str | None, tty: bool) -> str:
    """The form a run uses: the one asked for, JSON with ``--json``, else a table on a terminal and plain elsewhere."""
    if asked is not None and asked not in FORMS:
        close = get_close_matches(asked, FORMS, n=1)
        guess = f": did you mean {close[0]}?" if close else ""
        raise UsageError(f"unknown --format {asked!r}{guess}", hint=f"formats: {', '.join(FORMS)}")
    if fields is not None:
        if asked not in (None, "json", "ndjson"):
            raise UsageError(f"--json does not go with --format {asked}", hint="use --columns there")
        asked = asked or "json"
    if columns is not None and asked in ("json", "ndjson"):
        raise UsageError(f"--columns does not go with {asked}", hint="choose fields with --json FIELDS")
    return asked or ("table" if tty else "plain")


def open_report(
    form: str,
    sheet: Sheet[T],
    console: Console,
    *,
    now: datetime,
    columns: Sequence[str] | None = None,
    fields: Sequence[str] | None = None,
) -> Reporter[T]:
    """A reporter writing to ``console``. ``columns`` and ``fields`` are names the sheet has accepted."""
    module, _, name = FORMS[form].partition(":")
    make: Any = getattr(import_module(module), name)
    return cast("Reporter[T]", make(sheet, console, now=now, columns=columns, fields=fields))
