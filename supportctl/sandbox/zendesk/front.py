"""Zendesk's gateway: rate limits (developer.zendesk.com, "Rate limits"), 429 and 5xx bodies, and next-page tokens."""

import json
import random
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import JSONResponse, Response

from supportctl.sandbox.front import Ask
from supportctl.sandbox.meter import Limit, State

_UNWELL = b"<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504</h1></center></body></html>"


class ZendeskFront:
    """See `supportctl.sandbox.front.Front`."""

    def limits(self, ask: Ask) -> Sequence[tuple[Limit, str]]:
        return ()

    def headers(self, states: Sequence[State]) -> dict[str, str]:
        return {}

    def refusal(self, spent: Sequence[State], ask: Ask) -> Response:
        wait = max((state.resets for state in spent), default=1.0)
        body = {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded"}
        return JSONResponse(body, 429, {"Retry-After": str(int(wait) + 1)})

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


def _with(url: str, name: str, value: str) -> str:
    parts = urlsplit(url)
    pairs = [(key, value if key == name else old) for key, old in parse_qsl(parts.query, keep_blank_values=True)]
    return parts._replace(query=urlencode(pairs)).geturl()


front = ZendeskFront()
