"""Buckets: learned from every header generation, falling back on what is published."""

from __future__ import annotations

import threading

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.wire import Intent, Limit
from supportctl.wire.limit_headers import Observation, Reach, observations, throttled
from supportctl.wire.limits import Limiter
from supportctl.wire.scope import scope_of

from .servers import FakeClock

NOW = FakeClock().now()
HOST, ENDPOINT, ITEM = Reach.HOST, Reach.ENDPOINT, Reach.ITEM


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "699"}, [Observation(HOST, "", 700, 699)]),
        (
            {"rate-limit": "700", "rate-limit-remaining": "5", "rate-limit-reset": "26"},
            [Observation(HOST, "", 700, 5, 26.0)],
        ),
        (
            {"ratelimit-limit": "700", "ratelimit-remaining": "5", "ratelimit-reset": "26", "x-rate-limit": "700"},
            [Observation(HOST, "", 700, 5, 26.0)],
        ),
        (
            {"Zendesk-Rate-Limit-tickets-index": "total=100; remaining=99; resets=17"},
            [Observation(ENDPOINT, "tickets-index", 100, 99, 17.0)],
        ),
        (
            {"zendesk-ratelimit-per-ticket-updates": "total=30;remaining=29;resets=600"},
            [Observation(ITEM, "per-ticket-updates", 30, 29, 600.0)],
        ),
        (
            {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-03-02T12:00:30Z"},
            [Observation(ENDPOINT, "", 100, 0, 30.0)],
        ),
        (
            {
                "X-RateLimit-Limit": "50",
                "X-RateLimit-Remaining": "10",
                "X-RateLimit-Interval-Seconds": "10",
                "X-RateLimit-FillRate": "5",
            },
            [Observation(HOST, "", 50, 10, None, None, 0.5)],
        ),
        (
            {
                "X-RateLimit-Limit": "100",
                "X-RateLimit-Remaining": "3",
                "X-RateLimit-Reset": str(int(NOW.timestamp()) + 1800),
                "X-RateLimit-Rule": "abc123",
            },
            [Observation(ENDPOINT, "rule abc123", 100, 3, 1800.0)],
        ),
        (
            {"RateLimit-Policy": '"global-app-quota";q=65000;w=3600', "RateLimit": '"global-app-quota";r=12;t=30'},
            [Observation(HOST, "", 65000, 12, 30.0, 3600.0)],
        ),
        (
            {"RateLimit-Policy": '"burst";q=10;w=1, "day";q=1000;w=86400', "RateLimit": '"burst";r=2;t=1'},
            [Observation(ENDPOINT, "burst", 10, 2, 1.0, 1.0)],
        ),
        ({"RateLimit": "limit=100, remaining=50, reset=20"}, [Observation(HOST, "", 100, 50, 20.0)]),
        ({"Beta-RateLimit": '"global-app-quota";r=0;t=30', "Beta-RateLimit-Policy": '"x";q=1;w=60'}, []),
        ({"Zendesk-RateLimit-x": "nonsense", "X-Rate-Limit-Remaining": "many", "RateLimit": ";;;"}, []),
        ({}, []),
    ],
)
def test_header_generations(headers, expected):
    assert observations(httpx.Headers(headers), NOW) == expected


NAMES = [
    "X-Rate-Limit", "X-Rate-Limit-Remaining", "ratelimit-reset", "Zendesk-RateLimit-a", "X-RateLimit-Limit",
    "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-FillRate", "X-RateLimit-Interval-Seconds",
    "X-RateLimit-Rule", "RateLimit", "RateLimit-Policy", "RateLimit-Reason", "Retry-After",
]  # fmt: skip
PIECES = st.sampled_from(
    ["total=", "remaining=", "0", "17", ";", ",", '"a"', "r=", "t=", "q=", "w=", "-", " ", "9" * 30]
)
VALUES = st.one_of(
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    st.lists(PIECES, max_size=12).map("".join),
)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8))
def test_no_header_breaks_the_limiter(headers):
    clock = FakeClock()
    limiter = Limiter([], clock)
    scope = scope_of("GET", httpx.URL("https://a.example/api/v2/tickets.json"), Intent.READ, None)
    limiter.learn(scope, httpx.Headers(headers))
    limiter.block(scope, httpx.Headers(headers), 1.0)
    for _ in range(5):
        wait = limiter.take(scope)
        assert wait >= 0
        clock.sleep(wait)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"RateLimit-Reason": "jira-quota-global-based"}, (HOST, [])),
        ({"RateLimit-Reason": "jira-quota-tenant-based"}, (HOST, [])),
        ({"RateLimit-Reason": "jira-burst-based", "X-RateLimit-Remaining": "0"}, (ENDPOINT, [])),
        ({"RateLimit-Reason": "jira-per-issue-on-write"}, (ITEM, [])),
        ({"RateLimit-Reason": "jira-max-concurrent-threads-x"}, (ENDPOINT, [])),
        (
            {"Zendesk-RateLimit-a": "total=9; remaining=0; resets=5", "X-Rate-Limit-Remaining": "600"},
            (ENDPOINT, ["a"]),
        ),
        ({"Zendesk-RateLimit-per-ticket-updates": "total=30; remaining=0; resets=5"}, (ITEM, ["per-ticket-updates"])),
        ({"X-Rate-Limit-Remaining": "0"}, (HOST, [])),
        ({"X-RateLimit-Rule": "r1"}, (ENDPOINT, ["rule r1"])),
        ({"X-RateLimit-Limit": "5", "X-RateLimit-FillRate": "1"}, (HOST, [])),
        ({}, (ENDPOINT, [])),
    ],
)
def test_what_a_429_holds_back(headers, expected):
    assert throttled(httpx.Headers(headers)) == expected


class Rig:
    """A limiter asked by verb and path."""

    def __init__(self, *published: Limit) -> None:
        self.clock = FakeClock()
        self.limiter = Limiter(published, self.clock)

    def scope(self, text: str, bucket: str | None = None):
        method, path = text.split()
        intent = Intent.READ if method == "GET" else Intent.ONCE
        return scope_of(method, httpx.URL(f"https://a.example{path}"), intent, bucket)

    def wait(self, text: str, bucket: str | None = None) -> float:
        return self.limiter.take(self.scope(text, bucket))

    def learn(self, text: str, **headers: str) -> None:
        self.limiter.learn(self.scope(text), self.headers(headers))

    def block(self, text: str, seconds: float, **headers: str) -> None:
        self.limiter.block(self.scope(text), self.headers(headers), seconds)

    @staticmethod
    def headers(named: dict[str, str]) -> httpx.Headers:
        return httpx.Headers({name.replace("_", "-"): value for name, value in named.items()})


def test_a_used_up_account_waits_for_its_reset_everywhere():
    rig = Rig()
    rig.learn("GET /a", ratelimit_limit="2", ratelimit_remaining="0", ratelimit_reset="20")
    assert rig.wait("GET /b") == 20
    rig.clock.sleep(20)
    assert [rig.wait("GET /b"), rig.wait("GET /b")] == [0, 0]


def test_own_requests_in_flight_are_counted_before_the_platform_says_so():
    rig = Rig()
    rig.learn("GET /a", ratelimit_limit="10", ratelimit_remaining="2", ratelimit_reset="30")
    assert [rig.wait("GET /a") for _ in range(3)] == [0, 0, 30]
    rig.learn("GET /a", ratelimit_limit="10", ratelimit_remaining="1", ratelimit_reset="30")
    assert rig.wait("GET /a") > 0, "a late answer does not give tokens back"


def test_a_new_window_gives_what_the_platform_says():
    rig = Rig()
    rig.learn("GET /a", ratelimit_limit="10", ratelimit_remaining="0", ratelimit_reset="5")
    rig.clock.sleep(6)
    rig.learn("GET /a", ratelimit_limit="10", ratelimit_remaining="9", ratelimit_reset="59")
    assert [rig.wait("GET /a") for _ in range(9)] == [0] * 9
    assert rig.wait("GET /a") == pytest.approx(59)


def test_endpoint_buckets_leave_others_alone():
    rig = Rig()
    rig.learn("GET /api/v2/tickets", zendesk_ratelimit_tickets_index="total=100; remaining=0; resets=17")
    assert rig.wait("GET /api/v2/tickets") == 17
    assert rig.wait("GET /api/v2/users") == 0
    assert rig.wait("GET /elsewhere", bucket="tickets-index") == 17


def test_per_ticket_buckets_leave_other_tickets_alone():
    rig = Rig()
    rig.learn("PUT /api/v2/tickets/1.json", zendesk_ratelimit_per_ticket_updates="total=30; remaining=0; resets=600")
    assert rig.wait("PUT /api/v2/tickets/1.json") == 600
    assert rig.wait("PUT /api/v2/tickets/2.json") == 0
    assert rig.wait("GET /api/v2/tickets/1.json") == 0


def test_a_steady_bucket_refills():
    rig = Rig()
    rig.learn(
        "GET /a", x_ratelimit_limit="50", x_ratelimit_remaining="0", x_ratelimit_interval_seconds="10",
        x_ratelimit_fillrate="5",
    )  # fmt: skip
    assert rig.wait("GET /b") == pytest.approx(2)
    rig.clock.sleep(2)
    assert rig.wait("GET /b") == 0
    rig.clock.sleep(1000)
    assert [rig.wait("GET /b") for _ in range(50)] == [0] * 50
    assert rig.wait("GET /b") > 0


def test_one_servicenow_rule_covers_all_that_showed_it():
    rig = Rig()
    for path in ("/api/now/table/incident", "/api/now/table/problem"):
        rig.learn(f"GET {path}", x_ratelimit_limit="100", x_ratelimit_remaining="9", x_ratelimit_rule="r1")
    rig.block("GET /api/now/table/incident", 100, x_ratelimit_rule="r1")
    assert rig.wait("GET /api/now/table/problem") == 100
    assert rig.wait("GET /api/now/stats/incident") == 0


def test_reasons_of_jira():
    rig = Rig()
    rig.block("GET /rest/api/3/field", 5, ratelimit_reason="jira-burst-based")
    assert [rig.wait("GET /rest/api/3/field"), rig.wait("GET /rest/api/3/status")] == [5, 0]
    rig.block("PUT /rest/api/3/issue/A-1", 9, ratelimit_reason="jira-per-issue-on-write")
    assert rig.wait("PUT /rest/api/3/issue/A-1") == 9
    assert rig.wait("POST /rest/api/3/issue/A-1/comment") == 9
    assert rig.wait("PUT /rest/api/3/issue/A-2") == 0
    assert rig.wait("GET /rest/api/3/issue/A-1") == 0
    rig.block("GET /rest/api/3/status", 700, ratelimit_reason="jira-quota-tenant-based")
    assert rig.wait("GET /rest/api/3/anything") == 700


PUBLISHED = (
    Limit("*", 10, 60.0),
    Limit("search", 3, 60.0, "GET", r"/api/v2/search\.json"),
    Limit("updates", 2, 600.0, "PUT", r"/api/v2/tickets/\d+\.json", per_item=True),
    Limit("named-only", 1, 60.0),
)


def test_published_limits_hold_until_headers_speak():
    rig = Rig(*PUBLISHED)
    assert [rig.wait("GET /api/v2/search.json") for _ in range(4)] == [0, 0, 0, 60]
    assert [rig.wait("GET /x") for _ in range(8)] == [0] * 7 + [60]


@pytest.mark.parametrize("reset", [10, 60])
def test_headers_overrule_a_published_limit(reset):
    rig = Rig(Limit("*", 10, 60.0))
    assert rig.wait("GET /x") == 0
    rig.learn("GET /x", ratelimit_limit="700", ratelimit_remaining="650", ratelimit_reset=str(reset))
    assert [rig.wait("GET /x") for _ in range(650)] == [0] * 650
    assert rig.wait("GET /x") == reset


def test_published_limits_per_ticket_and_by_name():
    rig = Rig(*PUBLISHED)
    assert [rig.wait("PUT /api/v2/tickets/1.json") for _ in range(3)] == [0, 0, 600]
    assert rig.wait("PUT /api/v2/tickets/2.json") == 0
    assert [rig.wait("GET /y", "named-only"), rig.wait("GET /y", "named-only")] == [0, 60]
    assert rig.wait("GET /y") == 0


def test_a_published_limit_on_all_writes_to_one_ticket():
    rig = Rig(Limit("issue-write", 2, 2.0, per_item=True))
    assert rig.wait("PUT /rest/api/3/issue/A-1") == 0
    assert rig.wait("POST /rest/api/3/issue/A-1/comment", "any") == 0
    assert rig.wait("PUT /rest/api/3/issue/A-1") == 2
    assert rig.wait("PUT /rest/api/3/issue/A-2") == 0
    assert rig.wait("GET /rest/api/3/issue/A-1") == 0


def test_a_refused_take_costs_nothing():
    rig = Rig(Limit("*", 5, 60.0), Limit("search", 1, 60.0, "GET", "/search"))
    assert rig.wait("GET /search") == 0
    for _ in range(20):
        assert rig.wait("GET /search") > 0
    assert [rig.wait("GET /x") for _ in range(4)] == [0] * 4


def test_threads_never_take_more_than_there_is():
    rig = Rig()
    rig.learn("GET /a", ratelimit_limit="500", ratelimit_remaining="300", ratelimit_reset="60")
    granted: list[int] = []

    def work() -> None:
        granted.append(sum(rig.wait("GET /a") == 0 for _ in range(100)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 300


def test_buckets_of_finished_tickets_are_forgotten(monkeypatch):
    monkeypatch.setattr("supportctl.wire.limits.MAX_BUCKETS", 50)
    rig = Rig()
    for number in range(500):
        rig.learn(
            f"PUT /api/v2/tickets/{number}.json", zendesk_ratelimit_per_ticket_updates="total=30; remaining=9; resets=1"
        )
        rig.clock.sleep(2)
    assert len(rig.limiter._buckets) <= 51


@given(st.lists(st.floats(0, 3), min_size=1, max_size=80), st.integers(1, 40), st.floats(0.5, 40))
def test_a_refilled_limit_is_never_passed_by_the_platforms_own_count(
    pauses: list[float], requests: int, window: float
) -> None:
    """The platform's bucket begins full when ours does, and sees each request up to a tenth of a window later."""
    clock = FakeClock()
    limiter = Limiter([Limit("burst", requests, window, method="GET", per_endpoint=True, refills=True)], clock)
    scope = scope_of("GET", httpx.URL("https://acme.example.com/rest/api/3/issue/A-1"), Intent.READ, None)
    level, at = 0.0, clock.monotonic()
    for pause in pauses:
        clock.sleep(pause / 10)
        for _ in range(20):
            if (wait := limiter.take(scope)) <= 0:
                break
            clock.sleep(wait)
        else:
            pytest.fail("waited twenty times for one request")
        now = clock.monotonic()
        level = max(0.0, level - (now - at) * requests / window) + 1
        at = now
        assert level <= requests * 0.9 + 1.0001


def test_endpoints_have_bursts_of_their_own() -> None:
    clock = FakeClock()
    limiter = Limiter([Limit("burst", 10, 1.0, method="GET", per_endpoint=True, refills=True)], clock)

    def scope(path: str):
        return scope_of("GET", httpx.URL(f"https://acme.example.com{path}"), Intent.READ, None)

    assert [limiter.take(scope(f"/rest/api/3/issue/A-{number}")) for number in range(9)] == [0.0] * 9
    assert limiter.take(scope("/rest/api/3/issue/A-100")) == pytest.approx(0.1)
    assert limiter.take(scope("/rest/api/3/field")) == 0.0


def test_a_limit_told_without_what_is_left_is_counted_here() -> None:
    clock = FakeClock()
    limiter = Limiter([], clock)
    scope = scope_of("GET", httpx.URL("https://acme.example.com/api/now/table/incident"), Intent.READ, None)
    told = {
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Reset": str(int(clock.now().timestamp()) + 600),
        "X-RateLimit-Rule": "5f2d6a9c1b7e4c30a1d2e3f405162738",
    }
    taken = []
    for _ in range(4):
        taken.append(limiter.take(scope))
        limiter.learn(scope, httpx.Headers(told))
    assert taken[:3] == [0.0, 0.0, 0.0]
    assert 500 < taken[3] <= 600


@given(
    st.lists(st.tuples(st.floats(0, 25), st.booleans()), min_size=1, max_size=80),
    st.integers(1, 12),
    st.floats(0, 60),
    st.booleans(),
)
def test_a_published_window_is_kept_wherever_the_platforms_begin_and_whatever_answers_are_lost(
    asks: list[tuple[float, bool]], limit: int, offset: float, anchored: bool
) -> None:
    """The platform counts in minutes of its clock, or in minutes that begin with a request; some answers get lost."""
    clock = FakeClock()
    limiter = Limiter([Limit("export", limit, 60.0, "GET", "/x")], clock)
    scope = scope_of("GET", httpx.URL("https://acme.example.com/x"), Intent.READ, None)
    begins, used = -1e9, 0
    for pause, answered in asks:
        clock.sleep(pause / 5)
        for _ in range(20):
            if (wait := limiter.take(scope)) <= 0:
                break
            clock.sleep(wait)
        else:
            pytest.fail("waited twenty times for one request")
        now = clock.monotonic()
        if now >= begins + 60:
            begins = now if anchored else now - (now - offset) % 60
            used = 0
        used += 1
        assert used <= limit
        if answered:
            told = f"total={limit}; remaining={limit - used}; resets={int(begins + 60 - now) + 1}"
            limiter.learn(scope, httpx.Headers({"Zendesk-RateLimit-export": told}))
