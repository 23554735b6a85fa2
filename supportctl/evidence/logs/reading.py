"""A log of any size gone through once, without secrets in what is told of it."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import chain
from typing import BinaryIO

from supportctl.evidence import decoding
from supportctl.evidence.logs import grouping, levels, tracking
from supportctl.evidence.logs.clock import Clock
from supportctl.evidence.logs.collecting import Line, Traces
from supportctl.evidence.logs.lines import lines
from supportctl.evidence.logs.model import ErrorGroup, FoundCode, FoundId, LogSummary
from supportctl.evidence.redact import Identities, Tokens
from supportctl.evidence.redact.words import words_of
from supportctl.evidence.shown import Shown

WITHIN = timedelta(minutes=10)
_HEAD = 5000
_GROUPS = 5000
_LISTED = 100
_TRACES = 100
_IDS = 5000
_LISTED_IDS = 50
_TRACKED = 50
"""Lines of one group in which ids and codes are looked for: a flood says nothing new."""
_SUSPECT = (
    "@", "pass", "pwd", "secret", "token", "cookie", "authori", "api-key", "apikey", "api_key", "sess", "bearer",
    "credential", "eyj", "sid=", "private key", "akia", "ghp_", "xox", "://",
)  # fmt: skip
"""A line without any of these holds no secret by its looks that could stand in another line too."""
_DIGITS = str.maketrans("", "", "0123456789")
_ALIKE = 50_000
_SUSPECTS = 16 << 20
"""Characters of such lines that are looked through for values."""
_KEPT = words_of("name level at last_at began ended written time_form zone encoding language fingerprint kind")


@dataclass(frozen=True, slots=True)
class Window:
    """Times between which lines count; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def open(self) -> bool:
        return self.since is None and self.until is None

    def holds(self, at: datetime | None) -> bool:
        if self.open:
            return True
        if at is None:
            return False
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)


def window(
    around: datetime | None, within: timedelta, since: datetime | None, until: datetime | None, zone: tzinfo | None
) -> Window:
    """Times without a zone are in ``zone``."""

    def aware(at: datetime | None) -> datetime | None:
        from datetime import UTC

        return None if at is None else at if at.tzinfo is not None else at.replace(tzinfo=zone or UTC)

    middle, since, until = aware(around), aware(since), aware(until)
    if middle is not None:
        since = max(filter(None, (since, middle - within)))
        until = min(filter(None, (until, middle + within)))
    return Window(since, until)


class _Tally:
    def __init__(self, clock: Clock, limits: Window, shown: Shown) -> None:
        self.clock = clock
        self.window = limits
        self.safe = shown
        self.traces = Traces()
        self.lines = self.shown = self.stamped = 0
        self.levels: dict[str, int] = {}
        self.began: datetime | None = None
        self.ended: datetime | None = None
        self.groups: dict[tuple[str, str], ErrorGroup] = {}
        self.left_out = 0
        self.ids: dict[tuple[str, str], list[int]] = {}
        self.codes: dict[tuple[str, str], list[int]] = {}
        self._now: datetime | None = None
        self._waiting: deque[tuple[int, str, str, datetime | None, str, int]] = deque()
        self._suspects = 0
        self._alike: set[int] = set()
        self._open = limits.open

    def add(self, text: str) -> None:
        self.lines += 1
        at, place = self.clock.at(text)
        if place is not None:
            self.stamped += 1
            self._now = at
        self._collect(text)
        if not (self._open or self.window.holds(self._now)):
            return
        self.shown += 1
        if at is not None:
            self.began = at if self.began is None or at < self.began else self.began
            self.ended = at if self.ended is None or at > self.ended else self.ended
        end = place[1] if place is not None else 0
        level = levels.level(text, end)
        if level is not None:
            self.levels[level] = self.levels.get(level, 0) + 1
        self.traces.add(Line(self.lines, text, at or self._now))
        if level in ("error", "fatal") or (level is None and levels.sounds_wrong(text)):
            written = text[place[0] : place[1]] if place is not None else ""
            self._waiting.append((self.lines, level or "sounds wrong", text, at or self._now, written, end))
        self._settle()

    def _collect(self, text: str) -> None:
        """Meet the secrets of a line; of those that differ in their digits only, of the first."""
        if self._suspects >= _SUSPECTS:
            return
        folded = text.lower()
        for cue in _SUSPECT:
            if cue in folded:
                break
        else:
            return
        alike = hash(text.translate(_DIGITS))
        if alike in self._alike:
            return
        if len(self._alike) < _ALIKE:
            self._alike.add(alike)
        self._suspects += len(text)
        self.safe.scrubber.text(text, "log")

    def close(self) -> None:
        self.traces.flush()
        self._settle(last=True)

    def _settle(self, *, last: bool = False) -> None:
        """Lines whose fate is known: they are in a trace, or stand for themselves."""
        held = None if last else self.traces.holds_from
        closed = self.traces.closed
        while self._waiting and (held is None or self._waiting[0][0] < held):
            number, level, text, at, written, end = self._waiting.popleft()
            while closed and closed[0][1] < number:
                closed.pop(0)
            if not (closed and closed[0][0] <= number <= closed[0][1]):
                self._group(number, level, text, at, written, end)
        if not self._waiting and len(closed) > 1:
            del closed[:-1]

    def _group(self, number: int, level: str, text: str, at: datetime | None, written: str, end: int) -> None:
        said = grouping.message(text, end)
        key = (level, grouping.template(said))
        group = self.groups.get(key)
        if group is not None:
            group.count += 1
            group.last_line, group.last_at = number, at or group.last_at
        elif len(self.groups) < _GROUPS:
            self.groups[key] = ErrorGroup(
                level=level, what=said, count=1, first_line=number, last_line=number, at=at, last_at=at, written=written
            )  # fmt: skip
        else:
            self.left_out += 1
        if group is None or group.count <= _TRACKED:
            self.track(text, number)

    def track(self, text: str, number: int) -> None:
        for found in tracking.ids(text):
            self._seen(self.ids, (found.kind, found.value), number)
        for found in tracking.codes(text):
            self._seen(self.codes, (found.kind, found.value), number)

    @staticmethod
    def _seen(where: dict[tuple[str, str], list[int]], key: tuple[str, str], number: int) -> None:
        known = where.get(key)
        if known is not None:
            known[0] += 1
        elif len(where) < _IDS:
            where[key] = [1, number]


def read(
    name: str,
    data: bytes | BinaryIO,
    *,
    around: datetime | None = None,
    within: timedelta = WITHIN,
    since: datetime | None = None,
    until: datetime | None = None,
    zone: tzinfo | None = None,
    reference: datetime | None = None,
    tokens: Tokens | None = None,
    identities: Identities | None = None,
    told: Callable[[int], None] | None = None,
) -> LogSummary:
    """Never raises on what the file holds: ``readable`` and ``notes`` say what is wrong with it.

    ``around`` with ``within``, ``since`` and ``until`` choose lines by their time; a line without one goes with the
    last before it. ``zone``: of times that name none (UTC is assumed where it is None). ``reference``: what "now" is,
    for times without a year.
    """
    source = decoding.opened(data, told)
    stream: Iterator[str] = lines(source.pieces()) if source.stream is not None else iter(())
    head = [line for _, line in zip(range(_HEAD), stream, strict=False)]
    shown = Shown(tokens, identities)
    tally = _Tally(Clock(head, zone, reference), window(around, within, since, until, zone), shown)
    for line in chain(head, stream):
        tally.add(line)
    tally.close()
    for trace in tally.traces.found.values():
        tally.track(trace.text, trace.line)
    summary = _summary(name, source, tally)
    safe, vouched = shown.clean(summary, kept=_KEPT)
    if not vouched:
        withheld = "texts of the file are withheld: it could not be made sure that no secret is in them"
        safe.notes = [*summary.notes, withheld]
    return safe


def _summary(name: str, source: decoding.Opened, tally: _Tally) -> LogSummary:
    clock, readable = tally.clock, source.stream is not None and tally.lines > 0
    groups = sorted(tally.groups.values(), key=lambda group: (_rank(group), -group.count, group.first_line))
    traces = sorted(tally.traces.found.values(), key=lambda trace: trace.line)
    return LogSummary(
        name=name,
        readable=readable,
        notes=source.notes + (_notes(tally) if readable else []),
        encoding=source.encoding,
        bytes=source.done,
        lines=tally.lines,
        shown=tally.shown,
        began=tally.began,
        ended=tally.ended,
        time_form=clock.forms[0].name if clock.forms and tally.stamped else None,
        zone=clock.told(),
        zone_assumed=clock.zone_assumed,
        ambiguous_dates=clock.ambiguous,
        levels={level: tally.levels[level] for level in levels.LEVELS if level in tally.levels},
        errors=groups[:_LISTED],
        more_errors=max(0, len(groups) - _LISTED) + (1 if tally.left_out else 0),
        traces=traces[:_TRACES],
        more_traces=max(0, len(traces) - _TRACES) + tally.traces.left_out,
        ids=[FoundId(kind=kind, value=value, count=n, line=line) for (kind, value), (n, line) in _most(tally.ids)],
        codes=[
            FoundCode(kind=kind, value=value, count=n, line=line) for (kind, value), (n, line) in _most(tally.codes)
        ],
    )


def _rank(group: ErrorGroup) -> int:
    return ("fatal", "error").index(group.level) if group.level in ("fatal", "error") else 2


def _most(seen: dict[tuple[str, str], list[int]]) -> list[tuple[tuple[str, str], list[int]]]:
    return sorted(seen.items(), key=lambda item: (-item[1][0], item[1][1]))[:_LISTED_IDS]


def _notes(tally: _Tally) -> list[str]:
    clock = tally.clock
    notes = []
    if not tally.stamped:
        notes.append("no times were found in it")
    if clock.no_date:
        notes.append("lines have a time of day without a date")
    if clock.no_year:
        notes.append("times are written without a year: the last one that is not in the future was taken")
    if clock.zone_assumed:
        notes.append("times name no zone: UTC was assumed (--zone says which it is)")
    if clock.ambiguous:
        place = {"mdy": "second", "ymd": "last"}.get(clock.order or "", "first")
        notes.append(f"day and month could change places in its dates: the day was taken to come {place}")
    elif clock.inferred:
        notes.append("the order of day and month was told from the sequence of the lines")
    if not tally.window.open and not tally.shown:
        notes.append(
            "no line lies in the window of time" if tally.stamped else "without times no line lies in the window"
        )
    return notes
