"""Signing requests. Objects here hold secrets and never show them."""

import base64
import threading
from collections.abc import Collection, Generator
from typing import Protocol

import httpx

from supportctl.errors import AuthError


class TokenSource(Protocol):
    """Where a bearer token comes from.

    ``current`` gives the token to send now (it may renew one about to expire); ``refresh`` is called once after the
    platform refused ``rejected``, and gives another token or None when there is none. Both may raise `AuthError`.
    """

    @property
    def scope(self) -> str | None:
        """What the platform granted, in its words; None when that is not known."""
        ...

    def current(self) -> str: ...

    def refresh(self, rejected: str) -> str | None: ...

    def secrets(self) -> Collection[str]:
        """Everything secret that was sent so far; never asks anybody."""
        ...


class StaticToken:
    """A token that cannot be renewed."""

    scope: str | None = None

    def __init__(self, token: str) -> None:
        self._token = sendable(token)

    def current(self) -> str:
        return self._token

    def refresh(self, rejected: str) -> str | None:
        return None

    def secrets(self) -> Collection[str]:
        return (self._token,)

    def __repr__(self) -> str:
        return "StaticToken('…')"


class BasicAuth(httpx.Auth):
    """``Authorization: Basic``; the platform's refusal is final."""

    def __init__(self, user: str, secret: str) -> None:
        if not user or ":" in user or not user.isprintable():
            raise AuthError(
                "the profile's user name is empty or holds a colon or control character",
                hint="correct it with `supportctl profile set NAME --user …`",
            )
        pair = f"{user}:{sendable(secret, ascii_only=False)}".encode()
        self._secret = secret
        self._encoded = base64.b64encode(pair).decode("ascii")
        self._header = f"Basic {self._encoded}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request

    def withhold(self, text: str) -> str:
        """``text`` without the secret, in case somebody repeated it to us."""
        return text.replace(self._encoded, "…").replace(self._secret, "…")

    def __repr__(self) -> str:
        return "BasicAuth('…')"


class ApiKeyAuth(httpx.Auth):
    """ServiceNow's ``x-sn-apikey`` header ("Configure API key"); never the query parameter of that name."""

    def __init__(self, key: str) -> None:
        self._key = sendable(key)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["x-sn-apikey"] = self._key
        yield request

    def withhold(self, text: str) -> str:
        """``text`` without the key, in case somebody repeated it to us."""
        return text.replace(self._key, "…")

    def __repr__(self) -> str:
        return "ApiKeyAuth('…')"


class BearerAuth(httpx.Auth):
    """``Authorization: Bearer`` from a `TokenSource`; a 401 is answered by one refresh and one replay.

    One thread refreshes; others that were refused with the same token wait and use its result.
    """

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self._lock = threading.Lock()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        with self._lock:
            token = self._source.current()
        request.headers["Authorization"] = f"Bearer {sendable(token)}"
        response = yield request
        if response.status_code != 401:
            return
        with self._lock:
            fresh: str | None = self._source.current()
            if fresh == token:
                fresh = self._source.refresh(token)
        if fresh:
            request.headers["Authorization"] = f"Bearer {sendable(fresh)}"
            yield request

    @property
    def scope(self) -> str | None:
        """What the platform granted; None when that is not known."""
        return self._source.scope

    def withhold(self, text: str) -> str:
        """``text`` without any token sent so far, in case somebody repeated one to us."""
        for secret in self._source.secrets():
            text = text.replace(secret, "…")
        return text

    def __repr__(self) -> str:
        return "BearerAuth('…')"


def basic(user: str, password: str) -> BasicAuth:
    """User name and password (ServiceNow), or e-mail and API token (Jira Cloud)."""
    return BasicAuth(user, password)


def zendesk_api_token(email: str, token: str) -> BasicAuth:
    """Zendesk's legacy API token: ``{email}/token:{token}``. Such tokens stop working on 2027-04-30."""
    return BasicAuth(f"{email}/token", token)


def api_key(key: str) -> ApiKeyAuth:
    """ServiceNow's API key, which is bound to one user."""
    return ApiKeyAuth(key)


def bearer(source: TokenSource | str) -> BearerAuth:
    """OAuth access token or Jira Data Center personal access token; a plain string is a token without refresh."""
    return BearerAuth(StaticToken(source) if isinstance(source, str) else source)


def sendable(secret: str, *, ascii_only: bool = True) -> str:
    """``secret`` if it can stand in a header, since the libraries below would quote it in their error."""
    if not secret or not secret.isprintable() or (ascii_only and (not secret.isascii() or " " in secret)):
        raise AuthError(
            "the token is empty or holds characters no token has (spaces, line breaks); it was not sent",
            hint="store it again; a file or command must hold nothing but the token",
        )
    return secret
