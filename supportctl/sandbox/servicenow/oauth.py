"""``/oauth_token.do``: password, client credentials and refresh grants; errors are OAuth's, not the Table API's."""

import time
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from supportctl.sandbox.servicenow.call import ACCOUNTS, grant
from supportctl.sandbox.store import Store

CLIENT = ("sandbox-client", "sandbox-client-secret")
OWNER = "ops"
"""Whom a token of the client itself acts as."""


def routes(store: Store) -> list[BaseRoute]:
    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        status, body = await run_in_threadpool(answer, store, form)
        return JSONResponse(body, status)

    return [Route("/oauth_token.do", token, methods=["POST"])]


def answer(store: Store, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    if (form.get("client_id"), form.get("client_secret")) != CLIENT:
        return 401, {"error": "invalid_client", "error_description": "access_denied"}
    match form.get("grant_type"):
        case "password":
            pair = (form.get("username"), form.get("password"))
            if any(account.kind == "basic" and (account.user, account.secret) == pair for account in ACCOUNTS):
                return 200, grant(store, str(pair[0]), refresh=True)
        case "client_credentials":
            return 200, grant(store, OWNER, refresh=False)
        case "refresh_token":
            row = store.row(
                "SELECT user_name, expires FROM sn_token WHERE token = ? AND kind = 'refresh'",
                (form.get("refresh_token"),),
            )
            if row is not None and row["expires"] > time.time():
                return 200, grant(store, row["user_name"], refresh=True)
    return 401, {"error": "invalid_grant", "error_description": "access_denied"}
