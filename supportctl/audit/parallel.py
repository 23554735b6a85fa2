"""A long file judged by several processes, with the findings and figures one process would give.

The file is cut at line ends into parts. Each part is judged by itself; the tallies are added up in the order of the
file. A ticket that already stood in an earlier part, or a line that is no ticket, is noticed when the parts are added
up, and the part is then judged again.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec

from supportctl.adapters.base import Selection
from supportctl.adapters.reading import Reading
from supportctl.adapters.registry import open_file
from supportctl.audit.engine import Audit
from supportctl.audit.learned import Learned
from supportctl.audit.tally import Tally
from supportctl.audit.waiting import Settled, Waiting
from supportctl.errors import DataError
from supportctl.model import Finding

PART = 8 * 1024 * 1024
"""Bytes: large enough that starting on one costs nothing, small enough that some can wait in memory."""
Ids = set[str | int | bytes]


class Part(msgspec.Struct, frozen=True):
    start: int
    end: int


class Task(msgspec.Struct, frozen=True, kw_only=True):
    part: Part
    skip: frozenset[str | int | bytes] = frozenset()
    """Tickets of it that stood in an earlier part."""
    first_line: int = 1
    learned: Learned | None = None
    """For the second pass; None: the first."""
    settled: Settled = {}
    wanted: bytes | None = None
    """For the second pass: which of its tickets are looked at, see `FileReader`."""


class Judged(msgspec.Struct, kw_only=True):
    """What became of a part. Findings as MessagePack, which is cheaper to send."""

    findings: bytes
    tally: Tally
    exemptions: Any
    ids: Ids
    lines: int
    matched: int
    repeats: int
    undecided: int


class FileAudit:
    """One audit of one file. Look at the counts after the findings."""

    def __init__(self, audit: Audit, path: Path, selection: Selection, jobs: int, part_size: int = PART) -> None:
        self._audit = audit
        self._path = path
        self._selection = selection
        self._jobs = jobs
        self._parts = list(_parts(path, part_size))
        self._skips: dict[int, Ids] = {}
        self._waiting: list[tuple[Waiting, int]] = []
        """Of each part, and how many tickets there are in it; 0: some were left out, and they stand elsewhere."""
        self.matched = 0
        self.repeats = 0
        self.undecided = 0

    def findings(self, tell: Callable[[int], None] = lambda _: None) -> Iterator[Finding]:
        """In the order of the file, then as `Audit.findings`; ``tell`` hears how many tickets were read so far.

        Raises `DataError` for a line that is no ticket, after the findings of the tickets before it.
        """
        work = Work(self._audit, self._path, self._selection)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._jobs, context, _begin, (work,)) as pool:
            try:
                yield from self._first(pool, work, tell)
                if self._audit.learns:
                    learned = self._audit.tally.learning.result()
                    self._audit.take(learned)
                    yield from self._second(pool, learned, self._audit.settled)
            except BrokenProcessPool:
                raise DataError(
                    f"a process that judged a part of {self._path.name} was ended; the audit is incomplete",
                    hint="memory may have run out; try again with --jobs 1",
                ) from None
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        yield from self._audit.finish()

    def _first(self, pool: ProcessPoolExecutor, work: "Work", tell: Callable[[int], None]) -> Iterator[Finding]:
        seen: Ids = set()
        line = 1
        tasks = [Task(part=part) for part in self._parts]
        for number, judged in enumerate(_in_order(pool, tasks, self._jobs + 2)):
            if judged is None or not seen.isdisjoint(judged.ids):
                skip = frozenset() if judged is None else frozenset(seen & judged.ids)
                if judged is None:
                    yield from self._up_to_the_fault(work, Task(part=self._parts[number], first_line=line), seen)
                self._skips[number] = set(skip)
                judged = work.judge(Task(part=self._parts[number], skip=skip, first_line=line))
            assert judged is not None
            seen |= judged.ids
            line += judged.lines
            self.matched += judged.matched
            self.repeats += judged.repeats
            self.undecided += judged.undecided
            all_of_it = self._selection.query is None and not judged.repeats
            self._waiting.append((judged.tally.waiting, judged.matched if all_of_it else 0))
            self._absorb(judged)
            tell(self.matched)
            yield from _DECODER.decode(judged.findings)

    def _up_to_the_fault(self, work: "Work", task: Task, seen: Ids) -> Iterator[Finding]:
        """What can be said of a part before the line that is no ticket; raises what that line deserves."""
        reading = work.read(task, seen)
        yield from self._audit.first(reading)

    def _second(self, pool: ProcessPoolExecutor, learned: Learned, settled: Settled) -> Iterator[Finding]:
        tasks = []
        for number, (part, (waiting, tickets)) in enumerate(zip(self._parts, self._waiting, strict=True)):
            wanted = waiting.wanted(tickets, settled) if tickets else None
            if wanted is not None and not any(wanted):
                continue
            skip = frozenset(self._skips.get(number, ()))
            tasks.append(Task(part=part, skip=skip, learned=learned, settled=settled, wanted=wanted))
        for judged in _in_order(pool, tasks, self._jobs + 2):
            assert judged is not None
            self._absorb(judged)
            yield from _DECODER.decode(judged.findings)

    def _absorb(self, judged: Judged) -> None:
        self._audit.tally.merge(judged.tally)
        self._audit.exemptions.merge(judged.exemptions)


class Work:
    """What every process needs to know; it is sent to each once."""

    def __init__(self, audit: Audit, path: Path, selection: Selection) -> None:
        self._made = audit.blueprint()
        self._path = path
        self._selection = selection

    def read(self, task: Task, seen: Collection[str | int | bytes]) -> Reading:
        with self._path.open("rb") as file:
            file.seek(task.part.start)
            data = file.read(task.part.end - task.part.start)
        reader = open_file(BytesIO(data), self._path.name, task.first_line, task.wanted)
        return Reading(reader, self._selection, seen=seen)

    def judge(self, task: Task) -> Judged:
        """Raises `DataError` for a line that is no ticket."""
        audit = self._made()
        reading = self.read(task, task.skip)
        if task.learned is None:
            found = list(audit.first(reading))
        else:
            audit.take(task.learned, task.settled)
            found = list(audit.second(reading))
        return Judged(
            findings=_ENCODER.encode(found),
            tally=audit.tally,
            exemptions=audit.exemptions,
            ids=reading.seen - task.skip,
            lines=_lines(self._path, task.part),
            matched=reading.matched,
            repeats=reading.repeats,
            undecided=reading.undecided,
        )


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Finding])
_work: Work | None = None


def _begin(work: Work) -> None:
    global _work
    # Ctrl-C is the main process's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _work = work


def _judge(task: Task) -> Judged | None:
    """None: a line is no ticket. Which one is found out where the lines before are counted."""
    assert _work is not None
    try:
        return _work.judge(task)
    except DataError:
        return None


def _in_order(pool: ProcessPoolExecutor, tasks: list[Task], window: int) -> Iterator[Judged | None]:
    """Results in the order of the tasks; never more than ``window`` are under way or waiting."""
    waiting: deque[Future[Judged | None]] = deque()
    for task in tasks:
        waiting.append(pool.submit(_judge, task))
        if len(waiting) >= window:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _parts(path: Path, size: int) -> Iterator[Part]:
    """Cut after a line end each time ``size`` bytes have passed."""
    with path.open("rb") as file:
        total = file.seek(0, 2)
        start = 0
        while start < total:
            file.seek(min(start + size, total))
            file.readline()
            end = file.tell()
            yield Part(start, end)
            start = end


def _lines(path: Path, part: Part) -> int:
    with path.open("rb") as file:
        file.seek(part.start)
        return file.read(part.end - part.start).count(b"\n")
