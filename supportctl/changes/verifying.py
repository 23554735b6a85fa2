"""After sending: whether each step is in effect, by reading the tickets and, where one is in doubt, its thread."""

from collections.abc import Sequence

import msgspec

from supportctl.adapters.base import Adapter, Needs
from supportctl.adapters.writing import Sight
from supportctl.changes.checking import read
from supportctl.changes.work import Work
from supportctl.model import Conflict, Failed, LinkChange, NewComment, NewTicket, Outcome, Skipped, Ticket, Unverified
from supportctl.model.planned import missing

IN_EFFECT = "in effect"
ABSENT = "absent"
"""It did not happen, or was refused."""
LATE = "late"
"""It happened, and what should be there is not to be seen (yet)."""
SETTLED = "settled"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    word: str
    ticket: Ticket | None = None
    outcome: Outcome | None = None
    text: str = ""


class Verifier:
    def __init__(self, adapter: Adapter, needs: Needs, plan: str, *, notify: bool) -> None:
        self._adapter = adapter
        self._needs = needs
        self._plan = plan
        self._notify = notify
        self._fold = adapter.capabilities.tags_fold_case

    def judge(self, works: Sequence[Work]) -> list[tuple[Work, Verdict]]:
        tickets = read(self._adapter, self._needs, works)
        asked = [work for work in works if work.id in tickets and _unseen(work)]
        steps = [work.sending(self._plan, notify=self._notify) for work in asked]
        sights = self._adapter.look(steps, tickets) if steps else {}
        # It may have come about between reading the ticket and looking: the next step needs the version after it.
        there = [work for work in asked if work.id in sights and sights[work.id].there]
        tickets |= read(self._adapter, self._needs, there) if there else {}
        return [(work, self._verdict(work, tickets.get(work.id), sights.get(work.id))) for work in works]

    def _verdict(self, work: Work, ticket: Ticket | None, sight: Sight | None) -> Verdict:
        if ticket is None:
            return _settled("it can no longer be read, so that nobody can tell")
        if sight is not None:
            return self._told(work, ticket, sight)
        absent, untold = missing(work.change, work.actions, ticket, fold=self._fold)
        if absent:
            text = f"not as planned: {_list(absent)}"
            if work.doubt or isinstance(work.said, Skipped | Conflict | Failed):
                return Verdict(word=ABSENT, ticket=ticket, text=text)
            text = f"the platform answered with success, and {text}"
            return Verdict(word=LATE, ticket=ticket, text=text)
        if untold:
            return _settled(f"{', '.join(untold)} cannot be read back by this account")
        return Verdict(word=IN_EFFECT, ticket=ticket)

    def _told(self, work: Work, ticket: Ticket, sight: Sight) -> Verdict:
        """A step that holds a comment happened if and only if the comment is there."""
        if sight.there is None:
            return _settled(sight.reason or "the platform does not show whether it happened")
        if not sight.there:
            return Verdict(word=ABSENT, ticket=ticket, text="it is not to be seen")
        absent, _ = missing(work.change, work.actions, ticket, fold=self._fold)
        if absent:
            # It may have come about between the two readings.
            return Verdict(word=LATE, ticket=ticket, text=f"it is there, and not as planned: {_list(absent)}")
        return Verdict(word=IN_EFFECT, ticket=ticket)


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


def _settled(reason: str) -> Verdict:
    return Verdict(word=SETTLED, outcome=Unverified(reason=reason))


def _unseen(work: Work) -> bool:
    """Whether a step in doubt holds what a ticket does not show."""
    return work.doubt and any(isinstance(action, NewComment | LinkChange | NewTicket) for action in work.actions)
