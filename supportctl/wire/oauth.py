"""OAuth 2.0 grants (RFC 6749) at the platforms' token endpoints, and the tokens they give.

Sources: Zendesk, "Create Token for Grant Type" (JSON; answers 201); ServiceNow, "OAuth Inbound" (form, in the body
only); Atlassian, "OAuth 2.0 (3LO) apps" (JSON; refresh tokens rotate).
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from supportctl.config import Profile
from supportctl.errors import AuthError, SupportctlError
from supportctl.token_store import Tokens, TokenStore
from supportctl.wire import answers
from supportctl.wire.auth import sendable
from supportctl.wire.clock import Clock
from supportctl.wire.hosts import parse_url
from supportctl.wire.response import Response
from supportctl.wire.transport import Transport

MARGIN = 60.0
"""Seconds before its end that a token is replaced, or a fifth of its life when that is shorter."""
_SECRET_PARAMETERS = frozenset({"password", "refresh_token"})
_FINAL = frozenset({400, 401, 403})


class TokenRefusedError(AuthError):
    """The token or password that was shown is no good (any more); the client and the rest of the request are."""


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A successful answer (RFC 6749, section 5.1)."""

    access_token: str
    refresh_token: str | None = None
    expires_in: int | float | str | None = None
    scope: str | list[str] | None = None

    def __repr__(self) -> str:
        return "Grant('…')"

    def words(self) -> str | None:
        return " ".join(self.scope) if isinstance(self.scope, list) else self.scope

    def end(self, now: datetime) -> datetime | None:
        """When to replace the access token; None when the platform does not say."""
        try:
            life = float(self.expires_in) if self.expires_in is not None else 0.0
        except (ValueError, OverflowError):
            return None
        if not 0 < life < 1e9:
            return None
        return now + timedelta(seconds=life - min(MARGIN, life / 5))


class TokenRequest(NamedTuple):
    """How a platform is asked for tokens: at ``url``, form-encoded or as JSON, with ``extra`` parameters."""

    url: str
    form: bool = False
    extra: Mapping[str, Any] = {}


def scope_of(profile: Profile) -> dict[str, Any]:
    """The scope the profile names; without one the platform keeps to what was granted first, or to its own default."""
    return {"scope": profile.auth.scope} if profile.auth.scope else {}


class TokenEndpoint:
    """One client's way to tokens. ``connect`` opens an unsigned transport to the endpoint's origin."""

    def __init__(
        self,
        request: TokenRequest,
        connect: Callable[[str], Transport],
        *,
        client_id: str,
        client_secret: str | None = None,
    ) -> None:
        parsed = parse_url(request.url)
        if parsed is None:
            raise AuthError("the token endpoint is not a plain web address", hint="correct token_url in the profile")
        self._path = parsed.path
        self._transport = connect(str(parsed.copy_with(path="/", query=None, fragment=None)))
        self._client = {"client_id": client_id} | ({"client_secret": client_secret} if client_secret else {})
        self._form = request.form
        self._extra = request.extra
        self.asked_scope: str | None = self._extra.get("scope")
        self._sent: set[str] = {client_secret} if client_secret else set()

    def close(self) -> None:
        self._transport.close()

    def secrets(self) -> Collection[str]:
        return tuple(self._sent)

    def ask(self, grant_type: str, **secrets: str) -> Grant:
        """One grant; repeated like a reading, since a second token harms nobody. Raises `AuthError` when refused."""
        self._sent.update(value for name, value in secrets.items() if name in _SECRET_PARAMETERS)
        body = {"grant_type": grant_type, **self._client, **secrets, **self._extra}
        sent: dict[str, Any] = (
            {"content": urlencode(body).encode(), "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
            if self._form
            else {"json": body}
        )
        response = self._transport.request("POST", self._path, ok=(*_FINAL, 404), **sent)
        if response.status in _FINAL:
            raise _refused(response, grant_type)
        if response.status == 404:
            raise AuthError(
                f"{response.what} answered 404: there is no token endpoint; nothing was read or changed",
                hint="correct the profile's url, or name the endpoint: supportctl profile set NAME --token-url URL",
            )
        try:
            found = msgspec.json.decode(response.content, type=Grant)
            sendable(found.access_token)
            if found.refresh_token is not None:
                sendable(found.refresh_token)
        except (msgspec.MsgspecError, AuthError):
            raise response.unreadable("no usable tokens", hint="check token_url in the profile") from None
        self._sent.add(found.access_token)
        if found.refresh_token:
            self._sent.add(found.refresh_token)
        self._compare(found)
        return found

    def _compare(self, grant: Grant) -> None:
        """Zendesk gives a token for a scope it does not know, with which everything is forbidden."""
        granted = grant.words()
        if self.asked_scope and granted is not None and set(self.asked_scope.split()) - set(granted.split()):
            shown = granted if granted.isprintable() and len(granted) < 200 else "another"
            self._transport.stats.warn(f"the token has the scope {shown or 'of nothing'!r}, not {self.asked_scope!r}")


class Minted:
    """A token for this run only, fetched when it is first needed and again before it ends.

    ``first`` is the grant to ask for (its type and secrets); a refresh token that comes with it is used while it works.
    """

    def __init__(self, endpoint: TokenEndpoint, clock: Clock, first: tuple[str, Mapping[str, str]]) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._first = first
        self._grant: Grant | None = None
        self._end: datetime | None = None

    @property
    def scope(self) -> str | None:
        return self._grant.words() if self._grant else None

    def current(self) -> str:
        if self._grant is None or (self._end is not None and self._clock.now() >= self._end):
            return self._renew()
        return self._grant.access_token

    def refresh(self, rejected: str) -> str | None:
        if self._grant is not None and self._grant.access_token != rejected:
            return self._grant.access_token
        return self._renew()

    def secrets(self) -> Collection[str]:
        return self._endpoint.secrets()

    def _renew(self) -> str:
        grant: Grant | None = None
        if self._grant is not None and self._grant.refresh_token:
            try:
                grant = self._endpoint.ask("refresh_token", refresh_token=self._grant.refresh_token)
            except TokenRefusedError:
                grant = None
        if grant is None:
            kind, secrets = self._first
            grant = self._endpoint.ask(kind, **secrets)
        self._grant, self._end = grant, grant.end(self._clock.now())
        return grant.access_token

    def __repr__(self) -> str:
        return "Minted('…')"


class Rotating:
    """Tokens of a refresh token that is kept in a `TokenStore`, where other processes use and replace it too.

    ``host`` is the profile's: tokens that were used for another are not sent.
    """

    def __init__(self, endpoint: TokenEndpoint, clock: Clock, store: TokenStore, host: str) -> None:
        self._host = host
        self._endpoint = endpoint
        self._clock = clock
        self._store = store
        self._tokens: Tokens | None = None
        self._seen: set[str] = set()

    @property
    def scope(self) -> str | None:
        return self._tokens.scope if self._tokens else None

    def current(self) -> str:
        if self._tokens is not None and (token := self._usable(self._tokens)):
            return token
        return self._renew(None)

    def refresh(self, rejected: str) -> str | None:
        return self._renew(rejected)

    def secrets(self) -> Collection[str]:
        return (*self._endpoint.secrets(), *self._seen)

    def _usable(self, tokens: Tokens) -> str | None:
        if tokens.expires_at is not None and self._clock.now() >= tokens.expires_at:
            return None
        return tokens.access_token

    def _renew(self, rejected: str | None) -> str:
        """What another process has stored meanwhile, else a token from the endpoint, stored before it is used."""
        with self._store.exclusive():
            held = self._store.read()
            if held.host is not None and held.host != self._host:
                raise AuthError(
                    f"{self._store.where} holds tokens of another host than the profile's; nothing was sent",
                    hint="sign in to this host, and keep its refresh token in a place of its own",
                )
            self._seen |= {secret for secret in (held.refresh_token, held.access_token) if secret}
            token = self._usable(held)
            if token is not None and token != rejected:
                self._tokens = held
                return sendable(token)
            self._store.prove_writable()
            try:
                grant = self._endpoint.ask("refresh_token", refresh_token=held.refresh_token)
            except TokenRefusedError as error:
                raise TokenRefusedError(
                    error.message, hint=f"sign in again, and put the new refresh token into {self._store.where}"
                ) from None
            self._tokens = Tokens(
                refresh_token=grant.refresh_token or held.refresh_token,
                host=self._host,
                access_token=grant.access_token,
                expires_at=grant.end(self._clock.now()),
                scope=grant.words(),
            )
            self._store.replace(self._tokens)
            return grant.access_token

    def __repr__(self) -> str:
        return "Rotating('…')"


_REASONS = {
    "invalid_client": ("does not know the client or its secret", "check client_id and the client's secret"),
    "unauthorized_client": (
        "does not allow the client this grant",
        "ask an administrator to allow it for this client, or sign in another way",
    ),
    "unsupported_grant_type": (
        "does not offer this grant",
        "sign in another way: supportctl profile set NAME --auth KIND (see --help)",
    ),
    "invalid_scope": ("does not know the scope", "correct scope in the profile"),
}
_SECRETS = {
    "refresh_token": "refresh token: it has expired, was revoked, or was used already",
    "password": "user name or password",
    "client_credentials": "client's secret",
}


def _refused(response: Response, grant_type: str) -> SupportctlError:
    """Told by the error's code (RFC 6749, section 5.2); its description may repeat what was sent."""
    try:
        body = msgspec.json.decode(response.content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        body = None
    code = body.get("error") if isinstance(body, dict) else None
    said = f"{response.what} answered {response.status}{response.trace}"
    if code is None:
        return answers.status_error(response)
    if code == "invalid_grant":
        return TokenRefusedError(
            f"{said}: the platform does not accept the {_SECRETS[grant_type]}; nothing was read or changed",
            hint="correct it, then run `supportctl check`",
        )
    shown = f" ({code})" if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else ""
    reason, hint = _REASONS.get(
        code if isinstance(code, str) else "",
        (f"refuses the sign-in{shown}", "check client_id, the client's secret and the way of signing in (--auth)"),
    )
    return AuthError(f"{said}: the platform {reason}; nothing was read or changed", hint=hint)
