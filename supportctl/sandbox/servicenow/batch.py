"""The Batch API: several requests in one, each with an answer of its own. The outer status is 200 even so.

The whole batch is one transaction: when its time is up (seconds, or the rows of ``max_rows``), what is left comes back
as not serviced. (ServiceNow product documentation, "Batch API")
"""

import base64
import binascii
import time
from typing import Any
from urllib.parse import urlsplit

from supportctl.sandbox.servicenow.call import Answer, ApiError, Call

CEILING_SECONDS = 30.0
"""What a whole batch may take; what is left then comes back as not serviced."""


def batch(call: Call) -> Answer:
    from supportctl.sandbox.servicenow.dispatch import answer

    given = call.json()
    wanted = given.get("rest_requests")
    if not isinstance(wanted, list):
        raise ApiError(400, "Exception while reading request", "rest_requests is missing")
    started = time.monotonic()
    serviced: list[dict[str, Any]] = []
    left: list[str] = []
    inner: list[tuple[str, str]] = []
    most = call.store.conditions.max_rows
    read = 0
    for entry in wanted:
        number = str(entry.get("id", ""))
        if time.monotonic() - started > CEILING_SECONDS or (most is not None and read >= most):
            left.append(number)
            continue
        at = time.monotonic()
        parts = urlsplit(str(entry.get("url", "")))
        headers = {str(each.get("name", "")).lower(): str(each.get("value", "")) for each in entry.get("headers") or ()}
        try:
            content = base64.b64decode(entry.get("body") or "", validate=True)
        except (binascii.Error, ValueError):
            content = b""
        method = str(entry.get("method", "GET")).upper()
        found = answer(call.store, method, parts.path, parts.query, headers, content, call.base, call.account)
        read += found.rows
        inner.append((method, parts.path))
        serviced.append(
            {
                "id": number,
                "body": base64.b64encode(found.content()).decode(),
                "status_code": found.status,
                "status_text": "OK" if found.status < 400 else "Error",
                "headers": [{"name": name, "value": value} for name, value in found.headers.items()],
                "execution_time": int((time.monotonic() - at) * 1000),
                "error_message": "",
                "redirect_url": "",
            }
        )
    request_id = str(given.get("batch_request_id", ""))
    told = {"batch_request_id": request_id, "serviced_requests": serviced, "unserviced_requests": left}
    return Answer(told, inner=tuple(inner))
