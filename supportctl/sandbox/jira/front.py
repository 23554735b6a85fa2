"""Jira's gateway: rate limits (developer.atlassian.com, "Rate limiting"), 429 and 5xx bodies, and next-page tokens."""

import json
import random
from collections.abc import Mapping, Sequence

from starlette.responses import JSONResponse, Response

from supportctl.sandbox.front import Ask
from supportctl.sandbox.meter import Limit, State

_UNWELL = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class JiraFront:
    """See `supportctl.sandbox.front.Front`."""

    def limits(self, ask: Ask) -> Sequence[tuple[Limit, str]]:
        return ()

    def headers(self, states: Sequence[State]) -> dict[str, str]:
        return {}

    def refusal(self, spent: Sequence[State], ask: Ask) -> Response:
        wait = max((state.resets for state in spent), default=1.0)
        headers = {"Retry-After": str(int(wait) + 1), "RateLimit-Reason": "jira-burst-based"}
        return JSONResponse({"errorMessages": ["Rate limit exceeded."], "errors": {}}, 429, headers)

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
