"""Before anything is sent: what moved, vanished or is already done is left alone, and who was faster is named."""

from collections.abc import Sequence

from supportctl.adapters import reading
from supportctl.adapters.base import Adapter, Needs
from supportctl.changes.fingerprint import fingerprint
from supportctl.changes.work import Work, drifted
from supportctl.errors import SupportctlError
from supportctl.model import (
    Conflict,
    Outcome,
    Skipped,
    Status,
    Ticket,
    Unchanged,
)
from supportctl.model.planned import BESIDE, gap, missing, same, unseen, value_of

GONE = "it is gone, or hidden from this account"


def read(adapter: Adapter, needs: Needs, works: Sequence[Work]) -> dict[str, Ticket]:
    """The tickets of these works as they are now, by native id; from the store, not from a search index."""
    found = reading.get(adapter, [work.change.key for work in works], needs & adapter.capabilities.reads)
    return {ticket.id: ticket for ticket in found.tickets}


class Checker:
    def __init__(self, adapter: Adapter, needs: Needs) -> None:
        self._adapter = adapter
        self._needs = needs
        self._fold = adapter.capabilities.tags_fold_case

    def check(self, works: Sequence[Work]) -> dict[str, Outcome]:
        """Outcomes of those that are not to be sent, by ticket id. The others are marked as checked."""
        tickets = read(self._adapter, self._needs, works)
        outcomes: dict[str, Outcome] = {}
        moved: list[tuple[Work, Ticket]] = []
        for work in works:
            ticket = tickets.get(work.id)
            outcome = self._judge(work, ticket)
            if isinstance(outcome, Conflict) and ticket is not None:
                moved.append((work, ticket))
            if outcome is not None:
                outcomes[work.id] = outcome
            elif ticket is not None:
                work.checked = True
                work.version, work.as_of = ticket.version, ticket.updated_at
                if work.before is None and work.fresh:
                    work.before = fingerprint(ticket, self._adapter.capabilities.volatile)
        return outcomes | self._named(moved)

    def _judge(self, work: Work, ticket: Ticket | None) -> Outcome | None:
        change = work.change
        if ticket is None or ticket.status is Status.DELETED:
            return Skipped(reason=GONE)
        names = [name for name in change.after if name not in BESIDE]
        hidden = [name for name in names if gap(ticket, name) is not None]
        if hidden:
            return Skipped(reason=f"{', '.join(hidden)}: unknown ({gap(ticket, hidden[0])})")
        if work.fresh and not any(unseen(change, action) for action in change.actions):
            absent, untold = missing(change, change.actions, ticket, fold=self._fold)
            if not absent and not untold:
                return Unchanged(version=ticket.version)
        if ticket.version != work.version:
            return Conflict(was=work.version, now=ticket.version, reason=self._faster(work, ticket))
        if work.fresh:
            other = [n for n in names if not same(n, change.before.get(n), value_of(ticket, n), fold=self._fold)]
        else:
            other = drifted(work, ticket, fold=self._fold)
        if other:
            return Conflict(was=work.version, now=ticket.version, reason=f"changed meanwhile: {', '.join(other)}")
        return None

    def _faster(self, work: Work, ticket: Ticket) -> str:
        return _told(None, ticket, begun=not work.fresh)

    def _named(self, moved: Sequence[tuple[Work, Ticket]]) -> dict[str, Outcome]:
        """Conflicts with the name of who changed the ticket, where the platform tells."""
        if not moved:
            return {}
        try:
            touches = self._adapter.touched([ticket for _, ticket in moved])
        except SupportctlError:
            return {}
        named: dict[str, Outcome] = {}
        for work, ticket in moved:
            touch = touches.get(ticket.id)
            if touch is not None and ticket.version != work.version:
                at = touch.at or ticket.updated_at
                reason = _told(touch.who, ticket, begun=not work.fresh, at=at)
                named[work.id] = Conflict(was=work.version, now=ticket.version, reason=reason)
        return named


def _told(who: str | None, ticket: Ticket, *, begun: bool, at: object = None) -> str:
    moment = at or ticket.updated_at
    by = f" by {who}" if who else ""
    when = f" at {moment:%Y-%m-%d %H:%M:%SZ}" if moment else ""
    since = "after its first part was made" if begun else "since the plan was made"
    return f"changed{by}{when}, {since}"
