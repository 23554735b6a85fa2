"""Applying a plan: re-read, skip what moved, journal, send, poll, verify.

Nothing is sent before its intent is on disk, and nothing counts as done before it was read back.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from supportctl.adapters import reading
from supportctl.adapters.base import Adapter, Handle, Need
from supportctl.changes.journal import Journal
from supportctl.changes.lock import alone
from supportctl.changes.plan import Plan, instance_of
from supportctl.config import Profile
from supportctl.errors import (
    AmbiguousWriteError,
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
    StateError,
    SupportctlError,
    TemporaryError,
)
from supportctl.model import Applied, Change, Conflict, Failed, Outcome, Skipped, Ticket, Unchanged, Unverified

READ_BATCH = 100
POLL_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
POLL_LIMIT = 900.0
"""Seconds a job may take before we stop waiting and say so."""


class Clock(Protocol):
    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """``outcomes`` by ticket key, in plan order; None: never sent."""

    run: str
    outcomes: dict[str, Outcome | None]
    stopped_by: SupportctlError | None = None
    interrupted: bool = False

    @property
    def result(self) -> str:
        """One word for the journal."""
        if self.interrupted:
            return "interrupted"
        return "stopped" if self.stopped_by else "complete" if self.complete else "partial"

    @property
    def counts(self) -> Counter[str]:
        return Counter(name_of(outcome) for outcome in self.outcomes.values())

    @property
    def complete(self) -> bool:
        """Whether every ticket is now as planned."""
        return all(isinstance(outcome, Applied | Unchanged) for outcome in self.outcomes.values())


def name_of(outcome: Outcome | None) -> str:
    """The word for an outcome in reports."""
    return type(outcome).__name__.lower() if outcome is not None else "not sent"


def refuse_unwritable(profile: Profile) -> None:
    """Profiles are read-only until their owner says otherwise."""
    if not profile.writes:
        raise RefusedError(
            f"profile {profile.name!r} is read-only; nothing was changed",
            hint=f"run: supportctl profile set {profile.name} --allow-writes",
        )


def apply(
    plan: Plan,
    profile: Profile,
    adapter: Adapter,
    journal: Journal,
    clock: Clock,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Carry out ``plan``; every ticket ends with an outcome or, when the run had to stop before it, with None.

    Raises `RefusedError` before anything is sent when the profile is read-only, the plan is another instance's, or
    another run is changing the same instance.
    """
    refuse_unwritable(profile)
    if plan.header.instance != instance_of(profile):
        raise RefusedError(
            f"the plan was made for another instance (profile {plan.header.profile!r}, {plan.header.platform}); "
            "nothing was changed",
            hint="give the profile it was made with: --profile NAME",
        )
    with alone(journal.path.parent / f"apply-{plan.header.instance}.lock"):
        return _Run(plan, adapter, journal, clock, progress).carry_out()


class _Run:
    def __init__(
        self, plan: Plan, adapter: Adapter, journal: Journal, clock: Clock, progress: Callable[[int, int], None]
    ) -> None:
        self.plan = plan
        self.adapter = adapter
        self.journal = journal
        self.clock = clock
        self.progress = progress
        self.id = journal.begin(plan)
        self.settled: dict[str, Outcome] = {}
        self.sent: set[str] = set()
        self.read_back: set[str] = set()

    def carry_out(self) -> Report:
        stopped_by: SupportctlError | None = None
        interrupted = False
        try:
            for start in range(0, len(self.plan.changes), READ_BATCH):
                self._apply_group(self.plan.changes[start : start + READ_BATCH])
        except StateError:
            raise
        except SupportctlError as error:
            stopped_by = error
            self._settle(dict.fromkeys(self._in_doubt(), _UNREAD))
        except KeyboardInterrupt:
            interrupted = True
            self._settle(dict.fromkeys(self._in_doubt(), _UNREAD))
        outcomes = {change.key: self.settled.get(change.id) for change in self.plan.changes}
        report = Report(run=self.id, outcomes=outcomes, stopped_by=stopped_by, interrupted=interrupted)
        self.journal.end(self.id, report.result)
        return report

    def _in_doubt(self) -> set[str]:
        """Tickets whose change may have left and was not read back: neither done nor not done."""
        return {
            name
            for name in self.sent - self.read_back
            if name not in self.settled or isinstance(self.settled[name], Applied)
        }

    def _apply_group(self, changes: Sequence[Change]) -> None:
        ready = self._check(changes)
        handles: list[Handle] = []
        for batch in self.adapter.batches(ready):
            self.journal.intend(self.id, batch)
            self.sent.update(change.id for change in batch)
            try:
                submission = self.adapter.submit(batch)
            except AmbiguousWriteError:
                continue
            except (TemporaryError, AuthError):
                self.sent.difference_update(change.id for change in batch)
                self.journal.withdraw(self.id, batch)
                raise
            except (InvalidRequestError, PermissionDeniedError, NotFoundError, ConflictError) as error:
                self._settle({change.id: Failed(error=error.message, code=error.code) for change in batch})
                continue
            if submission.handle is not None:
                self.journal.hold(self.id, submission.handle)
                handles.append(submission.handle)
            self._settle(submission.outcomes)
        self._await(handles)
        self._verify([c for c in ready if not isinstance(self.settled.get(c.id), Skipped | Conflict | Unchanged)])

    def _check(self, changes: Sequence[Change]) -> list[Change]:
        """Settle what moved, vanished or is already done; what is left may be sent."""
        found = reading.get(self.adapter, [change.key for change in changes], frozenset({Need.TAGS}))
        by_id = {ticket.id: ticket for ticket in found.tickets}
        ready: list[Change] = []
        early: dict[str, Outcome] = {}
        for change in changes:
            outcome = self._precondition(change, by_id.get(change.id))
            if outcome is None:
                ready.append(change)
            else:
                early[change.id] = outcome
        self._settle(early, verified=True)
        return ready

    def _precondition(self, change: Change, ticket: Ticket | None) -> Outcome | None:
        if ticket is None:
            return Skipped(reason="it is gone, or hidden from this account")
        if not ticket.knows("tags"):
            return Skipped(reason=f"its tags are unknown ({ticket.unknown['tags']})")
        fold = self.adapter.capabilities.tags_fold_case
        if _same(ticket.tags, change.after["tags"], fold=fold):
            return Unchanged(version=ticket.version)
        if ticket.version != change.version:
            moved = f" at {ticket.updated_at:%Y-%m-%d %H:%M:%SZ}" if ticket.updated_at else ""
            return Conflict(was=change.version, now=ticket.version, reason=f"changed since the plan was made{moved}")
        if not _same(ticket.tags, change.before["tags"], fold=fold):
            return Conflict(was=change.version, now=ticket.version, reason="its tags changed since the plan was made")
        return None

    def _await(self, handles: Sequence[Handle]) -> None:
        waiting = {handle.id: handle for handle in handles}
        started = self.clock.monotonic()
        pauses = _pauses()
        while waiting:
            for handle_id, poll in self.adapter.poll(list(waiting.values())).items():
                if poll.done:
                    self._settle(poll.outcomes)
                    self.journal.release(self.id, handle_id)
                    waiting.pop(handle_id, None)
            if waiting and self.clock.monotonic() - started > POLL_LIMIT:
                return
            if waiting:
                self.clock.sleep(next(pauses))

    def _verify(self, changes: Sequence[Change]) -> None:
        """Read back everything that is thought to have happened, or whose fate is unknown."""
        if not changes:
            return
        seen = self.adapter.verify(changes)
        verdicts: dict[str, Outcome] = {}
        for change in changes:
            verdict = seen.get(change.id, Unverified(reason="it could not be read back"))
            said = self.settled.get(change.id)
            if isinstance(said, Failed) and not isinstance(verdict, Applied):
                verdict = said
            elif said is None and not isinstance(verdict, Applied):
                verdict = Unverified(reason="the answer was lost, and the change is not (yet) to be seen")
            verdicts[change.id] = verdict
        self._settle(verdicts, verified=True)

    def _settle(self, outcomes: Mapping[str, Outcome], *, verified: bool = False) -> None:
        if not outcomes:
            return
        self.journal.settle(self.id, outcomes, verified=verified)
        self.settled.update(outcomes)
        if verified:
            self.read_back.update(outcomes)
        self.progress(len(self.settled), len(self.plan.changes))


_UNREAD = Unverified(reason="it was sent, and the run stopped before it was read back")


def _same(left: Sequence[str], right: Sequence[str], *, fold: bool) -> bool:
    if fold:
        return {tag.casefold() for tag in left} == {tag.casefold() for tag in right}
    return set(left) == set(right)


def _pauses() -> Iterator[float]:
    yield from POLL_SECONDS
    while True:
        yield POLL_SECONDS[-1]
