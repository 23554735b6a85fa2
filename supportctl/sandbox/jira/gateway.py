"""Atlassian's gateway: ``/ex/jira/{cloudId}/rest/…``, where tokens bound to scopes are good, and only there.

Sources: support.atlassian.com, "Manage API tokens"; developer.atlassian.com, "OAuth 2.0 (3LO) apps" (a refresh token is
good once) and "Jira scopes". The sandbox stands in for two further hosts: its ``/ex/jira`` is ``api.atlassian.com``,
its ``/_auth/oauth/token`` is ``auth.atlassian.com/oauth/token``.
"""

import json
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from supportctl.sandbox import tokens

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from supportctl.sandbox.store import Store

CLOUD_ID = "5f0a7a52-5a9d-4c1e-9f57-0d6f3a7c9e10"
PREFIX = f"/ex/jira/{CLOUD_ID}"
TOKENS = "/_auth/oauth/token"
ACCESS_LIFE = 3_600
REFRESH_LIFE = 90 * 86_400
"""Seconds."""
READING_POSTS = ("/search/jql", "/approximate-count", "/bulkfetch", "/jql/parse", "/jql/match", "/expression/evaluate")


class Gateway:
    """Takes the prefix off, and remembers it: links then lead through the gateway again."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{PREFIX}/"):
            path = scope["path"].removeprefix(PREFIX)
            scope = {**scope, "path": path, "raw_path": path.encode(), "app_root_path": PREFIX, "gateway": True}
        await self.app(scope, receive, send)


def is_gateway(request: Request) -> bool:
    return bool(request.scope.get("gateway"))


def needed_scope(method: str, path: str) -> str:
    """The classic scope a request needs ("Jira scopes")."""
    verb = "read" if method == "GET" or path.endswith(READING_POSTS) else "write"
    if path.startswith("/rest/servicedeskapi"):
        return f"{verb}:servicedesk-request"
    return "read:jira-user" if path.endswith("/myself") else f"{verb}:jira-work"


def routes(store: "Store") -> list[BaseRoute]:
    async def token(request: Request) -> Response:
        body = await request.body()
        status, answer = await run_in_threadpool(_grant, store, body)
        return JSONResponse(answer, status)

    return [Route(TOKENS, token, methods=["POST"])]


def _grant(store: "Store", content: bytes) -> tuple[int, dict[str, Any]]:
    try:
        asked = json.loads(content)
    except (ValueError, UnicodeDecodeError):
        asked = None
    if not isinstance(asked, dict):
        return 400, {"error": "invalid_request", "error_description": "The body is not JSON"}
    client = tokens.client_of("jsm", asked.get("client_id"), asked.get("client_secret"))
    if client is None:
        return 401, {"error": "access_denied", "error_description": "Unauthorized"}
    if asked.get("grant_type") != "refresh_token":
        return 403, {"error": "unauthorized_client", "error_description": "Grant type not allowed for the client."}
    text = asked.get("refresh_token")
    old = tokens.find(store, "jsm", "refresh", text if isinstance(text, str) else None)
    if old is None or old.client != client.id or not tokens.use_up(store, "jsm", old):
        return 403, {"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}
    with store.write():
        given, following = (
            tokens.give(
                store, "jsm", kind, client=client.id, user=old.user, scope=old.scope, life=life, chain=old.chain
            )
            for kind, life in (("access", ACCESS_LIFE), ("refresh", REFRESH_LIFE))
        )
    return 200, {
        "access_token": given.token,
        "refresh_token": following.token,
        "token_type": "Bearer",
        "scope": given.scope,
        "expires_in": ACCESS_LIFE,
    }
