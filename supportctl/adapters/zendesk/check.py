"""Who we are, what we may do, and what will stop working: proven with as few requests as possible."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from supportctl.adapters.base import Check
from supportctl.adapters.zendesk.account import API, Account, restriction
from supportctl.adapters.zendesk.platform import PLANS
from supportctl.adapters.zendesk.types import Json, reading
from supportctl.errors import InvalidRequestError, NotFoundError, PermissionDeniedError
from supportctl.wire import Response

MAX_SKEW = 60
"""Seconds; beyond it ages and "last minute" exports are wrong."""


def run(account: Account) -> list[Check]:
    """Raises `AuthError` when Zendesk does not know us, and what the transport raises when there is no Zendesk."""
    user = account.me()
    role = str(user.get("role"))
    agent = role in ("agent", "admin")
    found = [
        Check(name="signed in", ok=True, detail=f"user {user['id']}, role {role}"),
        Check(
            name="role",
            ok=agent,
            detail=f"{role}: " + (_MAY[role] if agent else "end users may not read the queue"),
            hint=None if agent else "use an agent's or an administrator's account",
        ),
        _credentials(account),
    ]
    if agent and (sight := restriction(user)):
        found.append(
            Check(
                name="tickets seen",
                ok=None,
                detail=f"only {sight}; the others are missing from every list, search and count",
                hint="for the whole queue use an account whose role gives access to all tickets",
            )
        )
    try:
        response = account.transport.request("GET", f"{API}/tickets.json", params={"page[size]": 1})
        reading("tickets", response.content)
    except PermissionDeniedError:
        found.append(
            Check(
                name="tickets",
                ok=False,
                detail="the account may not list tickets",
                hint="the token's scope must include tickets:read (or read), and the user must be an agent",
            )
        )
        return found
    found += [Check(name="tickets", ok=True, detail="can be listed"), _clock(account, response), _plan(response)]
    if account.profile.auth.kind != "api_token":
        found.append(_scopes(account))
    return found


_MAY = {
    "admin": "may export archived tickets",
    "agent": "may not export archived tickets; unfiltered lists leave them out",
}


def _credentials(account: Account) -> Check:
    if account.profile.auth.kind == "api_token":
        return Check(
            name="credentials",
            ok=True,
            detail="API token: Zendesk creates no new ones and all stop working on 2027-04-30",
            hint="move the profile to OAuth before then",
        )
    return Check(name="credentials", ok=True, detail=account.profile.auth.kind)


def _clock(account: Account, response: Response) -> Check:
    try:
        told = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return Check(name="clock", ok=None, detail="Zendesk did not tell its time")
    skew = (account.now() - told.astimezone(UTC)).total_seconds()
    return Check(
        name="clock",
        ok=abs(skew) <= MAX_SKEW,
        detail=f"this machine is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}",
        hint=None if abs(skew) <= MAX_SKEW else "set this machine's clock; ages and time ranges depend on it",
    )


def _plan(response: Response) -> Check:
    text = response.headers.get("x-rate-limit") or response.headers.get("ratelimit-limit") or ""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        return Check(name="rate limit", ok=None, detail="Zendesk did not tell a limit")
    plan = PLANS.get(int(text))
    return Check(
        name="rate limit",
        ok=True,
        detail=f"{text} requests a minute" + (f" (as on the plan {plan})" if plan else ""),
    )


def _scopes(account: Account) -> Check:
    """An unknown scope still yields a token, with which everything is forbidden: compare what was granted."""
    try:
        token: Json = account.get("/oauth/tokens/current.json", "the token's scopes").get("token") or {}
    except (NotFoundError, PermissionDeniedError, InvalidRequestError):
        return Check(name="token scopes", ok=None, detail="could not be told")
    scopes = [str(scope) for scope in token.get("scopes") or ()]
    wanted = ["read", "write"] if account.profile.writes else ["read"]
    missing = [want for want in wanted if not {want, f"tickets:{want}"} & set(scopes)]
    if "tickets:write" in scopes or "write" in scopes:
        missing = [want for want in missing if want != "write"]
    return Check(
        name="token scopes",
        ok=not missing,
        detail=" ".join(scopes) or "none",
        hint=f"create a token with the scope {' '.join(missing)}" if missing else None,
    )
