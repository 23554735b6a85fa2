"""The second profile of a plan: the tracker its bug is made in."""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from supportctl.commands._app import App
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supportctl.adapters.base import Tracker
    from supportctl.changes.plan import Header, Plan
    from supportctl.config import Profile
    from supportctl.model import Ticket


@dataclass(frozen=True)
class There:
    """``app`` is the command's own where both are one profile."""

    app: App
    profile: "Profile"
    tracker: "Tracker"


@contextmanager
def open_tracker(app: App, name: str) -> "Iterator[There]":
    """The tracker of that profile. Raises `UsageError` where no tickets can be made."""
    if name == app.profile.name:
        yield There(app, app.profile, _tracker(app))
        return
    # A token file is of the one account it was given for.
    with App(replace(app.options, profile=name, token_file=None), console=app.console, clock=app.clock) as there:
        yield There(there, there.profile, _tracker(there))


@contextmanager
def tracker_of(app: App, header: "Header") -> "Iterator[There | None]":
    """The tracker of a plan or run; None where it has none."""
    if header.tracker is None:
        yield None
        return
    with open_tracker(app, header.tracker.profile) as there:
        yield there


def marked_tickets(app: App, plan: "Plan") -> "dict[str, Ticket]":
    """The tracker's tickets of a plan as they are now, by the mark its rows have for them."""
    from supportctl.adapters.base import Need
    from supportctl.changes.tracker import Marked

    with tracker_of(app, plan.header) as there:
        changes = [change for change in plan.changes if change.tracker]
        if there is None or not changes:
            return {}
        needs = frozenset({Need.TAGS, Need.LINKS, Need.ATTACHMENTS})
        pages = Marked(there.tracker, changes, {}).get([change.id for change in changes], needs)
        return {ticket.id: ticket for page in pages for ticket in page.items}


def _tracker(app: App) -> "Tracker":
    if "create" not in app.adapter.capabilities.writes:
        raise UsageError(
            f"profile {app.profile.name!r} is {app.profile.platform}, and bugs are made in Jira only; "
            "nothing was changed",
            hint="name a profile of Jira with --to-profile (all: supportctl profile list)",
        )
    return cast("Tracker", app.adapter)
