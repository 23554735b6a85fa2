"""Telling the API's own voice from login pages, sleeping instances, proxies and cut-off streams."""

from __future__ import annotations

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.errors import (
    AmbiguousWriteError,
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    RefusedError,
    SupportctlError,
    TemporaryError,
)
from supportctl.wire import Intent, Response, Transport

from .servers import CUSTOMER, FakeClock, everything_said

HTML = {"Content-Type": "text/html; charset=utf-8"}
LOGIN = b'<!DOCTYPE html><html><head><title>Log in</title></head><form><input type="password"></form></html>'
SLEEPING = (
    b"<html><head><title>Instance Hibernating page</title></head><body>Your instance is hibernating</body></html>"
)


def answering(status: int, content: bytes = b"", headers: dict[str, str] | None = None, **options: object) -> Transport:
    answer = httpx.MockTransport(lambda _: httpx.Response(status, content=content, headers=headers))
    return Transport("https://acme.example", transport=answer, clock=FakeClock(), max_attempts=1, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "headers", "error", "words"),
    [
        (LOGIN, HTML, AuthError, "login page"),
        (b"<html><body onload='SAMLRequest'>", HTML, AuthError, "login page"),
        (SLEEPING, HTML, ProtocolError, "hibernat|asleep"),
        (b"<html>hello</html>", HTML, ProtocolError, "web page"),
        (b"\xef\xbb\xbf\n <!doctype html>", {"Content-Type": "application/json"}, ProtocolError, "web page"),
        (b"", {"Content-Type": "application/json"}, ProtocolError, "empty"),
        (b" \n", {}, ProtocolError, "empty"),
        (b"OK", {"Content-Type": "text/plain"}, ProtocolError, "not JSON"),
        (b"<?xml version='1.0'?><a/>", {"Content-Type": "application/xml"}, ProtocolError, "web page"),
    ],
)
def test_successes_that_are_none(content, headers, error, words):
    with pytest.raises(error, match=words) as caught:
        answering(200, content, headers).request("GET", "/x")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b'{"a":1}', {"Content-Type": "application/json"}),
        (b'{"a":1}', {"Content-Type": "application/vnd.api+json; charset=utf-8"}),
        (b"[]", {"Content-Type": "text/plain"}),
        (b' {"a":1}', {}),
        (b"null", {"Content-Type": "application/json"}),
        (b'{"a":"<html>"}', HTML),
    ],
)
def test_json_in_any_wrapping(content, headers):
    answering(200, content, headers).request("GET", "/x").json()


def test_no_content_is_fine_when_it_says_so():
    assert answering(204).request("DELETE", "/x", intent=Intent.IDEMPOTENT).content == b""
    assert answering(201).request("POST", "/x", intent=Intent.ONCE, expect_json=False).status == 201


@pytest.mark.parametrize("content", [b"", b"<html>?</html>", b"half"])
def test_an_unreadable_answer_to_a_write_is_ambiguous(content):
    with pytest.raises(AmbiguousWriteError, match="may have been made"):
        answering(200, content, HTML if content[:1] == b"<" else {}).request("POST", "/x", json={}, intent=Intent.ONCE)


@pytest.mark.parametrize(
    ("location", "error", "words"),
    [
        ("/login_redirect.do", AuthError, "login"),
        ("https://sso.example/saml?x=1", AuthError, "login"),
        ("https://acme.zendesk.com/access/unauthenticated", AuthError, "login"),
        ("https://developer.servicenow.com/hibernating", ProtocolError, "hibernating"),
        ("https://elsewhere.example/", ProtocolError, "moved"),
        ("", ProtocolError, "redirect"),
    ],
)
def test_redirects(location, error, words):
    with pytest.raises(error) as caught:
        answering(302, b"", {"Location": location}).request("GET", "/x")
    assert words in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidRequestError),
        (401, AuthError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (405, InvalidRequestError),
        (409, ConflictError),
        (410, NotFoundError),
        (413, InvalidRequestError),
        (422, InvalidRequestError),
        (500, TemporaryError),
        (503, TemporaryError),
        (599, TemporaryError),
    ],
)
def test_statuses(status, error):
    with pytest.raises(error) as caught:
        answering(status, b"{}", {"Atl-Traceid": "t-1"}).request("GET", "/rest/api/3/issue/A-1?fields=x")
    assert "GET /rest/api/3/issue/A-1 answered" in str(caught.value)
    assert "t-1" in str(caught.value)
    assert caught.value.hint


def test_a_sleeping_instance_is_recognised_behind_any_status():
    for status in (403, 404, 500, 503):
        with pytest.raises(ProtocolError, match="asleep"):
            answering(status, SLEEPING, HTML).request("GET", "/x")
    with pytest.raises(AuthError):
        answering(401, SLEEPING, HTML).request("GET", "/x")


def test_the_adapter_reads_errors_first():
    def classify(response: Response) -> SupportctlError | None:
        return RefusedError("ours") if response.status == 418 and response.json()["a"] else None

    with pytest.raises(RefusedError):
        answering(418, b'{"a":1}', classify=classify).request("GET", "/x")
    with pytest.raises(NotFoundError):
        answering(404, b"{}", classify=classify).request("GET", "/x")
    with pytest.raises(InvalidRequestError, match="418"):
        answering(418, b"not json", classify=classify).request("GET", "/x")


def test_the_adapter_may_look_at_successes_too():
    def classify(response: Response) -> SupportctlError | None:
        return ProtocolError("an error inside") if b'"error"' in response.content else None

    body = b'{"result": [], "error": {"message": "x"}}'
    assert answering(200, body, classify=classify).request("GET", "/x").status == 200
    with pytest.raises(ProtocolError, match="inside"):
        answering(200, body, classify=classify, classify_success=True).request("GET", "/x")


def test_too_large_answers_are_not_read(monkeypatch):
    monkeypatch.setattr("supportctl.wire.exchange.MAX_BODY", 10)
    with pytest.raises(ProtocolError, match="larger"):
        answering(200, b"[1,2,3,4,5,6,7]").request("GET", "/x")


class Person(msgspec.Struct):
    name: str
    age: int


class Wanted(msgspec.Struct):
    people: list[Person]
    kind: str = ""


DECODER = msgspec.json.Decoder(Wanted)


def response(content: bytes, intent: Intent = Intent.READ) -> Response:
    return Response(200, httpx.Headers(), content, "https://a.example/x?q=" + CUSTOMER, "GET", intent)


def test_decoding_names_the_place_not_the_value():
    with pytest.raises(ProtocolError, match=r"expected int, got str at \$\.people\[0\]\.age") as caught:
        response(f'{{"people": [{{"name": "x", "age": "{CUSTOMER}"}}]}}'.encode()).decode(DECODER)
    assert CUSTOMER not in everything_said(caught.value)
    with pytest.raises(ProtocolError, match="missing age at"):
        response(b'{"people": [{"name": "x"}]}').decode(DECODER)


@pytest.mark.parametrize("body", [b"", b"{", b'{"people": [{"na', b"\xff\xfe", b"[" * 100_000, b'"\\ud800"x'])
def test_broken_json(body):
    with pytest.raises(ProtocolError, match="cut short"):
        response(body).json()
    with pytest.raises(AmbiguousWriteError):
        response(body, Intent.ONCE).json()


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just(CUSTOMER)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["people", "name", "age", CUSTOMER]), inner)
    ),
)


class Strict(msgspec.Struct, tag="wanted", forbid_unknown_fields=True):
    people: dict[str, Person]
    name: msgspec.Raw | None = None


@given(JSON, st.sampled_from([DECODER, msgspec.json.Decoder(Strict), msgspec.json.Decoder(dict[str, dict[str, int]])]))
def test_no_decoding_error_quotes_content(value, decoder):
    try:
        response(msgspec.json.encode(value)).decode(decoder)
    except ProtocolError as error:
        assert CUSTOMER not in everything_said(error)


def test_request_ids_are_shown_only_when_they_look_like_ids():
    def of(headers: dict[str, str]) -> str | None:
        return Response(200, httpx.Headers(headers), b"", "https://a.example/", "GET").request_id

    assert of({"X-Zendesk-Request-Id": "a-1"}) == "a-1"
    assert of({"atl-traceid": "b", "x-transaction-id": "c"}) == "b"
    assert of({"X-Request-Id": CUSTOMER}) is None
    assert of({}) is None


@pytest.mark.parametrize("intent", [Intent.ONCE, Intent.IDEMPOTENT])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("page", [LOGIN, SLEEPING], ids=["login", "sleeping"])
def test_a_server_error_after_a_write_is_ambiguous_whatever_the_page_says(page, status, intent):
    transport = answering(status, page, HTML)
    with pytest.raises(AmbiguousWriteError, match="may have been made"):
        transport.request("PUT", "/x", json={}, intent=intent)
