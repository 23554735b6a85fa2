"""What Zendesk says came of an update: in a job's results, or by refusing a single request."""

import re

from supportctl.adapters.writing import Handle, Poll, Step
from supportctl.adapters.zendesk.types import Job, JobItem
from supportctl.errors import ConflictError, NotFoundError, SupportctlError
from supportctl.model import Applied, Conflict, Failed, Outcome, Skipped

GONE = "the ticket does not exist, or the account may not see it"
MOVED = "changed since it was last read"


def outcome_of(error: SupportctlError, step: Step) -> Outcome:
    """The fate of the one ticket a request was about."""
    match error:
        case ConflictError():
            return Conflict(was=step.version, now=None, reason=MOVED)
        case NotFoundError():
            return Skipped(reason=GONE)
        case _:
            return Failed(error=error.message, code=error.code)


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


def _ticket_of(item: JobItem, position: int | None, ids: tuple[str, ...]) -> str | None:
    if item.id is not None:
        return item.id if item.id in ids else None
    place = item.index if item.index is not None else position
    return ids[place] if place is not None and 0 <= place < len(ids) else None


def _failure(item: JobItem) -> Outcome:
    """``details`` are localised prose and not shown; the code is safe."""
    code = item.error if item.error and re.fullmatch(r"[A-Za-z_]{1,60}", item.error) else None
    if code and "conflict" in code.lower():
        return Conflict(was=None, now=None, reason=MOVED)
    if code and "notfound" in code.lower().replace("_", ""):
        return Skipped(reason=GONE)
    return Failed(error=f"Zendesk refused the change{f' ({code})' if code else ''}")
