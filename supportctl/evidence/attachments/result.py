"""One file that was attached, and what becomes of it."""

from dataclasses import dataclass
from typing import BinaryIO

from supportctl.evidence.attachments.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class Collected:
    """``data`` and ``stream`` are None where the file is listed only; ``notes`` then say why."""

    name: str
    """Relative, with ``/``: different from all others on every file system, and safe to write. Not redacted."""
    told: str
    """As its sender called it: data, never a path. Not redacted."""
    origin: str
    """The ticket's key, or ``--attach``."""
    kind: Kind
    size: int | None = None
    """Bytes of the original; None where nobody knows."""
    sha256: str | None = None
    """Of the original; None where it was not read."""
    data: bytes | None = None
    stream: BinaryIO | None = None
    """Of large local texts, instead of ``data``: an open file at its start, which the caller closes."""
    notes: tuple[str, ...] = ()
    same_as: str | None = None
    """The name of another of these files with the same content, which goes along instead. Not redacted."""
    needs_eye: bool = False
    """Goes along, and was not read by the tool: a person has to look at it before it is handed on."""

    @property
    def taken(self) -> bool:
        return self.data is not None or self.stream is not None
