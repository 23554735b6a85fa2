"""Limits, faults and TLS around the dialects."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.sandbox.certificates import make
from supportctl.sandbox.conditions import Conditions
from supportctl.sandbox.faults import KINDS, MAX_SKEW
from supportctl.sandbox.meter import Limit, Meter
from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fixtures.sandbox import Sandbox

SEARCH = "/rest/api/3/search/jql?jql=project%20is%20not%20EMPTY&maxResults=20&fields=summary"


def ask(url: str, path: str, token: str = "") -> str:
    """What becomes of one request: the fault that was met, or the status."""
    parameters = f"&nextPageToken={quote(token, safe='')}" if token else ""
    try:
        with httpx.Client(auth=("ops@harborlight.example", "sandbox-jira-token"), timeout=10) as client:
            answer = client.get(url + path + parameters)
    except httpx.RemoteProtocolError:
        return "cut"
    except httpx.ReadError:
        return "reset"
    return answer.headers.get("x-sandbox-fault") or str(answer.status_code)


@pytest.mark.slow
def test_the_same_seed_does_the_same(sandbox: Sandbox) -> None:
    def walk(seed: int) -> list[str]:
        with serve(sandbox.store) as server:
            sandbox.store.conditions = Conditions(faults=seed, fault_rate=0.5)
            return [ask(server.url, SEARCH) for _ in range(40)]

    first = walk(4)
    assert first == walk(4)
    assert first != walk(5)
    assert len(set(first)) >= 6, Counter(first)


def test_every_kind_happens_and_is_counted(sandbox: Sandbox) -> None:
    sandbox.store.conditions = Conditions(faults=1, fault_rate=1.0)
    client = httpx.Client(auth=("ops@harborlight.example", "sandbox-jira-token"))
    with client:
        token = ""
        for _ in range(30):
            try:
                page = client.get(sandbox.url + SEARCH)
                token = page.json()["nextPageToken"]
                break
            except (httpx.TransportError, ValueError, KeyError):
                continue
    assert token
    for _ in range(120):
        ask(sandbox.url, SEARCH, token)
    assert set(sandbox.stats["faults"]) == set(KINDS)


def test_a_reset_before_commit_changes_nothing_and_one_after_does(sandbox: Sandbox) -> None:
    def label(key: str) -> tuple[str, bool]:
        before = sandbox.stats["faults"]
        path = f"{sandbox.url}/rest/api/3/issue/{key}"
        with contextlib.suppress(httpx.TransportError):
            httpx.put(
                path,
                json={"update": {"labels": [{"add": "seen"}]}},
                auth=("ops@harborlight.example", "sandbox-jira-token"),
            )
        after = sandbox.stats["faults"]
        met = next((kind for kind in after if after[kind] != before.get(kind, 0)), "none")
        kept = sandbox.store.value("SELECT doc FROM jira_issue WHERE key = ?", (key,))
        return met, "seen" in json.loads(kept)["fields"]["labels"]

    sandbox.store.conditions = Conditions(faults=3, fault_rate=1.0)
    keys = [row["key"] for row in sandbox.store.rows("SELECT key FROM jira_issue ORDER BY id LIMIT 60")]
    seen = {label(key) for key in keys}
    executed = dict(seen)
    assert len(executed) == len(seen), "one kind of fault sometimes reaches the platform and sometimes does not"
    assert executed["reset before commit"] is executed["5xx before commit"] is executed["429"] is False
    assert executed["reset after commit"] is executed["5xx after commit"] is True


def test_the_clock_is_skewed_by_a_seed(sandbox: Sandbox, now: datetime) -> None:
    skews = set()
    for seed in range(6):
        sandbox.store.conditions = Conditions(faults=seed, fault_rate=0.0)
        answer = httpx.get(sandbox.url + "/api/v2/users/me.json")
        skew = parsedate_to_datetime(answer.headers["date"]) - sandbox.store.now()
        assert abs(skew) <= timedelta(seconds=MAX_SKEW + 5)
        skews.add(round(skew.total_seconds() / 10))
    assert len(skews) > 3


def test_tls_is_trusted_through_the_authority_only(tmp_path: Path) -> None:
    certificates = make(tmp_path)
    assert certificates.key.stat().st_mode & 0o077 == 0
    with Store() as store, serve(store, tls=certificates) as server:
        assert server.url.startswith("https://127.0.0.1:")
        import ssl

        trusting = ssl.create_default_context(cafile=str(server.authority))
        assert httpx.get(server.url + "/__sandbox/stats", verify=trusting).json()["total"] == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url + "/__sandbox/stats")


@given(
    st.lists(st.floats(0, 30), min_size=1, max_size=60),
    st.integers(1, 10),
    st.floats(1, 20),
    st.booleans(),
)
def test_no_more_than_the_limit_passes_in_a_window(
    gaps: list[float], requests: int, seconds: float, bucket: bool
) -> None:
    meter, limit = Meter(), Limit("any", requests, seconds, bucket)
    now = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    passed: list[float] = []
    for gap in gaps:
        now += gap / 10
        state = meter.take([(limit, "k")], now, enforced=True)[0]
        if state.over:
            later = now + state.resets + 1e-6
            again = Meter()
            again._used = dict(meter._used)
            assert not again.take([(limit, "k")], later, enforced=True)[0].over
        else:
            passed.append(now)
    most = 2 * requests
    for start in passed:
        assert sum(start <= moment < start + seconds for moment in passed) <= most


def test_a_refused_request_is_counted_by_none_of_its_limits() -> None:
    meter, wide, narrow = Meter(), Limit("wide", 10, 60), Limit("narrow", 1, 60)
    meter.take([(wide, ""), (narrow, "")], 0.0, enforced=True)
    refused = meter.take([(wide, ""), (narrow, "")], 1.0, enforced=True)
    assert [state.over for state in refused] == [False, True]
    assert [state.remaining for state in refused] == [9, 0]
