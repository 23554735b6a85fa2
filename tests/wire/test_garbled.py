"""Answers that somebody in between made or cut, and the time a whole run may take."""

from __future__ import annotations

import json

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from supportctl.errors import AmbiguousWriteError, AuthError, ProtocolError, TemporaryError
from supportctl.wire import Intent, Transport

from .servers import FakeClock

URL = "https://acme.example.com"
NOTICE = httpx.Response(200, html="<html><title>Service notice</title><p>One moment, please</p></html>")
LOGIN = httpx.Response(200, html="<html><title>Log in</title><input type=password></html>")
WHOLE = httpx.Response(200, json={"issues": [{"key": "A-1"}]})
CUT = httpx.Response(200, headers={"content-type": "application/json"}, content=b'{"issues": [{"key": "A-1"}')
OUT_OF_TIME = httpx.Response(
    200, headers={"content-type": "application/json"}, content=b'{"result": [{"number": "INC1"}, {"error": {"message"'
)


def wire(**more: object) -> Transport:
    return Transport(URL, clock=FakeClock(), **more)  # type: ignore[arg-type]


@respx.mock
@pytest.mark.parametrize("garbled", [NOTICE, CUT, httpx.Response(200)])
def test_a_reading_is_tried_again(garbled: httpx.Response) -> None:
    route = respx.get(f"{URL}/x").mock(side_effect=[garbled, garbled, WHOLE])
    assert wire().request("GET", "/x").json() == {"issues": [{"key": "A-1"}]}
    assert route.call_count == 3


@respx.mock
@pytest.mark.parametrize("garbled", [NOTICE, CUT])
def test_it_is_an_error_in_the_end(garbled: httpx.Response) -> None:
    route = respx.get(f"{URL}/x").mock(return_value=garbled)
    with pytest.raises(ProtocolError):
        wire().request("GET", "/x").json()
    assert route.call_count == 3


@respx.mock
def test_a_login_page_and_a_query_out_of_time_are_final() -> None:
    route = respx.get(f"{URL}/x").mock(side_effect=[LOGIN, OUT_OF_TIME])
    with pytest.raises(AuthError):
        wire().request("GET", "/x")
    assert wire().request("GET", "/x").content == OUT_OF_TIME.content
    assert route.call_count == 2


@respx.mock
def test_a_request_the_platform_gave_up_on_is_asked_once_more_and_not_five_times() -> None:
    """Each attempt may have cost it a minute; a caller that can ask for less does."""
    gave_up = {"error": {"message": "Transaction cancelled: maximum execution time exceeded"}, "status": "failure"}
    route = respx.get(f"{URL}/x").mock(return_value=httpx.Response(500, json=gave_up))
    with pytest.raises(TemporaryError):
        wire().request("GET", "/x")
    assert route.call_count == 2


@respx.mock
@pytest.mark.parametrize("garbled", [NOTICE, CUT])
def test_a_write_is_never_repeated_for_it(garbled: httpx.Response) -> None:
    route = respx.post(f"{URL}/x").mock(return_value=garbled)
    with pytest.raises(AmbiguousWriteError):
        wire().request("POST", "/x", json={}, intent=Intent.ONCE).json()
    assert route.call_count == 1


@respx.mock
@given(
    st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_whole_answers_are_never_asked_for_twice(value: object) -> None:
    with respx.mock:
        route = respx.get(f"{URL}/x").mock(return_value=httpx.Response(200, json={"value": value, "error": None}))
        assert wire().request("GET", "/x").json()["value"] == json.loads(json.dumps(value))
        assert route.call_count == 1


@respx.mock
@pytest.mark.parametrize(
    "answer",
    [httpx.Response(429, headers={"retry-after": "1"}), httpx.Response(503)],
)
def test_the_run_ends_in_the_time_it_may_take(answer: httpx.Response) -> None:
    clock = FakeClock()
    respx.get(f"{URL}/x").mock(return_value=answer)
    began = clock.monotonic()
    with pytest.raises(TemporaryError, match="--max-time"):
        Transport(URL, clock=clock, max_time=20, max_wait=1e9, max_attempts=1_000_000).request("GET", "/x")
    assert clock.monotonic() - began <= 20


@respx.mock
def test_no_timeout_is_longer_than_the_time_left() -> None:
    clock = FakeClock()
    route = respx.get(f"{URL}/x").mock(return_value=WHOLE)
    transport = Transport(URL, clock=clock, max_time=20)
    transport.request("GET", "/x")
    clock.sleep(12)
    transport.request("GET", "/x")
    first, second = (call.request.extensions["timeout"] for call in route.calls)
    assert max(first.values()) == pytest.approx(20)
    assert max(second.values()) == pytest.approx(8)
