"""Pins: whatever an address looks like, credentials go to the profile's own origins or nowhere."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from supportctl.errors import ConfigError, ProtocolError
from supportctl.wire.hosts import Hosts, origin_of

ACME = Hosts("https://acme.zendesk.com", attachment_hosts=["*.zdusercontent.com", "files.example.com", "127.0.0.1:9"])


@pytest.mark.parametrize(
    ("given_path", "url"),
    [
        ("/api/v2/tickets.json", "https://acme.zendesk.com/api/v2/tickets.json"),
        ("api/v2/tickets.json", "https://acme.zendesk.com/api/v2/tickets.json"),
        ("https://acme.zendesk.com/api/v2/x?page=2", "https://acme.zendesk.com/api/v2/x?page=2"),
        ("HTTPS://ACME.Zendesk.com:443/x", "https://acme.zendesk.com:443/x"),
        ("//acme.zendesk.com/x", "https://acme.zendesk.com/x"),
        ("/a?next=https://evil.org/", "https://acme.zendesk.com/a?next=https://evil.org/"),
    ],
)
def test_own_addresses(given_path, url):
    assert str(ACME.resolve(given_path)) == url


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.zendesk.com.evil.org/x",
        "https://evil.org/acme.zendesk.com",
        "https://evilacme.zendesk.com/",
        "https://zendesk.com/",
        "https://other.zendesk.com/x",
        "https://acme.zendesk.com:8443/x",
        "http://acme.zendesk.com/x",
        "//evil.org/x",
        "///evil.org/x",
        "https://acme.zendesk.com@evil.org/x",
        "https://user:pass@acme.zendesk.com/x",
        "https://acme.zendesk.com\\@evil.org/x",
        "https://evil.org\\.acme.zendesk.com/x",
        "/\\evil.org/x",
        "https:/evil.org",
        "https:evil.org",
        "https://",
        "https:///x",
        "ftp://acme.zendesk.com/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/plain,x",
        "https://acme.zendesk.com\t.evil.org/",
        "https://acme.zendesk.com\r\nHost: evil.org/",
        " https://evil.org/",
        "https://аcme.zendesk.com/",  # Cyrillic а
        "https://acme.zendesk.com。evil.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://acme.zendesk.com:99999/",
        "https://acme.zendesk.com:x/",
        "https://%61cme.zendesk.com.evil.org/",
    ],
)
def test_foreign_addresses_are_refused(address):
    with pytest.raises(ProtocolError, match="refused"):
        ACME.resolve(address)


PARTS = st.sampled_from([
    "https:", "http:", "//", "/", "\\", "@", ":", "acme", ".zendesk.com", "evil.org", "acme.zendesk.com", ".", "443",
    "#", "?", "%2f", "%00", "\t", "\n", " ", "[", "]", "::1", "。", "а", "api", "..", ";", "&", "＠", "／", "user",
])  # fmt: skip


@given(st.one_of(st.lists(PARTS, max_size=12).map("".join), st.text(max_size=60)))
@example("https://acme.zendesk.com／evil.org")
def test_nothing_resolves_to_another_origin(text):
    try:
        url = ACME.resolve(text)
    except ProtocolError:
        return
    assert origin_of(url) == ACME.base_origin
    request = httpx.Request("GET", url)
    assert request.headers["host"] in {"acme.zendesk.com", "acme.zendesk.com:443"}
    assert request.url.raw_host in {b"acme.zendesk.com", b"acme.zendesk.com."}


def test_paths_stay_below_the_base():
    cloud = Hosts("https://api.atlassian.com/ex/jira/abc/", own_hosts=["acme.atlassian.net"])
    assert str(cloud.resolve("/rest/api/3/myself")) == "https://api.atlassian.com/ex/jira/abc/rest/api/3/myself"
    assert cloud.resolve("https://acme.atlassian.net/rest/api/3/x").host == "acme.atlassian.net"
    with pytest.raises(ProtocolError):
        cloud.resolve("https://other.atlassian.net/x")


@pytest.mark.parametrize(
    "base",
    [
        "http://acme.zendesk.com",
        "https://user:secret@acme.zendesk.com",
        "acme.zendesk.com",
        "https://",
        "",
        "ftp://acme.zendesk.com",
        "https://acme.zendesk.com?x=1",
        "https://acme .zendesk.com",
        "http://127.0.0.1.evil.org",
        "http://localhost.evil.org",
    ],
)
def test_unfit_base_addresses(base):
    with pytest.raises(ConfigError) as caught:
        Hosts(base)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:80", "http://localhost:1234", "http://[::1]:99", "http://127.9.9.9"]
)
def test_plain_http_is_for_this_machine_only(base):
    assert Hosts(base).base_origin.scheme == "http"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://p17.zdusercontent.com/x", True),
        ("https://a.b.zdusercontent.com/x", True),
        ("https://zdusercontent.com/x", False),
        ("https://evilzdusercontent.com/x", False),
        ("https://p17.zdusercontent.com.evil.org/x", False),
        ("https://files.example.com/x", True),
        ("https://FILES.example.com./x", True),
        ("https://files.example.com:8443/x", False),
        ("http://files.example.com/x", False),
        ("https://sub.files.example.com/x", False),
        ("http://127.0.0.1:9/x", True),
        ("http://127.0.0.1:10/x", False),
        ("https://169.254.169.254/x", False),
    ],
)
def test_attachment_hosts(url, allowed):
    assert ACME.may_download(httpx.URL(url)) is allowed


@pytest.mark.parametrize("pattern", ["*", "*.com", "*.*.com", "https://x.org", "x.org/path", "a b", "", "x.*"])
def test_attachment_patterns_that_say_too_much(pattern):
    with pytest.raises(ConfigError):
        Hosts("https://a.example", attachment_hosts=[pattern])


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most patterns are none
@given(st.text(alphabet="abc.*-:0", max_size=12), st.text(alphabet="abc.-", min_size=1, max_size=12))
def test_patterns_match_whole_names_only(pattern, name):
    try:
        hosts = Hosts("https://own.example", attachment_hosts=[pattern])
        url = httpx.URL(f"https://{name}/")
    except (ConfigError, httpx.InvalidURL):
        assume(False)
    if hosts.may_download(url):
        bare = pattern.partition(":")[0].lower()
        shown = origin_of(url).host
        assert shown.endswith(bare.removeprefix("*").removesuffix("."))
