"""The writing half: tags, a hundred tickets per request, as a background job that is polled and verified.

``PUT /tickets/update_many`` takes a list of tickets with ``additional_tags`` and ``remove_tags`` each, so nothing
another person tagged meanwhile is lost. With ``updated_stamp`` and ``safe_update`` a ticket that moved is refused.
What a job says about single tickets has many shapes (see `jobs`); what it does not say is read back.
(developer.zendesk.com, "Update Many Tickets", "Job Statuses", "Protecting against ticket update collisions")
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from supportctl.adapters.base import Handle, Poll, Submission
from supportctl.adapters.zendesk import jobs
from supportctl.adapters.zendesk.account import API, SHOW_MANY, Account
from supportctl.adapters.zendesk.platform import BULK_SIZE
from supportctl.adapters.zendesk.types import Job, JobItem, Json, reading, reading_shape
from supportctl.errors import (
    AmbiguousWriteError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from supportctl.model import Applied, Change, Conflict, Failed, Outcome, Skipped, Unchanged, Unverified
from supportctl.wire import Intent

CLOSED = "the ticket is closed, which is final on Zendesk"
GONE = "the ticket does not exist, or the account may not see it"


class ZendeskWriter:
    """`adapters.base.Writer` for tags."""

    account: Account

    def batches(self, changes: Sequence[Change]) -> Iterator[list[Change]]:
        """At most a hundred tickets each, no ticket twice in one."""
        waiting = list(changes)
        while waiting:
            batch: list[Change] = []
            seen: set[str] = set()
            later: list[Change] = []
            for change in waiting:
                if change.id in seen or len(batch) == BULK_SIZE:
                    later.append(change)
                else:
                    seen.add(change.id)
                    batch.append(change)
            yield batch
            waiting = later

    def submit(self, changes: Sequence[Change]) -> Submission:
        """Send one batch. Closed and vanished tickets are not sent; whoever moved is a `Conflict` already here."""
        found = self._read([change.id for change in changes])
        outcomes: dict[str, Outcome] = {}
        ready: list[Change] = []
        for change in changes:
            early = _early(change, found.get(change.id))
            if early is None:
                ready.append(change)
            else:
                outcomes[change.id] = early
        if not ready:
            return Submission(outcomes=outcomes)
        if len(ready) == 1 and not (ready[0].action.add and ready[0].action.remove):
            return Submission(outcomes=outcomes | {ready[0].id: self._one(ready[0])})
        return Submission(outcomes=outcomes, handle=self._many(ready))

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        """By handle id. A job Zendesk has forgotten is over; its tickets must be verified."""
        found: dict[str, Poll] = {}
        for first in range(0, len(handles), SHOW_MANY):
            batch = handles[first : first + SHOW_MANY]
            known = self._jobs([handle.id for handle in batch])
            for handle in batch:
                job = known.get(handle.id) or self._job(handle.id)
                found[handle.id] = Poll(done=True, message=_FORGOTTEN) if job is None else polled(job, handle)
        return found

    def verify(self, changes: Sequence[Change]) -> Mapping[str, Outcome]:
        """Read the tickets themselves (not the search index) and compare tags."""
        found = self._read([change.id for change in changes])
        return {change.id: _verdict(change, found.get(change.id)) for change in changes}

    def _read(self, ids: Sequence[str]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for first in range(0, len(ids), SHOW_MANY):
            envelope = self.account.get(
                "/tickets/show_many.json", "tickets to change", ids=",".join(ids[first : first + SHOW_MANY])
            )
            found |= {str(doc["id"]): doc for doc in envelope.get("tickets") or () if doc.get("id") is not None}
        return found

    def _one(self, change: Change) -> Outcome:
        """One ticket, at once. On this endpoint POST replaces all tags: PUT adds, DELETE removes."""
        action = change.action
        verb, tags = ("PUT", action.add) if action.add else ("DELETE", action.remove)
        body: Json = {"tags": tags}
        if change.version:
            body |= {"updated_stamp": change.version, "safe_update": "true"}
        try:
            self.account.transport.request(verb, f"{API}/tickets/{change.id}/tags.json", json=body, intent=Intent.ONCE)
        except ConflictError:
            return _moved(change)
        except NotFoundError:
            return Skipped(reason=GONE)
        except (InvalidRequestError, PermissionDeniedError) as error:
            return Failed(error=error.message, code=error.code)
        return Applied()

    def _many(self, changes: Sequence[Change]) -> Handle:
        body = {"tickets": [_update(change) for change in changes]}
        response = self.account.transport.request(
            "PUT", f"{API}/tickets/update_many.json", json=body, intent=Intent.ONCE
        )
        try:
            envelope = reading("a job", response.content)
            job = reading_shape("a job", lambda: jobs.jobs(envelope)[0])
        except ProtocolError as error:
            raise AmbiguousWriteError(
                f"the tag changes of {len(changes)} tickets were sent, but the answer names no job; "
                "they may have been made",
                hint="look at the tickets before repeating the change",
            ) from error
        return Handle(id=job.id, kind="job", ids=tuple(change.id for change in changes))

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


_FORGOTTEN = "Zendesk no longer knows the job; its tickets are read back"


def polled(job: Job, handle: Handle) -> Poll:
    """What a job says of the tickets it carries. Tickets it says nothing of are left out, to be read back."""
    if not job.over:
        return Poll(done=False, message=job.status)
    outcomes: dict[str, Outcome] = {}
    items = job.items or []
    for position, item in enumerate(items):
        ticket = _ticket_of(item, position if len(items) == len(handle.ids) else None, handle.ids)
        if ticket is None or item.ok is None:
            continue
        outcomes[ticket] = Applied() if item.ok else _failure(item)
    message = None if job.status == "completed" else f"the job ended as {job.status}"
    return Poll(done=True, outcomes=outcomes, message=message)


def _ticket_of(item: JobItem, position: int | None, ids: Sequence[str]) -> str | None:
    if item.id is not None:
        return item.id if item.id in ids else None
    place = item.index if item.index is not None else position
    return ids[place] if place is not None and 0 <= place < len(ids) else None


def _failure(item: JobItem) -> Outcome:
    """``details`` are localised prose and not shown; the code is safe."""
    code = item.error if item.error and re.fullmatch(r"[A-Za-z_]{1,60}", item.error) else None
    if code and "conflict" in code.lower():
        return Conflict(was=None, now=None, reason="changed since the plan was made")
    if code and "notfound" in code.lower().replace("_", ""):
        return Skipped(reason=GONE)
    return Failed(error=f"Zendesk refused the change{f' ({code})' if code else ''}")


def _early(change: Change, doc: Json | None) -> Outcome | None:
    """The outcome of a change that need not or cannot be sent."""
    if doc is None or doc.get("status") == "deleted":
        return Skipped(reason=GONE)
    version = doc.get("updated_at")
    if _in_effect(change, doc):
        return Unchanged(version=version)
    if doc.get("status") == "closed":
        return Skipped(reason=CLOSED)
    if change.version is not None and version != change.version:
        return Conflict(was=change.version, now=version, reason="changed since the plan was made")
    return None


def _in_effect(change: Change, doc: Json) -> bool:
    tags = {str(tag).lower() for tag in doc.get("tags") or ()}
    return {tag.lower() for tag in change.action.add} <= tags and not {t.lower() for t in change.action.remove} & tags


def _verdict(change: Change, doc: Json | None) -> Outcome:
    if doc is None:
        return Failed(error=GONE, code="NOT_FOUND")
    if _in_effect(change, doc):
        return Applied(version=doc.get("updated_at"))
    return Unverified(reason="the ticket does not have the planned tags (yet)")


def _moved(change: Change) -> Conflict:
    return Conflict(was=change.version, now=None, reason="changed since the plan was made")


def _update(change: Change) -> Json:
    doc: Json = {"id": int(change.id)}
    if change.action.add:
        doc["additional_tags"] = change.action.add
    if change.action.remove:
        doc["remove_tags"] = change.action.remove
    if change.version:
        doc |= {"updated_stamp": change.version, "safe_update": True}
    return doc
