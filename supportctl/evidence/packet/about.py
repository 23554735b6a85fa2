"""What is said about a file of evidence, read after it was redacted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import BinaryIO

from supportctl.evidence.moments import Moment
from supportctl.evidence.redact import Identities, Tokens

WHAT = {
    "har": "recording of a browser's requests (HAR)", "log": "log", "json": "JSON", "prose": "text", "csv": "table",
    "xml": "XML", "binary": "no text",
}  # fmt: skip


@dataclass(frozen=True)
class About:
    moments: Sequence[Moment] = ()
    text: str | None = None
    """Markdown; None where there is nothing to say."""


def read(
    path: str,
    kind: str,
    content: bytes | BinaryIO,
    *,
    made_at: datetime,
    zone: tzinfo | None,
    tokens: Tokens,
    identities: Identities,
) -> About:
    """A HAR's failures and a log's errors; nothing of other files. ``zone``: of a log that names none.

    ``made_at`` is what times without a year are counted from.
    """
    from supportctl.evidence import har, logs

    if kind == "har":
        recording = har.summarize(path, content, tokens=tokens, identities=identities)
        told = About(tuple(recording.moments()), recording.markdown(heading=1))
    elif kind == "log":
        log = logs.read(path, content, zone=zone, reference=made_at, tokens=tokens, identities=identities)
        told = About(tuple(log.moments()), log.markdown(heading=1))
    else:
        return About()
    if not isinstance(content, bytes):
        content.seek(0)
    return told
