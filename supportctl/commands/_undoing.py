"""What ``undo`` plans: the way back on the plan's own platform, and on its tracker where it had one."""

from typing import TYPE_CHECKING

import msgspec

from supportctl.commands._app import App
from supportctl.commands._changing import tickets_of
from supportctl.commands._tracker import There, tracker_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportctl.changes.making import Made
    from supportctl.changes.plan import Header
    from supportctl.changes.records import Entry
    from supportctl.config import Profile
    from supportctl.model import Change, Ticket

REFUSALS = ("won't do", "won't fix", "wontfix", "declined", "rejected", "cancelled", "canceled", "invalid")
"""Closure codes for what is not to be done, the fittest first."""


def way_back(it: App, header: "Header", entries: "Sequence[Entry]") -> "tuple[Made, Profile | None]":
    """The changes, and the tracker's profile where some are made there. Raises `RefusedError` for another instance."""
    from supportctl.changes.apply import refuse_other_tracker
    from supportctl.changes.making import Made
    from supportctl.changes.undo import linked_keys, make_undo, undo_needs, undoable

    changes = undoable(entries)
    own = [change for change in changes if not change.tracker]
    needs = undo_needs(it.adapter, own) & it.adapter.capabilities.reads
    linked = linked_keys(own)
    others = {other.key: other for other in it.get(linked, needs).tickets} if linked else {}
    made = make_undo(it.adapter, own, tickets_of(it, own, needs), others)
    with tracker_of(it, header) as there:
        if there is None:
            return made, None
        refuse_other_tracker(header, there.profile, writing=it.options.applying.applies)
        back = _tracker_back(there, [entry for entry in entries if entry.change in changes and entry.change.tracker])
        both = Made(
            changes=[*back.changes, *made.changes],
            unchanged=[*back.unchanged, *made.unchanged],
            skipped=[*back.skipped, *made.skipped],
        )
        return both, there.profile


def _tracker_back(there: There, entries: "Sequence[Entry]") -> "Made":
    """Under the marks the run knew its tickets by; by their ids they are read, since a mark may be taken away."""
    from supportctl.changes.making import Made
    from supportctl.changes.tracker import version_of
    from supportctl.changes.undo import make_undo

    bugs = {entry.change.id: bug for entry in entries if (bug := _bug(there, entry)) is not None}
    marks = {bug.id: mark for mark, bug in bugs.items()}
    changes = [
        msgspec.structs.replace(entry.change, id=bugs[entry.change.id].id, key=bugs[entry.change.id].key)
        for entry in entries
        if entry.change.id in bugs
    ]
    made = make_undo(there.tracker, changes, {bug.id: bug for bug in bugs.values()}, code=_code(there))
    gone = [(entry.change.key, "it is not to be found") for entry in entries if entry.change.id not in bugs]

    def under_mark(change: "Change") -> "Change":
        mark = marks[change.id]
        return msgspec.structs.replace(change, id=mark, key=mark, version=version_of(bugs[mark]), tracker=True)

    return Made(
        changes=[under_mark(change) for change in made.changes],
        unchanged=made.unchanged,
        skipped=[*made.skipped, *gone],
    )


def _bug(there: There, entry: "Entry") -> "Ticket | None":
    from supportctl.adapters.reading import get
    from supportctl.changes.tracker import id_in
    from supportctl.changes.undo import undo_needs
    from supportctl.model import Applied, Unchanged

    needs = undo_needs(there.tracker, [entry.change]) & there.tracker.capabilities.reads
    outcome = entry.outcome
    version = outcome.version if isinstance(outcome, Applied | Unchanged) else entry.version
    id_ = id_in(version) or id_in(entry.change.version)
    found = there.tracker.find([entry.change.id], needs) if id_ is None else get(there.tracker, [id_], needs).tickets
    return found[0] if found else None


def _code(there: There) -> str | None:
    known = {code.casefold().replace("’", "'"): code for code in there.tracker.vocabulary().closure_codes}
    return next((known[each] for each in REFUSALS if each in known), None)
