"""Small rules of a run: which tickets are checked together, how long to wait, what is said of what was half done."""

from collections.abc import Iterator, Sequence

import msgspec

from supportctl.adapters.writing import Step
from supportctl.changes.work import Work
from supportctl.errors import ConflictError, SupportctlError
from supportctl.model import Conflict, Failed, Outcome, Skipped, Ticket, Unverified
from supportctl.model.planned import MADE

GROUP = 100
"""Tickets that are checked and read back together, at least."""
POLL_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


def refusal(error: SupportctlError) -> Outcome:
    """The outcome of every ticket of a batch that was refused as a whole."""
    if isinstance(error, ConflictError):
        return Conflict(was=None, now=None, reason=error.message)
    return Failed(error=error.message, code=error.code)


def with_parts(outcome: Outcome, work: Work) -> Outcome:
    """What is not done says which parts of it are: the customer may have had an answer already."""
    done = "; ".join(work.parts_done())
    if not done:
        return outcome
    match outcome:
        case Failed(error=error, code=code):
            return Failed(error=f"{error} (already done: {done})", code=code)
        case Conflict(was=was, now=now, reason=reason):
            return Conflict(was=was, now=now, reason=f"{reason or 'changed meanwhile'} (already done: {done})")
        case Skipped(reason=reason):
            return Skipped(reason=f"{reason} (already done: {done})")
        case Unverified(reason=reason):
            return Unverified(reason=f"{reason} (already done: {done})")
        case _:
            return outcome


def made_as(ticket: Ticket) -> str | None:
    """What is to be said of a tracker's ticket, which goes by its mark: the key people know it by."""
    made = ticket.native.get(MADE)
    return f"it is {made['key']}, {made['url']}" if isinstance(made, dict) else None


def portions(batches: Sequence[list[Step]]) -> Iterator[list[list[Step]]]:
    """Batches that are checked together: up to `GROUP` tickets, or one larger batch."""
    portion: list[list[Step]] = []
    for batch in batches:
        if portion and sum(map(len, portion)) + len(batch) > GROUP:
            yield portion
            portion = []
        portion.append(batch)
    if portion:
        yield portion


def waves(batches: Sequence[list[Step]], width: int) -> Iterator[Sequence[list[Step]]]:
    for start in range(0, len(batches), max(width, 1)):
        yield batches[start : start + max(width, 1)]


def encoded(digests: dict[str, str] | None) -> bytes | None:
    return None if digests is None else msgspec.json.encode(digests)


def pauses() -> Iterator[float]:
    yield from POLL_SECONDS
    while True:
        yield POLL_SECONDS[-1]
