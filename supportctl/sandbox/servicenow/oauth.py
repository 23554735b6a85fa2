"""``/oauth_token.do``: password, client credentials and refresh grants; errors are OAuth's, not the Table API's.

ServiceNow, "OAuth Inbound": form-encoded, in the body only (`glide.oauth.allow.parameters.in.post.body.only`), the
client also in a Basic header, as ServiceNow's own Python client sends it. The refresh token stays the same until it
ends.
"""

from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from supportctl.sandbox import tokens
from supportctl.sandbox.servicenow.call import ACCOUNTS
from supportctl.sandbox.signin import basic_credentials
from supportctl.sandbox.store import Store

ACCESS_LIFE = 1_799
REFRESH_LIFE = 8_640_000
"""Seconds: the defaults of the application registry."""
SCOPE = "useraccount"


def routes(store: Store) -> list[BaseRoute]:
    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        if (pair := basic_credentials(request.headers.get("authorization", ""))) is not None:
            form |= {"client_id": pair[0], "client_secret": pair[1]}
        status, body = await run_in_threadpool(answer, store, form)
        return JSONResponse(body, status)

    return [Route("/oauth_token.do", token, methods=["POST"])]


def answer(store: Store, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    client = tokens.client_of("servicenow", form.get("client_id"), form.get("client_secret"))
    if client is None:
        return 401, {"error": "invalid_client", "error_description": "access_denied"}
    match form.get("grant_type"):
        case "password":
            pair = (form.get("username"), form.get("password"))
            if any(account.kind == "basic" and (account.user, account.secret) == pair for account in ACCOUNTS):
                with store.write():
                    following = tokens.give(
                        store, "servicenow", "refresh", client=client.id, user=str(pair[0]), scope=SCOPE,
                        life=REFRESH_LIFE,
                    )  # fmt: skip
                    return 200, _access(store, following, following.token)
        case "client_credentials":
            given = tokens.give(
                store, "servicenow", "access", client=client.id, user=client.user, scope=SCOPE, life=ACCESS_LIFE + 1
            )
            return 200, _told(given)
        case "refresh_token":
            found = tokens.find(store, "servicenow", "refresh", form.get("refresh_token"))
            if found is not None and found.client == client.id:
                return 200, _access(store, found, found.token)
    return 401, {"error": "invalid_grant", "error_description": "access_denied"}


def _access(store: Store, refresh: tokens.Token, text: str) -> dict[str, Any]:
    given = tokens.give(
        store, "servicenow", "access", client=refresh.client, user=refresh.user, scope=SCOPE, life=ACCESS_LIFE + 1,
        chain=refresh.chain,
    )  # fmt: skip
    return {**_told(given), "refresh_token": text}


def _told(token: tokens.Token) -> dict[str, Any]:
    return {"access_token": token.token, "scope": SCOPE, "token_type": "Bearer", "expires_in": ACCESS_LIFE}
