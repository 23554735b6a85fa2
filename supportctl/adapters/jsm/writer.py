"""The writing half of the adapter: what goes together, in which order, and who does it."""

from collections.abc import Iterator, Mapping, Sequence

from supportctl.adapters.base import Capabilities, Need, Needs
from supportctl.adapters.jsm.assigning import Assigner
from supportctl.adapters.jsm.batching import Batcher
from supportctl.adapters.jsm.details import HIDDEN, on_a_desk, read
from supportctl.adapters.jsm.drafting import Drafter
from supportctl.adapters.jsm.edits import EDITS
from supportctl.adapters.jsm.jobs import task_of
from supportctl.adapters.jsm.looking import Looker
from supportctl.adapters.jsm.marked import Marked
from supportctl.adapters.jsm.moving import Mover
from supportctl.adapters.jsm.relating import Relater
from supportctl.adapters.jsm.sending import Sender
from supportctl.adapters.jsm.setting import Setter
from supportctl.adapters.jsm.site import Site
from supportctl.adapters.writing import (
    AssignWish,
    CommentWish,
    FieldWish,
    Handle,
    LinkWish,
    MergeWish,
    NewWish,
    Poll,
    Prepared,
    Sight,
    StatusWish,
    Step,
    Submission,
    TagWish,
    Touch,
    Wish,
)
from supportctl.errors import InvalidRequestError, UsageError
from supportctl.model import (
    DONE,
    Action,
    Change,
    FieldChange,
    LinkChange,
    NewComment,
    NewFile,
    NewTicket,
    Risk,
    Ticket,
    Transition,
)

PUBLIC = Risk(code="mail", message="Jira mails a public comment to the customer and to everybody else on the request")
NO_DESK = Risk(
    code="visibility",
    message="the issue is in no service project: an internal comment is read by everybody who may see the issue",
)


class JiraWriter:
    """`adapters.writing.Writer` for Jira Cloud and Data Center."""

    site: Site
    capabilities: Capabilities

    @property
    def _sender(self) -> Sender:
        """One for the run: it remembers which links were seen to point the right way."""
        return self.site.once("sender", lambda: Sender(self.site))

    @property
    def _batcher(self) -> Batcher:
        return Batcher(self.site, self._sender)

    def needs(self, wish: Wish) -> Needs:
        match wish:
            case FieldWish():
                return Setter(self.site).needs(wish)
            case AssignWish():
                return frozenset({Need.PEOPLE})
            case LinkWish() | StatusWish():
                return frozenset({Need.LINKS})
            case TagWish():
                return frozenset({Need.TAGS})
            case _:
                return frozenset()

    def prepare(self, tickets: Sequence[Ticket], wish: Wish) -> Mapping[str, Prepared]:
        match wish:
            case FieldWish():
                return Setter(self.site).prepare(tickets, wish)
            case AssignWish():
                return Assigner(self.site).prepare(tickets, wish)
            case LinkWish():
                return Relater(self.site).prepare(tickets, wish)
            case StatusWish():
                return Mover(self.site).prepare(tickets, wish)
            case CommentWish(public=public):
                return {ticket.id: Prepared(risks=_comment_risks(ticket, public)) for ticket in tickets}
            case TagWish():
                return {ticket.id: Prepared() for ticket in tickets}
            case MergeWish():
                raise UsageError(
                    "Jira cannot merge issues", hint="link them as duplicates and close all but one of them"
                )

    def divide(self, change: Change) -> list[tuple[Action, ...]]:
        """Edits together, then the comment, files, each link, and the transition; one that reopens comes first.

        What is to be made comes before all that.

        An issue that is closed may refuse everything else (the workflow property ``jira.issue.editable``).
        """
        moves = [action for action in change.actions if isinstance(action, Transition)]
        # A resolution that a transition does not take is set once the issue is done.
        late = [action for action in change.actions if moves and _resolves(action)]
        edits = tuple(action for action in change.actions if isinstance(action, EDITS) and action not in late)
        rest: list[Action] = [action for action in change.actions if isinstance(action, NewComment)]
        rest += [action for action in change.actions if isinstance(action, NewFile)]
        rest += [action for action in change.actions if isinstance(action, LinkChange)]
        was_done = change.before.get("status") in {status.value for status in DONE}
        first = [move for move in moves if was_done and move.status not in DONE]
        last = [move for move in moves if move not in first]
        new = [action for action in change.actions if isinstance(action, NewTicket)]
        made, opened = [(action,) for action in new], [(move,) for move in first]
        groups: list[tuple[Action, ...]] = [*made, *opened, edits]
        groups += [*((action,) for action in rest), *((move,) for move in last)]
        groups += [(action,) for action in late]
        return [group for group in groups if group]

    def find(self, marks: Sequence[str], needs: Needs) -> list[Ticket]:
        return Marked(self.site).find(marks, needs)

    def draft(self, wish: NewWish) -> Prepared:
        return Drafter(self.site).draft(wish)

    def redraft(self, ticket: Ticket, wish: NewWish) -> Prepared:
        return Drafter(self.site).redraft(ticket, wish)

    def upload_limit(self) -> int | None:
        return Drafter(self.site).upload_limit()

    def batches(self, steps: Sequence[Step]) -> Iterator[list[Step]]:
        return self._batcher.batches(steps)

    def submit(self, steps: Sequence[Step]) -> Submission:
        if len(steps) > 1:
            return self._batcher.submit(steps)
        outcomes = {step.id: self._sender.send(step) for step in steps}
        return Submission(outcomes={id_: outcome for id_, outcome in outcomes.items() if outcome is not None})

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        """How far bulk tasks are; one that is not found any more is done, and its tickets are looked for."""
        found: dict[str, Poll] = {}
        for handle in handles:
            try:
                answer = self.site.get(f"{self.site.api}/bulk/queue/{handle.id}")
            except (*HIDDEN, InvalidRequestError):
                found[handle.id] = Poll(done=True, message="the task is not to be found any more")
                continue
            found[handle.id] = read(answer, task_of, "a bulk task").poll
        return found

    def look(self, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> Mapping[str, Sight]:
        return Looker(self.site).look(steps, tickets)

    def touched(self, tickets: Sequence[Ticket]) -> Mapping[str, Touch]:
        return Looker(self.site).touched(tickets)


def _comment_risks(ticket: Ticket, public: bool) -> list[Risk]:
    if public:
        return [PUBLIC]
    return [] if on_a_desk(ticket) else [NO_DESK]


def _resolves(action: Action) -> bool:
    return isinstance(action, FieldChange) and action.native_field == "resolution" and action.value is not None
