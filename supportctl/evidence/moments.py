"""What happened when: the lines of a timeline, from a ticket's history, logs and HAR files alike."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime | None
    """With a zone; None where the source tells no time."""
    written: str
    """The time as it stands in the source."""
    assumed_zone: bool
    """The source names no zone: one was assumed."""
    source: str
    """Relative name of the file, or the ticket's key."""
    line: int | None
    """From 1; None where the source has no lines."""
    what: str
    """One line, not redacted."""
    failed: bool = False
    """An error, rather than something that went as it should."""
