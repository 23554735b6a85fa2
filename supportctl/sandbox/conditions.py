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
    """Seconds after a change until searches know it; reading a ticket by its id does at once."""
    max_rows: int | None = None
    """Rows a request may read before its transaction is cancelled (ServiceNow); None: any number."""
    faults: int | None = None
    """Seed of injected faults; None: none."""
    fault_rate: float = 0.15
    """Share of requests that meet a fault."""
    fault_kinds: tuple[str, ...] = ()
    """Which of `supportctl.sandbox.faults.KINDS`; empty: all."""
    slow_seconds: float = 0.4
    """How long a slow body takes."""
