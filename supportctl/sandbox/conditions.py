"""What the weather is like: how strict, how late and how unreliable the practice platforms are."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """The mild default answers at once and refuses nothing but what is wrong in itself."""

    limits: bool = False
    """Refuse with 429 what goes beyond the published rate limits; without, they are only told in headers."""
    limit_factor: int = 1
    """By how much the vendor raised every limit of the account."""
    job_seconds: float = 0.0
    """Seconds a bulk job waits in its queue, and as many again that it is worked on."""
    search_lag: float = 0.0
    """Seconds until searches know of a change; what is read by its key knows at once."""
    faults: int | None = None
    """Seed of injected faults; None: none."""
    fault_rate: float = 0.15
    """Share of requests that meet a fault."""
    fault_kinds: tuple[str, ...] = ()
    """Which of `supportctl.sandbox.faults.KINDS`; empty: all."""
