"""Working time: how long it is from one moment to another for people who go home."""

from datetime import datetime, timedelta
from typing import Protocol


class Calendar(Protocol):
    """When a team works. All moments are aware."""

    @property
    def name(self) -> str:
        """What findings call it: ``calendar time``, ``business time of support``."""
        ...

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from ``start`` to ``end``; zero when ``end`` is not later."""
        ...

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The moment at which ``span`` of working time has passed since ``start``."""
        ...

    def is_open(self, at: datetime) -> bool: ...


class Always:
    """Around the clock: calendar time."""

    name = "calendar time"

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(end - start, timedelta(0))

    def after(self, start: datetime, span: timedelta) -> datetime:
        return start + span

    def is_open(self, at: datetime) -> bool:
        return True


ALWAYS = Always()

__all__ = ["ALWAYS", "Always", "Calendar"]
