"""Content hosts are names of others: where they lead is looked at before and after."""

from __future__ import annotations

import io
from collections.abc import Sequence

import httpx
import pytest

from supportctl.errors import RefusedError, TemporaryError
from supportctl.wire import Transport
from supportctl.wire.addresses import is_proxied, is_public, lookup

from .servers import FakeClock, drip

BASE = "https://acme.example"
CONTENT = "https://p1.content.example/x?sig=1"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Peer:
    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, name: str) -> object:
        return (self._address, 443) if name == "server_addr" else None


def fetch(
    addresses: Sequence[str], *, peer: str | None = None, inside: Sequence[str] = (), place: str = CONTENT
) -> tuple[bytes, list[str]]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        assert request.url.host == "acme.example" or "authorization" not in request.headers
        if request.url.host == "acme.example":
            return httpx.Response(302, headers={"Location": place})
        extensions = {} if peer is None else {"network_stream": Peer(peer)}
        return httpx.Response(200, content=b"content", extensions=extensions)

    wire = Transport(
        BASE,
        auth=httpx.BasicAuth("me", "secret"),
        transport=httpx.MockTransport(answer),
        clock=FakeClock(),
        attachment_hosts=["*.content.example", "files.example"],
        inside_hosts=inside,
        lookup=lambda host, port: addresses,
    )
    into = io.BytesIO()
    try:
        wire.download(f"{BASE}/a", into, max_bytes=100)
    except (RefusedError, TemporaryError) as error:
        return error.message.encode(), asked
    return into.getvalue(), asked


def test_a_public_host_is_read() -> None:
    content, asked = fetch(["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"], peer="93.184.215.14")
    assert (content, len(asked)) == (b"content", 2)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "127.0.0.1", "10.0.0.7", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0", "::1", "fd00::1",
     "fe80::1%eth0", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "255.255.255.255", "nonsense"],
)  # fmt: skip
def test_a_name_that_leads_inside_is_not_visited(address: str) -> None:
    assert not is_public(address)
    message, asked = fetch(["93.184.215.14", address])
    assert b"leads into a private network; it was not read" in message
    assert asked == [f"{BASE}/a"]


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_a_name_that_changes_its_address_is_not_read() -> None:
    message, _ = fetch(["93.184.215.14"], peer="169.254.169.254")
    assert b"from inside a private network, which was not read" in message


def test_a_host_that_a_person_named_may_lie_inside() -> None:
    content, _ = fetch(["10.0.0.7"], peer="10.0.0.7", inside=["files.example"], place="https://files.example/x")
    assert content == b"content"
    message, _ = fetch(["10.0.0.7"], inside=["*.content.example"])
    assert b"private network" in message


@pytest.mark.parametrize(
    "place",
    ["https://169.254.169.254/latest/meta-data", "http://169.254.169.254/latest", "https://[::1]/", "https://10.0.0.7/",
     "https://2852039166/", "https://0x7f000001/", "https://evil.example/x", "file:///etc/passwd", "ftp://files.example/x",
     "gopher://files.example/", "https://me:pass@files.example/", "http://files.example/x", "https://files.example:8443/",
     "https://files.example.evil.example/", "//evil.example/x", "data:text/plain,x", "https://content.example/x"],
)  # fmt: skip
def test_redirects_elsewhere_are_not_followed(place: str) -> None:
    message, asked = fetch(["93.184.215.14"], place=place)
    assert b"not read" in message or b"cannot be sent" in message
    assert asked == [f"{BASE}/a"]


def test_behind_a_proxy_names_are_the_proxys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_proxied(httpx.URL(CONTENT))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert is_proxied(httpx.URL(CONTENT))
    content, _ = fetch(["10.0.0.7"], peer="10.9.9.9")
    assert content == b"content"
    monkeypatch.setenv("NO_PROXY", ".content.example")
    assert not is_proxied(httpx.URL(CONTENT))


def test_names_are_looked_up() -> None:
    assert "127.0.0.1" in lookup("localhost", 443) or "::1" in lookup("localhost", 443)
    assert lookup("no-such-host.invalid", 443) == []
    assert lookup("a" * 300, 443) == []


def test_a_body_that_takes_too_long_is_asked_for_once(serve) -> None:
    server = serve(drip)
    wire = Transport(server.url, clock=FakeClock(tick=1.0), max_attempts=5, deadline=50)
    with pytest.raises(TemporaryError, match="within 50 s"):
        wire.download(f"{server.url}/a", io.BytesIO(), max_bytes=10**9)
    assert len(server.seen) == 1
