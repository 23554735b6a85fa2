"""What is repeated, by meaning; over real sockets where a socket's manners matter."""

from __future__ import annotations

import random
import socket

import httpx
import pytest

from supportctl.errors import (
    AmbiguousWriteError,
    ConflictError,
    RateLimitedError,
    TemporaryError,
)
from supportctl.wire import Intent, Transport

from .servers import FakeClock, Silence, cut_off, hang_up, reply, reset

READ, IDEMPOTENT, ONCE = Intent.READ, Intent.IDEMPOTENT, Intent.ONCE
GOOD = reply(200, {"fine": True})


def transport(url: str, clock: FakeClock, **options: object) -> Transport:
    return Transport(url, clock=clock, rng=random.Random(1), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 524])
@pytest.mark.parametrize("intent", [READ, IDEMPOTENT])
def test_server_errors_are_repeated_when_repeating_is_harmless(serve, clock, status, intent):
    server = serve(reply(status), reply(status), GOOD)
    wire = transport(server.url, clock)
    assert wire.request("PUT", "/x", json={"a": 1}, intent=intent).json() == {"fine": True}
    assert [seen.body for seen in server.seen] == [b'{"a":1}'] * 3
    assert wire.stats.retries == 2
    assert wire.stats.waited == sum(clock.slept) > 0


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 524, 599])
def test_a_server_error_leaves_a_single_write_ambiguous(serve, clock, status):
    server = serve(reply(status, headers={"Retry-After": "1"}), GOOD)
    with pytest.raises(AmbiguousWriteError, match=str(status)) as caught:
        transport(server.url, clock).request("POST", "/x", json={}, intent=ONCE)
    assert len(server.seen) == 1
    assert caught.value.hint


@pytest.mark.parametrize("end", [reset, hang_up, cut_off(b'{"half":')], ids=["reset", "hang-up", "cut-off"])
def test_broken_connections(serve, clock, end):
    reading = serve(end, end, GOOD)
    assert transport(reading.url, clock).request("GET", "/x").json() == {"fine": True}
    assert len(reading.seen) == 3

    harmless = serve(end, GOOD)
    assert transport(harmless.url, clock).request("PUT", "/x", json={}, intent=IDEMPOTENT).status == 200

    once = serve(end, GOOD)
    with pytest.raises(AmbiguousWriteError, match="may have been made"):
        transport(once.url, clock).request("POST", "/x", json={"body": "hello"}, intent=ONCE)
    assert len(once.seen) == 1


@pytest.mark.parametrize("intent", [IDEMPOTENT, ONCE])
def test_a_write_whose_repeats_all_break_stays_ambiguous(serve, clock, intent):
    server = serve(reset)
    with pytest.raises(AmbiguousWriteError):
        transport(server.url, clock, max_attempts=3).request("PUT", "/x", json={}, intent=intent)
    assert len(server.seen) == (3 if intent is IDEMPOTENT else 1)


def test_a_read_nobody_answers_changed_nothing(serve, clock):
    server = serve(hang_up)
    with pytest.raises(TemporaryError, match="nothing was changed") as caught:
        transport(server.url, clock, max_attempts=3).request("GET", "/x")
    assert not isinstance(caught.value, AmbiguousWriteError)
    assert len(server.seen) == 3


def test_timeouts_follow_the_same_table(serve, clock):
    short = httpx.Timeout(5, read=0.05)
    reading = serve(Silence(), GOOD)
    assert transport(reading.url, clock, timeout=short).request("GET", "/x").status == 200
    once = serve(Silence(), GOOD)
    with pytest.raises(AmbiguousWriteError, match="timeout"):
        transport(once.url, clock, timeout=short).request("POST", "/x", json={}, intent=ONCE)
    assert len(once.seen) == 1


@pytest.mark.parametrize("intent", list(Intent))
def test_nothing_sent_is_safe_to_repeat_for_everyone(clock, intent):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TemporaryError, match="no connection") as caught:
        transport(f"http://127.0.0.1:{port}", clock, max_attempts=3).request("POST", "/x", json={}, intent=intent)
    assert not isinstance(caught.value, AmbiguousWriteError)
    assert len(clock.slept) == 2


@pytest.mark.parametrize("intent", list(Intent))
def test_a_throttled_request_was_not_executed(serve, clock, intent):
    server = serve(reply(429, headers={"Retry-After": "7"}), reply(429, headers={"Retry-After": "2.5"}), GOOD)
    assert transport(server.url, clock).request("POST", "/x", json={}, intent=intent).status == 200
    assert len(server.seen) == 3
    assert 9.5 <= sum(clock.slept) < 11.5


def test_retry_after_is_the_least_wait_after_a_5xx(serve, clock):
    server = serve(reply(503, headers={"Retry-After": "20"}), GOOD)
    transport(server.url, clock).request("GET", "/x")
    assert clock.slept[0] >= 20


def test_a_long_wait_ends_the_run_resumably(serve, clock):
    server = serve(reply(429, headers={"Retry-After": "1847", "RateLimit-Reason": "jira-quota-tenant-based"}))
    wire = transport(server.url, clock, max_wait=120)
    with pytest.raises(RateLimitedError) as caught:
        wire.request("GET", "/rest/api/3/issue/A-1")
    assert caught.value.retry_after is not None
    assert 1847 <= caught.value.retry_after < 1850
    assert "--max-wait" in (caught.value.hint or "")
    assert not clock.slept
    assert len(server.seen) == 1
    with pytest.raises(RateLimitedError):
        wire.request("GET", "/rest/api/3/field")
    assert len(server.seen) == 1, "a spent quota is not asked again"


def test_throttling_without_advice_backs_off_and_ends(serve, clock):
    server = serve(reply(429))
    with pytest.raises(RateLimitedError):
        transport(server.url, clock, max_wait=60).request("GET", "/x")
    assert sum(clock.slept) <= 60
    assert clock.slept == sorted(clock.slept) or len(clock.slept) > 2
    assert 3 <= len(server.seen) <= 8


def test_throttling_for_ever_with_zero_waits_still_ends(serve, clock):
    server = serve(reply(429, headers={"Retry-After": "0"}))
    with pytest.raises(RateLimitedError):
        transport(server.url, clock, max_wait=30).request("GET", "/x")
    assert len(server.seen) < 12


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_refusals_are_final(serve, clock, status):
    server = serve(reply(status, {"error": "no"}), GOOD)
    with pytest.raises(Exception, match=str(status)) as caught:
        transport(server.url, clock).request("GET", "/x")
    assert len(server.seen) == 1
    assert isinstance(caught.value, ConflictError) is (status == 409)


def test_statuses_asked_for_come_back_after_retries(serve, clock):
    server = serve(reply(404), reply(503), reply(503))
    wire = transport(server.url, clock, max_attempts=2)
    assert wire.request("GET", "/x", ok={404}).status == 404
    assert wire.request("GET", "/x", ok={503}).status == 503
    assert len(server.seen) == 3


def test_a_name_that_does_not_exist_is_not_asked_again(clock):
    def unknown(request: httpx.Request) -> httpx.Response:
        error = httpx.ConnectError(f"no such host in {request.url}")
        error.__cause__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise error

    wire = transport("https://acme.example", clock, transport=httpx.MockTransport(unknown))
    with pytest.raises(TemporaryError, match="host name"):
        wire.request("GET", "/x")
    assert not clock.slept
