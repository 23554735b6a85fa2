"""A clock that only moves when slept on, and servers whose sockets do what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from .servers import FakeClock, ScriptedServer


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Start scripted servers on 127.0.0.1; they end with the test."""
    running: list[ScriptedServer] = []

    def start(*script: object) -> ScriptedServer:
        server = ScriptedServer(list(script))  # type: ignore[arg-type]
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()
