"""Zendesk's gateway: rate limits (developer.zendesk.com, "Rate limits"), 429 and 5xx bodies, and next-page tokens."""

import hashlib
import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import JSONResponse, Response

from supportctl.sandbox.front import Ask
from supportctl.sandbox.meter import Limit, State

_UNWELL = b"<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504</h1></center></body></html>"


ACCOUNT = Limit("account", 700, 60)
"""Enterprise."""
PER_TICKET = Limit("per-ticket-updates", 30, 600)
ENDPOINTS = (
    ("GET", r"/tickets", Limit("tickets-index", 100, 60)),
    ("GET", r"/search/export", Limit("search-export", 100, 60)),
    ("GET", r"/incremental/(?!.*/sample).*", Limit("incremental-exports", 10, 60)),
    ("GET", r"/tags", Limit("tags-index", 100, 60)),
    ("GET", r"/deleted_tickets", Limit("deleted-tickets", 10, 60)),
    ("PUT", r"/tickets/\d+", Limit("tickets-update", 100, 60)),
    ("POST", r"/tickets", Limit("ticket-request-create-by-user-and-ip", 300, 60)),
)
_TABLE = [(method, re.compile(rf"/api/v2{path}(\.json)?/?"), limit) for method, path, limit in ENDPOINTS]
_TICKET = re.compile(r"/api/v2/tickets/(\d+)(\.json)?/?")


class ZendeskFront:
    """See `supportctl.sandbox.front.Front`. Windows are minutes of the clock, ten of them for one ticket's updates."""

    def limits(self, ask: Ask) -> Sequence[tuple[Limit, str]]:
        if not ask.path.startswith("/api/v2"):
            return ()
        found = [(ACCOUNT, "")]
        found += [(limit, "") for method, path, limit in _TABLE if method == ask.method and path.fullmatch(ask.path)]
        if ask.method == "PUT" and (ticket := _TICKET.fullmatch(ask.path)):
            user = hashlib.sha256(ask.headers.get("authorization", "").encode()).hexdigest()
            found.append((PER_TICKET, f"{user} {ticket[1]}"))
        return found

    def headers(self, states: Sequence[State]) -> dict[str, str]:
        found: dict[str, str] = {}
        for state in states:
            total, left, reset = state.limit.requests, state.remaining, math.ceil(state.resets)
            if state.limit.name == ACCOUNT.name:
                found |= {"X-Rate-Limit": str(total), "X-Rate-Limit-Remaining": str(left)}
                found |= {"ratelimit-limit": str(total), "ratelimit-remaining": str(left)}
                found["ratelimit-reset"] = str(reset)
            else:
                found[f"Zendesk-RateLimit-{state.limit.name}"] = f"total={total}; remaining={left}; resets={reset}"
        return found

    def refusal(self, spent: Sequence[State], ask: Ask) -> Response:
        wait = max((state.resets for state in spent), default=1.0)
        error = {"code": "TooManyRequests", "title": "Too many requests"}
        for state in spent:
            title = f"Rate limit exceeded. Maximum {state.limit.requests} requests per {_span(state.limit)}."
            error = {"code": "RateLimitExceeded", "status": "429", "title": title}
        return JSONResponse({"errors": [error]}, 429, {"Retry-After": str(math.ceil(wait))})

    def failure(self, ask: Ask, rng: random.Random) -> Response:
        match rng.randrange(4):
            case 0:
                return JSONResponse({"error": "Internal Server Error"}, 500)
            case 1:
                return Response("", 502, media_type="text/html")
            case 2:
                body = {"error": {"title": "Service unavailable", "message": "Service unavailable"}}
                return JSONResponse(body, 503, {"Retry-After": "1"})
            case _:
                return Response(_UNWELL, 504, media_type="text/html")

    def same_page(self, ask: Ask, content: bytes, headers: Mapping[str, str]) -> tuple[bytes, dict[str, str]] | None:
        try:
            page = json.loads(content)
        except ValueError:
            return None
        if not isinstance(page, dict):
            return None
        asked = dict(ask.query)
        meta = page.get("meta")
        if isinstance(meta, dict) and meta.get("has_more") and asked.get("page[after]"):
            meta["after_cursor"] = asked["page[after]"]
            if isinstance(links := page.get("links"), dict) and links.get("next"):
                links["next"] = _with(links["next"], "page[after]", asked["page[after]"])
        elif page.get("end_of_stream") is False and asked.get("cursor"):
            page["after_cursor"] = asked["cursor"]
            page["after_url"] = _with(page["after_url"], "cursor", asked["cursor"])
        else:
            return None
        return json.dumps(page, ensure_ascii=False).encode(), {}


def _span(limit: Limit) -> str:
    return "minute" if limit.seconds == 60 else f"{limit.seconds / 60:g} minutes"


def _with(url: str, name: str, value: str) -> str:
    parts = urlsplit(url)
    pairs = [(key, value if key == name else old) for key, old in parse_qsl(parts.query, keep_blank_values=True)]
    return parts._replace(query=urlencode(pairs)).geturl()


front = ZendeskFront()
