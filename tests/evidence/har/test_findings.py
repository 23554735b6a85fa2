"""What is found in a recording, and what is not."""

import base64
import json

import pytest

from supportctl.evidence import har
from supportctl.evidence.har.model import HarFinding, HarSummary
from tests.evidence.har.making import BEGIN, dated, entry
from tests.evidence.har.making import har as document

API = "https://api.acme.example/v1/orders"
PAGE = "https://app.acme.example/"


def of(*entries: object) -> HarSummary:
    return har.summarize("x.har", document(*entries))


def found(kind: str, *entries: object) -> list[HarFinding]:
    return [each for each in of(*entries).findings if each.kind == kind]


def test_an_error_is_told_with_time_id_and_message() -> None:
    body = json.dumps({"error": {"message": "stock is not reserved"}, "requestId": "abc-12345"})
    [one] = found("failed", entry(), entry(API, 500, method="POST", after=1, got={"X-Request-ID": "r-77"}, body=body))
    assert (one.at, one.entry, one.method, one.url, one.status) == (BEGIN.replace(second=1), 2, "POST", API, 500)
    assert one.severity == "error"
    assert "stock is not reserved" in one.what
    assert one.ids == {"x-request-id": "r-77", "body request": "abc-12345"}


def test_the_same_error_again_is_counted() -> None:
    [one] = found("failed", *(entry(API, 502, after=at) for at in range(7)))
    assert one.count == 7


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ("net::ERR_NAME_NOT_RESOLVED", "failed", "DNS"),
        ("net::ERR_CERT_AUTHORITY_INVALID", "failed", "certificate"),
        ("net::ERR_BLOCKED_BY_CLIENT", "blocked", "extension"),
        ("net::ERR_ABORTED", "failed", "cancelled"),
        ("net::ERR_CONNECTION_TIMED_OUT", "failed", "in time"),
        ("NS_ERROR_UNKNOWN_HOST", "failed", "DNS"),
        ("something new", "failed", "something new"),
    ],
)
def test_without_an_answer(error: str, kind: str, words: str) -> None:
    for status in (0, -1, None):
        [one] = [
            each for each in of(entry(API, status, response={"_error": error})).findings if each.kind != "no-bodies"
        ]
        assert (one.kind if status is not None else kind) == kind
        assert words in one.what


def test_errors_inside_an_answer_that_says_all_is_well() -> None:
    graph = json.dumps({"data": None, "errors": [{"message": "no such order"}]})
    [one] = found("failed", entry(API, 200, method="POST", body=graph))
    assert "in the body" in one.what
    assert "no such order" in one.what
    assert not found("failed", entry(API, 200, body=json.dumps({"errors": [], "error": None, "data": {}})))
    assert not found("failed", entry(API, 200, body=json.dumps({"error": False, "errors": 0})))


def test_cors() -> None:
    sent = {"Origin": "https://app.acme.example", "Sec-Fetch-Mode": "cors"}
    assert found("cors", entry(API, 200, sent=sent, got={"content-type": "application/json"}))
    for allowed in ("*", "https://app.acme.example"):
        assert not found("cors", entry(API, 200, sent=sent, got={"Access-Control-Allow-Origin": allowed}))
    assert found("cors", entry(API, 200, sent=sent, got={"access-control-allow-origin": "https://other.example"}))
    assert not found(
        "cors",
        entry(API, 200, sent={**sent, "sec-fetch-mode": "navigate", "Sec-Fetch-Mode": "navigate"}, got={"a": "b"}),
    )
    assert not found(
        "cors", entry(API, 200, sent={"Origin": "https://api.acme.example", "Sec-Fetch-Mode": "cors"}, got={"a": "b"})
    )
    asked = {**sent, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-tenant"}
    allow = {"access-control-allow-origin": "*", "access-control-allow-methods": "GET, PUT"}
    [one] = found("cors", entry(API, 204, method="OPTIONS", sent=asked, got=allow))
    assert "x-tenant" in one.what
    assert not found(
        "cors", entry(API, 204, method="OPTIONS", sent=asked, got={**allow, "access-control-allow-headers": "X-Tenant"})
    )
    assert found("cors", entry(API, 403, method="OPTIONS", sent=asked, got={"a": "b"}))


def redirect(url: str, to: str, after: float) -> dict[str, object]:
    return entry(url, 302, after=after, got={"Location": to}, _resourceType="document")


def test_redirect_loops() -> None:
    login = "https://id.acme.example/login?state=%d"
    circle = [
        each for at in range(4) for each in (redirect(PAGE, login % at, at), redirect(login % at, PAGE, at + 0.5))
    ]
    [one] = found("redirect-loop", *circle)
    assert "in circles" in one.what
    assert "id.acme.example" in one.what
    signed_in = [redirect(PAGE, login % 1, 0), redirect(login % 1, PAGE, 1), entry(PAGE, 200, after=2)]
    assert not found("redirect-loop", *signed_in)
    assert found("redirect-loop", redirect(PAGE, "/", 0), redirect(PAGE, "/", 1), entry(PAGE, 0, after=2))


def token(ends: float) -> str:
    def part(told: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")

    claims = {"exp": int(BEGIN.timestamp() + ends), "sub": "eva.klein@firma-x.de"}
    return f"{part({'alg': 'HS256'})}.{part(claims)}.c2lnbmF0dXJlLXNlY3JldA"


def test_sign_in_that_ran_out() -> None:
    late = {"Authorization": f"Bearer {token(-600)}"}
    [one] = found("sign-in-expired", entry(API, 401, sent=late))
    assert "10 minutes" in one.what
    assert one.severity == "error"
    assert not found("sign-in-expired", entry(API, 401, sent={"authorization": f"Bearer {token(600)}"}))
    assert not found("sign-in-expired", entry(API, 401))
    [one] = found(
        "sign-in-expired", entry(API, 200, sent={"cookie": "sid=1"}), entry(API, 401, after=1, sent={"cookie": "sid=1"})
    )
    assert "earlier" in one.what
    [one] = found(
        "sign-in-expired", entry("https://id.acme.example/token", 400, method="POST", body='{"error":"invalid_grant"}')
    )
    assert "invalid_grant" in one.what


def test_clock_skew() -> None:
    hosts = [f"https://h{number}.acme.example/" for number in range(5)]
    assert not found("clock-skew", *(entry(url, after=at, got={"Date": dated(at)}) for at, url in enumerate(hosts)))
    summary = of(*(entry(url, after=at, got={"Date": dated(at + 420)}) for at, url in enumerate(hosts)))
    assert summary.skew_seconds == pytest.approx(420, abs=2)
    [one] = [each for each in summary.findings if each.kind == "clock-skew"]
    assert "7 minutes behind" in one.what
    cached = [entry(url, after=at, got={"Date": dated(at - 9000), "Age": "9000"}) for at, url in enumerate(hosts)]
    assert of(*cached).skew_seconds is None


def test_rate_limits_and_who_did_not_wait() -> None:
    limited = entry(API, 429, got={"Retry-After": "30"})
    [one] = found("rate-limited", limited, entry(API, 200, after=2))
    assert "after 30 s" in one.what
    assert "asked again after 1.9 s" in one.what or "asked again after 2.0 s" in one.what
    [one] = found("rate-limited", limited, entry(API, 200, after=31))
    assert "asked again after 3" not in one.what.partition("; ")[2]
    [one] = found("rate-limited", entry(API, 429))
    assert "does not say" in one.what


def test_mixed_content() -> None:
    page = entry(PAGE, 200, mime="text/html", _resourceType="document", pageref="p1")
    assert found("mixed-content", page, entry("http://cdn.acme.example/a.js", 0, pageref="p1", _resourceType="script"))
    assert not found("mixed-content", page, entry("https://cdn.acme.example/a.js", pageref="p1"))
    assert not found("mixed-content", page, entry("http://localhost:3000/a.js", pageref="p1"))


def test_slow_ones_say_in_which_phase() -> None:
    slow = entry(
        API, millis=9000, timings={"blocked": 10, "dns": -1, "connect": 8000, "ssl": 7900, "send": 0, "wait": 900}
    )
    [one] = found("slow", slow, entry())
    assert "9.0 s" in one.what
    assert "TLS" in one.what
    summary = of(slow)
    assert "dns" not in summary.slow[0].phases
    assert not found("slow", entry("wss://app.acme.example/live", 101, millis=900_000, _resourceType="websocket"))


def test_third_parties_and_bodies_that_are_missing() -> None:
    page = entry(PAGE, 200, mime="text/html", _resourceType="document")
    summary = of(page, entry("https://cdn.tracker.example.net/t.js", 503), entry(API, 500))
    by_url = {each.url: each for each in summary.findings if each.kind == "failed"}
    assert by_url["https://cdn.tracker.example.net/t.js"].third_party
    assert not by_url[API].third_party
    [one] = [each for each in summary.findings if each.kind == "no-bodies"]
    assert "2 failed exchanges" in one.what


def test_facts() -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.1"
    summary = of(entry(sent={"User-Agent": agent}, response={"httpVersion": "h2"}), entry(after=5, millis=1000))
    assert (summary.browser, summary.system) == ("Edge 120.0.1", "Windows 10 or 11")
    assert summary.began == BEGIN
    assert summary.ended is not None
    assert (summary.ended - BEGIN).total_seconds() == 6
    assert summary.protocols["HTTP/2"] == 1
    assert summary.zone == "+00:00"


def test_moments_are_failures_in_order() -> None:
    summary = of(entry(API, 500, after=9), entry(API + "/2", 404, after=3), entry())
    moments = summary.moments()
    assert [moment.line for moment in moments] == [2, 1]
    assert all(moment.at is not None and moment.source == "x.har" for moment in moments)
