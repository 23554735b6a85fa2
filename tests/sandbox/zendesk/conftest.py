"""A plain HTTP client on the sandbox's Zendesk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.sandbox import Sandbox


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Signed in as the administrator, below ``/api/v2``."""
    profile = sandbox.profiles["zendesk"]
    with httpx.Client(base_url=f"{sandbox.url}/api/v2", auth=(f"{profile['user']}/token", profile["secret"])) as client:
        yield client


@pytest.fixture
def agent(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Signed in as an agent who is no administrator."""
    headers = {"Authorization": "Bearer sandbox-zendesk-agent"}
    with httpx.Client(base_url=f"{sandbox.url}/api/v2", headers=headers) as client:
        yield client
