"""What a run keeps while it judges: the census, the watches, findings that wait. Parts of a queue can be added up."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from supportctl.audit.learned import Learning
from supportctl.audit.looked import Looked
from supportctl.audit.result import Census, GroupCensus, RuleCensus
from supportctl.audit.verdict import Clean, Outside, Unjudged
from supportctl.audit.waiting import Waiting
from supportctl.model import Finding, Platform, Severity

if TYPE_CHECKING:
    from supportctl.audit.rule import Watch

_IN_MEMORY = 4 * 1024 * 1024


class Held:
    """Findings about missing fields, until it is known whether the field is used. Many of them wait in a file."""

    def __init__(self) -> None:
        self.counts: dict[tuple[Platform, str], int] = {}
        self._lines: list[bytes] = []
        self._size = 0
        self._file: BinaryIO | None = None
        self._encoder = msgspec.json.Encoder()

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __del__(self) -> None:
        self.close()

    def add(self, finding: Finding) -> None:
        key = finding.platform, finding.rule
        self.counts[key] = self.counts.get(key, 0) + 1
        self._keep(self._encoder.encode(finding))

    def withhold(self, platform: Platform, rule: str) -> int:
        """They are not to be told one by one; returns how many there are."""
        return self.counts.pop((platform, rule), 0)

    def release(self) -> Iterator[Finding]:
        """Those that were not withheld, in the order they came; none remain."""
        kept, decoder = set(self.counts), msgspec.json.Decoder(Finding)
        self.counts = {}
        for line in self._all() if kept else ():
            finding = decoder.decode(line)
            if (finding.platform, finding.rule) in kept:
                yield finding
        self.close()

    def close(self) -> None:
        self._lines, self._size = [], 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def merge(self, other: "Held") -> None:
        for key, number in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + number
        for line in other._all():
            self._keep(line)

    def __getstate__(self) -> tuple[dict[tuple[Platform, str], int], list[bytes]]:
        return self.counts, list(self._all())

    def __setstate__(self, state: tuple[dict[tuple[Platform, str], int], list[bytes]]) -> None:
        self._encoder = msgspec.json.Encoder()
        self._file = None
        self.counts, self._lines = state
        self._size = sum(map(len, self._lines))

    def _keep(self, line: bytes) -> None:
        self._lines.append(line)
        self._size += len(line)
        if self._size > _IN_MEMORY:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="supportctl-")  # noqa: SIM115 (closed by `close`)
            self._file.seek(0, os.SEEK_END)
            self._file.writelines(each + b"\n" for each in self._lines)
            self._lines, self._size = [], 0

    def _all(self) -> Iterator[bytes]:
        if self._file is not None:
            self._file.seek(0)
            for line in self._file:
                yield line.rstrip(b"\n")
        yield from self._lines


class Tally:
    """The state of a run, or of a part of one. It is pickled to come back from another process."""

    def __init__(self, looked: Looked | None = None) -> None:
        self.census = Census()
        self.looked = looked or Looked()
        self.rows: dict[str, RuleCensus] = {}
        self.watches: dict[str, Watch] = {}
        self.held = Held()
        self.dirty: dict[str, str] = {}
        """Tickets with a violation -> their group."""
        self.learning = Learning()
        self.waiting = Waiting()
        self.profile = ""

    def enrol(self, code: str, name: str, severity: Severity) -> None:
        self.rows[code] = RuleCensus(rule=code, name=name, severity=severity)
        self.census.rules.append(self.rows[code])

    def group(self, name: str | None) -> GroupCensus:
        if (row := self.census.groups.get(name or "")) is None:
            row = self.census.groups[name or ""] = GroupCensus()
        return row

    def soil(self, platform: Platform, ticket_id: str, group: str | None) -> None:
        """The ticket has a violation; it counts once, whatever part and pass it comes from."""
        self.dirty.setdefault(f"{platform}:{ticket_id}", sys.intern(group or ""))

    def count_dirty(self) -> None:
        self.census.dirty = len(self.dirty)
        for name, number in Counter(self.dirty.values()).items():
            self.group(name).dirty = number

    def merge(self, other: "Tally") -> None:
        """Add a later part of the same queue, no ticket of which is in both."""
        self.profile = self.profile or other.profile
        self.census.tickets += other.census.tickets
        for code, row in other.rows.items():
            _add(self.rows[code], row)
        for name, group in other.census.groups.items():
            self.group(name).tickets += group.tickets
        for code, watch in other.watches.items():
            self.watches[code].merge(watch)
        for severity, number in other.census.by_severity.items():
            self.census.by_severity[severity] = self.census.by_severity.get(severity, 0) + number
        self.held.merge(other.held)
        for identity, group_name in other.dirty.items():
            self.dirty.setdefault(identity, sys.intern(group_name))
        self.learning.merge(other.learning)
        self.waiting.merge(other.waiting)
        self.looked.merge(other.looked)


def count(row: RuleCensus, verdict: Clean | Outside | Unjudged, tickets: int = 1) -> None:
    """A verdict that is not faulty."""
    if isinstance(verdict, Clean):
        row.clean += tickets
    elif isinstance(verdict, Unjudged):
        row.unjudged[verdict.field] = row.unjudged.get(verdict.field, 0) + tickets
    elif verdict.grace:
        row.grace += tickets
    else:
        row.outside += tickets


_COUNTS = ("violations", "clean", "outside", "grace", "exempt", "findings", "suppressed", "collapsed")


def _add(mine: RuleCensus, theirs: RuleCensus) -> None:
    for name in _COUNTS:
        setattr(mine, name, getattr(mine, name) + getattr(theirs, name))
    for field, number in theirs.unjudged.items():
        mine.unjudged[field] = mine.unjudged.get(field, 0) + number
