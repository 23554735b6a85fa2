"""Counting by endpoint, warnings once, paths without text."""

from __future__ import annotations

import threading
from collections import Counter

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.wire import Stats, Transport
from supportctl.wire.auth import bearer
from supportctl.wire.redaction import endpoint_template, readable_path, readable_url
from supportctl.wire.stats import MAX_WARNINGS

from .servers import CUSTOMER, FakeClock

WARN = (
    '{:allowed_parameters=>{:controller=>"users", :action=>"update", :unpermitted_keys=>["user.id"], :invalid_values=>['
)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/v2/tickets/123.json", "/api/v2/tickets/{id}.json"),
        ("/api/v2/tickets/123/comments.json", "/api/v2/tickets/{id}/comments.json"),
        ("/api/v2/tickets/show_many.json", "/api/v2/tickets/show_many.json"),
        ("/api/v2/incremental/tickets/cursor.json", "/api/v2/incremental/tickets/cursor.json"),
        ("/rest/api/3/issue/SUP-12/changelog", "/rest/api/3/issue/{key}/changelog"),
        ("/rest/api/3/search/jql", "/rest/api/3/search/jql"),
        ("/rest/servicedeskapi/request/10001/sla", "/rest/servicedeskapi/request/{id}/sla"),
        ("/rest/agile/1.0/board", "/rest/agile/1.0/board"),
        (
            "/ex/jira/11111111-2222-3333-4444-555555555555/rest/api/3/myself",
            "/ex/jira/{id}/rest/api/3/myself",
        ),
        ("/api/now/table/incident", "/api/now/table/incident"),
        ("/api/now/v2/table/x_acme_2_case", "/api/now/v2/table/x_acme_2_case"),
        ("/api/now/table/incident/" + "0af" * 10 + "12", "/api/now/table/incident/{id}"),
        ("/attachments/token/Ab3secret/", "/attachments/token/{token}/"),
        ("/api/v2/users/jo@acme.example", "/api/v2/users/{…}"),
        ("/api/v2/tags/rot%20und%20blau", "/api/v2/tags/{…}"),
        ("/", "/"),
        ("", "/"),
    ],
)
def test_templates(path, template):
    assert endpoint_template("GET", f"https://a.example{path}?x=1") == f"GET {template}"


def test_readable_paths_keep_ids():
    assert readable_path("https://a.example/api/v2/tickets/12/x?q=1") == "/api/v2/tickets/12/x"
    assert readable_path("/rest/api/3/issue/A-1") == "/rest/api/3/issue/A-1"


@given(st.text(max_size=40), st.text(max_size=40))
def test_values_of_parameters_are_never_shown(name, value):
    shown = readable_url(str(httpx.URL("https://a.example/x", params={name: f"<{value}>", "page": CUSTOMER})))
    assert "<" not in shown
    assert "%3C" not in shown
    assert CUSTOMER not in shown


def test_paging_numbers_are_shown():
    assert readable_url("https://u:p@a.example/x?page=2&per_page=100&q=7&sysparm_offset=x") == (
        "https://a.example/x?page=2&per_page=100&q=…&sysparm_offset=…"
    )


def test_requests_are_counted_by_endpoint_with_replays():
    answers = iter([401, 200, 503, 200])
    sends = httpx.MockTransport(lambda _: httpx.Response(next(answers), json={}))

    class Renewing:
        token = "old"

        def current(self) -> str:
            return self.token

        def refresh(self, rejected: str) -> str | None:
            self.token = "new"
            return self.token

    wire = Transport("https://a.example", auth=bearer(Renewing()), transport=sends, clock=FakeClock())
    wire.request("GET", "/api/v2/tickets/1.json")
    wire.request("GET", "/api/v2/tickets/2.json")
    assert wire.stats.requests == 4
    assert wire.stats.by_endpoint == Counter({"GET /api/v2/tickets/{id}.json": 4})
    assert wire.stats.retries == 1
    assert wire.stats.waited > 0


def test_warnings_are_kept_once_without_what_was_sent():
    headers = [
        ("x-zendesk-api-warn", WARN + f'"{CUSTOMER}"]}}}}'),
        ("Warning", '299 - "This endpoint is deprecated"'),
        ("X-RateLimit-NearLimit", "true"),
    ]
    sends = httpx.MockTransport(lambda _: httpx.Response(200, json={}, headers=headers))
    wire = Transport("https://a.example", transport=sends, clock=FakeClock())
    for _ in range(3):
        wire.request("PUT", "/api/v2/users/7.json", json={})
    assert len(wire.stats.warnings) == 3
    assert "user.id" in wire.stats.warnings[0]
    assert "PUT /api/v2/users/7.json" in wire.stats.warnings[0]
    assert CUSTOMER not in "".join(wire.stats.warnings)


def test_warnings_are_bounded_and_printable():
    stats = Stats()
    for number in range(MAX_WARNINGS * 2):
        stats.warn(f"\x1b[31m{number}\n" + "x" * 5000)
    assert len(stats.warnings) == MAX_WARNINGS
    assert all(len(text) <= 400 and text.isprintable() for text in stats.warnings)


def test_counting_from_threads():
    stats = Stats()

    def work() -> None:
        for _ in range(1000):
            stats.sent("GET /x")
            stats.slept(1.0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stats.requests == stats.by_endpoint["GET /x"] == stats.waited == 4000
