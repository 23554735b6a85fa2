from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import respx

from supportctl.adapters.jsm import platform
from supportctl.adapters.jsm.adapter import JiraAdapter, create
from supportctl.config import Auth, Profile
from supportctl.wire import Transport
from supportctl.wire.auth import basic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

SITE = "https://acme.atlassian.net"


def make_profile(**changes: Any) -> Profile:
    auth = Auth(kind="api_token", user="ops@acme.example")
    return Profile(**{"name": "acme", "platform": "jsm", "url": SITE, "auth": auth} | changes)


@pytest.fixture
def jira() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=SITE, assert_all_called=False) as router:
        yield router


@pytest.fixture
def adapter_for(now: datetime) -> Iterator[Callable[..., JiraAdapter]]:
    """An adapter on a real transport; keyword arguments go to the profile."""
    opened: list[JiraAdapter] = []

    def build(**changes: Any) -> JiraAdapter:
        profile = make_profile(**changes)
        transport = Transport(
            profile.url,
            auth=basic("ops@acme.example", "s3cr3t"),
            attachment_hosts=platform.ATTACHMENT_HOSTS,
            classify=platform.classify,
            published_limits=platform.PUBLISHED_LIMITS,
            max_attempts=1,
        )
        opened.append(create(profile, transport, lambda: now))
        return opened[-1]

    yield build
    for adapter in opened:
        adapter.close()


@pytest.fixture
def adapter(adapter_for: Callable[..., JiraAdapter]) -> JiraAdapter:
    return adapter_for()
