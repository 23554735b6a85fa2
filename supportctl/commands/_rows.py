"""Rows in the form the options ask for."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from supportctl.commands._app import App

if TYPE_CHECKING:
    from supportctl.reports.base import Sheet


class Form(NamedTuple):
    name: str
    columns: tuple[str, ...] | None
    fields: tuple[str, ...] | None


def form_of(app: App, sheet: "Sheet[Any]") -> Form:
    """Raises `UsageError` for a form, a column or a field that is not known: asked before anything is read."""
    from supportctl.reports.registry import form_name

    options = app.options
    name = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=app.console.out_tty)
    fields = None if options.json_fields is None else sheet.named_fields(options.json_fields)
    columns = None if options.columns is None else sheet.named_columns(options.columns)
    return Form(name, columns, fields)


def print_rows(
    app: App,
    sheet: "Sheet[Any]",
    items: Iterable[Any],
    *,
    besides: Mapping[str, Any] | None = None,
    for_people: tuple[str, ...] | None = None,
) -> None:
    """``besides`` goes into JSON beside the rows; ``for_people`` are a table's columns where none were asked for."""
    from supportctl.reports.registry import open_report

    form = form_of(app, sheet)
    columns = form.columns
    if columns is None and form.name in ("table", "plain"):
        columns = for_people
    report = open_report(form.name, sheet, app.console, now=app.now, columns=columns, fields=form.fields)
    for item in items:
        report.row(item)
    report.close(dict(besides or {}))
