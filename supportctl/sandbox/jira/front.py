"""Jira's gateway: rate limits (developer.atlassian.com, "Rate limiting"), 429 and 5xx bodies, and next-page tokens."""

import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from starlette.responses import JSONResponse, Response

from supportctl.sandbox.front import Ask
from supportctl.sandbox.meter import Limit, State

_UNWELL = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


BURSTS = {"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50}
"""Requests a second to one endpoint, by method."""
OVERRIDES = (
    ("GET", re.compile(r"/rest/api/[^/]+/issue/[^/]+"), 150),
    ("GET", re.compile(r"/rest/api/[^/]+/issue/[^/]+/changelog"), 200),
    ("GET", re.compile(r"/rest/api/[^/]+/attachment/content/[^/]+"), 300),
    ("POST", re.compile(r"/rest/api/[^/]+/search/approximate-count"), 150),
    ("GET", re.compile(r"/rest/api/[^/]+/user"), 150),
    ("GET", re.compile(r"/rest/servicedeskapi/servicedesk/[^/]+/customer"), 5),
)
PER_ISSUE = (Limit("per-issue-on-write", 20, 2, bucket=True), Limit("per-issue-on-write-30s", 100, 30, bucket=True))
_ISSUE = re.compile(r"/rest/api/[^/]+/issue/([A-Z][A-Z0-9_]*-\d+|\d+)(/.*)?|/rest/servicedeskapi/request/([^/]+)(/.*)?")
_VARIABLE = re.compile(r"/(?:\d+|[A-Z][A-Z0-9_]*-\d+)(?=/|$)")


class JiraFront:
    """See `supportctl.sandbox.front.Front`. The bursts of an API token's traffic; points are counted for apps only."""

    def limits(self, ask: Ask) -> Sequence[tuple[Limit, str]]:
        rate = BURSTS.get(ask.method)
        if rate is None:
            return ()
        for method, path, own in OVERRIDES:
            if method == ask.method and path.fullmatch(ask.path):
                rate = own
        endpoint = f"{ask.method} {_VARIABLE.sub('/{id}', ask.path)}"
        found = [(Limit("burst", rate, 1, bucket=True), endpoint)]
        if ask.method != "GET" and (issue := _ISSUE.fullmatch(ask.path)):
            found += [(limit, issue[1] or issue[3]) for limit in PER_ISSUE]
        return found

    def headers(self, states: Sequence[State]) -> dict[str, str]:
        for state in states:
            if state.limit.name == "burst":
                left = str(state.remaining)
                return {"X-RateLimit-Limit": str(state.limit.requests), "X-RateLimit-Remaining": left}
        return {}

    def refusal(self, spent: Sequence[State], ask: Ask) -> Response:
        wait, reason = 1.0, "jira-burst-based"
        headers: dict[str, str] = {}
        for state in spent:
            wait = max(wait, state.resets)
            if state.limit in PER_ISSUE:
                reason = "jira-per-issue-on-write"
            reset = datetime.fromtimestamp(state.at + wait, UTC)
            headers = {"X-RateLimit-Limit": str(state.limit.requests), "X-RateLimit-Remaining": "0"}
            headers["X-RateLimit-Reset"] = f"{reset:%Y-%m-%dT%H:%M:%SZ}"
        headers |= {"Retry-After": str(math.ceil(wait)), "RateLimit-Reason": reason}
        return JSONResponse({"errorMessages": ["Rate limit exceeded"], "errors": {}}, 429, headers)

    def failure(self, ask: Ask, rng: random.Random) -> Response:
        match rng.randrange(4):
            case 0:
                return JSONResponse({"errorMessages": ["Internal server error"], "errors": {}}, 500)
            case 1:
                return Response(_UNWELL, 502, media_type="text/html")
            case 2:
                return Response("", 503, {"Retry-After": "1"})
            case _:
                return Response("upstream request timeout", 504, media_type="text/plain")

    def same_page(self, ask: Ask, content: bytes, headers: Mapping[str, str]) -> tuple[bytes, dict[str, str]] | None:
        try:
            page = json.loads(content)
            asked = json.loads(ask.body) if ask.body else {}
        except ValueError:
            return None
        if not isinstance(page, dict) or not isinstance(asked, dict):
            return None
        token = asked.get("nextPageToken") or dict(ask.query).get("nextPageToken")
        if not page.get("nextPageToken") or not token:
            return None
        page["nextPageToken"] = token
        return json.dumps(page, ensure_ascii=False).encode(), {}


front = JiraFront()
