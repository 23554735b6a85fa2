"""Two plans beside each other, or a plan beside the tickets as they are now."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from supportctl.changes.plan import Plan
from supportctl.changes.summary import movements
from supportctl.model import Change, Ticket
from supportctl.model.planned import missing, unseen

Sign = Literal["+", "-", "~", "=", "!", "?"]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """``+`` only in the newer plan, ``-`` only in the older, ``~`` in both and not the same; beside the platform ``=``
    still as planned for, ``+`` already done, ``!`` moved since, ``?`` not to be read."""

    sign: Sign
    key: str
    text: str


def between(old: Plan, new: Plan) -> list[Difference]:
    """Rows that differ; reading versions alone is no difference. In the order of the newer plan, then what it lacks."""
    before = {change.id: change for change in old.changes}
    after = {change.id: change for change in new.changes}
    found = []
    for change in new.changes:
        earlier = before.get(change.id)
        if earlier is None:
            found.append(Difference(sign="+", key=change.key, text=told(change)))
        elif told(earlier) != told(change):
            found.append(Difference(sign="~", key=change.key, text=f"{told(earlier)}  ⇒  {told(change)}"))
    gone = [change for change in old.changes if change.id not in after]
    return found + [Difference(sign="-", key=change.key, text=told(change)) for change in gone]


def beside(changes: Sequence[Change], tickets: Mapping[str, Ticket], *, fold: bool) -> list[Difference]:
    """How each row stands to the ticket as it is now, in plan order. ``tickets`` by native id."""
    return [_beside(change, tickets.get(change.id), fold=fold) for change in changes]


def _beside(change: Change, ticket: Ticket | None, *, fold: bool) -> Difference:
    if ticket is None:
        return Difference(sign="?", key=change.key, text="gone, or hidden from this account")
    absent, untold = missing(change, change.actions, ticket, fold=fold)
    shown = not any(unseen(change, action) for action in change.actions)
    if shown and not absent and not untold and ticket.version != change.version:
        return Difference(sign="+", key=change.key, text=f"already so: {told(change)}")
    if ticket.version != change.version:
        when = f" at {ticket.updated_at:%Y-%m-%d %H:%M:%SZ}" if ticket.updated_at else ""
        return Difference(sign="!", key=change.key, text=f"changed since the plan was made{when}; it would be skipped")
    return Difference(sign="=", key=change.key, text=told(change))


def told(change: Change) -> str:
    """One change in a line, without customers' words."""
    parts = []
    for field, before, after in movements(change):
        if not before or not after:
            parts.append(f"{field} {before or after}")
        else:
            parts.append(f"{field} {before} → {after}")
    return "; ".join(parts)
