"""What people said of suggestions: kept per profile, one line each, so that nobody is asked twice.

A file holds keys, figures and who decided when; no text of a ticket.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from supportctl import atomic
from supportctl.duplicates.suggestion import Brief, Kind, Suggestion
from supportctl.errors import StateError
from supportctl.model import Platform


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    LATER = "later"
    """Looked at and put off: it is asked again."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two tickets."""

    platform: Platform
    profile: str
    id: str
    key: str

    @property
    def name(self) -> tuple[str, str]:
        """What it is known by; a key may change, an id does not."""
        return self.profile, self.id


Name = tuple[tuple[str, str], tuple[str, str]]


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    at: datetime
    by: str
    verdict: Verdict
    ticket: End
    of: End
    kind: Kind = Kind.TEXT
    confidence: float | None = None
    """As it was suggested; None: decided without a suggestion."""
    calibration: str | None = None

    @property
    def name(self) -> Name:
        """The pair, whichever of the two is named first."""
        first, second = sorted((self.ticket.name, self.of.name))
        return first, second


def end(brief: Brief) -> End:
    return End(platform=brief.platform, profile=brief.profile, id=brief.id, key=brief.key)


def name_of(suggestion: Suggestion) -> Name:
    """Of a suggestion what `Decision.name` is of a decision."""
    first, second = sorted((end(suggestion.ticket).name, end(suggestion.of).name))
    return first, second


def decide(suggestion: Suggestion, verdict: Verdict, *, at: datetime, by: str) -> Decision:
    return Decision(
        at=at,
        by=by,
        verdict=verdict,
        ticket=end(suggestion.ticket),
        of=end(suggestion.of),
        kind=suggestion.kind,
        confidence=suggestion.confidence,
        calibration=suggestion.calibration,
    )


def suggestion_of(decision: Decision) -> Suggestion:
    """What was decided about, as far as it is kept."""
    return Suggestion(
        ticket=Brief(**msgspec.structs.asdict(decision.ticket)),
        of=Brief(**msgspec.structs.asdict(decision.of)),
        kind=decision.kind,
        confidence=decision.confidence or 0.0,
        calibration=decision.calibration or "uncalibrated",
        score=0.0,
        reasons=[],
    )


class Decisions:
    """The file of one profile. Every change is on disk, whole, before the next question is asked."""

    def __init__(self, path: Path) -> None:
        """Reads it. Raises `StateError` naming the line that is not a decision."""
        self.path = path
        self.all: list[Decision] = list(_read(path))

    def add(self, decision: Decision) -> None:
        self.extend([decision])

    def extend(self, decisions: Iterable[Decision]) -> None:
        self.all.extend(decisions)
        self._write()

    def take_back(self, decision: Decision) -> None:
        """As if it had not been made."""
        self.all.remove(decision)
        self._write()

    def latest(self) -> Mapping[Name, Decision]:
        """By pair what was said last."""
        return {each.name: each for each in self.all}

    def _write(self) -> None:
        data = b"".join(msgspec.json.encode(each) + b"\n" for each in self.all)
        atomic.write(self.path, data, "the decisions", mode=atomic.PRIVATE)


def _read(path: Path) -> Iterable[Decision]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise StateError(
            f"the decisions in {path} cannot be read ({error.strerror})",
            hint="make the file readable, or name another place with --state-dir",
        ) from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line, type=Decision)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise StateError(
                f"{path}, line {number}: not a decision; nothing was changed",
                hint="take the line out, or move the file away to begin anew",
            ) from None
