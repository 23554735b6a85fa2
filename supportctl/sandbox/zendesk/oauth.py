"""Zendesk's OAuth: ``/oauth/tokens`` (JSON in, 201 out), the current token under ``/api/v2``, and what a scope allows.

developer.zendesk.com, "OAuth Tokens for Grant Types" and "OAuth Tokens". Refresh tokens rotate; a used one is refused
and harms nothing else. A scope nobody knows still yields a token, with which everything is forbidden.
"""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from supportctl.sandbox import tokens
from supportctl.sandbox.signin import bearer_token
from supportctl.sandbox.store import Store
from supportctl.sandbox.zendesk.http import Call, Failure, Router

ACCESS_LIFE = (300, 1_800, 172_800)
REFRESH_LIFE = (604_800, 2_592_000, 7_776_000)
"""Least, usual and most seconds."""


class _RefusedError(Exception):
    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"error": code, "error_description": text}


def routes(store: Store) -> list[BaseRoute]:
    async def token(request: Request) -> Response:
        body = await request.body()
        try:
            answer = await run_in_threadpool(_grant, store, request.headers.get("content-type", ""), body)
        except _RefusedError as refused:
            return JSONResponse(refused.body, refused.status)
        return JSONResponse(answer, 201)

    return [Route("/oauth/tokens", token, methods=["POST"]), Route("/oauth/tokens.json", token, methods=["POST"])]


def _grant(store: Store, media: str, content: bytes) -> dict[str, Any]:
    try:
        asked = msgspec.json.decode(content) if "json" in media else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise _RefusedError(400, "invalid_request", "The request is missing a required parameter")
    client = tokens.client_of("zendesk", asked.get("client_id"), asked.get("client_secret"))
    if client is None:
        raise _RefusedError(
            401, "invalid_client", "Client authentication failed due to unknown client or no client authentication"
        )
    life = _life(asked, "expires_in", ACCESS_LIFE)
    refresh_life = _life(asked, "refresh_token_expires_in", REFRESH_LIFE)
    scope = asked.get("scope")
    words = scope if isinstance(scope, str) else None if scope is None else str(scope)
    match asked.get("grant_type"):
        case "client_credentials" if client.secret is not None:
            if words is None:
                raise _RefusedError(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed")
            given = tokens.give(store, "zendesk", "access", client=client.id, user=client.user, scope=words, life=life)
            return _told(given, life)
        case "client_credentials":
            raise _RefusedError(401, "unauthorized_client", "The client is not authorized to use this grant")
        case "refresh_token":
            return _refreshed(store, client, asked.get("refresh_token"), words, life, refresh_life)
    raise _RefusedError(400, "unsupported_grant_type", "The authorization grant type is not supported")


def _refreshed(
    store: Store, client: tokens.Client, text: Any, scope: str | None, life: int, refresh_life: int
) -> dict[str, Any]:
    old = tokens.find(store, "zendesk", "refresh", text if isinstance(text, str) else None)
    if old is None or old.client != client.id or not tokens.use_up(store, "zendesk", old):
        raise _RefusedError(
            400,
            "invalid_grant",
            "The provided authorization grant is invalid, expired, revoked, or was issued to another",
        )
    with store.write():
        given, following = (
            tokens.give(
                store, "zendesk", kind, client=client.id, user=old.user, scope=scope or old.scope, life=seconds,
                chain=old.chain,
            )
            for kind, seconds in (("access", life), ("refresh", refresh_life))
        )  # fmt: skip
    return {**_told(given, life), "refresh_token": following.token, "refresh_token_expires_in": refresh_life}


def _life(asked: dict[str, Any], name: str, bounds: tuple[int, int, int]) -> int:
    least, usual, most = bounds
    value = asked.get(name)
    if value is None:
        return usual
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _RefusedError(400, "invalid_request", f"{name} must be between {least} and {most}")
    return value


def _told(token: tokens.Token, life: int) -> dict[str, Any]:
    return {"access_token": token.token, "token_type": "bearer", "scope": token.scope, "expires_in": life}


# What a scope allows

_RESOURCES = {
    "tickets": "tickets", "users": "users", "organizations": "organizations", "audit_logs": "auditlogs",
    "triggers": "triggers", "automations": "automations", "webhooks": "webhooks",
}  # fmt: skip
"""First part of a path -> resource whose scope is enough; anything else needs ``read`` or ``write`` as such."""


def require_scope(call: Call) -> None:
    """403 when the token's scope does not reach; accounts that sign in otherwise have none and may everything."""
    if call.account is None or not call.account.scope or call.path.removesuffix(".json") == "/oauth/tokens/current":
        return
    granted = set(call.account.scope.split())
    verb = "read" if call.method == "GET" else "write"
    first = re.split(r"[/.]", call.path.strip("/"), maxsplit=1)[0]
    resource = _RESOURCES.get(first)
    if verb in granted or (resource is not None and f"{resource}:{verb}" in granted):
        return
    raise Failure(403, {"error": "Forbidden", "description": "You do not have access to this page."})


# The token itself


def register(router: Router) -> None:
    router.add("GET", "/oauth/tokens/current", show_current)
    router.add("DELETE", "/oauth/tokens/current", revoke_current)


def show_current(call: Call) -> Any:
    token = _current(call)
    shown = {
        "id": int(token.given * 1000),
        "url": f"{call.base}/api/v2/oauth/tokens/{int(token.given * 1000)}.json",
        "token": token.token[:10],
        "scopes": token.scope.split(),
        "created_at": _stamp(token.given),
    }
    if token.ends is not None:
        shown["expires_at"] = _stamp(token.ends)
    return {"token": shown}


def revoke_current(call: Call) -> Any:
    tokens.revoke(call.store, _current(call).token)
    return 204, None


def _current(call: Call) -> tokens.Token:
    """The bearer token of the request; one that was always there never ends. 404 for other ways to sign in."""
    text = bearer_token(call.headers.get("authorization", ""))
    if text is None or call.account is None:
        raise Failure(404, {"error": "RecordNotFound", "description": "Not found"})
    found = tokens.find(call.store, "zendesk", "access", text)
    scope = "read write"
    return found or tokens.Token(text, "access", "", "", call.account.user, scope, call.store.now().timestamp(), None)


def _stamp(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
