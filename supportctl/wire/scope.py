"""What a request counts against: host, endpoint, and the ticket it writes to."""

import re

import httpx

from supportctl.wire.hosts import origin_of
from supportctl.wire.limits import Scope
from supportctl.wire.redaction import endpoint_template
from supportctl.wire.response import Intent

_TICKET = re.compile(r"(.*?/(?:tickets|requests?|issue|table/\w+)/[^/]+)(?:/.*)?")


def scope_of(method: str, url: httpx.URL, intent: Intent, bucket: str | None) -> Scope:
    match = _TICKET.fullmatch(url.path.removesuffix(".json")) if intent is not Intent.READ else None
    return Scope(
        host=str(origin_of(url)),
        method=method,
        path=url.path,
        endpoint=endpoint_template(method, str(url)),
        item=match[1] if match else None,
        bucket=bucket,
    )
