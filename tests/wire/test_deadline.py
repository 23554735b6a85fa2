"""Nothing lasts for ever: silent servers, endless bodies."""

from __future__ import annotations

import io

import httpx
import pytest

from supportctl.errors import AmbiguousWriteError, TemporaryError
from supportctl.wire import Intent, Transport
from supportctl.wire.transport import DEADLINE, TIMEOUT

from .servers import FakeClock, Silence, drip, reply


def test_every_request_has_timeouts():
    assert (TIMEOUT.connect, TIMEOUT.read, TIMEOUT.write) == (10.0, 65.0, 30.0)
    assert TIMEOUT.pool is not None
    assert DEADLINE == 300.0


def test_an_endless_body_ends_at_the_deadline(serve):
    server = serve(drip)
    wire = Transport(server.url, clock=FakeClock(tick=1.0), max_attempts=2, deadline=50)
    with pytest.raises(TemporaryError, match="within 50 s"):
        wire.request("GET", "/x")
    assert len(server.seen) == 2
    with pytest.raises(AmbiguousWriteError, match="within 20 s"):
        wire.request("POST", "/x", json={}, intent=Intent.ONCE, deadline=20)
    assert len(server.seen) == 3


def test_an_endless_attachment_ends_too(serve):
    server = serve(drip)
    wire = Transport(server.url, clock=FakeClock(tick=1.0), max_attempts=1, deadline=50)
    with pytest.raises(TemporaryError, match="within 50 s"):
        wire.download(f"{server.url}/a", io.BytesIO(), max_bytes=10**9)


def test_after_an_abandoned_body_the_next_request_is_clean(serve):
    server = serve(drip, reply(200, {"fine": True}))
    wire = Transport(server.url, clock=FakeClock(tick=1.0), deadline=50)
    assert wire.request("GET", "/x").json() == {"fine": True}


def test_a_silent_server(serve, clock):
    server = serve(Silence())
    wire = Transport(server.url, clock=clock, max_attempts=1, timeout=httpx.Timeout(5, read=0.05))
    with pytest.raises(TemporaryError, match="timeout"):
        wire.request("GET", "/x")
