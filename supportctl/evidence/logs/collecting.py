"""Stack traces out of a stream of lines: the lines around their marks are held until the trace is over."""

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from supportctl.evidence.logs.traces.finding import find_in, marked
from supportctl.evidence.logs.traces.model import Trace

_BEFORE = 16
"""Lines before the first frame in which what was thrown may stand."""
_QUIET = 8
"""Lines that can be no part of a trace, one after the other: then it is over."""
_MOST = 3000
_PART = re.compile(
    r"^\s*File \"|Caused by:|During handling of the above|direct cause of the following|^\s+\S|^\s*$|\.\.\. \d+ more"
    r"|goroutine \d+|stack backtrace|"
    r"Stack trace:|\[stacktrace\]|^\s*#\d+ |[|>]\s+(?:File \"|\S+Error)|\.go:\d+|---"
)
KINDS = 1000
"""Fingerprints remembered of one log."""


@dataclass(slots=True)
class Line:
    number: int
    text: str
    at: datetime | None


class Traces:
    """Fed line by line; `closed` are the places of traces that are over."""

    def __init__(self) -> None:
        self.found: dict[str, Trace] = {}
        self.left_out = 0
        self.closed: list[tuple[int, int]] = []
        """First and last line of traces since it was last emptied by the reader."""
        self._recent: deque[Line] = deque(maxlen=_BEFORE)
        self._held: list[Line] = []
        self._quiet = 0

    @property
    def holds_from(self) -> int | None:
        """The first line whose fate is open."""
        if self._held:
            return self._held[0].number
        return self._recent[0].number if self._recent else None

    def add(self, line: Line) -> None:
        begins = marked(line.text)
        if not self._held:
            self._recent.append(line)
            if begins:
                self._held = list(self._recent)
                self._recent.clear()
                self._quiet = 0
            return
        self._held.append(line)
        self._quiet = 0 if begins else self._quiet + (0 if _PART.search(line.text) else 1)
        if self._quiet >= _QUIET or len(self._held) >= _MOST:
            self.flush()

    def flush(self) -> None:
        """What is held is looked through, and what was found counted."""
        held, self._held, self._quiet = self._held, [], 0
        if not held:
            return
        last = 0
        for trace in find_in([line.text for line in held], most=_MOST):
            begin, end = trace.line - 1, trace.line - 1 + trace.lines
            first = held[begin]
            trace.at = next(
                (line.at for line in (*held[begin:end], *reversed(held[:begin])) if line.at is not None), None
            )
            trace.line, trace.last_at = first.number, trace.at
            self.closed.append((first.number, held[min(end, len(held)) - 1].number))
            last = max(last, end)
            self._count(trace)
        self._recent.extend(held[max(last, len(held) - _BEFORE) :])

    def _count(self, trace: Trace) -> None:
        known = self.found.get(trace.fingerprint)
        if known is not None:
            known.count += 1
            known.last_at = trace.at or known.last_at
        elif len(self.found) < KINDS:
            self.found[trace.fingerprint] = trace
        else:
            self.left_out += 1
