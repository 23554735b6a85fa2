"""Logs: times, errors, stack traces and request ids of what programs write."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from supportctl.evidence.logs.model import LogSummary
    from supportctl.evidence.redact import Identities, Tokens


def read(
    name: str,
    data: bytes | BinaryIO,
    *,
    around: datetime | None = None,
    within: timedelta = timedelta(minutes=10),
    since: datetime | None = None,
    until: datetime | None = None,
    zone: tzinfo | None = None,
    reference: datetime | None = None,
    tokens: "Tokens | None" = None,
    identities: "Identities | None" = None,
    told: Callable[[int], None] | None = None,
) -> "LogSummary":
    """See `supportctl.evidence.logs.reading.read`."""
    from supportctl.evidence.logs.reading import read as work

    return work(
        name, data, around=around, within=within, since=since, until=until, zone=zone, reference=reference,
        tokens=tokens, identities=identities, told=told,
    )  # fmt: skip
