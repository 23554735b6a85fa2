"""What may hold a run back: a pace, a pause file, too many failures, somebody who wants it to stop."""

import math
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Protocol

import msgspec

from supportctl.errors import RefusedError
from supportctl.model import Applied, Conflict, Failed, Outcome, Skipped, Unchanged, Unverified

PAUSE_LOOK = 1.0
"""Seconds between two looks for the pause file."""
ENOUGH = 20
"""Outcomes before a share of failures means something."""


class Clock(Protocol):
    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a run is carried out; none of it changes what is done to a ticket."""

    rate: float | None = None
    """Tickets a minute."""
    max_error_rate: float | None = None
    """Share of tickets (0 to 1) that may fail before the run stops."""
    pause_file: Path | None = None
    """While it exists, nothing more is sent."""
    settle: float = 3.0
    """Seconds after which a change whose answer was lost is looked for a second time, before it is sent again."""
    stop: Event | None = None
    """Set by whoever wants the run to end after the requests under way."""


class StoppedError(Exception):
    """The run is to end now; what is under way was finished."""


class Gates:
    """Asked before anything is sent."""

    def __init__(self, settings: Settings, clock: Clock, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._clock = clock
        self._say = say
        self._free_at = clock.monotonic()
        self._done = 0
        self._failed = 0
        self.deaf = False
        """Whether a wish to stop was heard already, and what was begun is being finished."""

    def heed_stop(self) -> None:
        """Raises `StoppedError` when somebody asked for it."""
        if self._settings.stop is not None and self._settings.stop.is_set() and not self.deaf:
            raise StoppedError

    def let(self, tickets: int) -> None:
        """Wait until ``tickets`` more may be sent. Raises `RefusedError` when too many have failed."""
        self.heed_stop()
        self._refuse_failures()
        self._wait_for_pause()
        if self._settings.rate:
            self.wait(self._free_at - self._clock.monotonic())
            self._free_at = max(self._free_at, self._clock.monotonic()) + tickets * 60.0 / self._settings.rate

    def count(self, outcome: Outcome) -> None:
        match outcome:
            case Failed() | Unverified():
                self._failed += 1
                self._done += 1
            case Applied() | Unchanged() | Skipped() | Conflict():
                self._done += 1

    def wait(self, seconds: float) -> None:
        """In short parts, so that a wish to stop is heard."""
        while seconds > 0:
            self.heed_stop()
            part = min(seconds, 0.5)
            self._clock.sleep(part)
            seconds -= part

    def batch(self, size: int) -> int:
        """How many of ``size`` may go at once: with a pace, no more than a few seconds' worth; and with a failure
        limit, no more at first than show whether it holds (together with `flights`)."""
        if self._settings.rate:
            size = min(size, max(1, math.ceil(self._settings.rate / 12)))
        if self._settings.max_error_rate is not None and self._done < ENOUGH:
            size = min(size, ENOUGH)
        return size

    def flights(self, most: int) -> int:
        """How many jobs may be under way: one until it shows whether a failure limit holds."""
        return 1 if self._settings.max_error_rate is not None and self._done < ENOUGH else most

    def _refuse_failures(self) -> None:
        most = self._settings.max_error_rate
        if most is not None and self._done >= ENOUGH and self._failed / self._done > most:
            raise RefusedError(
                f"{self._failed} of {self._done} tickets failed, more than --max-error-rate {most:g}",
                hint="see what failed with supportctl runs show before going on",
            )

    def _wait_for_pause(self) -> None:
        file = self._settings.pause_file
        said = False
        while file is not None and file.exists():
            if not said:
                self._say(f"paused while {file} exists")
                said = True
            self.heed_stop()
            self._clock.sleep(PAUSE_LOOK)
        if said:
            self._say("going on")
