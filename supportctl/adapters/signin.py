"""From a profile's way of signing in to what signs its requests."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from supportctl.config import Profile
from supportctl.errors import ConfigError
from supportctl.wire import Clock, Transport, auth
from supportctl.wire.oauth import Minted, Rotating, TokenEndpoint, TokenRequest

if TYPE_CHECKING:
    import httpx

    from supportctl.token_store import TokenStore


def token_endpoint(
    profile: Profile, request: TokenRequest, connect: Callable[[str], Transport], client_secret: str | None
) -> TokenEndpoint:
    """Where the profile's client gets its tokens; ``token_url`` of the profile goes before the platform's own.

    Raises `ConfigError` without a client.
    """
    if not profile.auth.client_id:
        raise ConfigError(
            f"profile {profile.name!r} signs in by {profile.auth.kind}, which needs an OAuth client",
            hint=f"run: supportctl profile set {profile.name} --client-id ID",
        )
    if profile.auth.token_url:
        request = request._replace(url=profile.auth.token_url)
    if not request.url:
        raise ConfigError(
            f"profile {profile.name!r} does not say where its tokens are given out; nothing was sent",
            hint=f"run: supportctl profile set {profile.name} --token-url URL",
        )
    return TokenEndpoint(request, connect, client_id=profile.auth.client_id, client_secret=client_secret)


def authentication(
    profile: Profile, secret: str, endpoint: TokenEndpoint | None, store: "TokenStore | None", clock: Clock
) -> "httpx.Auth | None":
    """What signs the profile's requests; ``endpoint`` for the OAuth grants, ``store`` for refresh tokens."""
    match profile.auth.kind:
        case "oauth" | "pat":
            return auth.bearer(secret)
        case "client_credentials" if endpoint is not None:
            return auth.bearer(Minted(endpoint, clock, ("client_credentials", {})))
        case "password" if endpoint is not None:
            pair = {"username": _user(profile), "password": secret}
            return auth.bearer(Minted(endpoint, clock, ("password", pair)))
        case "refresh_token" if endpoint is not None and store is not None:
            return auth.bearer(Rotating(endpoint, clock, store, urlsplit(profile.url).netloc))
        case "api_token" if profile.platform == "zendesk":
            return auth.zendesk_api_token(_user(profile), secret)
        case "api_key":
            return auth.api_key(secret)
        case "api_token" | "basic":
            return auth.basic(_user(profile), secret)
        case "none":
            return None
        case kind:
            raise ConfigError(
                f"profile {profile.name!r} cannot sign in by {kind} here: there is no place to keep its tokens",
                hint="keep the refresh token in a file (--token-file PATH) or the keyring",
            )


def _user(profile: Profile) -> str:
    if not profile.auth.user:
        raise ConfigError(
            f"profile {profile.name!r} signs in as {profile.auth.kind}, which needs a user name",
            hint=f"run: supportctl profile set {profile.name} --user NAME",
        )
    return profile.auth.user
