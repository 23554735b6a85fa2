"""What every writing command shares: storing a plan, showing it, applying it, telling how it ended."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from supportctl.commands._app import App, count
from supportctl.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from supportctl.adapters.base import Needs
    from supportctl.changes.plan import Plan
    from supportctl.model import Change, Outcome, Ticket

MACHINES = ("json", "ndjson", "csv")
PAGE = 100
PREVIEW = 25
"""Rows of a plan a terminal shows; the plan file and the other forms have all."""


def store(app: App, plan: "Plan", path: str | None) -> Path:
    """Write the plan where it was asked for, else among the plans of the state folder."""
    from supportctl.changes import plan as plans

    name = f"{plan.header.created_at:%Y%m%d-%H%M%S}-{plan.header.id[:6]}.plan"
    place = Path(path) if path is not None else app.options.applying.state / "plans" / name
    plans.write(plan, place)
    return place


def tickets_of(app: App, changes: "Sequence[Change]", needs: "Needs") -> "dict[str, Ticket]":
    """The tickets of these changes as they are now, by native id; a hundred are asked for at a time."""
    tickets: dict[str, Ticket] = {}
    for start in range(0, len(changes), PAGE):
        found = app.get([change.key for change in changes[start : start + PAGE]], needs)
        tickets |= {ticket.id: ticket for ticket in found.tickets}
    return tickets


def refuse_too_many(plan: "Plan", most: int) -> None:
    if len(plan.changes) > most:
        raise RefusedError(
            f"the plan would change {count(len(plan.changes), 'ticket')}, more than --max-changes {most:,}; "
            "nothing was changed",
            hint=f"narrow the selection, or allow it with --max-changes {len(plan.changes)}",
        )


def show(
    app: App,
    plan: "Plan | None",
    outcomes: "Mapping[str, Outcome | None] | None" = None,
    left: "Sequence[tuple[str, str]]" = (),
) -> None:
    """The plan's rows in the form asked for; a terminal shows the first ones.

    Forms for machines also have ``left``, keys and reasons of tickets that were chosen and left out; people were told.
    """
    from supportctl.reports.changes import CHANGES, left_out, rows
    from supportctl.reports.registry import form_name, open_report

    options, console = app.options, app.console
    form = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=console.out_tty)
    fields = None if options.json_fields is None else CHANGES.named_fields(options.json_fields)
    columns = None if options.columns is None else CHANGES.named_columns(options.columns)
    report = open_report(form, CHANGES, console, now=app.now, columns=columns, fields=fields)
    changes = plan.changes if plan is not None else []
    listed = rows(changes, outcomes)
    for row in _preview(listed) if form == "table" else listed:
        report.row(row)
    if form in MACHINES:
        for key, reason in left:
            report.row(left_out(key, reason))
    if changes or form in MACHINES:
        report.close({"plan": plan.header.id if plan is not None else None})
    more = len(changes) - PREVIEW
    if form == "table" and more > 0:
        console.note(f"… and {count(more, 'ticket')} more (all of them: --format plain)", "dim")


def _preview(listed: "Iterable[Any]") -> "Iterator[Any]":
    from itertools import islice

    return islice(listed, PREVIEW)
