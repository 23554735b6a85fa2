"""One run of a plan: check, journal, send, follow jobs, read back, and again for the next step.

Tickets go through in groups; several jobs may be under way. Nothing is sent before its intent is on disk, nothing
counts as done before it was read back, and nothing whose answer was lost is sent again before it was seen not to have
happened.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from supportctl.adapters.writing import Handle, Step, Submission
from supportctl.changes.checking import Checker
from supportctl.changes.fingerprint import fingerprint, moved, planned_names
from supportctl.changes.gates import Gates, StoppedError
from supportctl.changes.journal import Sending
from supportctl.changes.means import Means
from supportctl.changes.plan import Header
from supportctl.changes.records import IN_DOUBT, Entry
from supportctl.changes.rules import GROUP, encoded, made_as, pauses, portions, refusal, waves, with_parts
from supportctl.changes.verifying import ABSENT, IN_EFFECT, LATE, Verifier
from supportctl.changes.work import Work, drifted, needs_of
from supportctl.errors import (
    AmbiguousWriteError,
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    SupportctlError,
    TemporaryError,
)
from supportctl.model import Applied, Conflict, Failed, Outcome, Skipped, Ticket, Unchanged, Unverified

POLL_LIMIT = 900.0
"""Seconds a job may take before we stop waiting and look at its tickets."""
MOST_ATTEMPTS = 5
LAG_SECONDS = (0.5, 1.0, 2.0)
"""Waits for a change that was answered for and is not to be seen yet."""

REFUSALS = Skipped | Conflict | Failed


class Flight(msgspec.Struct, kw_only=True):
    """A job under way."""

    handle: Handle
    works: list[Work]
    since: float


class Run:
    """Carries out the entries of one run in the journal, which says at any time what was done and what is in doubt."""

    def __init__(
        self,
        run: str,
        header: Header,
        entries: Sequence[Entry],
        means: Means,
    ) -> None:
        self.id = run
        self._header = header
        adapter, journal = means.adapter, means.journal
        self._adapter = adapter
        self._journal = journal
        self._clock = means.clock
        self._progress = means.progress
        self._gates = Gates(means.settings, means.clock, means.say)
        self._settle = means.settings.settle
        changes = [entry.change for entry in entries]
        needs = needs_of(changes) | adapter.capabilities.free_needs
        self._checker = Checker(adapter, needs)
        self._verifier = Verifier(adapter, needs, header.id, notify=header.notify)
        self.works = [Work(entry, adapter.divide(entry.change)) for entry in entries]
        self._by_id = {work.id: work for work in self.works}
        for id_, digests in journal.fingerprints(run).items():
            if id_ in self._by_id:
                self._by_id[id_].before = digests
        self._queue: deque[Work] = deque()
        self._flights: dict[str, Flight] = {}
        self._origin = journal.fingerprints(header.undoes) if header.undoes else {}
        self._pauses = pauses()
        self._ended = 0
        self._left: dict[str, list[Work]] = {"planned": [], "doubtful": []}
        for work, entry in zip(self.works, entries, strict=True):
            self._take_up(work, entry)

    def _take_up(self, work: Work, entry: Entry) -> None:
        """What the journal says of a ticket: nothing left to do, still to be sent, or sent and not read back."""
        if entry.state in IN_DOUBT or isinstance(entry.outcome, Unverified):
            # What another process made is not known here, and a search may not know it yet: it is looked for.
            work.outcome, work.doubt = None, entry.state != "answered" or work.makes
            self._left["doubtful"].append(work)
        elif work.outcome is None:
            self._left["planned"].append(work)
        else:
            self._ended += 1

    def carry_out(self) -> None:
        """Until every ticket has an outcome. Raises what stops the run; `StoppedError` when somebody asked for it."""
        try:
            self._recover()
            self._queue.extend(self._left["planned"])
            self._work_off()
        except StoppedError:
            self._finish_begun()
            raise

    def _finish_begun(self) -> None:
        """Before the run stops: jobs under way are followed, tickets that were begun are finished. No new ones."""
        self._gates.deaf = True
        self._queue = deque(work for work in self._queue if not work.fresh)
        self._work_off()

    def _work_off(self) -> None:
        while self._queue or self._flights:
            most = self._gates.flights(self._adapter.capabilities.jobs_in_flight)
            if self._queue and len(self._flights) < most:
                self._launch(self._take())
            else:
                self._poll()

    def _recover(self) -> None:
        """Take up what an earlier run left: jobs are followed again, lost answers are looked for."""
        doubtful = {work.id: work for work in self._left["doubtful"]}
        for handle in self._journal.handles(self.id):
            works = [doubtful.pop(id_) for id_ in handle.ids if id_ in doubtful]
            self._flights[handle.id] = Flight(handle=handle, works=works, since=self._clock.monotonic())
        left = list(doubtful.values())
        for start in range(0, len(left), GROUP):
            self._gates.heed_stop()
            self._verify(left[start : start + GROUP])

    def _take(self) -> list[Work]:
        """The next tickets to send to: those that are at the same step, as many as one request may carry."""
        size = self._gates.batch(max(self._adapter.capabilities.bulk_size, GROUP))
        group = [self._queue.popleft()]
        while self._queue and len(group) < size and self._queue[0].checked == group[0].checked:
            group.append(self._queue.popleft())
        return group

    def _launch(self, group: list[Work]) -> None:
        """Send to a group: checked as late as can be, a hundred tickets or one batch at a time."""
        waiting = {work.id: work for work in group}
        for batches in portions(self._batches(group)):
            works = [self._by_id[step.id] for batch in batches for step in batch]
            try:
                self._gates.let(len(works))
            except StoppedError:
                self._queue.extendleft(reversed(waiting.values()))
                raise
            for work in works:
                waiting.pop(work.id, None)
            answered: list[Work] = []
            ready = {work.id for work in self._check(works)}
            for wave in waves(self._renewed(batches, ready), self._adapter.capabilities.concurrency):
                while len(self._flights) >= self._gates.flights(self._adapter.capabilities.jobs_in_flight):
                    self._poll(heed=False)
                answered += self._send(wave)
            self._verify(answered)

    def _renewed(self, batches: Sequence[list[Step]], ready: set[str]) -> list[list[Step]]:
        """The batches with what was just read of the tickets, without those that are not to be sent."""
        renewed = [[self._sending(self._by_id[step.id]) for step in batch if step.id in ready] for batch in batches]
        return [batch for batch in renewed if batch]

    def _check(self, group: list[Work]) -> list[Work]:
        """Those that may be sent to."""
        fresh = [work for work in group if not work.checked]
        verdicts = self._checker.check(fresh) if fresh else {}
        # What was taken for lost may come through at last, and is then what moved the ticket.
        late = [work for work in fresh if work.again and work.id in verdicts]
        for work in late:
            work.said, work.doubt = verdicts.pop(work.id), True
        self._end(verdicts)
        self._verify(late)
        return [work for work in group if work.outcome is None and work not in late]

    def _batches(self, works: Sequence[Work]) -> list[list[Step]]:
        return list(self._adapter.batches([self._sending(work) for work in works])) if works else []

    def _sending(self, work: Work) -> Step:
        return work.sending(self._header.id, notify=self._header.notify)

    def _send(self, wave: Sequence[list[Step]]) -> list[Work]:
        """Send these batches side by side. Returns the works that are to be read back at once."""
        steps = [step for batch in wave for step in batch]
        works = {step.id: self._by_id[step.id] for step in steps}
        self._journal.intend(
            self.id,
            [Sending(step=step, fingerprint=encoded(works[step.id].before)) for step in steps],
        )
        for work in works.values():
            work.attempts += 1
            work.doubt, work.said, work.checked, work.fresh = True, None, False, False
        trouble: SupportctlError | None = None
        answered: list[Work] = []
        for batch, result in zip(wave, self._submitted(wave), strict=True):
            if isinstance(result, Submission):
                self._withdraw([works[id_] for id_ in result.unsent])
                trouble = trouble or result.trouble
                answered += self._take_answer([step for step in batch if step.id not in result.unsent], result)
            elif isinstance(result, AmbiguousWriteError):
                answered += [works[step.id] for step in batch]
            elif isinstance(result, TemporaryError | AuthError):
                self._withdraw([works[step.id] for step in batch])
                trouble = trouble or result
            else:
                refused = refusal(result)
                answered += self._hear([works[step.id] for step in batch], {step.id: refused for step in batch})
        if trouble is not None:
            self._verify(answered)
            raise trouble
        return answered

    def _submitted(self, wave: Sequence[list[Step]]) -> list[Submission | SupportctlError]:
        if len(wave) == 1:
            return [self._submit(wave[0])]
        with ThreadPoolExecutor(max_workers=len(wave)) as pool:
            return list(pool.map(self._submit, wave))

    def _submit(self, batch: list[Step]) -> Submission | SupportctlError:
        """The answer to one batch; what a platform says about all of it is a value too."""
        try:
            return self._adapter.submit(batch)
        except (
            TemporaryError, AuthError, InvalidRequestError, PermissionDeniedError, NotFoundError, ConflictError,
        ) as error:  # fmt: skip
            return error

    def _take_answer(self, batch: Sequence[Step], submission: Submission) -> list[Work]:
        handle = submission.handle
        works = [self._by_id[step.id] for step in batch]
        if handle is not None:
            self._journal.hold(self.id, handle)
            held = [self._by_id[id_] for id_ in handle.ids]
            self._flights[handle.id] = Flight(handle=handle, works=held, since=self._clock.monotonic())
            self._pauses = pauses()
            works = [work for work in works if work.id not in handle.ids]
        return self._hear(works, submission.outcomes)

    def _hear(self, works: Sequence[Work], outcomes: Mapping[str, Outcome]) -> list[Work]:
        """Take down what the platform says. Returns the works to be read back.

        A refusal is read back too: what was sent again may be refused because it had happened after all, and some
        platforms refuse what they have done.
        """
        ends: dict[str, Outcome] = {}
        done: list[Work] = []
        for work in works:
            work.said = outcomes.get(work.id)
            refused = isinstance(work.said, REFUSALS)
            work.doubt = work.said is None or isinstance(work.said, Unverified) or (refused and work.again)
            if work.said is not None and refused and not work.again and (work.talks or isinstance(work.said, Skipped)):
                ends[work.id] = work.said
            elif isinstance(work.said, Applied | Unchanged):
                done.append(work)
        if done:
            self._journal.answer(self.id, [work.id for work in done])
        self._end(ends)
        return [work for work in works if work.outcome is None]

    def _withdraw(self, works: Sequence[Work]) -> None:
        """Of these nothing was done."""
        if not works:
            return
        self._journal.withdraw(self.id, [work.id for work in works])
        for work in works:
            work.attempts -= 1
            work.doubt, work.fresh = False, work.step == 0
            self._queue.append(work)

    def _poll(self, *, heed: bool = True) -> None:
        """Ask how the jobs are, all at once; read back the tickets of those that have ended.

        ``heed``: a wish to stop is heard; not between two parts of what was checked together.
        """
        if heed:
            self._gates.heed_stop()
        polls = self._adapter.poll([flight.handle for flight in self._flights.values()])
        ended: list[Flight] = []
        for handle, poll in polls.items():
            flight = self._flights.get(handle)
            if flight is None:
                continue
            late = self._clock.monotonic() - flight.since > POLL_LIMIT
            if poll.done:
                ended.append(self._flights.pop(handle))
                flight.works = self._hear(flight.works, poll.outcomes)
                self._journal.release(self.id, handle)
            elif late:
                # It may still be worked on: what it carries is neither repeated nor called done.
                self._flights.pop(handle)
                waits = Unverified(reason=f"the platform's job {handle} has not ended in {POLL_LIMIT:.0f} s")
                self._end({work.id: waits for work in flight.works})
        for flight in ended:
            self._verify(flight.works)
        if not ended and self._flights:
            (self._gates.wait if heed else self._clock.sleep)(next(self._pauses))
        elif ended:
            self._pauses = pauses()

    def _verify(self, works: Sequence[Work]) -> None:
        """Read back; what is in effect goes on to its next step, what is not is waited for or sent again."""
        waits = iter(LAG_SECONDS)
        left = list(works)
        while left:
            judged = self._verifier.judge(left)
            self._advance([(work, v.ticket) for work, v in judged if v.word == IN_EFFECT and v.ticket is not None])
            self._end({work.id: verdict.outcome for work, verdict in judged if verdict.outcome is not None})
            refused = {w.id: w.said for w, v in judged if v.word == ABSENT and isinstance(w.said, REFUSALS)}
            self._end(refused)
            late = [(work, verdict.text) for work, verdict in judged if verdict.word == LATE]
            lost = [work for work, verdict in judged if verdict.word == ABSENT and work.id not in refused]
            again = [work for work in lost if work.looked]
            for work in lost:
                work.looked += 1
            self._send_again(again)
            pause = next(waits, None)
            if pause is None:
                self._end({work.id: Failed(error=text, code="NOT_APPLIED") for work, text in late})
                late = []
            once_more = [work for work in lost if work not in again]
            left = once_more + [work for work, _ in late]
            if left:
                self._clock.sleep(max(self._settle if once_more else 0.0, pause or 0.0))

    def _send_again(self, works: Sequence[Work]) -> None:
        """These did not happen. They are checked like new ones and sent again, a few times."""
        lost = {
            work.id: Unverified(reason=f"sent {work.attempts} times without an answer, and not to be seen")
            for work in works
            if work.attempts >= MOST_ATTEMPTS
        }
        self._end(lost)
        for work in works:
            if work.outcome is None:
                work.doubt, work.looked, work.fresh, work.again = False, 0, work.step == 0, True
                self._queue.append(work)

    def _advance(self, works: Sequence[tuple[Work, Ticket]]) -> None:
        ends: dict[str, Outcome] = {}
        steps: list[tuple[str, int, str | None]] = []
        effects: dict[str, list[str]] = {}
        further: list[Work] = []
        for work, ticket in works:
            work.version, work.as_of, work.doubt, work.looked = ticket.version, ticket.updated_at, False, 0
            work.attempts, work.again = 0, False
            note = work.said.note if isinstance(work.said, Applied) else None
            if not work.last:
                other = drifted(work, ticket, fold=self._adapter.capabilities.tags_fold_case)
                work.step += 1
                if other:
                    ends[work.id] = Conflict(
                        was=None, now=ticket.version, reason=f"changed meanwhile: {', '.join(other)}"
                    )
                    continue
                work.checked = True
                steps.append((work.id, work.step, work.version))
                further.append(work)
                continue
            ends[work.id] = Applied(version=ticket.version, note=note or made_as(ticket))
            effects[work.id] = self._moved(work, ticket)
        if steps:
            self._journal.advance(self.id, steps)
        # A ticket that was begun is finished before another is begun: it was just read, and half a change is none.
        self._queue.extendleft(reversed(further))
        self._end(ends, effects)

    def _moved(self, work: Work, ticket: Ticket) -> list[str]:
        """What changed besides the planned fields; of an undo, what is not again as it was before the run undone."""
        after = fingerprint(ticket, self._adapter.capabilities.volatile)
        if work.id in self._origin:
            return moved(self._origin[work.id], after)
        return [] if work.before is None else moved(work.before, after, planned_names(work.change))

    def _end(self, outcomes: Mapping[str, Outcome], effects: Mapping[str, list[str]] | None = None) -> None:
        if not outcomes:
            return
        outcomes = {id_: with_parts(outcome, self._by_id[id_]) for id_, outcome in outcomes.items()}
        self._journal.settle(self.id, outcomes, effects)
        for id_, outcome in outcomes.items():
            self._by_id[id_].outcome = outcome
            self._gates.count(outcome)
        self._ended += len(outcomes)
        self._progress(self._ended, len(self.works))
