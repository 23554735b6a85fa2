"""Bulk operations: a task and how far it has come.

Source: REST v3 ``GET /bulk/queue/{taskId}``. The description says strings, live answers hold integers; both are read.
"""

from typing import Any

import msgspec

from supportctl.adapters.jsm.failures import Complaint
from supportctl.adapters.jsm.values import clean, loads, moment
from supportctl.adapters.writing import Poll
from supportctl.model import Applied, Failed, Outcome

RUNNING = frozenset({"ENQUEUED", "RUNNING", "CANCEL_REQUESTED"})
FAILED = frozenset({"FAILED", "CANCELLED", "DEAD"})


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What a bulk task says about itself; ``poll`` is the part every platform has."""

    id: str
    status: str
    poll: Poll
    total: int | None = None
    percent: int | None = None
    invisible: int | None = None
    """Issues that are invalid or hidden from the account; nobody says which."""
    native: dict[str, Any] = {}


def task_of(content: bytes) -> Task:
    """A submitted task (``{"taskId"}``) or one that was polled, a long-running one (``/task/{id}``) included.

    Raises `msgspec.DecodeError` when it is none of these.
    """
    value = loads(content)
    if not isinstance(value, dict) or not ("taskId" in value or {"id", "status"} <= value.keys()):
        raise msgspec.ValidationError("Expected `object`, got something without a task's id")
    rest = clean(value)
    id_, status = str(rest.pop("taskId") if "taskId" in rest else rest.pop("id")), str(rest.pop("status", "ENQUEUED"))
    outcomes: dict[str, Outcome] = {}
    processed, failed = rest.pop("processedAccessibleIssues", None), rest.pop("failedAccessibleIssues", None)
    for issue in processed if isinstance(processed, list) else []:
        outcomes[str(issue)] = Applied()
    for issue, reasons in failed.items() if isinstance(failed, dict) else []:
        said = [str(reason) for reason in reasons] if isinstance(reasons, list) else [str(reasons)]
        outcomes[str(issue)] = Failed(error=Complaint(messages=said).text)
    total, percent = _count(rest, "totalIssueCount"), _count(rest, "progressPercent")
    invisible = _count(rest, "invalidOrInaccessibleIssueCount")
    for name in ("created", "started", "updated"):
        if (at := moment(rest.get(name))) is not None:
            rest[name] = at
    done = status not in RUNNING
    message = None
    if status in FAILED:
        message = f"task {id_} ended as {status}"
    elif invisible:
        message = f"{invisible} issues were invalid or hidden from the account"
    return Task(
        id=id_,
        status=status,
        poll=Poll(done=done, outcomes=outcomes, message=message),
        total=total,
        percent=percent,
        invisible=invisible,
        native=rest,
    )


def _count(rest: dict[str, Any], name: str) -> int | None:
    value = rest.get(name)
    return rest.pop(name) if isinstance(value, int) and not isinstance(value, bool) else None
