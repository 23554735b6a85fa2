"""What a request is for, told by its method and path: to read, to change something, or to ask how a job is."""

import re
from collections.abc import Iterable

READ, WRITE, POLL = "read", "write", "poll"

_POLLS = re.compile(r"/api/v2/job_statuses(/.*)?|/rest/api/[^/]+/bulk/queue/[^/]+")
_ASKING = re.compile(
    r"/rest/api/[^/]+/(search(/jql|/approximate-count)?|issue/bulkfetch|changelog/bulkfetch|comment/list|jql/.*"
    r"|permissions/check)|/api/now(/v\d)?/tinyurl"
)
"""POST requests that change nothing: what they ask for is too long for an address."""
BATCH = re.compile(r"/api/now(/v\d)?/batch")
"""ServiceNow's batches: a write when one of the requests inside is."""


def kind_of(method: str, path: str) -> str:
    """One of `READ`, `WRITE`, `POLL`. Signing in is a write by this: it makes a token."""
    if method in {"GET", "HEAD"}:
        return POLL if _POLLS.fullmatch(path.removesuffix(".json")) else READ
    return READ if method == "POST" and _ASKING.fullmatch(path) else WRITE


def kind_of_batch(inner: Iterable[tuple[str, str]]) -> str:
    """Of a batch that holds these requests (method, path)."""
    return WRITE if any(kind_of(method, path) == WRITE for method, path in inner) else READ
