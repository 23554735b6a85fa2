"""The two halves of a run whose plan has a tracker: what is made there first, then what points to it.

The second half waits for the first: where the bug was not made, no ticket is told of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from supportctl.changes.journal import Journal
from supportctl.changes.means import Means
from supportctl.changes.naming import all_named, unnamed
from supportctl.changes.plan import Header
from supportctl.changes.records import Entry
from supportctl.changes.run import Run
from supportctl.changes.tracker import Marked
from supportctl.errors import UsageError
from supportctl.model import Applied, Outcome, Skipped, Ticket, Unchanged, Unverified

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter

NOT_MADE = Skipped(reason="the bug was not made, or not wholly: once that is mended, send the packet again")


def carry_out(run: str, header: Header, entries: Sequence[Entry], means: Means) -> None:
    """Until every ticket has an outcome or something stops the run, as `Run.carry_out`."""
    there = [entry for entry in entries if entry.change.tracker]
    here = [entry for entry in entries if not entry.change.tracker]
    marked: Marked | None = None
    if there:
        if means.tracker is None:
            raise UsageError("the plan has changes for a tracker, and none was named; nothing was changed")
        versions = {entry.change.id: _version(entry) for entry in there}
        marked = Marked(means.tracker, [entry.change for entry in there], versions)
        # A run asks nothing of an adapter that `Marked` has not.
        adapter: Adapter = marked  # type: ignore[assignment]
        Run(run, header, there, replace(means, adapter=adapter)).carry_out()
    here = _pointing(run, [entry.change.id for entry in there], here, marked, means.journal)
    if here:
        Run(run, header, here, means).carry_out()


def _version(entry: Entry) -> str | None:
    outcome = entry.outcome
    return outcome.version if isinstance(outcome, Applied | Unchanged) else entry.version


def _pointing(
    run: str, marks: Sequence[str], entries: Sequence[Entry], marked: Marked | None, journal: Journal
) -> list[Entry]:
    """The entries of the second half, with the bug's name; those that wait for one that is not there are left out.

    ``marked`` None: the rows that would have made it were deleted from the plan.
    """
    waiting = [entry for entry in entries if unnamed(entry.change)]
    if not waiting:
        return list(entries)
    states = journal.states(run)
    outcomes = [states.get(mark) for mark in marks]
    bug = None if marked is None else _bug(marks, outcomes, marked)
    ready = [entry for entry in entries if entry not in waiting]
    if bug is None:
        # What was made and cannot be read just now, or may have been made, is waited for.
        if not any(outcome is None or isinstance(outcome, Applied | Unchanged | Unverified) for outcome in outcomes):
            open_ = [entry.change.id for entry in waiting if entry.state != "done"]
            journal.settle(run, dict.fromkeys(open_, NOT_MADE))
        return ready
    changes = {change.id: change for change in all_named([entry.change for entry in waiting], bug)}
    journal.rename(run, list(changes.values()))
    return [
        msgspec.structs.replace(entry, change=changes[entry.change.id]) if entry.change.id in changes else entry
        for entry in entries
    ]


def _bug(marks: Sequence[str], outcomes: Sequence[Outcome | None], marked: Marked) -> Ticket | None:
    """The one ticket that was made, read again where an earlier process made it."""
    for mark, outcome in zip(marks, outcomes, strict=True):
        if isinstance(outcome, Applied | Unchanged):
            if marked.ticket(mark) is None:
                list(marked.get([mark], frozenset()))
            return marked.ticket(mark)
    return None
