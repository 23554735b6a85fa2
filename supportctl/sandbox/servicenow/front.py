"""ServiceNow's gateway: rate limit rules ("Inbound REST API rate limiting"), 429 and 5xx bodies, and page links."""

import hashlib
import math
import random
import re
from collections.abc import Mapping, Sequence

from starlette.responses import JSONResponse, Response

from supportctl.sandbox.front import Ask
from supportctl.sandbox.meter import Limit, State

_UNWELL = b"<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"


TABLE_RULE = Limit("Table API", 2000, 3600)
"""Instances come without rules; this one is an administrator's, an hour's requests of one user."""
RULE_ID = "5f2d6a9c1b7e4c30a1d2e3f405162738"
_TABLE = re.compile(r"/api/now/(v\d/)?table/.*")


class ServiceNowFront:
    """See `supportctl.sandbox.front.Front`."""

    def limits(self, ask: Ask) -> Sequence[tuple[Limit, str]]:
        if not _TABLE.fullmatch(ask.path):
            return ()
        signed = ask.headers.get("authorization", "") + ask.headers.get("x-sn-apikey", "")
        return [(TABLE_RULE, hashlib.sha256(signed.encode()).hexdigest())]

    def headers(self, states: Sequence[State]) -> dict[str, str]:
        found: dict[str, str] = {}
        for state in states:
            found = {"X-RateLimit-Limit": str(state.limit.requests), "X-RateLimit-Rule": RULE_ID}
            found["X-RateLimit-Reset"] = str(math.ceil(state.at + state.resets))
        return found

    def refusal(self, spent: Sequence[State], ask: Ask) -> Response:
        wait = max((state.resets for state in spent), default=1.0)
        name, requests = next(((state.limit.name, state.limit.requests) for state in spent), (TABLE_RULE.name, 1))
        detail = f"Rate limit of {requests} requests per hour for {name} exceeded"
        body = {"error": {"message": "Rate limit exceeded", "detail": detail}, "status": "failure"}
        return JSONResponse(body, 429, {"Retry-After": str(math.ceil(wait))})

    def failure(self, ask: Ask, rng: random.Random) -> Response:
        match rng.randrange(3):
            case 0:
                detail = "Transaction cancelled: maximum execution time exceeded Check logs for error trace"
                return JSONResponse({"error": {"message": detail, "detail": None}, "status": "failure"}, 500)
            case 1:
                return Response(_UNWELL, 503, media_type="text/html")
            case _:
                return Response("", 502)

    def same_page(self, ask: Ask, content: bytes, headers: Mapping[str, str]) -> tuple[bytes, dict[str, str]] | None:
        """There are no tokens: the link to the next page leads to this one."""
        link = headers.get("link", "")
        if 'rel="next"' not in link:
            return None
        links = [part for part in link.split(",<") if 'rel="next"' not in part]
        here = f'<{ask.base}{ask.path}?{"&".join(f"{name}={value}" for name, value in ask.query)}>;rel="next"'
        return content, {"link": ",<".join(links) + "," + here}


front = ServiceNowFront()
