"""The writing half: from wishes to actions, from actions to requests, and back to what came of them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from supportctl.adapters.base import Capabilities, Need, Needs
from supportctl.adapters.writing import (
    AssignWish,
    CommentWish,
    FieldWish,
    Handle,
    LinkWish,
    MergeWish,
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
from supportctl.adapters.zendesk import (
    assign,
    bonds,
    jobs,
    looking,
    refusals,
    results,
    sending,
    set_field,
    statuses,
)
from supportctl.adapters.zendesk.account import SHOW_MANY, Account
from supportctl.adapters.zendesk.platform import BULK_SIZE
from supportctl.adapters.zendesk.setup import Setup
from supportctl.adapters.zendesk.types import Job, reading_shape
from supportctl.adapters.zendesk.values import coupled_tags, title
from supportctl.errors import InvalidRequestError, NotFoundError, PermissionDeniedError
from supportctl.model import Action, Change, LinkChange, Merge, Risk, Ticket

_FORGOTTEN = "Zendesk no longer knows the job; its tickets are read back"


class ZendeskWriter:
    """`adapters.writing.Writer` for Zendesk Support."""

    account: Account
    capabilities: Capabilities

    @cached_property
    def setup(self) -> Setup:
        return Setup(self.account)

    def needs(self, wish: Wish) -> Needs:
        """Everything but links comes with the ticket."""
        match wish:
            case TagWish():
                return frozenset({Need.TAGS})
            case LinkWish():
                return frozenset({Need.LINKS})
            case FieldWish(field="kind"):
                return frozenset({Need.LINKS})
            case FieldWish() | StatusWish():
                return frozenset({Need.CUSTOM})
            case AssignWish() | MergeWish():
                return frozenset({Need.PEOPLE})
            case _:
                return frozenset()

    def prepare(self, tickets: Sequence[Ticket], wish: Wish) -> Mapping[str, Prepared]:
        match wish:
            case TagWish():
                return {ticket.id: self._tags(ticket, wish) for ticket in tickets}
            case FieldWish():
                return set_field.prepare(self.setup, tickets, wish)
            case AssignWish():
                return assign.prepare(self.setup, tickets, wish)
            case CommentWish(public=public):
                risks = [refusals.PUBLIC, refusals.MAIL] if public else [refusals.MAIL]
                return {ticket.id: refusals.closed(ticket) or Prepared(risks=risks) for ticket in tickets}
            case LinkWish():
                return bonds.link(self.account, tickets, wish)
            case StatusWish():
                return statuses.prepare(self.setup, tickets, wish)
            case MergeWish():
                return bonds.merge(tickets, wish)

    def _tags(self, ticket: Ticket, wish: TagWish) -> Prepared:
        """Tags that stand for a field's value change the field."""
        held, added = set(ticket.tags), {tag.lower() for tag in wish.add}
        going = held - added if wish.exact else held & {tag.lower() for tag in wish.remove}
        coming = added - held
        risks = []
        if going or coming:
            risks.append(refusals.MAIL)
            for field in self._coupled():
                tags, name = coupled_tags(field), title(field)
                if lost := sorted(tags & going):
                    message = f"the tag {lost[0]!r} is a value of the field {name!r}, which loses it"
                    risks.append(Risk(code="coupling", message=message))
                if gained := sorted(tags & coming):
                    message = f"the tag {gained[0]!r} is a value of the field {name!r}, which gets it"
                    risks.append(Risk(code="coupling", message=message))
        return Prepared(risks=risks)

    def _coupled(self) -> Sequence[dict[str, object]]:
        try:
            return [field for field in self.setup.fields() if coupled_tags(field)]
        except (PermissionDeniedError, NotFoundError):
            return []

    def divide(self, change: Change) -> list[tuple[Action, ...]]:
        """One update holds everything but links to Jira and a merge, which goes last: it closes the ticket."""
        apart: list[Action] = [
            each for each in change.actions if isinstance(each, LinkChange) and each.native_type == "jira"
        ]
        merges: list[Action] = [each for each in change.actions if isinstance(each, Merge)]
        update = tuple(each for each in change.actions if each not in apart and each not in merges)
        alone: list[tuple[Action, ...]] = [(each,) for each in (*apart, *merges)]
        return [update, *alone] if update else alone

    def batches(self, steps: Sequence[Step]) -> Iterator[list[Step]]:
        """Updates by the hundred, merges by the ticket they go into, links to Jira one by one."""
        updates: list[Step] = []
        merges: dict[Action, list[Step]] = {}
        links: list[list[Step]] = []
        for step in steps:
            first = step.actions[0]
            if isinstance(first, Merge):
                merges.setdefault(first, []).append(step)
            elif isinstance(first, LinkChange) and first.native_type == "jira":
                links.append([step])
            else:
                updates.append(step)
        for group in (updates, *merges.values()):
            for start in range(0, len(group), BULK_SIZE):
                yield group[start : start + BULK_SIZE]
        yield from links

    def submit(self, steps: Sequence[Step]) -> Submission:
        return sending.submit(self.account, steps)

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        """By handle id. A job Zendesk has forgotten is over; its tickets are read back."""
        found: dict[str, Poll] = {}
        for first in range(0, len(handles), SHOW_MANY):
            batch = handles[first : first + SHOW_MANY]
            known = self._jobs([handle.id for handle in batch])
            for handle in batch:
                job = known.get(handle.id) or self._job(handle.id)
                found[handle.id] = Poll(done=True, message=_FORGOTTEN) if job is None else results.polled(job, handle)
        return found

    def look(self, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> Mapping[str, Sight]:
        return looking.look(self.account, steps, tickets)

    def touched(self, tickets: Sequence[Ticket]) -> Mapping[str, Touch]:
        return looking.touched(self.account, tickets)

    def _jobs(self, ids: Sequence[str]) -> dict[str, Job]:
        try:
            envelope = self.account.get("/job_statuses/show_many.json", "jobs", ids=",".join(ids))
        except (NotFoundError, InvalidRequestError):
            return {}
        return {job.id: job for job in reading_shape("jobs", lambda: jobs.jobs(envelope))}

    def _job(self, number: str) -> Job | None:
        try:
            envelope = self.account.get(f"/job_statuses/{number}.json", "a job")
        except (NotFoundError, InvalidRequestError):
            return None
        return reading_shape("a job", lambda: jobs.jobs(envelope))[0]
