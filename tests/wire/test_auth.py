"""Signing, and one refresh after a 401."""

from __future__ import annotations

import base64
import threading

import httpx
import pytest

from supportctl.errors import AuthError
from supportctl.wire import Intent, Transport
from supportctl.wire.auth import basic, bearer, zendesk_api_token

from .servers import FakeClock


def header_of(auth: httpx.Auth) -> str:
    request = httpx.Request("GET", "https://a.example")
    return next(auth.auth_flow(request)).headers["Authorization"]


def test_schemes():
    assert header_of(bearer("abc")) == "Bearer abc"
    assert base64.b64decode(header_of(basic("jö", "pä:ss wort")).removeprefix("Basic ")).decode() == "jö:pä:ss wort"
    assert base64.b64decode(header_of(zendesk_api_token("a@b.c", "t")).removeprefix("Basic ")) == b"a@b.c/token:t"


@pytest.mark.parametrize(("user", "secret"), [("", "x"), ("a:b", "x"), ("a\nb", "x"), ("a", ""), ("a", "x\n")])
def test_what_basic_cannot_carry(user, secret):
    with pytest.raises(AuthError):
        basic(user, secret)


class Source:
    """Tokens t0, t1, …; the platform accepts ``good`` only."""

    def __init__(self, *, renews: bool = True) -> None:
        self.number = 0
        self.renews = renews
        self.refreshes: list[str] = []

    def current(self) -> str:
        return f"t{self.number}"

    def refresh(self, rejected: str) -> str | None:
        self.refreshes.append(rejected)
        if not self.renews:
            return None
        self.number += 1
        return self.current()


def accepting(good: str, source: Source) -> tuple[Transport, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200 if request.headers["Authorization"] == f"Bearer {good}" else 401, json={})

    wire = Transport("https://a.example", auth=bearer(source), transport=httpx.MockTransport(answer), clock=FakeClock())
    return wire, seen


def test_an_expired_token_is_refreshed_once_and_the_write_replayed_whole():
    source = Source()
    wire, seen = accepting("t1", source)
    assert wire.request("POST", "/x", json={"a": 1}, intent=Intent.ONCE).status == 200
    assert [request.content for request in seen] == [b'{"a":1}'] * 2
    assert source.refreshes == ["t0"]


def test_a_second_refusal_is_final():
    source = Source()
    wire, seen = accepting("never", source)
    with pytest.raises(AuthError, match="401"):
        wire.request("GET", "/x")
    assert len(seen) == 2


def test_a_token_that_cannot_be_renewed_is_not_tried_twice():
    for source in (Source(renews=False), "t0"):
        wire, seen = accepting("never", source)  # type: ignore[arg-type]
        with pytest.raises(AuthError):
            wire.request("GET", "/x")
        assert len(seen) == 1


def test_threads_refused_together_share_one_refresh():
    source = Source()
    wire, _ = accepting("t1", source)
    barrier = threading.Barrier(6)

    def work() -> None:
        barrier.wait()
        wire.request("GET", "/x")

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.refreshes == ["t0"]


def test_a_refresh_that_fails_ends_the_request():
    class Failing(Source):
        def refresh(self, rejected: str) -> str | None:
            raise AuthError("the refresh token is used up")

    wire, _ = accepting("never", Failing())
    with pytest.raises(AuthError, match="used up"):
        wire.request("GET", "/x")
