"""Every byte to a platform: one transport, its limits, retries, pins and counts."""

from supportctl.wire.clock import SYSTEM_CLOCK, Clock
from supportctl.wire.limits import Limit
from supportctl.wire.response import Intent, Response
from supportctl.wire.stats import Stats
from supportctl.wire.transport import Transport

__all__ = ["SYSTEM_CLOCK", "Clock", "Intent", "Limit", "Response", "Stats", "Transport"]
