"""Everything that can go wrong, on every command: the right exit code, words instead of a traceback, an end in time."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.sandbox.conditions import Conditions
from supportctl.sandbox.faults import KINDS
from tests.commands.fakes import Result
from tests.conformance.subjects import HOSTED, SharedClock, Subject
from tests.fixtures.sandbox import Sandbox

Cli = Callable[..., Result]

KEYS = {
    "zendesk": "SELECT '#' || id FROM zd_tickets WHERE status = 'open' ORDER BY id LIMIT 3",
    "jsm": "SELECT key FROM jira_issue WHERE category = 'indeterminate' ORDER BY id LIMIT 3",
    "servicenow": "SELECT number FROM sn_record WHERE cls = 'incident' AND active = 'true' ORDER BY number LIMIT 3",
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "list": ("list", "status:open", "--limit", "30", "-f", "ndjson"),
    "show": ("show", "{key}"),
    "query explain": ("query", "explain", "status:open group:none"),
    "audit": ("audit", "status:open", "--limit", "10"),
    "check": ("check",),
    "tag, planned": ("tag", "add", "seen", "{keys}"),
    "tag, done": ("tag", "add", "seen", "{keys}", "--yes"),
    "comment, done": ("comment", "Seen", "{keys}", "--yes"),
    "assign, planned": ("assign", "{keys}", "--to", "me"),
    "set, done": ("set", "title=Seen", "{keys}", "--yes"),
    "runs list": ("runs", "list"),
}
DOCUMENTED = {0, 1, 3, 4, 5, 6}
WITHOUT_PLATFORM = {"runs list"}
MAX_TIME = 900


@pytest.fixture
def run(cli: Cli, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[Subject, str], tuple[Result, float]]:
    """One of `COMMANDS` on a platform; its result, and the seconds it took by the clock it saw."""

    def call(subject: Subject, name: str) -> tuple[Result, float]:
        subject.small_pages(monkeypatch)
        kind, user, secret = subject.account
        clock = SharedClock(sandbox.store)
        monkeypatch.setattr("supportctl.wire.SYSTEM_CLOCK", clock)
        for variable, value in {
            "PLATFORM": subject.platform, "URL": sandbox.url + subject.context, "AUTH": kind, "USER": user,
            "TOKEN": secret, "ALLOW_WRITES": "1", "MAX_TIME": str(MAX_TIME),
        }.items():  # fmt: skip
            monkeypatch.setenv(f"SUPPORTCTL_{variable}", value)
        keys = [row[0] for row in sandbox.store.rows(KEYS[subject.platform])]
        words = [word.format(key=keys[0], keys="key:" + ",".join(keys)) for word in COMMANDS[name]]
        began = clock.monotonic()
        return cli(*words), clock.monotonic() - began

    return call


def look(result: Result, seconds: float, name: str, sandbox: Sandbox) -> None:
    """What must hold however it went."""
    said = f"{name}: {result.code}: {result.err[-800:]}"
    assert result.code in DOCUMENTED, said
    assert "Traceback" not in result.err + result.out, said
    assert "INTERNAL" not in result.err, said
    assert seconds <= MAX_TIME, said
    if result.code in (4, 5):
        assert "error[" in result.err or "✗" in result.out + result.err or "no" in result.out, said
    titles = [
        row[0] for row in sandbox.store.rows("SELECT subject FROM zd_tickets WHERE length(subject) > 20 LIMIT 50")
    ]
    assert not any(title in result.err for title in titles), said


@pytest.mark.night
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("subject", HOSTED, ids=str)
def test_one_fault_every_time(
    subject: Subject, kind: str, sandbox: Sandbox, run: Callable[[Subject, str], tuple[Result, float]]
) -> None:
    for name in COMMANDS:
        sandbox.store.conditions = Conditions(faults=1, fault_rate=1.0, fault_kinds=(kind,), slow_seconds=0.05)
        result, seconds = run(subject, name)
        look(result, seconds, name, sandbox)
        if (kind == "slow body" and name != "check") or name in WITHOUT_PLATFORM:
            assert result.code in (0, 1), f"{name}: {result.code}: {result.err[-500:]}"
        elif kind != "repeated token" and name not in ("query explain", "check"):
            assert result.code not in (0, 1), f"{name} through nothing but {kind}: {result.code}"


@pytest.mark.night
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("subject", HOSTED, ids=str)
def test_all_faults_sometimes(
    subject: Subject, seed: int, sandbox: Sandbox, run: Callable[[Subject, str], tuple[Result, float]]
) -> None:
    names = list(COMMANDS)
    random.Random(seed).shuffle(names)
    for name in names:
        sandbox.store.conditions = Conditions(limits=True, faults=seed, fault_rate=0.25)
        result, seconds = run(subject, name)
        look(result, seconds, name, sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 4))])
@pytest.mark.parametrize("subject", HOSTED, ids=str)
def test_what_a_bulk_change_says_is_what_happened(
    subject: Subject, seed: int, sandbox: Sandbox, home: Path, run: Callable[[Subject, str], tuple[Result, float]]
) -> None:
    """Under faults a change is made once or not at all, and the summary counts what the platform's store holds."""
    sandbox.store.conditions = Conditions(limits=True, faults=seed, fault_rate=0.25)
    result, _ = run(subject, "tag, done")
    look(result, 0, "tag, done", sandbox)
    sandbox.store.conditions = Conditions()
    tagged = _tagged(sandbox, subject)
    if result.code == 0:
        assert tagged == 3, result.err
    assert max(_times(sandbox, subject), default=0) <= 1, "a tag was added twice"


def _tagged(sandbox: Sandbox, subject: Subject) -> int:
    query = {
        "zendesk": "SELECT count(*) FROM zd_tickets WHERE doc LIKE '%\"seen\"%'",
        "jsm": "SELECT count(*) FROM jira_value WHERE field = 'labels' AND value = 'seen'",
        "servicenow": "SELECT count(DISTINCT json_extract(e.doc, '$.table_key')) FROM sn_record e JOIN sn_record l "
        "ON json_extract(e.doc, '$.label') = l.sys_id WHERE e.cls = 'label_entry' AND l.cls = 'label' "
        "AND json_extract(l.doc, '$.name') = 'seen'",
    }[subject.platform]
    return int(sandbox.store.value(query))


def _times(sandbox: Sandbox, subject: Subject) -> list[int]:
    """How often each ticket has the tag: more than once is possible where tags are rows of a table."""
    if subject.platform != "servicenow":
        return []
    rows = sandbox.store.rows(
        "SELECT count(*) FROM sn_record e JOIN sn_record l ON json_extract(e.doc, '$.label') = l.sys_id "
        "WHERE e.cls = 'label_entry' AND l.cls = 'label' AND json_extract(l.doc, '$.name') = 'seen' "
        "GROUP BY json_extract(e.doc, '$.table_key')"
    )
    return [row[0] for row in rows]
