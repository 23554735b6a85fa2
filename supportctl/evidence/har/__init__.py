"""HAR files: what failed in a browser's recording, when, and with which request id."""

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from supportctl.evidence.har.model import HarSummary
    from supportctl.evidence.redact import Identities, Tokens


def summarize(
    name: str,
    data: bytes | BinaryIO,
    *,
    tokens: "Tokens | None" = None,
    identities: "Identities | None" = None,
    told: Callable[[int], None] | None = None,
) -> "HarSummary":
    """See `supportctl.evidence.har.reading.summarize`."""
    from supportctl.evidence.har.reading import summarize as work

    return work(name, data, tokens=tokens, identities=identities, told=told)
