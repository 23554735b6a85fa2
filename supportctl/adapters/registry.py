"""From a profile to an adapter. The only place that knows which platforms exist."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, cast

from supportctl.adapters.base import Adapter, Capabilities, Reader
from supportctl.config import GRANTS, Profile
from supportctl.errors import ConfigError

if TYPE_CHECKING:
    from supportctl.token_store import TokenStore
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
    client_secret: str | None = None,
    store: "TokenStore | None" = None,
    max_wait: float = 120.0,
    max_time: float | None = None,
    debug: Callable[[str], None] | None = None,
    now: Callable[[], datetime] = utc_now,
    clock: "Clock | None" = None,
) -> Adapter:
    """An adapter on a transport pinned to the profile's host.

    ``secret`` and ``client_secret`` come from `supportctl.credentials`, ``store`` (where a refresh token is kept) from
    `supportctl.token_store`. ``max_wait``: the longest one request waits for limits; ``max_time``: all requests
    together; both in seconds.
    """
    from supportctl.adapters.signin import authentication, token_endpoint
    from supportctl.wire import SYSTEM_CLOCK, Stats, Transport

    try:
        room = PLATFORMS[profile.platform]
    except KeyError:
        known = ", ".join(sorted(PLATFORMS))
        raise ConfigError(
            f"profile {profile.name!r} has platform {profile.platform!r}, which is none of {known}",
            hint=f"run: supportctl profile show {profile.name}",
        ) from None
    platform = import_module(f"{room}.platform")
    wire = partial(
        Transport,
        max_wait=max_wait,
        max_time=max_time,
        clock=clock or SYSTEM_CLOCK,
        debug=debug,
        verify=profile.ca_bundle or True,
        stats=Stats(),
    )
    endpoint = None
    if profile.auth.kind in GRANTS:
        of_client = secret if profile.auth.kind == "client_credentials" else client_secret
        endpoint = token_endpoint(profile, platform.token_request(profile), wire, of_client)
    transport = wire(
        profile.url,
        auth=authentication(profile, secret, endpoint, store, clock or SYSTEM_CLOCK),
        attachment_hosts=[*platform.ATTACHMENT_HOSTS, *profile.attachment_hosts],
        inside_hosts=profile.attachment_hosts,
        classify=platform.classify,
        published_limits=platform.PUBLISHED_LIMITS,
    )
    if endpoint is not None:
        transport.at_close(endpoint.close)
    return cast(Adapter, import_module(f"{room}.adapter").create(profile, transport, now))


def capabilities() -> dict[str, Capabilities]:
    """What each platform can do, before any profile says more."""
    return {name: import_module(f"{room}.platform").CAPABILITIES for name, room in PLATFORMS.items()}


def open_file(source: BinaryIO, name: str, first_line: int = 1, wanted: bytes | None = None) -> Reader:
    """A reader over our own NDJSON; ``name`` is what error messages call it, ``first_line`` where a part begins.

    ``wanted``: of each ticket whether it is read, a byte each; those with 0 are passed over unseen. None: all are.
    """
    from supportctl.adapters.files.reader import FileReader

    return FileReader(source, name, first_line, wanted)
