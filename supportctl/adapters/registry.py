"""From a profile to an adapter. The only place that knows which platforms exist."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, cast

from supportctl.adapters.base import Adapter, Reader
from supportctl.config import Profile
from supportctl.errors import ConfigError

if TYPE_CHECKING:
    from supportctl.wire import Clock

PLATFORMS = {
    "zendesk": "supportctl.adapters.zendesk",
    "jsm": "supportctl.adapters.jsm",
    "servicenow": "supportctl.adapters.servicenow",
}


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_adapter(
    profile: Profile,
    *,
    secret: str,
    max_wait: float = 120.0,
    max_time: float | None = None,
    debug: Callable[[str], None] | None = None,
    now: Callable[[], datetime] = utc_now,
    clock: "Clock | None" = None,
) -> Adapter:
    """An adapter on a transport pinned to the profile's host. ``secret`` comes from `supportctl.credentials`.

    ``max_wait``: the longest one request waits for limits; ``max_time``: all requests together; both in seconds.
    """
    from supportctl.wire import SYSTEM_CLOCK, Transport

    try:
        room = PLATFORMS[profile.platform]
    except KeyError:
        known = ", ".join(sorted(PLATFORMS))
        raise ConfigError(
            f"profile {profile.name!r} has platform {profile.platform!r}, which is none of {known}",
            hint=f"run: supportctl profile show {profile.name}",
        ) from None
    platform = import_module(f"{room}.platform")
    transport = Transport(
        profile.url,
        auth=_authentication(profile, secret),
        attachment_hosts=[*platform.ATTACHMENT_HOSTS, *profile.attachment_hosts],
        classify=platform.classify,
        published_limits=platform.PUBLISHED_LIMITS,
        max_wait=max_wait,
        max_time=max_time,
        clock=clock or SYSTEM_CLOCK,
        debug=debug,
        verify=profile.ca_bundle or True,
    )
    return cast(Adapter, import_module(f"{room}.adapter").create(profile, transport, now))


def open_file(source: BinaryIO, name: str) -> Reader:
    """A reader over our own NDJSON; ``name`` is what error messages call it."""
    from supportctl.adapters.files.reader import FileReader

    return FileReader(source, name)


def _authentication(profile: Profile, secret: str):  # type: ignore[no-untyped-def]
    from supportctl.wire import auth

    match profile.auth.kind:
        case "oauth" | "pat":
            return auth.bearer(secret)
        case "api_token" if profile.platform == "zendesk":
            return auth.zendesk_api_token(_user(profile), secret)
        case "api_key":
            return auth.api_key(secret)
        case "api_token" | "basic":
            return auth.basic(_user(profile), secret)
        case _:
            return None


def _user(profile: Profile) -> str:
    if not profile.auth.user:
        raise ConfigError(
            f"profile {profile.name!r} signs in as {profile.auth.kind}, which needs a user name",
            hint=f"run: supportctl profile set {profile.name} --user NAME",
        )
    return profile.auth.user
