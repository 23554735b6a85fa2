"""What is told of a log. All texts in it have been redacted."""

from datetime import datetime

import msgspec

from supportctl.evidence.logs.traces.model import Trace
from supportctl.evidence.moments import Moment

_MOMENTS = 200


class ErrorGroup(msgspec.Struct, kw_only=True):
    """Error lines that say the same but for numbers and names."""

    level: str
    """error or fatal as written; ``sounds wrong`` where the line has no level."""
    what: str
    """The first of them, behind its time."""
    count: int
    first_line: int
    last_line: int
    at: datetime | None
    last_at: datetime | None
    written: str
    """The first one's time, as it stands there."""


class FoundId(msgspec.Struct, kw_only=True):
    """An id met in lines that speak of errors; ``count`` of at most the first fifty lines of each group."""

    kind: str
    value: str
    count: int
    line: int


class FoundCode(msgspec.Struct, kw_only=True):
    kind: str
    value: str
    count: int
    line: int


class LogSummary(msgspec.Struct, kw_only=True):
    name: str
    readable: bool
    notes: list[str]
    encoding: str
    bytes: int
    lines: int
    shown: int
    """Lines inside the window of time; all of them without one."""
    began: datetime | None
    ended: datetime | None
    """First and last time of what is shown."""
    time_form: str | None
    zone: str
    zone_assumed: bool
    ambiguous_dates: bool
    """Day and month could change places."""
    levels: dict[str, int]
    errors: list[ErrorGroup]
    """The most frequent first."""
    more_errors: int
    """Groups that are not listed."""
    traces: list[Trace]
    """One of each fingerprint, in the order of their first appearance."""
    more_traces: int
    ids: list[FoundId]
    codes: list[FoundCode]

    def moments(self) -> list[Moment]:
        """Errors and traces, each where it first appears, in the order of the lines."""
        found = [
            self._moment(each.at, each.written, each.first_line, f"{each.what}{_times(each.count)}")
            for each in self.errors
        ]
        found += [
            self._moment(
                each.at, "", each.line, f"{each.language} trace: {each.error}: {each.message}{_times(each.count)}"
            )
            for each in self.traces
        ]
        return sorted(found, key=lambda moment: moment.line or 0)[:_MOMENTS]

    def _moment(self, at: datetime | None, written: str, line: int, what: str) -> Moment:
        return Moment(
            at=at,
            written=written or ("" if at is None else at.isoformat()),
            assumed_zone=self.zone_assumed,
            source=self.name,
            line=line,
            what=" ".join(what.split()),
            failed=True,
        )

    def markdown(self, *, heading: int = 2) -> str:
        from supportctl.evidence.logs import markdown

        return markdown.render(self, heading)


def _times(count: int) -> str:
    return f" ({count:,} times)" if count > 1 else ""
