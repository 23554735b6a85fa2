"""What a run is carried out with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from supportctl.adapters.base import Adapter, Tracker
from supportctl.changes.gates import Clock, Settings
from supportctl.changes.journal import Journal


@dataclass(frozen=True)
class Means:
    """The platform, the journal, the time, and whom to tell."""

    adapter: Adapter
    journal: Journal
    clock: Clock
    settings: Settings = field(default_factory=Settings)
    progress: Callable[[int, int], None] = lambda done, total: None
    say: Callable[[str], None] = lambda text: None
    tracker: Tracker | None = None
    """Where the plan's bug is made."""
    locks: Path | None = None
    """The folder whose lock keeps two runs apart, the same for all journals; None: the journal's."""
