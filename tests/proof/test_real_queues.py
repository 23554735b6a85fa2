"""Real queues loaded into the sandbox, listed and audited by the command line over real HTTP.

Counts are compared with short scripts over the raw files that share no code with the tool.
"""

from __future__ import annotations

import json
import lzma
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from supportctl.sandbox.loading import load_file
from supportctl.sandbox.profiles import profiles
from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store
from tests.fixtures import incident_log

pytestmark = [pytest.mark.recordings, pytest.mark.slow]


class Queue:
    """One served store and the command line pointed at it."""

    def __init__(self, url: str, platform: str, home: Path) -> None:
        self.account = next(account for account in profiles(url) if account["platform"] == platform)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SUPPORTCTL_")},
            "SUPPORTCTL_CONFIG": str(home / "config.toml"),
            "SUPPORTCTL_STATE_DIR": str(home / "state"),
            "SUPPORTCTL_PLATFORM": platform,
            "SUPPORTCTL_URL": url,
            "SUPPORTCTL_AUTH": self.account["auth"],
            "SUPPORTCTL_USER": self.account["user"],
            "SUPPORTCTL_TOKEN": self.account["secret"],
        }

    def run(self, *arguments: str, ok: tuple[int, ...] = (0,)) -> list[dict[str, Any]]:
        """NDJSON rows a command printed."""
        done = subprocess.run(
            [sys.executable, "-m", "supportctl", *arguments],
            env=self.environment,
            capture_output=True,
            timeout=600,
            check=False,
        )
        assert done.returncode in ok, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def jira(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    home = tmp_path_factory.mktemp("jira")
    with Store(home / "sandbox.db") as store:
        load_file(store, recordings / "data/jira_issues/issues.jsonl.xz", "jsm")
        with serve(store) as server:
            yield Queue(server.url, "jsm", home)


@pytest.fixture(scope="module")
def incidents(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    home = tmp_path_factory.mktemp("incidents")
    with Store(home / "sandbox.db") as store:
        load_file(store, incident_log.part(recordings, home), "servicenow")
        with serve(store) as server:
            yield Queue(server.url, "servicenow", home)


@pytest.fixture(scope="module")
def incidents_in_may(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    home = tmp_path_factory.mktemp("may")
    source = incident_log.part(recordings, home)
    command = ["sandbox", "load", str(source), "--as-of", "2016-05-01", "--db", str(home / "sandbox.db")]
    subprocess.run([sys.executable, "-m", "supportctl", *command], check=True, capture_output=True, timeout=300)
    with Store(home / "sandbox.db") as store, serve(store) as server:
        yield Queue(server.url, "servicenow", home)


def raw_issues(recordings: Path) -> list[dict[str, Any]]:
    with lzma.open(recordings / "data/jira_issues/issues.jsonl.xz", "rt") as lines:
        return [json.loads(line) for line in lines]


def raw_events(recordings: Path) -> list[dict[str, str]]:
    return list(incident_log.rows(recordings))


def day_first(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


class Tagger(threading.Thread):
    """Keeps adding tags to tickets over HTTP, as a colleague's script would, until told to stop."""

    def __init__(self, queue: Queue, keys: list[str]) -> None:
        super().__init__(daemon=True)
        self.queue = queue
        self.keys = keys
        self.stopped = threading.Event()
        self.writes = 0

    def run(self) -> None:
        account = self.queue.account
        script = [sys.executable, "-c", TAG_SCRIPT, account["platform"], account["url"], account["user"]]
        with subprocess.Popen(
            [*script, account["secret"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            number = 0
            while not self.stopped.is_set():
                worker.stdin.write(self.keys[(number * 7919) % len(self.keys)] + "\n")
                worker.stdin.flush()
                assert worker.stdout.readline() == "ok\n"
                number += 1
            worker.stdin.close()
            self.writes = number

    def __enter__(self) -> Tagger:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.join(30)


TAG_SCRIPT = """
import sys, httpx
platform, url, user, secret = sys.argv[1:]
with httpx.Client(base_url=url, auth=(user, secret), timeout=60) as client:
    label = None
    for number, key in enumerate(sys.stdin):
        key = key.strip()
        if platform == "jsm":
            change = {"update": {"labels": [{"add": f"busy{number % 5}"}]}}
            client.put(f"/rest/api/3/issue/{key}", json=change).raise_for_status()
        else:
            if label is None:
                made = client.post("/api/now/table/label", json={"name": "busy", "viewable_by": "everyone"})
                label = made.raise_for_status().json()["result"]["sys_id"]
            entry = {"label": label, "table": "incident", "table_key": key, "title": "busy"}
            client.post("/api/now/table/label_entry", json=entry).raise_for_status()
            client.patch(f"/api/now/table/incident/{key}", json={"urgency": "2"}).raise_for_status()
        print("ok", flush=True)
"""


def test_every_issue_comes_exactly_once(jira: Queue, recordings: Path) -> None:
    tickets = jira.run("list", "--format", "ndjson", "--limit", "all")
    keys = [ticket["key"] for ticket in tickets]
    raw = raw_issues(recordings)
    assert len(keys) == len(set(keys)) == len(raw) == 5187
    assert set(keys) == {issue["key"] for issue in raw}
    theirs = Counter(
        "absent" if "priority" not in issue["fields"] else (issue["fields"]["priority"] or {}).get("name")
        for issue in raw
    )
    ours = Counter(ticket.get("native_priority") or ticket.get("unknown", {}).get("priority") for ticket in tickets)
    assert ours == theirs
    assert Counter(t["created_at"][:7] for t in tickets) == Counter(i["fields"]["created"][:7] for i in raw)


@pytest.mark.night
def test_every_issue_comes_once_while_somebody_tags(jira: Queue, recordings: Path) -> None:
    expected = sorted(issue["key"] for issue in raw_issues(recordings))
    with Tagger(jira, expected) as tagger:
        keys = [ticket["key"] for ticket in jira.run("list", "--format", "ndjson", "--limit", "all")]
    assert tagger.writes > 20
    assert sorted(keys) == expected


def test_every_incident_comes_exactly_once(incidents: Queue, recordings: Path) -> None:
    tickets = incidents.run("list", "--format", "ndjson", "--limit", "all")
    last = {row["number"]: row for row in raw_events(recordings)}
    keys = [ticket["key"] for ticket in tickets]
    assert len(keys) == len(set(keys)) == len(last) == incident_log.INCIDENTS
    assert set(keys) == set(last)
    assert Counter(ticket["priority"] for ticket in tickets) == Counter(f"p{r['priority'][0]}" for r in last.values())
    assert Counter(ticket["created_at"][:7] for ticket in tickets) == Counter(
        f"{day_first(row['opened_at']):%Y-%m}" for row in last.values()
    )


def test_every_incident_comes_once_while_somebody_tags(incidents: Queue, recordings: Path) -> None:
    account = incidents.account
    answer = httpx.get(
        f"{account['url']}/api/now/table/incident",
        params={"sysparm_fields": "sys_id", "sysparm_limit": "500"},
        auth=(account["user"], account["secret"]),
    )
    some = [row["sys_id"] for row in answer.raise_for_status().json()["result"]]
    with Tagger(incidents, some) as tagger:
        keys = [ticket["key"] for ticket in incidents.run("list", "--format", "ndjson", "--limit", "all")]
    assert tagger.writes > 20
    assert len(keys) == len(set(keys)) == incident_log.INCIDENTS


def test_the_queue_as_it_stood_on_a_day(incidents_in_may: Queue, recordings: Path) -> None:
    tickets = incidents_in_may.run("list", "--format", "ndjson", "--limit", "all")
    stood: dict[str, str] = {}
    for row in raw_events(recordings):
        if day_first(row["sys_updated_at"]).date() <= date(2016, 5, 1):
            stood[row["number"]] = row["incident_state"]
    theirs = Counter(stood.values())
    assert {ticket["key"] for ticket in tickets} == set(stood)
    assert Counter(state_of(ticket) for ticket in tickets) == theirs
    assert Counter(ticket["status"] for ticket in tickets) == sum(
        (Counter({PORTABLE[state]: count}) for state, count in theirs.items()), Counter()
    )


WORDS = {"In Progress": "Active", "Awaiting Caller": "Awaiting User Info"}
"""Today's words for the log's states."""
PORTABLE = {
    "New": "new",
    "Active": "open",
    "Awaiting User Info": "pending",
    "Awaiting Problem": "on_hold",
    "Awaiting Vendor": "on_hold",
    "Awaiting Evidence": "on_hold",
    "Resolved": "resolved",
    "Closed": "closed",
}


def state_of(ticket: dict[str, Any]) -> str:
    """The log's own word for the state: hold reasons are states there."""
    native: str = ticket["native_status"]
    if native == "On Hold":
        native = ticket["native"]["display_values"]["hold_reason"]
    return WORDS.get(native, native)


@pytest.mark.parametrize("queue", ["jira", "incidents"])
def test_the_audit_runs(queue: str, request: pytest.FixtureRequest) -> None:
    findings = request.getfixturevalue(queue).run("audit", "--format", "ndjson", "--limit", "300", ok=(0, 1))
    assert findings
