"""Vendor clients on our transport: one request per call, our retries, our pins, our errors."""

from __future__ import annotations

import io
import json
import logging
import random
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import respx

from supportctl.errors import (
    AmbiguousWriteError,
    AuthError,
    NotFoundError,
    ProtocolError,
    RateLimitedError,
    SupportctlError,
)
from supportctl.wire import Transport
from supportctl.wire.auth import bearer
from supportctl.wire.bridge import requests_session
from supportctl.wire.vendors import jira_client, zenpy_client

from .servers import CUSTOMER, SECRET, FakeClock, assert_silent, everything_said, hang_up, reply, reset

TICKET = {"ticket": {"id": 7, "subject": "Printer", "requester_id": 3, "tags": ["a"]}}
PAGE = {"issues": [{"id": "1", "key": "SUP-1", "self": "x", "fields": {"summary": "s"}}], "nextPageToken": "t2"}
HTML = {"Content-Type": "text/html"}


def wire_to(url: str, clock: FakeClock, **options: object) -> Transport:
    return Transport(url, auth=bearer(SECRET), clock=clock, rng=random.Random(3), **options)  # type: ignore[arg-type]


def test_a_plain_session_speaks_through_the_transport(serve, clock):
    server = serve(reply(200, {"fine": True}, {"X-Thing": "y", "Set-Cookie": "s=1"}))
    wire = wire_to(server.url, clock)
    session = requests_session(wire)
    answer = session.post(
        f"{server.url}/api/x?a=1",
        json={"b": 2},
        headers={"X-Own": "z", "Authorization": "Basic stale", "Cookie": "c=1"},
    )
    assert answer.json() == {"fine": True}
    assert (answer.status_code, answer.headers["x-thing"]) == (200, "y")
    seen = server.seen[0]
    assert (seen.method, seen.target, json.loads(seen.body)) == ("POST", "/api/x?a=1", {"b": 2})
    assert seen.headers["authorization"] == f"Bearer {SECRET}"
    assert seen.headers["x-own"] == "z"
    assert "cookie" not in seen.headers
    assert not session.cookies
    assert wire.stats.requests == 1


def test_streams_files_and_attachments(serve, clock):
    server = serve(reply(200, {"ok": 1}), reply(200, b"<html>kept</html>", HTML), reply(200, b"<html>", HTML))
    session = requests_session(wire_to(server.url, clock))
    session.post(f"{server.url}/x", data=iter([b"a", b"b"]))
    session.post(f"{server.url}/attachment/x", data=io.BytesIO(b"abc"))
    assert [seen.body for seen in server.seen] == [b"ab", b"abc"]
    with pytest.raises(ProtocolError):
        session.get(f"{server.url}/x", stream=True)


def test_a_session_never_follows_or_leaks(serve, clock, monkeypatch, tmp_path):
    evil = serve(reply(200, {}))
    own = serve(reply(302, headers={"Location": evil.url}))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login evil password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", evil.url)
    session = requests_session(wire_to(own.url, clock))
    with pytest.raises(SupportctlError, match="redirect"):
        session.get(f"{own.url}/x")
    for foreign in (evil.url, f"http://localhost:{own.port}", "https://user:pw@evil.org/x", "https://127.0.0.1/x"):
        with pytest.raises(SupportctlError, match="refused"):
            session.get(foreign)
    assert not evil.seen
    assert own.seen[0].headers["authorization"] == f"Bearer {SECRET}"


def test_zenpy_makes_one_request_and_caches_nothing(serve, clock):
    server = serve(reply(200, TICKET))
    zenpy = zenpy_client(wire_to(server.url, clock))
    assert zenpy.tickets(id=7).subject == "Printer"
    assert len(server.seen) == 1
    assert server.seen[0].target == "/api/v2/tickets/7.json"
    assert zenpy.tickets(id=7).subject == "Printer"
    assert len(server.seen) == 2, "a second look is a second request"
    assert server.seen[0].headers["authorization"] == f"Bearer {SECRET}"


def test_zenpy_stays_pinned_whatever_the_environment_and_links_say(serve, clock, monkeypatch):
    evil = serve(reply(200, TICKET))
    leading = {"tickets": [{"id": 1}], "meta": {"has_more": True}, "links": {"next": f"{evil.url}/api/v2/tickets"}}
    own = serve(reply(200, leading))
    zenpy = zenpy_client(wire_to(own.url, clock))
    with pytest.raises(SupportctlError, match="not a host of this profile"):
        list(zenpy.tickets(cursor_pagination=True))
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", f"127.0.0.1:{evil.port}")
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    with pytest.raises(SupportctlError, match="not a host of this profile"):
        zenpy.tickets(id=7)
    assert not evil.seen


def test_zenpy_waits_by_our_table(serve, clock):
    server = serve(reply(429, headers={"Retry-After": "0.5"}), reply(503), reply(200, TICKET))
    assert zenpy_client(wire_to(server.url, clock)).tickets(id=7).id == 7
    assert len(server.seen) == 3
    assert clock.slept[0] >= 0.5
    slow = serve(reply(429, headers={"Retry-After": "1847"}))
    with pytest.raises(RateLimitedError):
        zenpy_client(wire_to(slow.url, clock)).tickets(id=7)
    assert len(slow.seen) == 1


def test_a_login_page_is_not_a_ticket(serve, clock):
    server = serve(reply(200, b"<html><input type='password'></html>", HTML))
    with pytest.raises(AuthError, match="login page"):
        zenpy_client(wire_to(server.url, clock)).tickets(id=7)
    with pytest.raises(AuthError, match="login page"):
        jira_client(wire_to(server.url, clock)).issue("SUP-1")


@pytest.mark.parametrize("end", [reset, hang_up, reply(503, headers={"Retry-After": "1"}), reply(502)])
def test_a_comment_is_never_posted_twice(serve, clock, end):
    server = serve(end, reply(201, {"id": "1"}))
    with pytest.raises(AmbiguousWriteError):
        jira_client(wire_to(server.url, clock)).add_comment("SUP-1", "hello", is_internal=True)
    assert [seen.method for seen in server.seen] == ["POST"]
    from zenpy.lib.api_objects import Comment, Ticket

    server = serve(end, reply(201, TICKET))
    with pytest.raises(AmbiguousWriteError):
        zenpy_client(wire_to(server.url, clock)).tickets.create(Ticket(subject="x", comment=Comment(body="y")))
    assert [seen.method for seen in server.seen] == ["POST"]


def test_jira_makes_no_request_when_built_and_one_per_page(serve, clock):
    server = serve(reply(200, PAGE))
    wire = wire_to(server.url, clock)
    jira = jira_client(wire)
    assert not server.seen
    fields = ["summary", "status"]
    for token in (None, "t2", "t3"):
        page = jira.enhanced_search_issues(
            "project = SUP", nextPageToken=token, maxResults=50, fields=fields, json_result=True
        )
        assert page["nextPageToken"] == "t2"
    assert len(server.seen) == 3
    assert {urlsplit(seen.target).path for seen in server.seen} == {"/rest/api/3/search/jql"}
    assert parse_qs(urlsplit(server.seen[1].target).query)["nextPageToken"] == ["t2"]
    assert fields == ["summary", "status"]
    assert wire.stats.by_endpoint == {"GET /rest/api/3/search/jql": 3}


def test_jira_posts_that_only_search_are_repeated(serve, clock):
    server = serve(reply(503), hang_up, reply(200, PAGE))
    page = jira_client(wire_to(server.url, clock)).enhanced_search_issues(
        "project = SUP", maxResults=50, json_result=True, use_post=True, fields=["summary"]
    )
    assert page["issues"]
    assert [seen.method for seen in server.seen] == ["POST"] * 3


def test_jira_on_data_center(serve, clock):
    server = serve(reply(200, {"issues": [], "total": 0, "startAt": 0, "maxResults": 50}))
    jira = jira_client(wire_to(f"{server.url}/context", clock), cloud=False)
    assert jira.search_issues("project = SUP", maxResults=50, json_result=True)["total"] == 0
    assert [urlsplit(seen.target).path for seen in server.seen] == ["/context/rest/api/2/search"]


def test_errors_are_ours_unless_asked_otherwise(serve, clock):
    from jira import JIRAError
    from zenpy.lib.exception import RecordNotFoundException

    server = serve(reply(404, {"errorMessages": ["Issue does not exist"], "error": "RecordNotFound"}))
    with pytest.raises(NotFoundError):
        jira_client(wire_to(server.url, clock)).issue("SUP-9")
    with pytest.raises(JIRAError):
        jira_client(wire_to(server.url, clock), raise_errors=False).issue("SUP-9")
    with pytest.raises(RecordNotFoundException):
        zenpy_client(wire_to(server.url, clock), raise_errors=False).tickets(id=9)
    assert len(server.seen) == 3


def test_vendor_logs_hold_no_payloads(serve, clock, caplog):
    server = serve(reply(200, {"ticket": {"id": 7, "subject": CUSTOMER}}))
    with caplog.at_level(logging.DEBUG):
        zenpy_client(wire_to(server.url, clock)).tickets(id=7)
        jira_client(wire_to(server.url, clock)).issue("SUP-1")
    assert_silent([caplog.text], CUSTOMER, SECRET)


def test_errors_through_a_vendor_client_stay_silent(serve, clock):
    server = serve(hang_up)
    for call in (
        lambda: zenpy_client(wire_to(server.url, clock)).search(query=CUSTOMER),
        lambda: jira_client(wire_to(server.url, clock)).add_comment("SUP-1", CUSTOMER),
    ):
        with pytest.raises(SupportctlError) as caught:
            list(call())
        assert_silent([everything_said(caught.value)], SECRET, CUSTOMER, CUSTOMER.replace(" ", "+"))


@respx.mock(base_url="https://acme.zendesk.com")
def test_respx_sees_vendor_clients_too(respx_mock, clock):
    route = respx_mock.get("/api/v2/tickets/7.json").respond(200, json=TICKET)
    zenpy = zenpy_client(wire_to("https://acme.zendesk.com", clock))
    assert zenpy.tickets(id=7).subject == "Printer"
    assert route.call_count == 1
    assert isinstance(zenpy.tickets.session, requests.Session)


def test_a_host_name_without_a_dot(clock):
    with pytest.raises(SupportctlError, match="without a dot"):
        zenpy_client(wire_to("http://localhost:8080", clock))
