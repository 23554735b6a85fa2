"""Signing in: personal access tokens and passwords; the CAPTCHA after too many wrong ones; what refusals look like.

Credentials that are wrong are refused whatever is asked for; without any, the caller is an anonymous visitor.
"""

import json
import sqlite3
from html import escape
from itertools import count
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from supportctl.sandbox.jira import entities
from supportctl.sandbox.jira.data_center import people
from supportctl.sandbox.jira.data_center.front import DOOR
from supportctl.sandbox.jira.documents import user_id
from supportctl.sandbox.profiles import Account, accounts
from supportctl.sandbox.signin import account_of, basic_credentials
from supportctl.sandbox.store import Store

ATTEMPTS = 3
"""Wrong passwords of one user until a CAPTCHA is asked for ("Maximum Authentication Attempts Allowed")."""
_FAILURES = "failedlogin"
_requests = count(1)


def enter(request: Request, store: Store, base: str) -> Account | Response | None:
    """Who asks; None for an anonymous visitor; the refusal when the credentials are no good."""
    header = request.headers.get("authorization")
    if not header:
        return None
    pair = basic_credentials(header)
    name = pair[0].casefold() if pair else None
    if name is not None and _failures(store, name) >= ATTEMPTS:
        # The right password does not help any more either.
        challenge = f"CAPTCHA_CHALLENGE; login-url={base}/login.jsp"
        refused = {"X-Authentication-Denied-Reason": challenge, "X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}
        return page(403, "Forbidden", "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED", refused)
    account = account_of(header, DOOR)
    if name is not None and name in {each.user for each in accounts(DOOR) if each.kind == "basic"}:
        _note(store, name, failed=account is None)
    if account is None:
        headers = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED", "WWW-Authenticate": realm(base)}
        return page(401, "Unauthorized", 'Encountered a "401 - Unauthorized" error while loading this page.', headers)
    return account


def realm(base: str) -> str:
    return f'OAuth realm="{quote(base, safe="")}"'


def login_required(base: str, *, issue: bool) -> Response:
    """What an anonymous visitor is told who asks for more than is open to all."""
    told: dict[str, object] = {"message": "Client must be authenticated to access this resource.", "status-code": 401}
    if issue:
        said = ["You do not have the permission to see the specified issue.", "Login Required"]
        told = {"errorMessages": said, "errors": {}}
    return JSONResponse(told, 401, {"WWW-Authenticate": realm(base)})


def id_of(db: sqlite3.Connection, account: Account) -> str:
    """The id of the signed-in person; the user name when the site does not know them."""
    doc = people.find(db, account.user)
    return (user_id(doc) if doc is not None else None) or account.user


def stamped(response: Response, account: Account | None, minutes: int) -> Response:
    """The response with what Jira tells in headers: the request's number, and as whom it was answered."""
    response.headers["X-AREQUESTID"] = f"{minutes}x{next(_requests)}x1"
    response.headers["X-AUSERNAME"] = "anonymous" if account is None else quote(account.user)
    if account is not None:
        response.headers["X-Seraph-LoginReason"] = "OK"
    return response


def page(status: int, title: str, text: str, headers: dict[str, str] | None = None) -> Response:
    """A page for people, which is what comes from before the REST API."""
    body = (
        f"<!DOCTYPE html><html><head><title>{title} ({status})</title></head><body id='jira'>"
        f"<h1>{title} ({status})</h1><p>{escape(text)}</p></body></html>"
    )
    return HTMLResponse(body, status, headers)


def _failures(store: Store, name: str) -> int:
    found = store.value("SELECT doc FROM jira_entity WHERE kind = ? AND id = ?", (_FAILURES, name))
    return int(json.loads(found)["count"]) if found else 0


def _note(store: Store, name: str, *, failed: bool) -> None:
    before = _failures(store, name)
    if failed or before:
        with store.write() as db:
            entities.put(db, _FAILURES, {"id": name, "count": before + 1 if failed else 0})
