"""What a packet is made from: tickets as they were read, what was found in their texts, and files beside them.

Nothing here is redacted; it goes through `masking` before anything is told from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import BinaryIO, Literal

from supportctl.evidence.moments import Moment
from supportctl.model import Ticket

Audience = Literal["engineering", "l2"]
AUDIENCES: tuple[Audience, ...] = ("engineering", "l2")

State = Literal["present", "inferred", "missing", "unknown"]

ELEMENTS = {
    "actual": "What happens",
    "expected": "What should happen",
    "steps": "Steps to reproduce",
    "environment": "Environment",
    "impact": "Impact",
    "severity": "Severity",
    "times": "When",
    "trace": "Request and trace ids",
    "since": "How often, since when",
    "evidence": "Evidence attached",
    "reproduced": "Reproduced by support",
}
"""What an engineer looks for, and its heading."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """One of `ELEMENTS` as the thread tells it."""

    name: str
    state: State
    text: str = ""
    source: str = ""
    """Where it stands: ``SUP-12, comment 3, line 2``."""
    question: str = ""
    """What to ask the customer where it is missing or unsure; empty where support finds it out itself."""
    reason: str = ""
    """Why it is not told in full, in plain words of ours."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that goes with the packet, or why it does not."""

    name: str
    """Relative, below ``evidence``."""
    data: bytes | BinaryIO | None
    size: int | None = None
    sha256: str | None = None
    note: str = ""
    what: str = ""
    """Of what kind it is; empty for text, of which the redactor tells the kind."""
    needs_eye: bool = False
    """Nobody has looked at what it shows, and no tool can."""
    of: str = ""
    """Key of the ticket it hangs on; empty for one given on the command line."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """``tickets``: the one the packet is about first."""

    tickets: Sequence[Ticket]
    elements: Sequence[Element] = ()
    score: int | None = None
    least: int | None = None
    """The score from which the team hands tickets on."""
    users: int | None = None
    """People hit, where the texts name a number."""
    moments: Sequence[Moment] = ()
    """Times named in the texts."""
    files: Sequence[File] = ()
    asked: str = ""
    """What the receiver is asked for, in somebody's own words."""
    left_out: Sequence[str] = field(default_factory=tuple)
    """What could not be read or was not taken, for the packet to say."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How the packet is to be."""

    to: Audience
    created_at: datetime
    zone: tzinfo | None
    """None: the one of this computer."""
    zone_name: str
    """As people say it: ``Europe/Berlin``."""
    log_zone: tzinfo | None = None
    """Of logs that name none, where somebody said so."""
    version: str
