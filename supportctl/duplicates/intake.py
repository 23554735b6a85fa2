"""Lines of a file into the index, in this process or read by several others. The result is the same."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from supportctl.duplicates.index import Index
from supportctl.duplicates.reading import Page, read
from supportctl.duplicates.source import Source, read_line
from supportctl.errors import DataError

LARGE = 24 * 1024 * 1024
"""Bytes from which other processes are worth starting."""
WAITING = 3
"""Pages per process that are under way."""


def index_of(source: Source, jobs: int | None = None, tell: Callable[[int], None] = lambda _: None) -> Index:
    """All tickets of the source. ``tell`` hears how many are in. Raises `DataError`."""
    index = Index()
    for page in pages(source, jobs):
        index.take(page)
        index.postings.refresh(whole=True)
        tell(len(index))
    index.postings.refresh()
    return index


def pages(source: Source, jobs: int | None = None) -> Iterator[Page]:
    """What was read of the source's tickets, in order. ``jobs``: processes, as many as there are cores."""
    jobs = processors() if jobs is None else jobs
    yield from _read_here(source) if jobs < 2 or source.size < LARGE else _read_there(source, jobs)


def processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Not every system tells which ones this process may use.
        return os.cpu_count() or 1


def read_lines(lines: list[bytes]) -> Page:
    return read([read_line(line) for line in lines])


def _read_here(source: Source) -> Iterator[Page]:
    yield from map(read_lines, source.pages())


def _read_there(source: Source, jobs: int) -> Iterator[Page]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _begin) as pool:
        try:
            under_way: deque[Future[Page]] = deque()
            for lines in source.pages():
                under_way.append(pool.submit(read_lines, lines))
                if len(under_way) > WAITING * jobs:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool:
            raise DataError(
                f"a process that read a part of {source.name} was ended; nothing was ranked",
                hint="memory may have run out: end other programs, or rank a shorter time of the tickets",
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """An interrupt from the keyboard reaches all processes; the one that started them answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
