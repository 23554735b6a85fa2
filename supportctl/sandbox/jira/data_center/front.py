"""Data Center's gateway: the administrator's rate limit, and what stands before a server that is not well.

One token bucket per user: ``Max requests`` tokens at most, ``Requests allowed`` new ones every interval, both set by
the administrator ("Improving instance stability with rate limiting", "Rate limiting: HTTP headers"). It holds for
signed-in requests, whose every answer tells the state of the bucket. Here new tokens come steadily, not in batches.
"""

import math
import random
from collections.abc import Mapping, Sequence

from starlette.responses import HTMLResponse, JSONResponse, Response

from supportctl.sandbox.front import Ask
from supportctl.sandbox.meter import Limit, State
from supportctl.sandbox.profiles import accounts
from supportctl.sandbox.signin import account_of

DOOR = "jira_dc"
"""The platform of the accounts that sign in here."""
INTERVAL = 1
"""Seconds between refills."""
ALLOWED = 20
MAX_REQUESTS = 200
BUCKET = Limit("token-bucket", MAX_REQUESTS, MAX_REQUESTS / ALLOWED * INTERVAL, bucket=True)


class DataCenterFront:
    """See `supportctl.sandbox.front.Front`."""

    def limits(self, ask: Ask) -> Sequence[tuple[Limit, str]]:
        header = ask.headers.get("authorization")
        if not header:
            return ()
        account = account_of(header, DOOR)
        return [(BUCKET, account.user if account is not None else "")]

    def headers(self, states: Sequence[State]) -> dict[str, str]:
        return _told(states[0]) if states else {}

    def refusal(self, spent: Sequence[State], ask: Ask) -> Response:
        state = spent[0] if spent else State(BUCKET, accounts(DOOR)[0].user, 0, 1.0)
        return Response("Rate limit exceeded.", 429, _told(state), media_type="text/plain")

    def failure(self, ask: Ask, rng: random.Random) -> Response:
        match rng.randrange(4):
            case 0:
                return JSONResponse({"errorMessages": ["Internal server error"], "errors": {}}, 500)
            case 1:
                return _page(502, "Proxy Error")
            case 2:
                return _page(503, "Jira is starting up")
            case _:
                return _page(504, "Gateway Time-out")

    def same_page(self, ask: Ask, content: bytes, headers: Mapping[str, str]) -> None:
        """Pages go by offset, which the caller counts."""
        return


def _told(state: State) -> dict[str, str]:
    limit = state.limit
    return {
        "X-RateLimit-Limit": str(limit.requests),
        "X-RateLimit-Remaining": str(state.remaining),
        "X-RateLimit-Interval-Seconds": str(INTERVAL),
        "X-RateLimit-FillRate": str(round(limit.requests / limit.seconds * INTERVAL)),
        "retry-after": str(0 if state.remaining else max(1, math.ceil(state.resets))),
    }


def _page(status: int, title: str) -> Response:
    return HTMLResponse(
        f"<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>", status
    )


front = DataCenterFront()
