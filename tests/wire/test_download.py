"""Attachments: hops, caps and rewinding."""

from __future__ import annotations

import gzip
import io

import pytest

from supportctl.errors import AuthError, NotFoundError, ProtocolError, RefusedError, TemporaryError
from supportctl.wire import Transport

from .servers import FakeClock, cut_off, reply

BINARY = {"Content-Type": "application/octet-stream"}


def fetch(server, clock: FakeClock, into: io.BytesIO, *, max_bytes: int = 1000, path: str = "/a") -> int:
    return Transport(server.url, clock=clock, max_attempts=3).download(f"{server.url}{path}", into, max_bytes=max_bytes)


def test_content_is_written_and_counted(serve, clock):
    into = io.BytesIO(b"before")
    into.seek(6)
    assert fetch(serve(reply(200, b"x" * 1000, BINARY)), clock, into) == 1000
    assert into.getvalue() == b"before" + b"x" * 1000


def test_a_path_below_the_base_works_too(serve, clock):
    server = serve(reply(200, b"abc", BINARY))
    assert Transport(server.url, clock=clock).download("/secure/a", io.BytesIO(), max_bytes=10) == 3


def test_relative_redirects_and_json_attachments(serve, clock):
    server = serve(reply(302, headers={"Location": "../b?sig=1"}), reply(200, b'{"is": "content"}'))
    into = io.BytesIO()
    fetch(server, clock, into, path="/deep/er/a")
    assert [seen.target for seen in server.seen] == ["/deep/er/a", "/deep/b?sig=1"]
    assert into.getvalue() == b'{"is": "content"}'


def test_too_large_by_announcement_and_by_surprise(serve, clock):
    announced = serve(reply(200, b"x" * 1001, BINARY))
    with pytest.raises(RefusedError, match="larger than 1000"):
        fetch(announced, clock, io.BytesIO())
    bomb = serve(reply(200, gzip.compress(b"0" * 10_000_000), {**BINARY, "Content-Encoding": "gzip"}))
    into = io.BytesIO()
    with pytest.raises(RefusedError):
        fetch(bomb, clock, into, max_bytes=50_000)
    assert len(into.getvalue()) <= 50_000
    assert len(bomb.seen) == 1


def test_a_broken_download_starts_over(serve, clock):
    into = io.BytesIO(b"before")
    into.seek(6)
    server = serve(cut_off(b"first half"), reply(503), reply(200, b"whole", BINARY))
    assert fetch(server, clock, into) == 5
    assert into.getvalue() == b"beforewhole"


def test_a_target_that_cannot_rewind_fails_honestly(serve, clock):
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    server = serve(cut_off(b"first half"))
    with pytest.raises(TemporaryError):
        fetch(server, clock, Pipe())
    assert len(server.seen) == 1


def test_circles_end(serve, clock):
    server = serve(reply(302, headers={"Location": "/a"}))
    with pytest.raises(ProtocolError, match="circles"):
        fetch(server, clock, io.BytesIO())
    assert len(server.seen) < 10


@pytest.mark.parametrize("place", ["/access/unauthenticated?return_to=x", "/login_redirect.do"])
def test_a_redirect_to_a_login_page_is_no_content(serve, clock, place):
    server = serve(reply(302, headers={"Location": place}), reply(200, b"<html>log in</html>"))
    with pytest.raises(AuthError):
        fetch(server, clock, io.BytesIO())
    assert len(server.seen) == 1


@pytest.mark.parametrize("place", ["http://[", "https://a\\b/", "file:///etc/passwd", "https://u:p@a.example/", "/a b"])
def test_junk_redirects(serve, clock, place):
    with pytest.raises((ProtocolError, RefusedError)):
        fetch(serve(reply(302, headers={"Location": place})), clock, io.BytesIO())


def test_errors_are_errors(serve, clock):
    into = io.BytesIO()
    with pytest.raises(NotFoundError):
        fetch(serve(reply(404, b"gone")), clock, into)
    assert into.getvalue() == b""


def test_encryption_is_not_left():
    import httpx

    sends = httpx.MockTransport(lambda _: httpx.Response(302, headers={"Location": "http://files.example/x"}))
    wire = Transport("https://a.example", transport=sends, clock=FakeClock(), attachment_hosts=["files.example"])
    with pytest.raises(RefusedError, match="https to http"):
        wire.download("https://a.example/x", io.BytesIO(), max_bytes=10)
