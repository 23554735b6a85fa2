"""``audit explain``: why a finding is there, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from supportctl.audit import Audit, select
from supportctl.audit.configuration import Resolved, load, resolve
from supportctl.audit.last_run import FILE, write
from supportctl.commands._app import App
from supportctl.commands._audit_explain import explain
from supportctl.commands._options import Options
from supportctl.config import state_dir
from supportctl.errors import NotFoundError, UsageError
from supportctl.model import Finding, Person, Priority, Ticket
from tests.commands.fakes import NOW, FakeReader, ticket

Connect = Callable[[FakeReader], FakeReader]
OLD = NOW - timedelta(days=30)


def stale(number: int, **changes: Any) -> Ticket:
    return ticket(
        number,
        **{"created_at": OLD, "updated_at": OLD, "priority": Priority.P4, "requester": Person(id="r"), **changes},
    )


def told(
    capfd: pytest.CaptureFixture[str],
    words: list[str],
    resolved: Resolved | None = None,
    reader: FakeReader | None = None,
    **options: Any,
) -> str:
    capfd.readouterr()
    with App(Options(**options), reader=reader, clock=lambda: NOW) as app:
        assert explain(app, words, resolved or resolve(None)) == 0
    return capfd.readouterr().out


@pytest.fixture
def platform(connected: Connect) -> FakeReader:
    return connected(FakeReader([stale(1), ticket(2), stale(3, priority=None)]))


def kept(reader: FakeReader, *codes: str, name: str = "prod") -> list[Finding]:
    """What a run of these rules found, kept as the last run."""
    run = Audit(select(codes), resolve(None).settings, reader.capabilities, NOW)
    found = list(run.findings(reader.tickets))
    write(state_dir(), name, found, NOW - timedelta(hours=1))
    return found


def test_what_was_seen_which_threshold_and_what_would_pass(
    platform: FakeReader, capfd: pytest.CaptureFixture[str]
) -> None:
    text = told(capfd, ["stale:sup-1"], reader=platform)
    assert text.startswith("TIM501 stale · SUP-1\n")
    assert "verdict     the fault is there" in text
    assert "5 days" in text
    assert "default" in text
    assert "Say where it stands" in text
    assert "supportctl rule TIM501" in text
    assert "Printer 1" not in text


def test_the_source_of_a_threshold(platform: FakeReader, capfd: pytest.CaptureFixture[str]) -> None:
    text = told(capfd, ["TIM501:SUP-1"], resolve(None, ["stale.other=10d"]), platform)
    assert "10 days" in text
    assert "setting" in text


@pytest.mark.parametrize(
    ("rule", "changes", "words"),
    [
        ("TIM501", {"updated_at": NOW - timedelta(minutes=1)}, "passes: the rule looked at the ticket"),
        ("TIM501", {"tags": ["spam"]}, "out of scope"),
        ("OWN201", {"assignee": None, "created_at": NOW - timedelta(minutes=1), "updated_at": NOW}, "too new"),
        ("TIM501", {"updated_at": None, "unknown": {"updated_at": "hidden"}}, "updated_at is unknown"),
    ],
)
def test_the_other_verdicts(
    rule: str, changes: dict[str, Any], words: str, connected: Connect, capfd: pytest.CaptureFixture[str]
) -> None:
    reader = connected(FakeReader([msgspec.convert({**msgspec.to_builtins(stale(1)), **changes}, Ticket)]))
    assert words in told(capfd, [f"{rule}:SUP-1"], reader=reader)


def test_by_fingerprint_and_unchanged(platform: FakeReader, capfd: pytest.CaptureFixture[str]) -> None:
    found = kept(platform, "TIM501")
    text = told(capfd, [found[0].fingerprint[:8]], reader=platform)
    assert text.startswith("TIM501 stale · SUP-1\n")
    assert "unchanged since the run of 2026-03-02 11:00 UTC" in text
    with pytest.raises(UsageError, match="no finding of the last run"):
        told(capfd, ["ffffffff"], reader=platform)


def test_why_it_passes_now(platform: FakeReader, capfd: pytest.CaptureFixture[str]) -> None:
    found = kept(platform, "TIM501")
    platform.tickets[0] = msgspec.structs.replace(platform.tickets[0], updated_at=NOW - timedelta(minutes=5))
    text = told(capfd, [found[0].fingerprint[:8]], reader=platform)
    assert "passes" in text
    assert "found it; the ticket was changed since then" in text
    text = told(capfd, ["TIM501:SUP-3"], resolve(None, ["stale.other=90d"]), platform)
    assert "the ticket is as it was: settings, rules or time changed" in text


def test_an_excused_fault(platform: FakeReader, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = '[[audit.exemption]]\nrules=["TIM501"]\nreason="vendor"\nuntil=2099-01-01\n'
    file = tmp_path / "supportctl.toml"
    file.write_text(text)
    assert "excused     by supportctl.toml:1: vendor (until 2099-01-01)" in told(
        capfd, ["TIM501:SUP-1"], resolve(load(file), now=NOW), platform
    )
    assert date(2099, 1, 1) > NOW.date()


def test_a_rule_that_does_not_run_says_so(platform: FakeReader, capfd: pytest.CaptureFixture[str]) -> None:
    text = told(capfd, ["TIM501:SUP-1"], resolve(None, rule_words=["OWN201"]), platform)
    assert "it runs with --rule TIM501" in text


def test_a_finding_about_the_queue(connected: Connect, capfd: pytest.CaptureFixture[str]) -> None:
    reader = connected(FakeReader([stale(number, priority=None) for number in range(60)]))
    with pytest.raises(UsageError, match="no run was kept"):
        told(capfd, ["QUE901"], reader=reader)
    (finding,) = kept(reader, "PRI301")
    for word in ("QUE901", "field-unused", finding.fingerprint[:10]):
        text = told(capfd, [word], reader=reader)
        assert text.startswith("QUE901 field-unused")
        assert "empty on 60 of 60" in text
        assert "counted by the run of 2026-03-02 11:00 UTC" in text


def test_a_file_is_read_again(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = home / "queue.ndjson"
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in (stale(1), ticket(2))))
    assert "verdict     the fault is there" in told(capfd, ["TIM501:SUP-1"], file=str(path))
    write(state_dir(), FILE, kept(FakeReader([stale(1)]), "TIM501"), NOW)
    assert "unchanged" in told(capfd, ["TIM501:SUP-1"], file=str(path))


def test_as_json(platform: FakeReader, capfd: pytest.CaptureFixture[str]) -> None:
    document = json.loads(told(capfd, ["TIM501:SUP-1", "OWN201:SUP-1"], reader=platform, format="json"))
    assert document["schema"] == "supportctl/explanations/v1"
    first, second = document["explanations"]
    assert (first["verdict"], first["ticket"], second["verdict"]) == ("faulty", "SUP-1", "clean")
    assert first["seen"][0]["fingerprint"]
    assert first["looked_at"]["status"] == "open"
    lines = told(capfd, ["TIM501:SUP-1", "OWN201:SUP-1"], reader=platform, format="ndjson").splitlines()
    assert [json.loads(line)["rule"] for line in lines] == ["TIM501", "OWN201"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "explain needs a finding"),
        (["TIM501:"], "names no ticket"),
        (["TIM501"], "is about one ticket"),
        (["TIM5O1:SUP-1"], "did you mean `TIM501`?"),
        (["abcd1234"], "no run of the audit was kept"),
    ],
)
def test_what_cannot_be_explained(
    words: list[str], said: str, platform: FakeReader, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        told(capfd, words, reader=platform)


def test_a_ticket_that_is_not_there(platform: FakeReader, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotFoundError, match="SUP-9"):
        told(capfd, ["TIM501:SUP-9"], reader=platform)


def test_no_text_of_the_ticket_is_told(platform: FakeReader, capfd: pytest.CaptureFixture[str]) -> None:
    secret = "AKIA" + "Q3XZ7LM2VN5RTKWB"
    platform.tickets[0] = msgspec.structs.replace(platform.tickets[0], description=f"the key is {secret}")
    for form in (None, "json"):
        text = told(capfd, ["PRV821:SUP-1"], reader=platform, format=form)
        assert "fault is there" in text
        assert secret not in text
        assert "on fire" not in text


@pytest.mark.parametrize(
    ("rule", "threshold"),
    [
        ("TIM501", "1 h of calendar time (settings, p4)"),
        ("OWN201", "24 h of calendar time (default, other priorities)"),
        ("COM401", "24 h of calendar time (default, other priorities)"),
        ("TIM502", "60 days of calendar time (default, p4)"),
    ],
)
def test_the_limit_in_force_where_nothing_is_found(
    rule: str, threshold: str, connected: Connect, capfd: pytest.CaptureFixture[str]
) -> None:
    new = {"created_at": NOW - timedelta(hours=2), "updated_at": NOW - timedelta(minutes=5)}
    reader = connected(FakeReader([stale(1, **new)]))
    text = told(capfd, [f"{rule}:SUP-1"], resolve(None, ["stale.p4=1h"]), reader)
    assert "verdict     passes" in text
    assert f"threshold   {threshold}" in text
    assert ('in force    stale.p4 = "1h" (--set)' in text) is (rule == "TIM501")


def test_options_in_force_with_their_origin(connected: Connect, capfd: pytest.CaptureFixture[str]) -> None:
    reader = connected(FakeReader([stale(1)]))
    text = told(capfd, ["RES605:SUP-1"], resolve(None, ["RES605.soon=3d"]), reader)
    assert 'in force    RES605.soon = "3d" (--set)' in text
