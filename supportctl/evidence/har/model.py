"""What is told of a HAR file. All texts in it have been redacted."""

from datetime import datetime
from typing import Literal

import msgspec

from supportctl.evidence.moments import Moment

Kind = Literal[
    "failed", "blocked", "cors", "redirect-loop", "slow", "sign-in-expired", "clock-skew", "mixed-content",
    "rate-limited", "no-bodies",
]  # fmt: skip
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class HarFinding(msgspec.Struct, kw_only=True):
    """Something that went wrong, or that an engineer must know before he reads the file."""

    file: str
    kind: Kind
    severity: Severity
    at: datetime | None
    entry: int | None
    """Number of the exchange in the file, from 1."""
    method: str
    url: str
    status: int | None
    what: str
    ids: dict[str, str]
    """Request ids by the name of their header."""
    third_party: bool
    millis: float | None
    count: int = 1
    """How many exchanges it stands for."""


class Slow(msgspec.Struct, kw_only=True):
    """One of the longest exchanges. Phases in milliseconds: the measured ones; ``ssl`` lies in ``connect``."""

    entry: int
    at: datetime | None
    method: str
    url: str
    status: int | None
    millis: float
    phases: dict[str, float]


class Host(msgspec.Struct, kw_only=True):
    host: str
    requests: int
    failed: int
    bytes: int
    millis: float
    third_party: bool


class HarSummary(msgspec.Struct, kw_only=True):
    name: str
    readable: bool
    notes: list[str]
    """What is wrong with the file, and what could not be told."""
    began: datetime | None
    ended: datetime | None
    zone: str
    """Offset in which the file writes its times, e.g. ``+02:00``."""
    zone_assumed: bool
    creator: str | None
    browser: str | None
    system: str | None
    pages: list[str]
    entries: int
    failed: int
    findings: list[HarFinding]
    slow: list[Slow]
    hosts: list[Host]
    """By number of requests; `more_hosts` are not listed."""
    more_hosts: int
    protocols: dict[str, int]
    statuses: dict[str, int]
    site: str | None
    """The site the recording is about."""
    third_party_requests: int
    request_ids: list[str]
    """Of what failed."""
    skew_seconds: float | None
    """The servers' clock minus the recording computer's; None where it cannot be told."""

    def moments(self) -> list[Moment]:
        """What failed, in the order of time."""
        found = [
            Moment(
                at=each.at,
                written="" if each.at is None else each.at.isoformat(),
                assumed_zone=self.zone_assumed,
                source=self.name,
                line=each.entry,
                what=" ".join(part for part in (each.method, each.url, "·", each.what) if part),
                failed=each.severity == "error",
            )
            for each in self.findings
            if each.severity != "note" and each.entry is not None and each.kind != "slow"
        ]
        return sorted(found, key=lambda moment: (moment.at is None, moment.at.timestamp() if moment.at else 0.0))

    def markdown(self, *, heading: int = 2) -> str:
        from supportctl.evidence.har import markdown

        return markdown.render(self, heading)
